"""Which phrases of a text can be tags, and what is left of a sentence that only looks like one."""

import pytest

from services.enrich.domain.tags import TaggedText, choose_tags


def kinds(body: str, language: str, title: str = "") -> dict[str, str]:
    return {tag.name: tag.kind for tag in choose_tags(TaggedText(title, "", body, language))}


@pytest.mark.parametrize("language", ["sn", "rn", "pcm"])
@pytest.mark.parametrize(
    ("opener", "is_name"),
    [("Zvakadaro", False), ("BBNaija", True), ("Covid-19", True), ("Zimbabwe", True)],
)
def test_what_opens_a_sentence_is_a_name_only_if_it_looks_like_one_where_no_stop_words_are_known(
    language: str,
    opener: str,
    is_name: bool,  # noqa: FBT001
) -> None:
    assert (opener in kinds(f"{opener} ari uyo. {opener} ari uyo.", language)) == is_name
    assert opener in kinds(f"Ari {opener} uyo. {opener} ari uyo.", language)


def test_german_phrases_end_where_the_next_begins() -> None:
    body = (
        "Mit den Plänen vertraute Personen sprachen darüber. Seit Mitte Oktober war es so. Er rief "
        "bei der Deutschen Bank an, und die Deutsche Bank half."
    )
    names = kinds(body, "de")
    assert "Deutsche Bank" in names
    assert not any("vertraute" in name or name.startswith("Mitte") for name in names)


@pytest.mark.parametrize(
    ("title", "name", "phrase"),
    [
        ("Federer claims Dubai trophy", "Federer", "Federer claims Dubai"),
        ("Giants sign Cole for a year", "Cole", "Giants sign Cole"),
        ("Club praises striker Cole", "Cole", "striker Cole"),
    ],
)
def test_a_headline_is_not_a_name(title: str, name: str, phrase: str) -> None:
    body = f"It was expected that {name} would speak. Then {name} spoke."
    names = kinds(body, "en", title)
    assert name in names
    assert phrase not in names


def test_a_name_that_begins_with_a_stop_word_stays_at_the_start_of_a_sentence() -> None:
    assert "General Motors" in kinds("General Motors warns. General Motors is not well.", "en")


def test_what_begins_a_name_is_not_one_by_itself() -> None:
    body = (
        "They asked the Bureau of Engraving. The Bureau of Engraving answered. Egypt of Today "
        "was asked, too. Egypt of Today answered."
    )
    names = kinds(body, "en")
    assert "Bureau of Engraving" in names
    assert "Bureau" not in names
    assert "Egypt" in names


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


def test_french_verbs_that_end_like_the_sea_are_verbs() -> None:
    body = "Il faut supprimer le compte. On peut supprimer le compte. La mer est belle."
    assert "supprimer" not in kinds(body, "fr")


def test_a_headline_without_a_known_verb_is_not_a_name_either() -> None:
    title = "Bruselas sondea la apertura"
    names = kinds("Nadie habla de otra cosa, dicen, y nadie sabe si es de veras.", "es", title)
    assert names["Bruselas"] == "name"
    assert "Bruselas sondea" not in names
    again = kinds("Bruselas sondea, dicen. Nadie habla de otra cosa.", "es", title)
    assert "Bruselas sondea" in again
