"""The vocabulary of tags: what they are called everywhere, and which of them are one.

Which tags an article gets follows from its text, its publisher's settings and the editors'
decisions. The vocabulary decides only under which slug and name they are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.enrich.domain.tags import Tag, TagKind


@dataclass(frozen=True, slots=True)
class Rulings:
    """What editors decided about tags: names by slug, and into which slug others were merged."""

    names: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    def slug(self, slug: str) -> str:
        """The slug under which this one is shown."""
        return self.merged.get(slug, slug)

    def aliases(self, slug: str) -> tuple[str, ...]:
        return tuple(sorted(old for old, new in self.merged.items() if new == slug))


NO_RULINGS = Rulings()


@dataclass(frozen=True, slots=True)
class Form:
    """How an article would show a tag by itself; the most frequent form is shown everywhere."""

    name: str
    kind: TagKind


@dataclass(frozen=True, slots=True)
class Use:
    """A tag of one article; without a form where it is there under the name of a merged one."""

    slug: str
    form: Form | None


@dataclass(frozen=True, slots=True)
class TagUses:
    """The tags of a version of an article; a withdrawn one has none."""

    article_id: str
    version: int
    language: str | None = None
    uses: tuple[Use, ...] = ()


def shows(rulings: Rulings, slug: str, name: str, aliases: Sequence[str]) -> bool:
    """Whether a tag that is shown so follows what editors decided about it."""
    return (
        rulings.slug(slug) == slug
        and rulings.names.get(slug, name) == name
        and tuple(sorted(aliases)) == rulings.aliases(slug)
    )


def settle(tags: Sequence[Tag], rulings: Rulings) -> tuple[tuple[Tag, ...], tuple[Use, ...]]:
    """The tags under the slugs they are shown by, each once, and what to count of them."""
    settled: dict[str, Tag] = {}
    uses: dict[str, Use] = {}
    for tag in tags:
        slug = rulings.slug(tag.slug)
        own = Form(tag.name, tag.kind) if slug == tag.slug else None
        first = settled.get(slug)
        if first is None:
            settled[slug] = replace(tag, slug=slug, aliases=rulings.aliases(slug))
            uses[slug] = Use(slug, own)
        elif own:
            # Its own reason says more than that of a merged one, unless somebody chose that one.
            if not first.given:
                score = max(first.score, tag.score)
                settled[slug] = replace(tag, score=score, aliases=first.aliases)
            uses[slug] = Use(slug, own)
    return tuple(settled.values()), tuple(uses.values())


def name(
    tags: Sequence[Tag], forms: Mapping[str, Form | None], rulings: Rulings
) -> tuple[Tag, ...]:
    """The tags as they are called: by editors, else mostly, else in this article."""
    named = []
    for tag in tags:
        form = forms.get(tag.slug) or Form(tag.name, tag.kind)
        given = rulings.names.get(tag.slug)
        shown = given or form.name
        named.append(replace(tag, name=shown, kind=form.kind, renamed=given is not None))
    return tuple(named)
