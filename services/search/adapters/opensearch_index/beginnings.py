"""What a begun word may have been meant to begin, with one edit: names and titles tell."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.search.adapters.opensearch_index.marks import bare
from services.search.adapters.opensearch_index.queries import Json, any_of, order, visible
from services.search.domain.question import Sort

_SHORTEST: Final = 4
_LONGEST: Final = 30
_FIELDS = ("headline", "tags.name.text", "authors.text")
_LOOKED_AT: Final = 50
_WORD = re.compile(r"[^\W_]+")


def pattern(begun: str) -> str | None:
    """Words that begin like this one with an edit; None where there is nothing to be edited.

    Letters and points only: as regular expressions of the engine and of Python alike.
    """
    word = bare(begun)
    if not (word.isalpha() and _SHORTEST <= len(word) <= _LONGEST):
        return None
    return f"({'|'.join(dict.fromkeys(_edits(word)))}).*"


def _edits(word: str) -> Iterator[str]:
    for at in range(len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        yield before + after
        yield f"{before}.{after}"
        yield f"{before}.{letter}{after}"
        if after:
            yield before + after[0] + letter + after[1:]


def looking(pattern_: str, now: int) -> Json:
    """The newest visible articles with such a word in their title or names."""
    begun = any_of([{"regexp": {field: {"value": pattern_}}} for field in _FIELDS])
    return {
        "query": {"bool": {"filter": [*visible(now), begun]}},
        "sort": order(Sort.NEWEST),
        "size": _LOOKED_AT,
        "track_total_hits": False,
        "_source": ["title", "tags.name", "authors"],
    }


def most_frequent(
    pattern_: str, hits: Iterable[Mapping[str, Any]], categories: Mapping[str, int]
) -> str | None:
    """Of the words that begin so the one that most articles have, in these hits or categories."""
    matches = re.compile(pattern_).fullmatch
    counts: Counter[str] = Counter()
    for hit in hits:
        source = hit["_source"]
        names = (tag["name"] for tag in source.get("tags", ()))
        texts = (*source.get("title", {}).values(), *names, *source.get("authors", ()))
        counts.update(filter(matches, _words(texts)))
    for path, count in categories.items():
        counts.update(dict.fromkeys(filter(matches, _words([path])), count))
    return min(counts, key=lambda word: (-counts[word], word), default=None)


def _words(texts: Iterable[str]) -> set[str]:
    return {bare(word) for text in texts for word in _WORD.findall(text)}
