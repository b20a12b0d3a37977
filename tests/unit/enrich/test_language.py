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
