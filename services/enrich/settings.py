"""The settings of the enrich service."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import from_json
from pydantic_settings import NoDecode

from services.enrich.domain.read_time import ReadingProfile
from shared.settings import Port, Settings, WebAddress

# Read here, not by pydantic-settings, whose error would not name the variable.
ReadingProfiles = Annotated[
    Mapping[str, ReadingProfile],
    NoDecode,
    BeforeValidator(lambda given: from_json(given) if isinstance(given, str) else given),
]


HalfLife = Annotated[int, Field(ge=1, le=36_500)]


class EnrichSettings(Settings):
    port: Port = Field(8003, validation_alias="ENRICH_PORT", description="Health and metrics.")
    max_tags: int = Field(
        8, ge=0, le=50, validation_alias="ENRICH_MAX_TAGS", description="Most tags of an article."
    )
    max_related: int = Field(
        10,
        ge=1,
        le=20,
        validation_alias="ENRICH_MAX_RELATED",
        description="Most related links of an article.",
    )
    reading_profiles: ReadingProfiles = Field(
        {},
        validation_alias="READING_PROFILES",
        description=(
            "JSON: publisher to {words_per_minute, rounding: nearest|up, images: true|false}."
        ),
    )
    search_port: Port = Field(8002, validation_alias="SEARCH_PORT", description="Port of search.")
    search_url: WebAddress | None = Field(
        None,
        validation_alias="SEARCH_URL",
        description="Where enrich reads articles again; default: search on this machine.",
    )
    half_lives: Mapping[str, HalfLife] = Field(
        {},
        validation_alias="ENRICH_HALF_LIVES",
        description=(
            'JSON: category to days, such as {"Sport": 30}: the time between two articles that '
            "takes half of what time can take from their link, an eighth; 90 where nothing is set."
        ),
    )
    refresh_pause_s: float = Field(
        5,
        ge=0.01,
        validation_alias="ENRICH_REFRESH_PAUSE_S",
        description=(
            "The related links of an article are announced at most once in this time; those that "
            "go on changing after three times as long each time, up to five minutes."
        ),
    )
    vocabulary_pause_s: float = Field(
        60,
        ge=0.01,
        validation_alias="ENRICH_VOCABULARY_PAUSE_S",
        description="Articles follow when most others have called a tag otherwise for this time.",
    )

    @property
    def search(self) -> str:
        return self.search_url or self.address_of(self.search_port)
