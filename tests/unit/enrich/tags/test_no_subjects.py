"""What stands under or before the news, whatever it tells, is no tag."""

import pytest

from services.enrich.domain.tags import TaggedText, choose_tags

NEWS = "Karin Holm becomes finance chief of Velmora Works in May. She comes from the line Borea."
LEGAL = (
    "This release contains forward-looking statements which involve risks and uncertainties;"
    " actual results may differ materially."
)


def _words(body: str, language: str = "en", summary: str = "") -> set[str]:
    text = TaggedText("Velmora Works has a new chief", summary, body, language)
    return {word for tag in choose_tags(text) for word in tag.name.lower().split()}


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (LEGAL, "forward-looking statements risks uncertainties results"),
        ("About Velmora Works: Velmora Works is a leading maker of tram doors.", "leading doors"),
        ("Media contact: Siri Dahl, press office, Sol Harbour.", "siri dahl press office harbour"),
        ("A memorial service is at St Olave's on Friday. No flowers.", "service flowers olave's"),
        ("Sign up for our Morning Tide newsletter.", "newsletter morning tide"),
        ("(Reporting by Ida Lund; editing by Per Foss)", "ida lund per foss reporting editing"),
        ("© 2026 Tide Media. All rights reserved.", "tide media rights"),
    ],
)
def test_words_of_standing_text_are_no_tags(standing: str, words: str) -> None:
    for between in (" ", "\n\n"):
        assert not _words(NEWS + between + standing) & set(words.split())


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("PORT MEREL, March 3, 2026 (Newswire) -- ", "newswire"),
        ("PORT MEREL, March 3, 2026 /TideWire/ -- ", "tidewire"),
        ("PORT MEREL (Tide Press) - ", "press"),
        ("Port Merel (VAP) ", "vap"),
    ],
)
def test_the_agency_of_a_dateline_is_no_tag(dateline: str, agency: str) -> None:
    assert agency not in _words(dateline + NEWS)
    assert agency not in _words(dateline + NEWS, summary=f"{dateline}She starts in May.")
    assert "merel" in _words(dateline + NEWS)


def test_a_text_that_is_standing_text_only_keeps_its_tags() -> None:
    assert "magpie" in _words("Crossword 1,204 set by Magpie")
