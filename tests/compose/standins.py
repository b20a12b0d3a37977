"""Official images where a registry answers, else stand-ins that keep to what those document."""

import shutil
import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / "standins"
OFFICIAL_OPENSEARCH = "3.6.0"
# The newest for which the security plugin, and with it TLS and users, can be had as a plain file.
STANDIN_OPENSEARCH = "2.19.1"
MAVEN_FILES = (
    f"org.opensearch.distribution.integ-test-zip:opensearch:{STANDIN_OPENSEARCH}:zip",
    f"org.opensearch.plugin:opensearch-security:{STANDIN_OPENSEARCH}.0:zip",
)


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert not done.returncode, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def provide_images() -> dict[str, str]:
    """Have every image that is not ours; answers the environment that names the versions."""
    if not available("redis:7-bookworm"):
        raise RuntimeError("no registry answers, and there is no stand-in for redis:7-bookworm")
    if not available("caddy:2"):
        run("docker", "build", "--tag", "caddy:2", FOLDER / "caddy")
    if available(f"opensearchproject/opensearch:{OFFICIAL_OPENSEARCH}"):
        return {}
    _build_opensearch()
    return {"OPENSEARCH_VERSION": STANDIN_OPENSEARCH}


def available(image: str) -> bool:
    return _succeeds("docker", "image", "inspect", image) or _succeeds("docker", "pull", image)


def _succeeds(*command: str) -> bool:
    try:
        return not subprocess.run(command, capture_output=True, check=False, timeout=600).returncode
    except subprocess.TimeoutExpired:
        return False


def _build_opensearch() -> None:
    tag = f"opensearchproject/opensearch:{STANDIN_OPENSEARCH}"
    with tempfile.TemporaryDirectory() as context:
        shutil.copytree(FOLDER / "opensearch", context, dirs_exist_ok=True)
        for artifact in MAVEN_FILES:
            run("mvn", "-q", "-B", "dependency:get", f"-Dartifact={artifact}", "-Dtransitive=false")
            shutil.copy(_in_local_repository(artifact), context)
        version = f"VERSION={STANDIN_OPENSEARCH}"
        run("docker", "build", "--build-arg", version, "--tag", tag, context)


def _in_local_repository(artifact: str) -> Path:
    group, name, version, extension = artifact.split(":")
    folder = Path.home() / ".m2/repository" / group.replace(".", "/") / name / version
    return folder / f"{name}-{version}.{extension}"
