"""`python -m services.cli.make_opensearch_user`: the user of OpenSearch that search logs in with.

It may do what search does with its own indices, and nothing else. What is there already is set
again, so that a changed password or role takes effect at the next start.
"""

import ssl
import sys
from collections.abc import Sequence
from typing import Any

import httpx

from services.cli.settings import OpenSearchUserSettings

ROLE = "dateline_search"
INDICES = ("articles*",)
# Which index has an alias is asked of all indices: before the first one is made, none has it.
PERMISSIONS_EVERYWHERE = ("indices:admin/aliases/get",)
CLUSTER_PERMISSIONS = (
    # Which version it is.
    "cluster:monitor/main",
    # Checked for a request as a whole, and for each of its indices again.
    "cluster_composite_ops",
    "indices:admin/index_template/get",
    "indices:admin/index_template/put",
    "indices:data/read/point_in_time/delete",
    "indices:data/read/scroll/clear",
)


def main() -> None:
    settings = OpenSearchUserSettings()
    context = ssl.create_default_context(cafile=settings.opensearch_ca)
    admin = ("admin", settings.admin_password.get_secret_value())
    try:
        with httpx.Client(
            base_url=settings.opensearch_url, verify=context, auth=admin, timeout=30
        ) as client:
            make_user(
                client, settings.opensearch_user, settings.opensearch_password.get_secret_value()
            )
    except httpx.HTTPError as error:
        sys.exit(f"the user {settings.opensearch_user} could not be made: {error}")
    print(f"the user {settings.opensearch_user} may do what search needs")


def make_user(
    client: httpx.Client, user: str, password: str, indices: Sequence[str] = INDICES
) -> None:
    """Make the role, then the user, then give it to the user; `client` is an administrator's."""
    role = {
        "cluster_permissions": list(CLUSTER_PERMISSIONS),
        "index_permissions": [
            {"index_patterns": list(indices), "allowed_actions": ["indices_all"]},
            {"index_patterns": ["*"], "allowed_actions": list(PERMISSIONS_EVERYWHERE)},
        ],
    }
    _put(client, f"roles/{ROLE}", role)
    _put(client, f"internalusers/{user}", {"password": password})
    _put(client, f"rolesmapping/{ROLE}", {"users": [user]})


def _put(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    client.put(f"/_plugins/_security/api/{path}", json=body).raise_for_status()


if __name__ == "__main__":
    main()
