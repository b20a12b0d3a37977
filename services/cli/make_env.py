"""`python -m services.cli.make_env`: the secrets of docker compose, in a `.env` of this machine."""

import os
import secrets
import string
import sys
from pathlib import Path

from services.ingest.adapters.sealing import new_sealing_key
from services.ingest.domain.keys import hash_of, new_secret

PUBLISHER = "newsroom"
PASSWORD_LENGTH = 32
ALPHABET = string.ascii_letters + string.digits + "-_"


def main() -> None:
    path = Path(".env")
    secret = new_secret()
    try:
        write(path, settings(secret))
    except FileExistsError:
        sys.exit(f"{path} is there already and stays as it is; move it away to make a new one")
    print(f"Wrote {path}, which only you can read.")
    print(f"The key of the publisher {PUBLISHER!r}, shown this once:\n\n  {secret}\n")


def settings(secret: str) -> dict[str, str]:
    """What docker compose requires; of the key `secret` only the hash."""
    return {
        "REDIS_PASSWORD": password(),
        "OPENSEARCH_INITIAL_ADMIN_PASSWORD": password(),
        "OPENSEARCH_PASSWORD": password(),
        "DATELINE_SECRETS_KEY": new_sealing_key(),
        "DATELINE_FIRST_KEY_HASH": f"{PUBLISHER}:{hash_of(secret)}",
    }


def password() -> str:
    """Letters of both cases, digits and a sign, as OpenSearch demands; safe within a URL."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_")
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))
        if all(set(drawn) & set(kind) for kind in kinds):
            return drawn


def write(path: Path, values: dict[str, str]) -> None:
    """Readable by its owner from its first byte on; in quotes, compose takes a value literally."""
    lines = [f"{name}='{value}'\n" for name, value in values.items()]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8") as output:  # noqa: PTH123 - opened above
        output.writelines(lines)


if __name__ == "__main__":
    main()
