"""OpenSearch 2.19.1 with its security plugin: of 3.6 no such plugin can be had as a plain file."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from services.cli.make_certificate import make_certificate
from services.cli.make_opensearch_user import INDICES, make_user
from services.search.adapters.opensearch_index.connection import Access
from shared.cache import cached, filling, make_readable
from shared.embedded_opensearch import OpenSearchNode
from shared.opensearch_distribution import (
    Artifact,
    fetch,
    provision_java,
    provision_server,
)
from tests.servers import open_directory

VERSION = "2.19.1"
PLUGIN = Artifact(
    f"org.opensearch.plugin:opensearch-security:{VERSION}.0:zip",
    "94a04f12ac6033902209fac1e4e512618d45beee604bbf0e42c3ed79c55220cf",
)
ADMIN = "admin"
USER, PASSWORD = "dateline", "a long pass phrase of the tests"

# As `plugins/opensearch-security/tools/hash.sh -p` of the plugin hashes the password above.
HASH = "$2y$12$InT4j8rxu2YtK/6PRbjpNuTIvPMCwv5zh3LVSd/u8/fFuRGtZiILa"
USERS = f"""\
_meta: {{type: internalusers, config_version: 2}}
{ADMIN}: {{hash: "{HASH}", reserved: true, backend_roles: [admin]}}
"""


class SecuredNode(OpenSearchNode):
    """One node with TLS, an administrator, the user that search has, and nobody else.

    It has a server of its own.
    """

    start_seconds = 600.0

    def __init__(self, directory: Path) -> None:
        certificates = {
            f"plugins.security.ssl.{layer}.{name}": f"certificates/{file}"
            for layer in ("http", "transport")
            for name, file in (
                ("pemcert_filepath", "node.pem"),
                ("pemkey_filepath", "node.key"),
                ("pemtrustedcas_filepath", "ca.pem"),
            )
        }
        settings = {
            **certificates,
            "plugins.security.ssl.http.enabled": True,
            "plugins.security.ssl.transport.enforce_hostname_verification": False,
            "plugins.security.allow_default_init_securityindex": True,
            "plugins.security.authcz.admin_dn": ["CN=nobody"],
            # As the official image has it.
            "plugins.security.restapi.roles_enabled": ["all_access"],
        }
        super().__init__(directory, version=VERSION, quick_start=True, settings=settings)
        self._certificates = self.directory / "certificates"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def access(self) -> Access:
        authority = str(self._certificates / "ca.pem")
        return Access(
            urls=(self.url,), user=USER, password=PASSWORD, certificate_authority=authority
        )

    def server(self) -> Path:
        """A server of its own in the cache, with the plugin installed as an operator would."""
        place = cached(f"opensearch-{VERSION}-secured")
        if not place.is_dir():
            bare = provision_server(self.release)
            # Before the lock of the cache is held: where it is not there yet, it is locked, too.
            provision_java(self.release)
            with filling(place.name) as scratch:
                if not place.is_dir():
                    shutil.copytree(bare, scratch / "server")
                    plugin = fetch(PLUGIN, scratch)
                    self._install(scratch / "server", plugin)
                    make_readable(scratch / "server")
                    (scratch / "server").rename(place)
        return place

    def configure(self, server: Path) -> None:
        super().configure(server)
        config = self.directory / "config"
        if not self._certificates.exists():
            self._certificates.mkdir()
            make_certificate(self._certificates, "localhost")
        shutil.copytree(self._certificates, config / "certificates")
        shutil.copytree(server / "config" / "opensearch-security", config / "opensearch-security")
        users = config / "opensearch-security" / "internal_users.yml"
        users.write_text(USERS)
        self.give()

    def _install(self, server: Path, plugin: Path) -> None:
        done = subprocess.run(
            ["/bin/bash", "bin/opensearch-plugin", "install", "-b", plugin.as_uri()],
            cwd=server,
            env={
                "OPENSEARCH_JAVA_HOME": str(provision_java(self.release)),
                "PATH": "/usr/bin:/bin",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def client(self, user: str = ADMIN) -> httpx.Client:
        context = ssl.create_default_context(cafile=self.access.certificate_authority)
        return httpx.Client(base_url=self.url, verify=context, auth=(user, PASSWORD), timeout=30)

    def is_healthy(self, nodes: int) -> bool:
        wish = {"wait_for_status": "yellow", "wait_for_nodes": f">={nodes}", "timeout": "1s"}
        try:
            with self.client() as client:
                answer = client.get("/_cluster/health", params=wish)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK


@contextmanager
def secured_node() -> Iterator[SecuredNode]:
    with open_directory() as directory, SecuredNode(directory / "node-1") as node:
        with node.client() as client:
            # The names of the tests' own indices beside those of the product.
            make_user(client, USER, PASSWORD, [*INDICES, "test-*"])
        yield node
