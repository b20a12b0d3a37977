"""The publisher's own keywords as tags: all kept, written as given, told apart by their key."""

import re
from collections.abc import Iterable, Iterator

from services.enrich.domain.tags.cleaning import clean_line
from services.enrich.domain.tags.countries import NO_PLACES, country_slug
from services.enrich.domain.tags.languages import Language
from services.enrich.domain.tags.model import Tag, TagKind
from services.enrich.domain.tags.slugs import slug_of
from services.enrich.domain.tags.word_lists import first_names

GIVEN = "given by the publisher"
_CERTAIN = 1.0
_NAME_WORDS = range(2, 5)
# Read out, because the rest is made of words: "C++" and "C#" are not C.
_SIGN = re.compile(r"(?<=[\w+#])[+#]")
_READ_OUT = {"+": " plus", "#": " sharp"}


def keyword_tags(keywords: Iterable[str], language: Language) -> Iterator[tuple[str, Tag]]:
    """Each keyword's key and tag; those without a letter or digit are left out."""
    for keyword in keywords:
        name = clean_line(keyword).lstrip("#").strip()
        key = language.key_of(_SIGN.sub(lambda sign: _READ_OUT[sign[0]], name))
        country = language.countries.codes.get(key)
        if country:
            kind: TagKind = "name" if country in NO_PLACES else "place"
            shown = language.countries.names[country]
            yield key, Tag(country_slug(country), shown, kind, _CERTAIN, GIVEN, given=True)
            continue
        kind = _kind(name, language)
        as_written = kind == "person" and not language.inflects_names
        if slug := slug_of(name if as_written else key) or slug_of(name):
            yield key, Tag(slug, name, kind, _CERTAIN, GIVEN, given=True)


def _kind(name: str, language: Language) -> TagKind:
    words = name.split()
    capitalised = all(word[0].isupper() for word in words)
    if capitalised and len(words) in _NAME_WORDS and words[0].lower() in first_names():
        return "person"
    # In German capitals are no evidence, but acronyms are.
    is_name = capitalised and (not language.nouns_are_capitalised or name.isupper())
    return "name" if is_name else "topic"
