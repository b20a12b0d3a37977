from collections import Counter
from dataclasses import dataclass, replace
from itertools import compress, islice
from operator import gt

from services.enrich.domain.datelines import without_agency
from services.enrich.domain.standing_text import split_standing_text
from services.enrich.domain.tags.candidates import Candidate, Candidates, find_candidates
from services.enrich.domain.tags.cleaning import clean, clean_line, join_wrapped_lines
from services.enrich.domain.tags.countries import country_slug
from services.enrich.domain.tags.display import display_name, variant_names
from services.enrich.domain.tags.joining import join_variants
from services.enrich.domain.tags.keywords import keyword_tags
from services.enrich.domain.tags.kinds import kind_of
from services.enrich.domain.tags.languages import Language, language_of
from services.enrich.domain.tags.model import Tag, TaggedText
from services.enrich.domain.tags.reading import Reading, read
from services.enrich.domain.tags.reasons import reason_for
from services.enrich.domain.tags.recasing import restore_case
from services.enrich.domain.tags.scoring import log_odds, probability
from services.enrich.domain.tags.selection import eligible, lift, select
from services.enrich.domain.tags.slugs import slug_of
from services.enrich.domain.tags.subjects import WORDS, Weights, count_words, subjects_of, tag_of
from services.enrich.domain.tags.word_classes import classify


@dataclass(frozen=True, slots=True)
class _Evidence:
    reading: Reading
    candidates: Candidates
    aliases: dict[str, str]
    scores: dict[str, float]


def choose_tags(
    text: TaggedText, *, max_tags: int = 8, learned: Weights | None = None
) -> tuple[Tag, ...]:
    """The tags of a text: the publisher's keywords, the best of its own phrases, its subject.

    All keywords are kept, even more than `max_tags`; the rest fills the list up to it, less where
    the evidence ends. Slugs are unique. A pure function: the same text gets the same tags.
    `learned` is what the publisher's sections have taught about the subjects of its words.
    """
    evidence = _weigh(text)
    subjects = _subjects(evidence.reading, learned)
    tags: dict[str, Tag] = {}
    given: set[str] = set()
    for key, keyword in keyword_tags(text.keywords, evidence.reading.language):
        main_key, tag = _as_the_text_has_it(evidence, key, keyword)
        given |= {key, main_key}
        tags.setdefault(tag.slug, tag)
    names = {subject.name.casefold() for subject in subjects}
    for key in _select(evidence, given, max_tags - len(tags) - len(subjects)):
        tag = _tag(evidence, evidence.candidates[key])
        if tag.slug and tag.name.casefold() not in names:
            tags.setdefault(tag.slug, tag)
    room = max(0, max_tags - len(tags))
    return (*tags.values(), *subjects[:room])


def subject_words(text: TaggedText) -> Counter[str]:
    """The words by which an article's subject is told, for learning from it."""
    return _subject_words(_read(text))


def _subject_words(reading: Reading) -> Counter[str]:
    title, tokens = reading.tokens.title_end, reading.tokens
    # A stop word may have the stem of a telling word: German "seit" (since), "Seite" (page).
    telling = list(map(gt, tokens.is_word, tokens.is_stop))
    rest = compress(tokens.stem[title:], telling[title:])
    return count_words(compress(tokens.stem[:title], telling), islice(rest, WORDS))


def _subjects(reading: Reading, learned: Weights | None) -> list[Tag]:
    code = reading.language.code
    return [
        tag_of(subject, code, [_as_written(reading, stem) for stem in subject.stems])
        for subject in subjects_of(_subject_words(reading), code, learned)
    ]


def _as_written(reading: Reading, stem: str) -> str:
    """The first word of this stem; in small letters where they say nothing."""
    tokens = reading.tokens
    written = tokens.surface if reading.language.nouns_are_capitalised else tokens.lower
    columns = zip(tokens.stem, tokens.is_stop, written, strict=True)
    return next((word for one, is_stop, word in columns if one == stem and not is_stop), stem)


def _weigh(text: TaggedText) -> _Evidence:
    reading = _read(text)
    candidates = find_candidates(reading)
    aliases = join_variants(reading, candidates)
    scores = log_odds(reading, eligible(reading, candidates))
    return _Evidence(reading, candidates, aliases, lift(scores, aliases))


def _read(text: TaggedText) -> Reading:
    language = language_of(text.language)
    summary, body = clean_line(text.summary), join_wrapped_lines(clean(text.body))
    body = split_standing_text(body).news or body
    # A summary that is the beginning of the body would count its words twice.
    rest = body if body.startswith(summary) else f"{summary}\n{without_agency(body)}"
    title, rest = restore_case(clean_line(text.title), without_agency(rest), language)
    reading = read(language.tokeniser.read(title, rest), language)
    classify(reading)
    return reading


def _as_the_text_has_it(evidence: _Evidence, key: str, keyword: Tag) -> tuple[str, Tag]:
    """The keyword with what the text says of it; a lone surname goes by the full name."""
    full_key = evidence.aliases.get(key, key)
    full = evidence.candidates.get(full_key)
    if full is None or (full_key != key and not full.is_person):
        return key, keyword
    tag = _tag(evidence, full)
    name = keyword.name if full_key == key else tag.name
    reason = f"{keyword.reason}; {tag.reason}"
    return full_key, replace(tag, name=name, score=keyword.score, reason=reason, given=True)


def _select(evidence: _Evidence, given: set[str], room: int) -> list[str]:
    if room < 1:
        return []
    scores = {key: score for key, score in evidence.scores.items() if key not in given}
    return select(evidence.reading, evidence.candidates, scores, sorted(given), room)


def _tag(evidence: _Evidence, candidate: Candidate) -> Tag:
    name = display_name(evidence.reading, candidate)
    variants = variant_names(evidence.reading, evidence.candidates, candidate, name)
    kind = kind_of(evidence.reading, candidate)
    return Tag(
        slug=_slug(candidate, name, evidence.reading.language),
        name=name,
        kind=kind,
        score=round(probability(evidence.scores.get(candidate.key, 0)), 3),
        reason=reason_for(candidate, variants),
    )


def _slug(candidate: Candidate, name: str, language: Language) -> str:
    if candidate.country:
        return country_slug(candidate.country)
    as_written = candidate.is_person and not language.inflects_names
    return slug_of(name if as_written else candidate.key)
