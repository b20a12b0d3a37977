"""Settings of the search service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import NoDecode

from services.search.web.site import Site
from shared.settings import WEAK_PASSWORDS, Port, Settings, WebAddresses, first_fault


class Role(StrEnum):
    """A part of the work of search; processes of one image may share it out."""

    API = "api"
    INDEXER = "indexer"
    MAINTENANCE = "maintenance"


def _roles(given: object) -> object:
    return [role.strip() for role in given.split(",")] if isinstance(given, str) else given


Roles = Annotated[frozenset[Role], NoDecode, BeforeValidator(_roles), Field(min_length=1)]


class SearchSettings(Settings):
    """Where the index is, and who may ask."""

    port: Port = Field(8002, validation_alias="SEARCH_PORT", description="Port of search.")
    roles: Roles = Field(
        frozenset(Role),
        validation_alias="SEARCH_ROLES",
        description="What this process does: `api` answers, `indexer` writes, `maintenance` "
        "rebuilds and looks after the index; each is needed once, and may run several times.",
    )
    opensearch_url: WebAddresses | None = Field(
        None,
        validation_alias="OPENSEARCH_URL",
        description="The OpenSearch cluster; without it the index is embedded, in the state dir.",
    )
    opensearch_user: str | None = Field(
        None, validation_alias="OPENSEARCH_USER", description="User of OpenSearch."
    )
    opensearch_password: SecretStr = Field(
        SecretStr(""),
        validation_alias="OPENSEARCH_PASSWORD",
        description="Password of OPENSEARCH_USER.",
    )
    opensearch_ca: str | None = Field(
        None,
        validation_alias="OPENSEARCH_CA",
        description="File with the certificate authority of OpenSearch.",
    )
    opensearch_shards: int = Field(
        1,
        ge=1,
        le=1024,
        validation_alias="OPENSEARCH_SHARDS",
        description="Shards of the next index; `dateline reindex` makes one.",
    )
    opensearch_replicas: str = Field(
        "0-1",
        pattern=r"^\d+(-(\d+|all))?$",
        validation_alias="OPENSEARCH_REPLICAS",
        description="Copies of each shard: a number, or a range that follows the number of nodes.",
    )
    cors_origins: str | None = Field(
        None,
        validation_alias="SEARCH_CORS_ORIGINS",
        description="Origins that browsers may ask from, separated by commas; `*` for any. "
        "Default: any http://localhost:* and http://127.0.0.1:*.",
    )
    view_window_s: int = Field(
        1800,
        ge=1,
        validation_alias="SEARCH_VIEW_WINDOW_S",
        description="A reader who comes back to an article in this time is no further view.",
    )
    popular_from: int = Field(
        5,
        ge=1,
        validation_alias="SEARCH_POPULAR_FROM",
        description="How often something is asked in a week before others see it "
        "(GET /v1/popular-queries).",
    )
    max_related: int = Field(
        10,
        ge=1,
        le=20,
        validation_alias="ENRICH_MAX_RELATED",
        description="Most related links of an article that are shown.",
    )
    live_connections: int = Field(
        200,
        ge=1,
        validation_alias="SEARCH_LIVE_CONNECTIONS",
        description="Readers that one search may tell of news at a time (GET /v1/live).",
    )
    live_connections_per_client: int = Field(
        20,
        ge=1,
        validation_alias="SEARCH_LIVE_CONNECTIONS_PER_CLIENT",
        description="Of these, how many one client may have: a read key, where keys are wanted, "
        "else an address (an IPv6 reader's /64 network).",
    )
    read_keys: bool = Field(
        default=False,
        validation_alias="SEARCH_READ_KEYS",
        description="Whether the query API wants a key with the scope read; the site needs none.",
    )
    read_rate_per_second: int = Field(
        50,
        ge=1,
        validation_alias="SEARCH_READ_RATE_PER_SECOND",
        description="Requests a second that each search answers one read key "
        "(with SEARCH_READ_KEYS).",
    )
    site_image_sources: str = Field(
        "https:",
        validation_alias="SITE_IMAGE_SOURCES",
        description="Where the site's images may come from (Content-Security-Policy img-src).",
    )

    site_settings: Path | None = Field(
        None,
        validation_alias="SITE_SETTINGS",
        description="TOML file with the reading site's name, tagline, logo, stylesheet, sections.",
    )
    websub_hub: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        validation_alias="WEBSUB_HUB",
        description="The WebSub hub that feeds name and that is told of news; "
        "needs DATELINE_PUBLIC_URL.",
    )
    websub_pause_s: int = Field(
        10,
        ge=1,
        validation_alias="WEBSUB_PAUSE_S",
        description="The hub is told at most once in this time.",
    )
    _site: Site = PrivateAttr()

    @property
    def site(self) -> Site:
        """The reading site, with its settings file read."""
        return self._site

    @property
    def origins(self) -> list[str] | None:
        """The allow-list of origins; None for the default."""
        if not self.cors_origins:
            return None
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]

    @model_validator(mode="after")
    def _read_site(self) -> Self:
        try:
            self._site = Site.of(
                self.site_settings,
                image_sources=self.site_image_sources,
                public_url=self.public_url,
                hub=self.websub_hub,
            )
        except ValidationError as error:
            raise ValueError(f"{self.site_settings}: {first_fault(error)}") from None
        except (OSError, ValueError) as error:
            raise ValueError(f"SITE_SETTINGS: {error}") from error
        return self

    @model_validator(mode="after")
    def _refuse_hub_without_address(self) -> Self:
        if self.websub_hub and not self.public_url:
            raise ValueError(
                "WEBSUB_HUB: a hub needs DATELINE_PUBLIC_URL, where it reads the feeds"
            )
        return self

    @model_validator(mode="after")
    def _refuse_open_index(self) -> Self:
        password = self.opensearch_password.get_secret_value()
        if self.profile == "production" and self.opensearch_user and password in WEAK_PASSWORDS:
            raise ValueError("OPENSEARCH_PASSWORD: production needs one that is no default")
        return self
