"""Settings from the environment: this class and its children are the only readers of it.

Each service has a small class of its own; every default works for `make run`. `.env.example` is
generated from them by `python -m services.cli.env_example`.
"""

import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Profile = Literal["development", "production"]
WEAK_PASSWORDS = frozenset({"", "admin", "changeme", "dateline", "password", "redis", "secret"})


class Settings(BaseSettings):
    """What all three services need."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", populate_by_name=True)

    profile: Profile = Field(
        "development",
        validation_alias="DATELINE_PROFILE",
        description="production refuses default secrets.",
    )
    state_dir: Path = Field(
        Path("var"), validation_alias="DATELINE_STATE_DIR", description="Where state is kept."
    )
    host: str = Field(
        "127.0.0.1", validation_alias="DATELINE_HOST", description="Address to listen on."
    )
    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"),
        validation_alias="REDIS_URL",
        description="Redis 6.2 or newer, with append-only file.",
    )
    log_level: str = Field("INFO", validation_alias="DATELINE_LOG_LEVEL", description="Log level.")
    public_url: str | None = Field(
        None,
        validation_alias="DATELINE_PUBLIC_URL",
        description="Where readers reach the search service, for links and feeds.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        validation_alias="DATELINE_TRUSTED_PROXIES",
        description="Addresses whose X-Forwarded-For is believed, comma separated; * for all.",
    )
    claim_idle_ms: int = Field(
        30_000,
        ge=100,
        validation_alias="DATELINE_CLAIM_IDLE_MS",
        description="An event that rested this long with a worker is taken over by another.",
    )
    retention_s: float = Field(
        7 * 24 * 3600,
        ge=0,
        validation_alias="DATELINE_RETENTION_S",
        description="Events that all have dealt with stay this long, to be read again.",
    )

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.profile == "production":
            password = urlsplit(self.redis_url.get_secret_value()).password or ""
            if password in WEAK_PASSWORDS:
                raise ValueError("REDIS_URL: production needs a password that is no default")
        return self


def cache_dir() -> Path:
    """Where downloads that outlive a checkout are kept: the user's cache.

    For root it is a place that an unprivileged server can read, which /root is not.
    """
    if home := os.environ.get("XDG_CACHE_HOME"):
        return Path(home) / "dateline"
    if os.geteuid() == 0:
        return Path("/var/cache/dateline")
    return Path.home() / ".cache" / "dateline"
