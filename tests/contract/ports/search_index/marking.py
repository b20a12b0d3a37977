"""The words of a question, marked in the texts where they stand."""

from collections.abc import Mapping
from dataclasses import replace

from services.search.domain.articles import MarkedText
from services.search.domain.question import Excerpts, Question, TextField, Word
from services.search.ports import SearchIndex
from tests.contract.ports.articles import article, asking
from tests.contract.ports.search_index.suite import SearchIndexSuite, write

WHOLE = Excerpts()
TWO = Excerpts(count=2, characters=160)
TITLE_AND_BODY = {TextField.TITLE: WHOLE, TextField.BODY: TWO}
SENTENCES = " ".join(f"Sentence {n} speaks of nothing at all." for n in range(60))

COVERED = [
    ("en", "Why AT&T buys masts", "AT&T", ("Why ", "AT&T", " buys masts")),
    ("en", "Why C++ is slow", "c++", ("Why ", "C++", " is slow")),
    ("en", "The Covid-19 wave", "covid-19", ("The ", "Covid-19", " wave")),
    ("en", "The Covid-19 wave", "covid19", ("The ", "Covid-19", " wave")),
    ("ja", "ハヤテ、２０２７年に新型車", "新型", ("ハヤテ、２０２７年に", "新型", "車")),
    ("ja", "大雨で鉄道が止まる", "雨", ("大", "雨", "で鉄道が止まる")),
    (
        "en",
        "On zero\u200bwidth notes",
        "zerowidth",
        ("On ", "zero\u200bwidth", " notes"),
    ),
    ("fr", "Vive l'été", "ete", ("Vive ", "été", "")),
    ("ar", "في كتاب علي", "کتاب", ("في ", "كتاب", " علي")),
]
Marks = Mapping[TextField, tuple[MarkedText, ...]]


async def marks(index: SearchIndex, question: Question) -> Marks:
    [hit] = (await index.find(question)).hits
    return hit.marked


class MarkingBehaviour(SearchIndexSuite):
    async def test_exactly_the_words_asked_are_marked(self, index: SearchIndex) -> None:
        await write(index, article("1", "It struck <b>twice</b>.", title="Storm strikes pier"))

        marked = await marks(index, replace(asking("storms strike"), marked=TITLE_AND_BODY))

        assert marked[TextField.TITLE] == (MarkedText(("", "Storm", " ", "strikes", " pier")),)
        assert TextField.BODY not in marked
        assert (await marks(index, asking("storm"))) == {}

    async def test_of_a_long_body_excerpts_are_told_in_the_order_of_the_text(
        self, index: SearchIndex
    ) -> None:
        body = f"The ferry sank. {SENTENCES} A lighthouse saw the ferry. {SENTENCES}"
        await write(index, article("1", body, title="News"))

        marked = await marks(index, replace(asking("ferry lighthouse"), marked=TITLE_AND_BODY))

        first, second = marked[TextField.BODY]
        assert first.marked == ("ferry",)
        assert second.marked == ("lighthouse", "ferry")
        for one in (first, second):
            assert one.plain in body
            assert len(one.plain) < 400
        assert TextField.TITLE not in marked

    async def test_the_beginning_is_told_where_nothing_is_marked_if_wanted(
        self, index: SearchIndex
    ) -> None:
        await write(index, article("1", f"At first light. {SENTENCES}", title="The ferry"))
        wanted = {TextField.BODY: Excerpts(count=1, characters=100, from_start=True)}

        marked = await marks(index, replace(asking("ferry"), marked=wanted))

        [beginning] = marked[TextField.BODY]
        assert beginning.marked == ()
        assert beginning.plain.startswith("At first light.")
        assert len(beginning.plain) < 300

    async def test_tags_and_authors_are_marked_name_by_name(self, index: SearchIndex) -> None:
        await write(index, article("1", tags=["Port Merel", "Ferry"], authors=["Ann Merel"]))
        wanted = {TextField.TAGS: WHOLE, TextField.AUTHORS: WHOLE}

        marked = await marks(index, replace(asking("merel"), marked=wanted))

        assert marked == {
            TextField.TAGS: (MarkedText(("Port ", "Merel", "")), MarkedText(("Ferry",))),
            TextField.AUTHORS: (MarkedText(("Ann ", "Merel", "")),),
        }

    async def test_summaries_are_marked(self, index: SearchIndex) -> None:
        await write(index, article("1", "Text.", summary="Die Häfen sind offen.", language="de"))
        asked = replace(asking("häfen", "en", "de"), marked={TextField.SUMMARY: WHOLE})

        assert (await marks(index, asked))[TextField.SUMMARY] == (
            MarkedText(("Die ", "Häfen", " sind offen.")),
        )

    async def test_marks_cover_the_word_and_nothing_else(self, index: SearchIndex) -> None:
        wanted = {TextField.TITLE: WHOLE}
        for n, (language, title, asked, pieces) in enumerate(COVERED):
            await write(index, article(str(n), "Text.", title=title, language=language))
            question = replace(asking(asked, "en", language), marked=wanted, ids=(str(n),))

            [marked] = (await marks(index, question))[TextField.TITLE]

            if language == "fr":  # Whether l' belongs to the word is the engine's choice.
                marked = MarkedText(tuple(piece.replace("l'", "") for piece in marked.pieces))
            assert marked == MarkedText(pieces), asked

    async def test_phrases_spellings_and_beginnings_are_marked(self, index: SearchIndex) -> None:
        await write(index, article("1", title="The European Union meets bakers in Sunderland"))
        wanted = {TextField.TITLE: WHOLE}
        title = TextField.TITLE

        for question, expected in (
            (replace(asking(""), phrases=("meets bakers",), marked=wanted), "meets bakers"),
            (
                replace(
                    asking(""),
                    words=(Word("EU", spellings=("European Union",)),),
                    marked=wanted,
                ),
                "European Union",
            ),
            (replace(asking(""), words=(Word("sunde", begun=True),), marked=wanted), "Sunderland"),
        ):
            [marked] = (await marks(index, question))[title]
            assert " ".join(marked.marked) == expected

    async def test_huge_bodies_are_read_back_whole_and_searched_to_their_end(
        self, index: SearchIndex
    ) -> None:
        body = f"{'The tram stops here. ' * 20_000}The volcano sleeps."
        await write(index, article("1", body, title="Long"))

        assert (await index.get(["1"]))["1"].content["body"] == body
        page = await index.find(replace(asking("volcano"), marked=TITLE_AND_BODY))
        assert page.total == 1
