"""Words that editors hold equal, with every limit they have to keep."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.ingest.domain.article import TagName, distinct

MOST_SETS = 1_000
_MOST_WORDS = 20

Words = Annotated[
    tuple[TagName, ...],
    Field(min_length=2, max_length=_MOST_WORDS),
    AfterValidator(distinct),
    Field(description="Each a word or a run of words."),
]


class SynonymSet(BaseModel):
    """Words of which each finds articles with any of the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Words
    language: str | None = Field(
        None,
        pattern=r"^[a-z]{2,3}$",
        description="The language they are held equal in (primary subtag); all if it is absent.",
    )


class SynonymsInput(BaseModel):
    """All synonyms: they replace those before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sets: Annotated[tuple[SynonymSet, ...], Field(max_length=MOST_SETS)] = ()
