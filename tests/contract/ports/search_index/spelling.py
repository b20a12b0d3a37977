"""What counts as the same word: joints, signs, digits, scripts; and what was probably meant."""

from dataclasses import replace

from services.search.domain.question import Question, TextField, Word
from services.search.ports import SearchIndex
from tests.contract.ports.articles import DAY, NOW, article, asking, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, matching, write

JOINTS = [
    ("Covid-19 wave recedes.", ["covid19", "covid-19", "covid 19", "COVID-19"]),
    ("Covid19 wave recedes.", ["covid-19", "covid19"]),
    ("Party-goers fined.", ["partygoers", "party goers", "party-goers"]),
    ("Partygoers fined.", ["party-goers"]),
    ("Her well-being counts.", ["wellbeing", "well being"]),
    ("She has a Ph.D. in law.", ["phd", "ph.d.", "Ph.D"]),
    ("Written in Node.js.", ["nodejs", "node.js", "node js"]),
    ("The U.S.A. and the N.A.T.O. met.", ["usa", "nato", "U.S.A.", "NATO"]),
    ("Fund pays 1,000 crowns.", ["1000", "1,000"]),
    ("Fund pays 1000 crowns.", ["1,000", "1.000"]),
    ("In all 2,300,000 came.", ["2300000", "2,300,000"]),
    ("In all 2.300.000 came.", ["2300000"]),
    ("O'Neill won.", ["oneill", "o'neill", "O’Neill"]),
]
ALIKE = [
    ("ja", "大雨で鉄道が止まる", ["雨", "大雨", "鉄道"]),
    ("zh", "画展览开幕", ["展", "展览"]),
    ("ja", "ハヤテ、２０２７年に新型車", ["新型", "2027", "ﾊﾔﾃ"]),
    ("ko", "서울에서 전시회가 열린다", ["전시회", "서울"]),
    ("fa", "کتاب علی", ["علي", "كتاب", "كتاب علي"]),
    ("fa", "روزنامه‌نگار در تهران", ["روزنامه نگار", "روزنامه‌نگار"]),
    ("ur", "کتاب اور علی", ["كتاب", "علي"]),
    ("ar", "كتاب علي", ["کتاب", "علی"]),
    ("hi", "हिन्दी में क़लम", ["हिंदी", "कलम"]),
    ("fr", "L'été à Genève", ["ete", "geneve", "l’été", "Gene\u0300ve"]),
    ("tr", "İstanbul ve Diyarbakır", ["istanbul", "diyarbakir", "İSTANBUL"]),
    ("en", "zero\u200bwidth and so\u00adft notes", ["zerowidth", "soft"]),
    ("ru", "Ёлка стоит", ["елка", "ёлка"]),
]


class SpellingBehaviour(SearchIndexSuite):
    async def test_a_name_of_letters_and_signs_is_one_word(self, index: SearchIndex) -> None:
        names = ("AT&T", "V&A", "C++", "C#")
        others = ("The Model T cars drove off.", "Vitamin A for all.", "The C major scale. " * 3)
        await write(
            index,
            *(article(name, f"{name} runs the trams.", title=f"{name} in town") for name in names),
            *(article(f"other-{n}", text) for n, text in enumerate(others)),
        )

        for name in names:
            assert await matching(index, name) == [name]
            assert await matching(index, name.lower()) == [name]
            assert await found(index, Question(now=NOW, phrases=(name,))) == [name]
            assert (await found(index, replace(asking(f"{name} scale"), any_word=True)))[0] == name

    async def test_hyphen_space_and_solid_spelling_find_each_other(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            *(article(f"{n}-body", text) for n, (text, _) in enumerate(JOINTS)),
            *(article(f"{n}-title", "Text.", title=text) for n, (text, _) in enumerate(JOINTS)),
        )

        for n, (_, asked) in enumerate(JOINTS):
            for one in asked:
                assert {f"{n}-body", f"{n}-title"} <= {*await matching(index, one)}, one
                assert len(await matching(index, one)) <= 4, one

    async def test_two_neighbours_find_the_solid_word(self, index: SearchIndex) -> None:
        await write(index, article("1", "Free wifi on trams."), article("2", "Free wi-fi."))
        solid = (Word("wi", solid=("wifi",)), Word("fi", solid=("wifi",)))

        assert sorted(await found(index, replace(asking(""), words=solid))) == ["1", "2"]

    async def test_the_exact_spelling_comes_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("joint", "The Covid-19 wave of the year recedes."),
            article("solid", "The Covid19 wave of the year recedes."),
        )

        assert await found(index, asking("covid-19")) == ["joint", "solid"]
        assert await found(index, asking("covid19")) == ["solid", "joint"]

    async def test_letters_that_look_alike_or_are_typed_alike_are_the_same(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            *(article(f"e{n}", f"The pier report {n}.") for n in range(5)),
            *(article(text, text, language=language) for language, text, _ in ALIKE),
        )

        for language, text, asked in ALIKE:
            for one in asked:
                for languages in (("en",), ("en", language)):
                    assert text in await matching(index, one, *languages), one

    async def test_words_that_no_article_has_are_corrected(self, index: SearchIndex) -> None:
        await write(
            index,
            *(article(f"{n}", "Azerbaijan opens a lighthouse.") for n in range(3)),
            article("striking", "The miners were striking."),
            article("later", "Xylophones.", published=NOW + DAY),
            article("gone", "Zeppelins."),
        )
        await write(index, tombstone("gone", 2))

        page = await index.find(replace(asking("azerbijan lighthouse"), corrections=True))

        assert page.total == 0
        assert set(page.corrections) == {"azerbijan"}
        [best, *_] = page.corrections["azerbijan"]
        assert (best.text, best.edits, best.articles) == ("azerbaijan", 1, 3)
        for text in ("strikes", "lighthouse", "xylophonez", "zeppelinz", "oil", "bridges"):
            asked = replace(asking(text), corrections=True)
            assert (await index.find(asked)).corrections == {}, text
        assert (await index.find(asking("azerbijan"))).corrections == {}

    async def test_of_corrections_the_nearest_comes_first(self, index: SearchIndex) -> None:
        await write(
            index,
            *(article(f"p{n}", "The parking lot.") for n in range(5)),
            article("1", "A barking dog."),
            article("2", "Tram marking."),
        )

        page = await index.find(replace(asking("parkiing"), corrections=True))

        assert page.corrections["parkiing"][0].text == "parking"
        edits = [one.edits for one in page.corrections["parkiing"]]
        assert edits == sorted(edits)

    async def test_what_was_typed_is_corrected(self, index: SearchIndex) -> None:
        opens = "Azerbaijan opens a lighthouse"
        await write(index, article("1", title=opens), article("2", opens, published=NOW))

        for typed, meant in (
            ("azerbijan", "azerbaijan"),
            ("azerbijan light", "azerbaijan light"),
            ("azerba", None),
            ("azreb", "azerbaijan"),
            ("light azetba", "light azerbaijan"),
            ("lighthuose azer", "lighthouse azer"),
            ("azerbaijan", None),
            ("qqqqqqqq", None),
            ("", None),
            ("!!", None),
        ):
            corrected = await index.correct(typed)
            # Of a begun word a beginning is enough, from where the meant one goes on.
            assert corrected == meant or (meant or "").startswith(corrected or "-"), typed

    async def test_a_joined_word_is_looked_for_in_the_fields_asked(
        self, index: SearchIndex
    ) -> None:
        await write(index, article("1", "The pier.", title="Covid-19 recedes"))

        for text in ("covid-19", "covid 19"):
            asked = replace(asking(text), fields=(TextField.TITLE,))
            assert await found(index, asked) == ["1"]
            assert await found(index, replace(asked, fields=(TextField.BODY,))) == []
