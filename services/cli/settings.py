"""Settings of the command line, and what the launcher hands to the services."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from services.ingest.adapters.sealing import Seal, new_sealing_key
from shared.settings import Port, Settings, WebAddress, WebAddresses

RUN_FILE = "run.json"
"""Where a running `dateline run` says how to reach it: JSON, in the state directory."""

SECRETS_KEY_FILE = "secrets.key"


class CliSettings(Settings):
    """Addresses of the services and the publisher's key."""

    ingest_port: Port = Field(8001, validation_alias="INGEST_PORT", description="Port of ingest.")
    search_port: Port = Field(8002, validation_alias="SEARCH_PORT", description="Port of search.")
    enrich_port: Port = Field(8003, validation_alias="ENRICH_PORT", description="Port of enrich.")
    samples: bool = Field(
        True,  # noqa: FBT003  (a default, not a call's flag)
        validation_alias="SAMPLES",
        description="Post the sample articles when the index is empty (make run).",
    )
    opensearch_url: WebAddresses | None = Field(None, validation_alias="OPENSEARCH_URL")
    key: SecretStr = Field(
        SecretStr("demo-key"),
        validation_alias="DATELINE_KEY",
        description="The publisher's key that `dateline import` uses.",
    )

    secrets_key: SecretStr | None = Field(None, validation_alias="DATELINE_SECRETS_KEY")

    @field_validator("secrets_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key:
            Seal(key.get_secret_value())
        return key

    @property
    def ingest_url(self) -> str:
        return self.address_of(self.ingest_port)

    @property
    def search_url(self) -> str:
        return self.address_of(self.search_port)

    @property
    def own_redis(self) -> bool:
        """Whether the launcher runs a redis-server itself: nobody named one."""
        return "redis_url" not in self.model_fields_set


class OpenSearchUserSettings(Settings):
    """For the step of docker compose that makes the user of OpenSearch."""

    opensearch_url: WebAddress = Field(validation_alias="OPENSEARCH_URL")
    opensearch_ca: str = Field(validation_alias="OPENSEARCH_CA")
    opensearch_user: str = Field(validation_alias="OPENSEARCH_USER", pattern=r"^[\w-]{1,64}$")
    opensearch_password: SecretStr = Field(validation_alias="OPENSEARCH_PASSWORD")
    admin_password: SecretStr = Field(
        SecretStr(""),
        validation_alias="OPENSEARCH_INITIAL_ADMIN_PASSWORD",
        description="Required by docker compose; strong, or OpenSearch refuses to start.",
    )


def service_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: ours, with these changes."""
    return {**os.environ, **changes}


def running(state_dir: Path) -> dict[str, Any]:
    """What a running `dateline run` wrote about itself; empty if there is none."""
    try:
        found = json.loads((state_dir / RUN_FILE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def redis_url(settings: CliSettings) -> str:
    """The Redis of the environment, else the one of the running launcher."""
    if settings.own_redis and (found := running(settings.state_dir).get("redis_url")):
        return str(found)
    return settings.redis_url.get_secret_value()


def memory_redis_url(settings: CliSettings) -> str:
    """The Redis of what enrich remembers."""
    if settings.memory_redis_url:
        return settings.memory_redis_url.get_secret_value()
    return redis_url(settings)


def service_url(settings: CliSettings, service: Literal["ingest", "search"]) -> str:
    """As `redis_url`: at the port of the environment, else where the running launcher has it."""
    port = f"{service}_port"
    if port not in settings.model_fields_set:
        found = running(settings.state_dir).get(f"{service}_url")
        if found:
            return str(found)
    return settings.address_of(getattr(settings, port))


def secrets_key(settings: CliSettings) -> str | None:
    """The key of the environment, else the one that the launcher made for this machine."""
    if settings.secrets_key:
        return settings.secrets_key.get_secret_value()
    try:
        return (settings.state_dir / SECRETS_KEY_FILE).read_text()
    except OSError:
        return None


def own_secrets_key(settings: CliSettings) -> str:
    """As `secrets_key`; made where there is none yet, readable by its owner alone."""
    key = secrets_key(settings)
    if key is None:
        key = new_sealing_key()
        path = settings.state_dir / SECRETS_KEY_FILE
        path.touch(mode=0o600)
        path.write_text(key)
    return key
