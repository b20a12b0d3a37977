"""Of each story only one hit."""

from dataclasses import replace

from services.search.domain.articles import FacetCount, Links
from services.search.domain.question import Facet, Question, Sort
from services.search.ports import SearchIndex
from tests.contract.ports.articles import NOW, article, asking, linked, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, found, write


class CollapsingBehaviour(SearchIndexSuite):
    async def test_of_each_story_the_hit_that_comes_first_is_shown(
        self, index: SearchIndex
    ) -> None:
        stories = {"a": "one", "b": "two", "c": "one", "d": "two", "e": "e", "f": "f"}
        await write(
            index,
            *(
                article(
                    id_,
                    "The ferry.",
                    published=NOW - 100 + n,
                    tags=["sea"],
                    links=Links(story_id=story),
                )
                for n, (id_, story) in enumerate(stories.items())
            ),
        )
        newest = Question(now=NOW, words=asking("ferry").words, collapse=True)

        page = await index.find(replace(newest, limit=2, facets=(Facet.TAG,)))

        assert [hit.id for hit in page.hits] == ["f", "e"]
        assert (page.total, page.stories) == (6, 4)
        assert page.facets[Facet.TAG] == (FacetCount("sea", 6),)
        assert [(hit.id, hit.story_id) for hit in (await index.find(newest)).hits] == [
            ("f", "f"), ("e", "e"), ("d", "two"), ("c", "one"),
        ]  # fmt: skip
        assert await found(index, replace(newest, sort=Sort.OLDEST)) == ["a", "b", "e", "f"]
        assert await found(index, replace(newest, offset=2)) == ["d", "c"]
        assert len(await found(index, replace(newest, sort=Sort.RELEVANCE))) == 4
        assert (await index.find(replace(newest, collapse=False))).stories is None

    async def test_behind_a_cursor_only_what_follows_is_looked_at(self, index: SearchIndex) -> None:
        stories = {"a": "one", "b": "two", "c": "one", "d": "two", "e": "one"}
        await write(
            index,
            *(
                article(id_, published=NOW - n, read_minutes=2, links=Links(story_id=story))
                for n, (id_, story) in enumerate(stories.items())
            ),
        )
        for sort, expected in (
            (Sort.NEWEST, ["c", "d"]),
            (Sort.SHORTEST, ["c", "d"]),
            (Sort.OLDEST, ["c", "b"]),
            (Sort.LONGEST, ["c", "b"]),
        ):
            everything = (await index.find(Question(now=NOW, sort=sort))).hits
            question = Question(now=NOW, sort=sort, collapse=True, after=everything[1].sort_key)

            page = await index.find(question)

            assert [hit.id for hit in page.hits] == expected
            assert (page.total, page.stories) == (5, 2)

    async def test_the_articles_of_a_story_are_told_visible_or_not(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            article("a", "The ferry.", title="Ferry", links=linked("one", b=0.5)),
            article("b", published=NOW + 9, links=Links(story_id="one")),
            article("c", links=Links(story_id="two")),
        )

        told = {one.id: one for one in await index.story("one")}

        assert set(told) == {"a", "b"}
        assert told["a"].card["title"] == "Ferry"
        assert "body" not in told["a"].content
        assert await index.story("three") == []
        await write(index, tombstone("c", 2))
        assert not [one for one in await index.story("two") if not one.withdrawn]
