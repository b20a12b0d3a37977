import pytest

from services.enrich.adapters.py3langid_recogniser import Py3langidRecogniser
from services.enrich.domain.language import language_of, shortest_tag

RECOGNISER = Py3langidRecogniser()


@pytest.mark.parametrize(
    ("given", "shortest"),
    [
        ("eng", "en"),
        ("ENG_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("pcm", "pcm"),
        ("iw", "he"),
    ],
)
def test_a_tag_is_kept_in_its_shortest_form(given: str, shortest: str) -> None:
    assert shortest_tag(given) == shortest


@pytest.mark.parametrize("given", ["", "?", "a language", "x" * 9])
def test_what_is_no_tag_is_not_believed(given: str) -> None:
    assert shortest_tag(given) is None


def test_the_publisher_knows_best() -> None:
    english = "The parliament voted on the new budget on Monday evening."
    assert language_of("fra", "Title", english, RECOGNISER) == "fr"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The parliament voted on the new budget on Monday evening.", "en"),
        ("Bakıda prezident parlamentin yeni üzvləri ilə görüşüb.", "az"),
        ("Президент підписав указ про новий державний бюджет країни.", "uk"),
        ("今日の国会で新しい予算案が可決されました。", "ja"),
        ("Shugaban kasa ya bayyana sabon kasafin kudi a majalisar dokoki.", "ha"),
    ],
)
def test_otherwise_the_language_is_recognised(text: str, language: str) -> None:
    assert language_of(None, "", text, RECOGNISER) == language


@pytest.mark.parametrize("text", ["", "1234 5678", "😀", "ok", "\ud800"])
def test_it_abstains_where_it_cannot_know(text: str) -> None:
    assert language_of(None, "", text, RECOGNISER) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            (
                "Jan van der Heijden, Gerrit de Vries and Pieter van den Berg met in Den Haag in"
                " 1962. He died on Sunday."
            ),
            "en",
        ),
        (
            (
                "Hans-Jürgen von der Leine, Friedrich Müller-Schulz und Partner was founded in"
                " München by Karl Graf von Ahorn. It closed in May."
            ),
            "en",
        ),
        (
            (
                "Jean-Pierre de la Fontaine and Marie-Claude Lefèvre met Jacques du Bois in"
                " Aix-en-Provence. She was born in Saint-Étienne."
            ),
            "en",
        ),
        (
            (
                "José Luis Rodríguez de la Vega and María del Carmen Fernández moved to San"
                " Sebastián de los Reyes. They married in 1950."
            ),
            "en",
        ),
        (
            (
                "El alcalde recibió a Jan van der Heijden, Gerrit de Vries y Pieter van den Berg en"
                " Den Haag. Murió el domingo."
            ),
            "es",
        ),
        (
            (
                "Le maire a rencontré Hans-Jürgen von der Leine, Friedrich Müller et Karl Graf von"
                " Ahorn à München. Ils sont partis."
            ),
            "fr",
        ),
        (
            (
                "De burgemeester John Smith sprak met Sir William Hamilton en Elizabeth Brown in"
                " New York. Zij gingen naar het stadhuis."
            ),
            "nl",
        ),
        (
            (
                "Der Bürgermeister traf Sir William Hamilton, Elizabeth Brown und George Carver in"
                " New York. Sie gingen ins Rathaus."
            ),
            "de",
        ),
    ],
)
def test_foreign_names_do_not_change_the_language(text: str, language: str) -> None:
    assert language_of(None, "", text, RECOGNISER) == language


@pytest.mark.parametrize(
    ("title", "body", "language"),
    [
        ("Old bridge", "THE COUNCIL VOTED ON TUESDAY NIGHT TO REPLACE THE OLD TRAM BRIDGE.", "en"),
        ("THE COUNCIL VOTED FOR A BRIDGE", "It will be built in March, said the mayor.", "en"),
        ("Bron", "KOMMUNFULLMÄKTIGE RÖSTADE PÅ TISDAGEN FÖR ATT BYTA UT DEN GAMLA BRON.", "sv"),
        ("Most", "ŽUPAN JE V TOREK OBISKAL ŠOLO IN VRTEC, OTROCI SO GA VESELO POZDRAVILI.", "sl"),
        ("Köprü", "BELEDİYE BAŞKANI SALI GÜNÜ YENİ KÖPRÜYÜ AÇTI VE HALK BUNA ÇOK SEVİNDİ.", "tr"),
        ("Brücke", "DIE STRASSENBAHN FÄHRT WIEDER ÜBER DIE GROSSE BRÜCKE IN DER STADT.", "de"),
        ("Γέφυρα", "Ο ΔΗΜΟΣ ΑΠΟΦΑΣΙΣΕ ΝΑ ΑΝΤΙΚΑΤΑΣΤΗΣΕΙ ΤΗ ΓΕΦΥΡΑ ΤΟΥ ΠΟΤΑΜΟΥ.", "el"),
        ("Мост", "МЭР ГОРОДА СООБЩИЛ ВО ВТОРНИК, ЧТО СТАРЫЙ МОСТ БУДЕТ ЗАМЕНЁН НОВЫМ.", "ru"),
    ],
)
def test_capitals_do_not_hide_the_language(title: str, body: str, language: str) -> None:
    assert language_of(None, title, body, RECOGNISER) == language
