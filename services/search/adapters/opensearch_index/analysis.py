"""How texts become terms: one analyzer for each group of languages, and two neutral ones.

A group is a language that OpenSearch itself can stem, Thai, or the scripts of South-East Asia that
are cut into pairs of letters; all other languages share `und`. `folded` knows no language: words
as they are spelled, without case, accents and the differences of keyboards. `joined` holds words
with a joint (covid-19, Ph.D., 1,000) without it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

Json = dict[str, Any]

UNKNOWN: Final = "und"
FOLDED: Final = "folded"
JOINED: Final = "joined"
ASKED: Final = "_q"
"""Ends the name of an analyzer of questions, where it differs from that of texts."""

_LANGUAGES: Final = """
    ar:arabic bg:bulgarian bn:bengali ca:catalan ckb:sorani cs:czech da:danish de:light_german
    el:greek en:english es:light_spanish et:estonian eu:basque fa:persian fi:finnish
    fr:light_french ga:irish gl:galician hi:hindi hu:hungarian hy:armenian id:indonesian
    it:light_italian lt:lithuanian lv:latvian nl:dutch no:norwegian pt:light_portuguese
    ro:romanian ru:russian sv:swedish tr:turkish
"""
_STEMMERS: Final = dict(pair.split(":") for pair in _LANGUAGES.split())
_SNOWBALL: Final = {"ne": "Nepali", "sr": "Serbian", "ta": "Tamil", "yi": "Yiddish"}
_NORMALIZERS: Final = {
    "ar": ["arabic_normalization", "persian_normalization"],
    "bn": ["indic_normalization", "bengali_normalization"],
    "ckb": ["sorani_normalization"],
    "de": ["german_normalization"],
    "fa": ["arabic_normalization", "persian_normalization"],
    "hi": ["indic_normalization", "hindi_normalization"],
    "ne": ["indic_normalization"],
}
_NOT_LATIN: Final = frozenset(
    ("ar", "bg", "bn", "ckb", "el", "fa", "hi", "hy", "ne", "ru", "sr", "ta", "yi")
)
_PAIRS_OF_LETTERS: Final = "sea"
_THAI: Final = "th"
_OTHER_NAMES: Final = {"nb": "no", "nn": "no", "ur": "fa"} | dict.fromkeys(
    ("lo", "my", "km"), _PAIRS_OF_LETTERS
)

GROUPS: Final = (*sorted([*_STEMMERS, *_SNOWBALL]), _THAI, _PAIRS_OF_LETTERS, UNKNOWN)

# A script without spaces is one word to `folded`: only its own group finds what is inside.
_GROUPS_OF_SCRIPTS: Final = (
    ("\u0e00", "\u0e7f", _THAI),
    ("\u0e80", "\u0eff", _PAIRS_OF_LETTERS),
    ("\u1000", "\u109f", _PAIRS_OF_LETTERS),
    ("\u1780", "\u17ff", _PAIRS_OF_LETTERS),
)


def group_of(language: str | None) -> str:
    """The group of a language (BCP 47)."""
    primary = (language or UNKNOWN).partition("-")[0].lower()
    group = _OTHER_NAMES.get(primary, primary)
    return group if group in GROUPS else UNKNOWN


def groups_of_scripts(text: str) -> set[str]:
    """The groups that must be asked for a text, because nothing else cuts its script into words."""
    return {
        group
        for first, last, group in _GROUPS_OF_SCRIPTS
        if any(first <= character <= last for character in text)
    }


# The names of languages and the like, whose sign would be dropped.
_SIGNED_LETTERS: Final = (
    *(f"{letter}++=>{letter}plusplus" for letter in "CcGgJj"),
    *(f"{letter}#=>{letter}sharp" for letter in "CcFfJjQq"),
)
# A zero-width non-joiner stands between two parts of a Persian word, which may be written apart.
_ZERO_WIDTH: Final = (
    *(rf"\u{code:04x}=>" for code in (0x00AD, 0x200B, 0x200D, 0x2060, 0xFEFF)),
    r"\u200c=>\u0020",
)
# Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic, the tatweel, variation selectors.
_MARKS: Final = (
    range(0x0300, 0x0370),
    range(0x0591, 0x05C8),
    range(0x0610, 0x061B),
    range(0x0640, 0x0641),
    range(0x064B, 0x0660),
    range(0x0670, 0x0671),
    range(0xFE00, 0xFE10),
)
_SAME_LETTERS: Final = (r"_=>\u0020", "ё=>е", "Ё=>е", "＋=>+", "＃=>#")

# The vowel signs and tones of Lao, Burmese and Khmer are marks, no letters.
_SOUTH_EAST_ASIAN_MARKS: Final = "".join(
    chr(code)
    for block in (
        *(range(0x0EB1, 0x0EB2), range(0x0EB4, 0x0EBD), range(0x0EC8, 0x0ECE)),
        *(range(0x102B, 0x103F), range(0x1056, 0x105A), range(0x105E, 0x1061)),
        *(range(0x1062, 0x1065), range(0x1067, 0x106E), range(0x1071, 0x1075)),
        *(range(0x1082, 0x108E), range(0x108F, 0x1090), range(0x109A, 0x109E)),
        *(range(0x17B4, 0x17D4), range(0x17DD, 0x17DE)),
    )
    for code in block
)
JOINTS: Final = "-‐‑‒–.,'’·\u200c/&_\u00a0\u202f"
_LETTERS: Final = (
    "a-zA-Z0-9À-ÖØ-öø-ɏ\u0370-\u03ff\u0400-\u052f\u0530-\u058f"
    "\u05d0-\u05ea\u0600-\u06ff\u0900-\u097f"
)
_LONGEST_TERM: Final = 255
_SAME_FOLDED: Final = (
    "cjk_width",
    "lowercase",
    "asciifolding",
    "arabic_normalization",
    "persian_normalization",
    "hindi_normalization",
)


def settings() -> Json:
    """The `analysis` of an index of articles."""
    return {
        "char_filter": {
            "names": {"type": "mapping", "mappings": [*_SIGNED_LETTERS, *_ZERO_WIDTH]},
            "marks": {"type": "mapping", "mappings": [*_dropped(_MARKS), *_SAME_LETTERS]},
        },
        "tokenizer": {
            "pairs_of_letters": {
                "type": "ngram",
                "min_gram": 2,
                "max_gram": 2,
                "token_chars": ["letter", "digit", "custom"],
                "custom_token_chars": _SOUTH_EAST_ASIAN_MARKS,
            },
            "joints": {
                "type": "simple_pattern",
                "pattern": rf"[{_LETTERS}]+([\-{JOINTS[1:]}][{_LETTERS}]+)+",
            },
        },
        "filter": {**_filters(), **dict(_stemmers())},
        "analyzer": {**_neutral(), **dict(_by_language())},
    }


def neutral_settings() -> Json:
    """The `analysis` of an index that has neutral texts only."""
    whole = settings()
    return {
        **{part: whole[part] for part in ("char_filter", "tokenizer")},
        "filter": _filters(),
        "analyzer": _neutral(),
    }


def _filters() -> Json:
    letter = r"(\p{L})"
    return {
        # U.S.A. is USA.
        "initials": {
            "type": "pattern_replace",
            "pattern": rf"^{letter}\.{letter}" + rf"(?:\.{letter})?" * 3 + "$",
            "replacement": "$1$2$3$4$5",
        },
        "parts": {
            "type": "word_delimiter_graph",
            "split_on_case_change": False,
            "split_on_numerics": False,
        },
        "pairs": {"type": "cjk_bigram"},
        # One character of Chinese or Japanese finds words that have it.
        "pairs_and_characters": {"type": "cjk_bigram", "output_unigrams": True},
        "without_joints": {
            "type": "pattern_replace",
            "pattern": r"[^\p{L}\p{N}\p{M}]",
            "replacement": "",
        },
        # A longer one costs the engine the whole document.
        "possible": {"type": "length", "min": 1, "max": _LONGEST_TERM},
    }


def _stemmers() -> Iterator[tuple[str, Json]]:
    for group, language in _STEMMERS.items():
        yield f"stem_{group}", {"type": "stemmer", "language": language}
    for group, language in _SNOWBALL.items():
        yield f"stem_{group}", {"type": "snowball", "language": language}


def _neutral() -> Json:
    joined = ["without_joints", *_SAME_FOLDED, "possible"]
    return {
        FOLDED: _words(*_SAME_FOLDED, "pairs_and_characters"),
        FOLDED + ASKED: _words(*_SAME_FOLDED, "pairs"),
        JOINED: _analyzer("joints", (), [*joined, "unique"]),
        JOINED + ASKED: _analyzer("keyword", (), joined),
    }


def _by_language() -> Iterator[tuple[str, Json]]:
    for group in (*_STEMMERS, *_SNOWBALL):
        normalizers = _NORMALIZERS.get(group, [])
        filters = ["cjk_width", "lowercase", "asciifolding", *normalizers, f"stem_{group}", "pairs"]
        yield group, _words(*filters, marks=group in _NOT_LATIN)
    yield UNKNOWN, _words(*_SAME_FOLDED, "pairs_and_characters")
    yield UNKNOWN + ASKED, _words(*_SAME_FOLDED, "pairs")
    yield _THAI, _analyzer("thai", ("names",), ["cjk_width", "lowercase", "possible"])
    yield _PAIRS_OF_LETTERS, _analyzer("pairs_of_letters", (), ["lowercase"])


def _words(*filters: str, marks: bool = True) -> Json:
    """Words as Unicode finds them, cut at joints; marks are dropped where the script needs it."""
    before = ("names", "marks") if marks else ("names",)
    return _analyzer("standard", before, ["initials", "parts", *filters])


def _analyzer(tokenizer: str, before: Sequence[str], filters: Sequence[str]) -> Json:
    return {
        "type": "custom",
        "tokenizer": tokenizer,
        "char_filter": list(before),
        "filter": list(filters),
    }


def _dropped(blocks: Iterable[range]) -> Iterator[str]:
    for block in blocks:
        yield from (rf"\u{code:04x}=>" for code in block)
