"""Texts in capitals get the tags of the same text in small letters."""

import pytest

from services.enrich.domain.tags import TaggedText, choose_tags
from services.enrich.domain.tags.languages import language_of
from services.enrich.domain.tags.recasing import restore_case

TEXTS = {
    "en": (
        "Council to replace bridge",
        (
            "The council of Port Merel voted on Tuesday night to replace the old bridge over the"
            " Sol river. Mayor Tobias Renn said the bridge, built in 1931, could not be repaired."
            " Engineers from Velmora Works will begin in March. France sent NATO experts."
        ),
    ),
    "sl": (
        "Župan obiskal šolo",
        "Župan je v torek obiskal šolo in vrtec. Otroci so ga veselo pozdravili.",
    ),
    "sv": (
        "Ny bro i Sol",
        "Kommunfullmäktige röstade på tisdagen för att byta ut den gamla bron. Frankrike hjälper.",
    ),
    "de": (
        "Rat ersetzt Brücke",
        (
            "Die Straßenbahnbrücke wird ersetzt. Der Bürgermeister Tobias Renn sagte, dass die"
            " große Brücke nicht repariert werden könne."
        ),
    ),
    "fr": (
        "Le conseil remplace le pont",
        "Le conseil a voté mardi. Le maire a déclaré que le pont ne pouvait être réparé.",
    ),
    "el": (
        "Νεα γεφυρα της πολης",
        "Ο δημος αποφασισε για τη γεφυρα του ποταμου. Ο δημαρχος ειπε οτι το εργο αρχιζει.",
    ),
    "ru": (
        "Мост заменят в марте",
        "Мэр города сообщил во вторник, что мост будет заменён новым. Франция поможет мэру.",
    ),
}


def _slugs(title: str, body: str, language: str | None) -> set[str]:
    return {tag.slug for tag in choose_tags(TaggedText(title, "", body, language))}


def _names(title: str, body: str, language: str | None) -> set[str]:
    return {tag.name for tag in choose_tags(TaggedText(title, "", body, language))}


@pytest.mark.parametrize("language", TEXTS)
def test_capitals_and_small_letters_have_the_same_tags(language: str) -> None:
    title, body = TEXTS[language]
    small = _slugs(title.lower(), body.lower(), language)
    assert small
    assert _slugs(title.upper(), body.upper(), language) == small


@pytest.mark.parametrize("language", TEXTS)
def test_most_tags_of_capitals_are_those_of_the_text_as_it_was_written(language: str) -> None:
    title, body = TEXTS[language]
    written = _slugs(title, body, language)
    for found in (
        _slugs(title.upper(), body.upper(), language),
        _slugs(title, body.upper(), language),
        _slugs(title.upper(), body, language),
    ):
        assert 2 * len(found & written) >= len(found)


def test_english_names_stand_out_and_no_tag_holds_a_verb() -> None:
    title, body = TEXTS["en"]
    names = _names(title.upper(), body.upper(), "en")
    assert {"Tobias Renn", "France", "council"} <= names
    words = {word for name in names for word in name.lower().split()}
    assert not words & {"the", "said", "will", "begin", "voted", "could", "to", "in"}


def test_turkish_suffixes_do_not_hide_a_name_of_the_rest() -> None:
    lead, rest = "VALİ MERELLİ'DE KÖPRÜYÜ HALK İÇİN AÇTI. ", "Vali bugün Merelli'den ayrıldı."
    assert restore_case("", lead + rest, language_of("tr"))[1] == (
        "vali Merelli'de köprüyü halk için açtı. " + rest
    )


def test_a_lead_in_capitals_knows_the_names_of_the_rest() -> None:
    lead = "THE MAYOR OF OSLOBY MET THE PEOPLE OF ULP. "
    rest = "Later the people from Osloby went home with the team of ULP."
    assert restore_case("", lead + rest, language_of("en"))[1] == (
        "the mayor of Osloby met the people of ULP. " + rest
    )


@pytest.mark.parametrize(
    ("title", "body", "language", "tag"),
    [
        ("ŽUPAN", "Otroci so veselo pozdravili. ŽUPAN je prišel.", "sl", "ŽUPAN"),
        ("DIŞİŞLERİ BAKANI GELDİ", "Köprü açıldı.", "tr", "dışişleri"),
        ("Tür", "Yeni bina açıldı. Binayı da DIŞİŞLERİ ve DIŞİŞLERİ.", "tr", "Dışişleri"),
    ],
)
def test_capitals_become_small_as_the_language_has_it(
    title: str, body: str, language: str, tag: str
) -> None:
    names = _names(title, body, language)
    assert any(tag in name for name in names), names
    assert not any(name[0].islower() and name[1:].isupper() for name in names)


def test_words_in_capitals_of_an_unknown_language_are_no_names() -> None:
    title, body = TEXTS["sv"]
    assert not _names(title.upper(), body.upper(), None)


@pytest.mark.parametrize(
    ("language", "word", "name"),
    [
        ("tr", "istanbul", "İstanbul"),
        ("nl", "ijmuiden", "IJmuiden"),
        ("en", "o'neill", "O'Neill"),
        ("hr", "župan", "Župan"),
    ],
)
def test_names_begin_with_the_capital_of_their_language(
    language: str, word: str, name: str
) -> None:
    assert language_of(language).spelling.capitalise(word) == name


@pytest.mark.parametrize(
    ("language", "text", "recased"),
    [
        (
            "ru",
            "МЭР СООБЩИЛ О ПОМОЩИ ФРАНЦИИ И ВЕЛИКОБРИТАНИИ.",
            "мэр сообщил о помощи Франции и Великобритании.",
        ),
        ("it", "LA COSTA DELL'ITALIA.", "la costa dell'Italia."),
        ("en", "ANNA O'TOOLE DOESN'T SAIL.", "Anna O'Toole doesn't sail."),
        ("de", "BOOTE AUS DEN USA UND AUS KUBA.", "boote aus den USA und aus Kuba."),
        ("en", "BOATS OF THE UNITED STATES AND PERU.", "boats of the United States and Peru."),
        ("sl", "MALI ČOLNI SO DALEČ, FRANCIJA ŽE NI.", "mali čolni so daleč, Francija že ni."),
    ],
)
def test_countries_are_known_in_their_cases(language: str, text: str, recased: str) -> None:
    assert restore_case(text, "", language_of(language))[0] == recased


@pytest.mark.parametrize("unit", ["EE ", "DIE ", "ANNA ", "A'", "E-"])
@pytest.mark.parametrize("language", ["de", "en", "tr"])
def test_long_texts_in_capitals_are_read_in_bounded_time(unit: str, language: str) -> None:
    text = unit * (12_000 // len(unit))
    assert len(restore_case("", text, language_of(language))[1]) == len(text)
