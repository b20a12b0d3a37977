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
    memory_share: float = Field(
        0.7,
        gt=0,
        le=1,
        validation_alias="ENRICH_MEMORY_SHARE",
        description=(
            "Above this share of the maxmemory of MEMORY_REDIS_URL new articles are no longer "
            "linked with the oldest ones."
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
