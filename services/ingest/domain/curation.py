"""What editors may decide about an article, with every limit it has to keep."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from services.ingest.domain.article import Name, TagName, distinct

_MOST = 100

# A foreign producer's article has an id of any form.
ArticleId = Annotated[
    Name, Field(description="The id of an article, as answered when it was accepted.")
]
TagNames = Annotated[tuple[TagName, ...], Field(max_length=_MOST), AfterValidator(distinct)]
ArticleIds = Annotated[tuple[ArticleId, ...], Field(max_length=_MOST), AfterValidator(distinct)]


class _Choices(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> Self:
        if both := [each for each in self.pin if each in self.ban]:
            raise ValueError(f"{both[0]!r} is pinned and banned at once")
        return self


class TagChoices(_Choices):
    """Tags by name or slug."""

    pin: TagNames = ()
    ban: TagNames = ()


class LinkChoices(_Choices):
    """Related articles by id."""

    pin: ArticleIds = ()
    ban: ArticleIds = ()


class CurationInput(BaseModel):
    """Tags and related links that an article always shows, or never."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: TagChoices = TagChoices()
    related: LinkChoices = LinkChoices()
