"""The tags of an article after its editors: the pinned first, none that is banned."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.enrich.domain.curation import Choices
from services.enrich.domain.tags.keywords import keyword_tags
from services.enrich.domain.tags.languages import language_of
from services.enrich.domain.tags.model import Tag

PINNED = "pinned by an editor"


def edit(
    tags: Iterable[Tag], choices: Choices, language: str | None, max_tags: int
) -> tuple[Tag, ...]:
    """At most `max_tags`, but all that are pinned or given by the publisher.

    Choices name tags by slug, by name, or by any form of the name that has the same stems.
    """
    found = list(tags)
    banned = {name for ban in choices.ban for name in _names(ban, language)}
    allowed = _allowed(found, banned)
    pinned = _allowed(filter(None, (_pinned(pin, found, language) for pin in choices.pin)), banned)
    fixed = {tag.slug: tag for tag in [*pinned, *_given(allowed)]}
    others = [tag for tag in allowed if tag.slug not in fixed]
    subjects = [tag for tag in others if tag.kind == "subject"]
    phrases = [tag for tag in others if tag.kind != "subject"]
    room = max(0, max_tags - len(fixed) - len(subjects))
    return (*fixed.values(), *phrases[:room], *subjects[: max(0, max_tags - len(fixed))])


def _allowed(tags: Iterable[Tag], banned: set[str]) -> list[Tag]:
    return [tag for tag in tags if banned.isdisjoint({tag.slug, tag.name.casefold()})]


def _given(tags: Iterable[Tag]) -> list[Tag]:
    return [tag for tag in tags if tag.given]


def _pinned(pin: str, tags: Iterable[Tag], language: str | None) -> Tag | None:
    """The article's own tag of that name, else a new one; None for a name without letters."""
    names = set(_names(pin, language))
    for tag in tags:
        if not names.isdisjoint({tag.slug, tag.name.casefold()}):
            return replace(tag, score=1.0, reason=f"{PINNED}; {tag.reason}", given=True)
    for _, tag in keyword_tags([pin], language_of(language)):
        return replace(tag, reason=PINNED, given=True)
    return None


def _names(choice: str, language: str | None) -> Iterator[str]:
    yield choice
    yield choice.casefold()
    for _, tag in keyword_tags([choice], language_of(language)):
        yield tag.slug
