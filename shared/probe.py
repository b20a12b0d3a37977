"""`python -m shared.probe PORT`: exit code 0 if the service of this machine is ready."""

import sys
import urllib.error
import urllib.request


def main() -> None:
    url = f"http://127.0.0.1:{int(sys.argv[1])}/health/ready"
    try:
        urllib.request.urlopen(url, timeout=4).close()
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode())  # Says what is missing; a container's health log keeps it.
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
