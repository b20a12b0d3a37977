"""Settings from the environment: this class and its children are the only readers of it.

Each service has a small class of its own; every default works for `make run`. `.env.example` is
generated from them by `python -m services.cli.env_example`.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

Profile = Literal["development", "production"]
Port = Annotated[int, Field(ge=1, le=65535)]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda level: level.upper() if isinstance(level, str) else level),
]
EVERYWHERE = "0.0.0.0"  # noqa: S104  (to know it by)
REDIS_SCHEMES = ("redis", "rediss")
WEAK_PASSWORDS = frozenset({"", "admin", "changeme", "dateline", "password", "redis", "secret"})


def web_address(url: str) -> str:
    """The address as given; raises `ValueError` if it is none of the web."""
    if url and not _is_address(url, ("http", "https")):
        raise ValueError(f"{url} is no address such as https://news.example or http://127.0.0.1:80")
    return url


def _web_addresses(urls: str) -> str:
    return ",".join(web_address(url.strip()) for url in urls.split(","))


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


WebAddress = Annotated[str, AfterValidator(web_address)]
WebAddresses = Annotated[str, AfterValidator(_web_addresses)]
"""One or several, separated by commas."""


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
    memory_redis_url: SecretStr | None = Field(
        None,
        validation_alias="MEMORY_REDIS_URL",
        description=(
            "Redis of what enrich remembers of articles and tags, which can be lost; default: "
            "REDIS_URL."
        ),
    )
    log_level: LogLevel = Field(
        "INFO", validation_alias="DATELINE_LOG_LEVEL", description="Log level."
    )
    public_url: WebAddress | None = Field(
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

    def address_of(self, port: int) -> str:
        """Where a service on this machine is reached: what listens everywhere, on loopback."""
        host = "127.0.0.1" if self.host == EVERYWHERE else self.host
        return f"http://{host}:{port}"

    @property
    def memory_url(self) -> str:
        return (self.memory_redis_url or self.redis_url).get_secret_value()

    @field_validator("redis_url", "memory_redis_url")
    @classmethod
    def _is_of_redis(cls, url: SecretStr | None) -> SecretStr | None:
        text = url.get_secret_value() if url else None
        if text and not text.startswith("unix://") and not _is_address(text, REDIS_SCHEMES):
            raise ValueError("must be redis://[:password@]host[:port][/database], or rediss://…")
        return url

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.profile == "production":
            addresses = {
                "REDIS_URL": self.redis_url.get_secret_value(),
                "MEMORY_REDIS_URL": self.memory_url,
            }
            for name, url in addresses.items():
                if (urlsplit(url).password or "") in WEAK_PASSWORDS:
                    raise ValueError(f"{name}: production needs a password that is no default")
        return self


def first_fault(error: ValidationError) -> str:
    """One line on settings that cannot be: which one, and what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    unknown = first["type"] == "extra_forbidden"
    what = "unknown name" if unknown else first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what


def cache_dir() -> Path:
    """Where downloads that outlive a checkout are kept: the user's cache.

    For root it is a place that an unprivileged server can read, which /root is not.
    """
    if home := os.environ.get("XDG_CACHE_HOME"):
        return Path(home) / "dateline"
    if os.geteuid() == 0:
        return Path("/var/cache/dateline")
    return Path.home() / ".cache" / "dateline"
