"""Which articles have the words, whatever their language."""

from dataclasses import replace

from services.search.domain.question import Excerpts, Facet, Question, Sort, TextField, Word
from services.search.ports import SearchIndex
from tests.contract.ports.articles import NOW, article, asking, words
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, matching, write

PIER = article(
    "pier",
    "The harbour master closed the quay.",
    title="Storm damages the pier",
    summary="Waves tore planks away.",
    tags=["Port Merel"],
    authors=["Tobias Renn"],
)

RARE: list[tuple[str | None, str, str, list[str]]] = [
    ("es", "Nuevas fiestas", "Las fiestas empiezan.", ["fiestas", "Nuevas fiestas"]),
    ("de", "Neue Häfen", "Die Häfen sind offen.", ["Häfen", "hafen", "Häfen offen"]),
    ("fi", "Uudet satamat", "Satamissa odotetaan laivoja.", ["Satamissa", "laivoja"]),
    ("el", "Νέα λιμάνια", "Τα λιμάνια άνοιξαν.", ["λιμάνια", "άνοιξαν"]),
    ("ar", "موانئ جديدة", "فتحت الموانئ أبوابها.", ["الموانئ", "أبوابها"]),
    ("th", "ห้องสมุดใหม่", "ห้องสมุดเปิดแล้ว", ["ห้องสมุด"]),
    ("ja", "図書館が開く", "大雨で鉄道が止まる。", ["図書館", "鉄道", "大雨"]),
    ("sw", "Bandari mpya", "Bandari zimefunguliwa.", ["bandari", "zimefunguliwa"]),
    (None, "Zubrowka", "Zubrowka zdrowie.", ["zdrowie"]),
]


class MatchingBehaviour(SearchIndexSuite):
    async def test_an_empty_index_answers_an_empty_page(self, index: SearchIndex) -> None:
        page = await index.find(replace(asking("storm"), facets=tuple(Facet), corrections=True))

        assert (page.total, page.hits) == (0, ())
        assert all(counts == () for counts in page.facets.values())

    async def test_all_words_must_be_there_over_all_fields_together(
        self, index: SearchIndex
    ) -> None:
        await write(index, PIER, article("quay", "The quay is open."))

        for text in ("storm planks quay merel renn", "quay pier", "Merel Waves", "STORM"):
            assert await matching(index, text) == ["pier"]
        assert await matching(index, "quay") == ["pier", "quay"]
        assert await matching(index, "storm bakery") == []

    async def test_any_word_is_enough_if_asked_and_more_words_rank_higher(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "Ferry, ferry, ferry."),
            article("2", "The ferry ran into the lighthouse on a foggy night in May."),
            article("3", "The bakery closes."),
            article("4", "A lighthouse."),
        )

        hits = await found(index, replace(asking("ferry lighthouse"), any_word=True))

        assert hits[0] == "2"
        assert sorted(hits) == ["1", "2", "4"]

    async def test_words_match_in_their_inflections(self, index: SearchIndex) -> None:
        await write(
            index,
            article("en", "The miners were striking."),
            article("de", "Die Häuser stehen leer.", language="de"),
            article("ru", "Новые поезда стояли на мосту.", language="ru"),
        )

        assert await matching(index, "miner strikes", "en", "de") == ["en"]
        assert await matching(index, "Haus", "en", "de") == ["de"]
        assert await matching(index, "поезд моста", "ru") == ["ru"]

    async def test_a_word_as_it_stands_is_found_however_rare_its_language(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            *(article(f"e{n}", f"The pier report number {n} was read aloud.") for n in range(40)),
            *(article(title, body, title=title, language=of) for of, title, body, _ in RARE),
        )

        for _, title, _, asked in RARE:
            for text in asked:
                assert await matching(index, text, "en") == [title], text
            quoted = Question(now=NOW, phrases=(asked[0],), languages=("en",))
            assert await found(index, quoted) == [title]

    async def test_a_phrase_is_neighbours_as_they_are_spelled(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", "To be or not to be: a question. Prices fall.", title="Oil"),
            article("2", "Not to question, be or not."),
        )

        for asked, expected in (
            ("to be or not", ["1"]),
            ("be to", []),
            ("question", ["1", "2"]),
            ("Question Be", ["2"]),
            ("oil prices", []),
            ("questions", []),
        ):
            hits = await found(index, Question(now=NOW, phrases=(asked,)))
            assert sorted(hits) == expected, asked

    async def test_words_and_phrases_hold_together(self, index: SearchIndex) -> None:
        await write(index, PIER, article("2", "The pier of the harbour master."))
        question = replace(asking("pier"), phrases=("harbour master", "storm damages"))

        assert await found(index, question) == ["pier"]

    async def test_excluded_words_and_phrases_leave_the_others_newest_first(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "Oil price.", published=NOW - 30),
            article("2", "The price of oil.", published=NOW - 20),
            article("3", "Gas.", published=NOW - 10),
            article("4", "Coal.", published=NOW - 5),
        )
        question = Question(now=NOW, excluded=("gas", "oil price"), sort=Sort.RELEVANCE)

        assert await found(index, question) == ["4", "2"]

    async def test_words_are_looked_for_in_the_fields_asked_only(self, index: SearchIndex) -> None:
        await write(index, PIER)
        where = {
            TextField.TITLE: "storm",
            TextField.SUMMARY: "wave",
            TextField.BODY: "quays",
            TextField.TAGS: "merel",
            TextField.AUTHORS: "renn",
        }
        for field, word in where.items():
            asked = replace(asking(word), fields=(field,))
            assert await found(index, asked) == ["pier"], field
            others = tuple(other for other in TextField if other is not field)
            assert await found(index, replace(asked, fields=others)) == [], field
        both = replace(asking("storm quay"), fields=(TextField.TITLE, TextField.BODY))
        assert await found(index, both) == ["pier"]
        phrase = Question(now=NOW, phrases=("the pier",), fields=(TextField.TITLE,))
        assert await found(index, phrase) == ["pier"]
        assert await found(index, replace(phrase, phrases=("harbour master",))) == []

    async def test_fields_are_searched_in_rare_languages_too(self, index: SearchIndex) -> None:
        await write(index, PIER, article("es", "Nada.", title="Nuevas fiestas", language="es"))

        asked = replace(asking("fiestas", "en"), fields=(TextField.TITLE,))

        assert await found(index, asked) == ["es"]

    async def test_a_word_may_stand_as_any_of_its_spellings(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", "The EU meets in Port Merel."),
            article("2", "The European Union meets in Port Merel."),
            article("3", "A union of European bakers meets in Port Merel."),
        )
        eu = (Word("EU", spellings=("European Union",)), Word("meets"))

        assert sorted(await found(index, replace(asking(""), words=eu))) == ["1", "2"]
        misspelt = (Word("bakres", spellings=("bakers",)),)
        assert await found(index, replace(asking(""), words=misspelt)) == ["3"]

    async def test_a_begun_word_finds_what_goes_on_so_behind_the_word_itself(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("1", "Sun, sun and sand.", title="Sundance opens on Sunday"),
            article("2", "Rain.", title="Sunday in Sunderland"),
            article("3", "It was dark when everybody in the valley sat down.", title="Sun sets"),
            article("4", "Rain.", title="Rain"),
        )
        begun = replace(asking(""), words=(Word("sun", begun=True),))

        hits = await found(index, begun)

        assert sorted(hits) == ["1", "2", "3"]
        assert hits[-1] == "2"
        two = replace(begun, words=(*words("rain"), Word("Sunderl", begun=True)))
        assert await found(index, two) == ["2"]
        whole = await found(index, replace(begun, words=(Word("sun"),)))
        assert sorted(whole) == ["1", "3"]

    async def test_signs_alone_find_nothing_and_are_passed_over_beside_words(
        self, index: SearchIndex
    ) -> None:
        await write(index, PIER)

        for text in ("!!!", "?", '"', "\u200b", "-", "…", "&"):
            assert await matching(index, text) == []
            assert await found(index, Question(now=NOW, phrases=(text,))) == []
            assert await matching(index, f"storm {text} quay") == ["pier"]
            assert await found(index, replace(asking("storm"), phrases=(text,))) == ["pier"]
            assert await found(index, Question(now=NOW, excluded=(text,))) == ["pier"]

    async def test_odd_questions_are_no_error(self, index: SearchIndex) -> None:
        await write(index, article("1", "oil"))
        odd = (
            "\0", "\uffff", "a" * 70_000, "\u202e", "(", "*", ".*", "a:b", "\\", '"', "^", "~2",
            "🛢️", "i\u0307", "[[:alpha:]]", "\ud7ff", "]", "-", "&&", "a--b", "\U0010ffff", " ",
            "dlrs🎉^wi fi", "/ 1,000~", "wi fi\\ي", "雨" * 500, "a-" * 250,
            "ก" * 500, "x.y" * 150, "_" * 400, "\u0301" * 300,
        )  # fmt: skip
        for text in odd:
            word = Word(text, spellings=(text, f"oil {text}"), solid=(text,), begun=True)
            for question in (
                Question(now=NOW, words=(word,), excluded=(text,), sort=Sort.RELEVANCE),
                replace(asking("oil"), any_word=True, title=text, corrections=True),
                replace(asking(text), any_word=True, fields=(TextField.TITLE,)),
                replace(asking(text), words=(word,), fields=tuple(TextField)),
                replace(asking(""), words=(*words(text)[:-1], word), fields=tuple(TextField)),
                Question(now=NOW, phrases=(text,), excluded=(f"oil {text}",)),
                Question(now=NOW, include={Facet.TAG: (text,)}, facets=(Facet.TAG,)),
                Question(now=NOW, exclude={Facet.AUTHOR: (text,)}),
            ):
                assert (await index.find(question)).total <= 1
            assert await index.complete([text], text, now=NOW, limit=3) == []
            assert await index.names(text, [Facet.TAG], now=NOW, limit=3) == []
            assert await index.tag(text, now=NOW) is None
            await index.correct(text)
            assert await index.get([text]) == {}
            assert await index.at(text) == []
            assert await index.story(text) == []

    async def test_the_longest_question_in_the_most_languages_is_no_error(
        self, index: SearchIndex
    ) -> None:
        await write(index, PIER)
        languages = ("en", "de", "fr", "es", "it", "pt", "ru", "ar", "hi", "zh", "ja", "th")
        typed = ["storm", *(f"covid{n}" for n in range(31))]
        question = Question(
            now=NOW,
            words=tuple(
                Word(text, spellings=(f"{text}a", f"new {text}"), solid=(f"{text}x",), begun=True)
                for text in typed
            ),
            title=" ".join(typed),
            phrases=tuple(f"the {text}" for text in ("pier", *["quay"] * 30)),
            excluded=tuple(f"not-{text}" for text in typed),
            languages=languages,
            sort=Sort.RELEVANCE,
            marked=dict.fromkeys(TextField, Excerpts()),
            corrections=True,
        )

        for fields in ((), tuple(TextField)):
            every = replace(question, fields=fields)
            assert (await index.find(every)).total == 0
            assert (await index.find(replace(every, any_word=True))).total == 1
