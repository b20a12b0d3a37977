"""Which phrases of a text can be tags, and what is left of a sentence that only looks like one."""

import pytest

from services.enrich.domain.tags import TaggedText, choose_tags


def kinds(body: str, language: str, title: str = "") -> dict[str, str]:
    return {tag.name: tag.kind for tag in choose_tags(TaggedText(title, "", body, language))}


@pytest.mark.parametrize("language", ["sn", "rn", "pcm"])
@pytest.mark.parametrize(
    ("opener", "is_name"),
    [
        ("Zvakadaro", False),
        *[("BBNaija", True), ("Covid-19", True), ("COVID-19", True), ("ZANU-PF", True)],
        *[("Zimbabwe", True), ("MONUSCO", True)],
    ],
)
def test_what_opens_a_sentence_is_a_name_only_if_it_looks_like_one_where_no_stop_words_are_known(
    language: str,
    opener: str,
    is_name: bool,  # noqa: FBT001
) -> None:
    opening = f"Ari uyo. {opener} ari uyo. {opener} ari."
    assert (opener.casefold() in map(str.casefold, kinds(opening, language))) == is_name
    inside = f"Ari {opener} uyo. {opener} ari uyo."
    assert opener.casefold() in map(str.casefold, kinds(inside, language))


def test_a_text_may_open_with_a_word_in_capitals() -> None:
    assert not kinds("MUTAMBI uyo ari. Mutambi uyo ari.", "sn")


def test_german_phrases_end_where_the_next_begins() -> None:
    body = (
        "Mit den Plänen vertraute Personen sprachen darüber. Seit Mitte Oktober war es so. Er rief "
        "bei der Deutschen Bank an, und die Deutsche Bank half. Der Bund deutscher Architekten "
        "rief den Bund deutscher Architekten an."
    )
    names = kinds(body, "de")
    assert {"Deutsche Bank", "Bund deutscher Architekten"} <= names.keys()
    assert not any("vertraute" in name or name.startswith("Mitte") for name in names)


def test_a_headline_is_not_a_name() -> None:
    body = "It was expected that Federer would speak. They saw Federer."
    names = kinds(body, "en", "Federer claims Dubai trophy")
    assert "Federer" in names
    assert not any("claims" in name for name in names)


def test_what_somebody_is_is_no_part_of_a_name() -> None:
    names = kinds("The club was full of praise.", "en", "Club praises former striker Cole")
    assert "Cole" in names
    assert "former striker Cole" not in names


@pytest.mark.parametrize("name", ["General Motors", "iPhone Pro", "2026 World Cup", "737 Max"])
def test_a_name_may_begin_otherwise(name: str) -> None:
    assert name in kinds(f"{name} warns them. They saw the {name} again.", "en")


def test_a_plural_before_a_name_is_no_verb() -> None:
    assert "Tech" not in kinds("So it is.", "en", "Tech giants Apple and Google fined")


def test_a_phrase_may_name_where_it_was() -> None:
    assert "fall of Kabul" in kinds("The fall of Kabul came. They saw the fall of Kabul.", "en")


def test_what_begins_the_name_of_a_body_is_not_one_by_itself() -> None:
    body = "They asked the Reserve Bank of Australia. The Reserve Bank of Australia answered."
    assert "Reserve Bank" not in kinds(body, "en")
    person = "They met Tim Cook of Apple. Later Tim Cook of Apple spoke."
    assert kinds(person, "en")["Tim Cook"] == "person"
    assert "PSOE" in kinds("Habló el PSOE de Pedro Sánchez. Perdió el PSOE de Madrid.", "es")


def test_german_persons_have_no_article() -> None:
    body = (
        "Sie las die Washington Post. Darin schrieb Washington Irving. Die Washington Post kam "
        "spät, und Washington Irving schwieg."
    )
    assert kinds(body, "de") == {"Washington Post": "name", "Washington Irving": "person"}


@pytest.mark.parametrize(
    ("body", "noun"),
    [
        ("Er nahm Lebensmittel mit. Viele Lebensmittel fehlten.", "Lebensmittel"),
        ("Man sprach von Einmischung. Es gab Einmischung.", "Einmischung"),
        ("Man sah Siege. Nach Siegen war Ruhe. Es gab Siege.", "Siege"),
    ],
)
def test_german_common_nouns_are_topics(body: str, noun: str) -> None:
    assert kinds(body, "de")[noun] == "topic"


@pytest.mark.parametrize(
    "body",
    [
        "Er kam nach Graz. Bald kam Regen nach Graz. Grazer sahen ihn. Der Regen ging um Graz.",
        "Er kam nach Graz. Graz ist alt. Es gibt Graz. So kam Graz. Beim Graz des Jahres ist er.",
    ],
)
def test_german_names_are_names_also_inflected_and_once_with_an_article(body: str) -> None:
    assert kinds(body, "de")["Graz"] == "name"


def test_german_adverbs_that_open_a_sentence_are_no_tags() -> None:
    body = "Erstmals kam der Regen. Mittlerweile kam der Regen. Spätestens dann kam der Regen."
    assert kinds(body, "de").keys() == {"Regen"}


def test_german_nouns_are_shown_without_the_ending_of_their_case() -> None:
    once_each = "Von Angeboten war die Rede. Angebote kamen. Mit Angeboten rechnet man."
    assert "Angebote" in kinds(once_each, "de")
    assert "Spieler" in kinds("Spieler kamen. Spieler gingen. Spiele begannen.", "de")


def test_a_headline_without_a_known_verb_is_not_a_name_either() -> None:
    title = "Bruselas sondea la apertura"
    names = kinds("Nadie habla de otra cosa, dicen, y nadie sabe si es de veras.", "es", title)
    assert names["Bruselas"] == "name"
    assert "Bruselas sondea" not in names
    again = kinds("Bruselas sondea, dicen. Nadie habla de otra cosa.", "es", title)
    assert "Bruselas sondea" in again


@pytest.mark.parametrize(("title", "name"), [("French suitor", True), ("New suitor", False)])
def test_what_always_has_a_capital_keeps_it_where_a_sentence_starts(title: str, name: bool) -> None:  # noqa: FBT001
    shown = kinds("He came from afar to see them.", "en", f"{title} holds meeting")
    assert (title if name else title.lower()) in shown


def test_a_common_noun_that_opens_a_headline_is_no_name() -> None:
    names = kinds("Nobody had expected it.", "en", "Daylight under the ridge")
    assert names["daylight"] == "topic"
    assert kinds("They met at Apple.", "en", "Apple buys a ridge")["Apple"] == "name"


def test_a_name_that_begins_with_a_common_noun_is_one_at_the_start_of_a_sentence_too() -> None:
    body = "Lake Aruna shrinks. They saw Lake Aruna from the lake road. Lake Aruna was a lake."
    assert kinds(body, "en")["Lake Aruna"] == "name"
