"""Countries by ISO 3166 code, whatever the language of the text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.enrich.domain.tags.slugs import slug_of
from services.enrich.domain.tags.word_lists import country_names

#: In CLDR's list, but no places a reader would look for on a map.
NO_PLACES = frozenset({"EU", "UN"})

# What readers call them where CLDR's name is another one; the first is the one to show.
_READERS_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "US": "United States|U.S.|US|USA|United States of America|America",
        "GB": "United Kingdom|Britain|Great Britain|UK|U.K.|England",
        "PS": "Palestine|Palestinian Territories",
        "MM": "Myanmar|Burma",
        "TR": "Turkey|Türkiye",
        "CI": "Ivory Coast|Côte d'Ivoire",
        "CD": "Democratic Republic of Congo|DR Congo|Congo",
        "CZ": "Czech Republic|Czechia",
        "RU": "Russia|Russian Federation",
        "CN": "China|People's Republic of China",
        "SU": "Soviet Union|USSR",
        "EU": "European Union|EU",
        "UN": "United Nations|UN|U.N.",
    },
    "de": {
        "US": "USA|Vereinigte Staaten|Vereinigte Staaten von Amerika",
        "GB": "Großbritannien|Vereinigtes Königreich",
        "PS": "Palästina",
    },
    "fr": {
        "US": "États-Unis|Etats-Unis|USA",
        "GB": "Royaume-Uni|Grande-Bretagne",
        "PS": "Palestine",
    },
    "es": {"US": "Estados Unidos|EEUU|EE UU|EE.UU.", "GB": "Reino Unido|Gran Bretaña"},
    "pt": {"US": "Estados Unidos|EUA", "GB": "Reino Unido|Grã-Bretanha"},
    "it": {"US": "Stati Uniti|USA", "GB": "Regno Unito|Gran Bretagna"},
    "nl": {"US": "Verenigde Staten|VS", "GB": "Verenigd Koninkrijk|Groot-Brittannië"},
    "no": {"US": "USA", "GB": "Storbritannia"},
    "pl": {"US": "Stany Zjednoczone|USA", "GB": "Wielka Brytania"},
    "ru": {"US": "США|Соединённые Штаты", "RU": "Россия|РФ", "GB": "Великобритания"},
    "uk": {"US": "США|Сполучені Штати", "RU": "Росія|РФ", "GB": "Велика Британія|Британія"},
    "tr": {"US": "ABD|Amerika Birleşik Devletleri", "GB": "Birleşik Krallık|İngiltere"},
    "az": {"US": "ABŞ|Amerika Birləşmiş Ştatları", "GB": "Birləşmiş Krallıq|Böyük Britaniya"},
    "ar": {"US": "الولايات المتحدة|أمريكا|أميركا", "GB": "بريطانيا|المملكة المتحدة"},
}
_DEMONYMS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "US": "american americans",
        "GB": "british english scottish welsh",
        "FR": "french",
        "ES": "spanish",
        "NL": "dutch",
        "CH": "swiss",
        "DK": "danish",
        "CN": "chinese",
        "GR": "greek",
        "TR": "turkish",
        "PL": "polish",
        "FI": "finnish",
        "IE": "irish",
        "PH": "filipino",
        "NO": "norwegian",
        "SE": "swedish",
        "DE": "german germans",
        "TH": "thai",
        "CZ": "czech",
        "AF": "afghan",
        "AR": "argentine",
        "IQ": "iraqi",
    },
    "fr": {
        "RU": "russe russes",
        "GR": "grec grecque",
        "TR": "turc turque",
        "CH": "suisse",
        "BE": "belge",
        "US": "américain américaine américains américaines",
        "GB": "britannique britanniques anglais anglaise",
        "ES": "espagnol",
        "DE": "allemand allemande",
    },
    "de": {
        "US": "us-amerikanisch amerikanische amerikanischen amerikanischer",
        "GB": "britische britischen britischer",
        "DE": "deutsche deutschen deutscher deutsches",
        "FR": "französische französischen französischer",
        "RU": "russische russischen russischer",
    },
}
_VOWEL_SIGNS = dict.fromkeys([*range(0x064B, 0x0651), 0x0652])
# Amman, which without its doubled letter is Oman; keys know neither.
_NO_COUNTRIES = frozenset({"عمّان"})
_STEM_LETTERS = 4
_LONGEST_ENDING = 6


@dataclass(frozen=True, slots=True)
class Countries:
    """The countries as one language names them."""

    names: Mapping[str, str]  # code: name to show
    codes: Mapping[str, str]  # key: code
    demonyms: Mapping[str, str]  # word in lower case: code
    by_beginning: Mapping[str, list[tuple[str, str]]]  # four letters: (name in lower case, code)

    def code_of_demonym(self, word: str) -> str | None:
        """As "Azerbaijani": the beginning of a country's name with another ending."""
        if word in self.demonyms:
            return self.demonyms[word]
        best: tuple[int, str] | None = None
        for name, code in self.by_beginning.get(word[:_STEM_LETTERS], ()):
            shared = _shared_beginning(word, name)
            ending = len(word) - shared
            if shared >= max(_STEM_LETTERS, len(name) - 3) and 0 < ending <= _LONGEST_ENDING:
                best = max(best or (0, ""), (shared, code))
        return best and best[1]


def countries_of(language: str, key_of: Callable[[str], str]) -> Countries:
    names = dict(country_names().get(language, {}))
    codes = {key_of(name): code for code, name in names.items()}
    for code, alternatives in _READERS_NAMES.get(language, {}).items():
        shown, *_ = listed = alternatives.split("|")
        names[code] = shown
        codes |= {key_of(name): code for name in listed}
    demonyms = {
        word: code for code, words in _DEMONYMS.get(language, {}).items() for word in words.split()
    }
    beginnings: dict[str, list[tuple[str, str]]] = {}
    for code, name in names.items():
        if " " not in name and len(name) >= _STEM_LETTERS:
            beginnings.setdefault(name.lower()[:_STEM_LETTERS], []).append((name.lower(), code))
    codes.pop("", None)
    return Countries(names, codes, demonyms, beginnings)


def country_spellings(language: str) -> list[str]:
    """All names of all countries in a language, longest first."""
    known = set(country_names().get(language, {}).values())
    for alternatives in _READERS_NAMES.get(language, {}).values():
        known.update(alternatives.split("|"))
    return sorted(known, key=lambda name: (-len(name), name))


def is_no_country(word: str) -> bool:
    """Whether it only has the key of one."""
    return word.translate(_VOWEL_SIGNS) in _NO_COUNTRIES


def country_slug(code: str) -> str:
    english = _READERS_NAMES["en"].get(code) or country_names()["en"].get(code, code)
    return slug_of(english.split("|")[0])


def _shared_beginning(word: str, name: str) -> int:
    for position, (one, other) in enumerate(zip(word, name, strict=False)):
        if one != other:
            return position
    return min(len(word), len(name))
