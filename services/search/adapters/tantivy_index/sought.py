"""Words of a question as the terms they may stand as in this index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.search.adapters.tantivy_index.analysis import (
    characters,
    exact_terms,
    solid,
    stem,
    unspaced,
)
from services.search.domain.question import Word

_SHORTEST_SOLID: Final = 3


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a word: terms that stand side by side.

    Attributes:
        exact: as it is spelled.
        stems: for each language asked that inflects it, its stems; as many as `exact` has terms.
        loose: the terms may also stand apart, as the pairs of an unspaced word may.
    """

    exact: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    loose: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A word of a question: any of the forms will do, or one of the solid spellings.

    Attributes:
        solid: the word without its joints, and with a neighbour written as one.
        beginning: what terms may go on from, where the word is only begun.
        character: the word, where it is a single one of an unspaced script: found inside words.
    """

    forms: tuple[tuple[Form, ...], ...]
    solid: tuple[str, ...]
    beginning: str | None = None
    character: str | None = None


def sought(word: Word, languages: Sequence[str]) -> Sought:
    """The terms of a word; without any, nothing of it can be found."""
    typed = tuple(_form(part, languages) for part in word.text.split())
    others = ((_form(text, languages),) for text in word.spellings)
    forms = (tuple(filter(None, form)) for form in (typed, *others))
    bare = (solid(text) for text in (word.text, *word.solid))
    first = exact_terms(word.text)
    return Sought(
        tuple(form for form in forms if form),
        tuple(dict.fromkeys(one for one in bare if len(one) >= _SHORTEST_SOLID and one.isalnum())),
        # The last letter of a name such as AT&T begins nothing by itself.
        first[0] if word.begun and len(first) == 1 and not unspaced(first[0]) else None,
        _character(word.text),
    )


def _form(text: str, languages: Sequence[str]) -> Form | None:
    """The terms of a text, which stand side by side; None if it has none."""
    terms = exact_terms(text)
    inflected = (tuple(stem(term, language) or "" for term in terms) for language in languages)
    stems = tuple(dict.fromkeys(stems for stems in inflected if all(stems)))
    return Form(tuple(terms), stems, loose=all(map(unspaced, terms))) if terms else None


def _character(text: str) -> str | None:
    found = characters(text)
    return found[0] if len(found) == 1 and exact_terms(text) == found else None
