"""Titles completed; names of tags, authors and categories."""

from services.search.domain.articles import Name
from services.search.domain.question import Facet
from services.search.ports import SearchIndex
from tests.contract.ports.articles import DAY, NOW, article, tag, tombstone
from tests.contract.ports.search_index.suite import SearchIndexSuite, write
from tests.waiting import eventually

KINDS = (Facet.TAG, Facet.AUTHOR, Facet.CATEGORY)


class NamingBehaviour(SearchIndexSuite):
    async def test_titles_are_completed_newest_first(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", title="Oil prices rise", published=NOW - 30),
            article("2", title="Prices of oil", published=NOW - 20),
            article("3", title="Öl", published=NOW - 10, language="de"),
            article("4", "Oil prices."),
        )

        for asked, prefix, expected in (
            (["oil"], "pri", ["2", "1"]),
            ([], "o", ["3", "2", "1"]),
            (["prices", "of"], "O", ["2"]),
            (["oil"], "zz", []),
        ):
            cards = await index.complete(asked, prefix, now=NOW, limit=5)
            assert [card.id for card in cards] == expected
        assert len(await index.complete([], "o", now=NOW, limit=2)) == 2

    async def test_names_are_found_by_their_beginnings_the_most_frequent_first(
        self, index: SearchIndex
    ) -> None:
        await write(
            index,
            *(article(f"{n}", tags=["Port Merel"], authors=["Ann Port"]) for n in range(3)),
            article("4", tags=["Portugal", "Ännchen"], categories=["Ports > Old Port"]),
            article("5", tags=["Port Merel"], authors=["Merel Ek"]),
        )

        async def named(typed: str, *kinds: Facet, limit: int = 8) -> list[Name]:
            return [*await index.names(typed, kinds or KINDS, now=NOW, limit=limit)]

        await eventually(lambda: named("ek"), [Name("Merel Ek", Facet.AUTHOR, 1)])
        ports = await named("por")
        assert ports[:2] == [
            Name("Port Merel", Facet.TAG, 4),
            Name("Ann Port", Facet.AUTHOR, 3),
        ]
        assert {one.text for one in ports[2:]} == {"Portugal", "Ports", "Ports > Old Port"}
        assert await named("port", Facet.AUTHOR) == [Name("Ann Port", Facet.AUTHOR, 3)]
        assert await named("merel por") == [Name("Port Merel", Facet.TAG, 4)]
        assert await named("annch") == [Name("Ännchen", Facet.TAG, 1)]
        assert len(await named("por", limit=2)) == 2
        assert await named("ort") == []

    async def test_names_without_a_visible_article_are_left_out(self, index: SearchIndex) -> None:
        await write(
            index,
            article("gone", tags=["Zeppelin"]),
            article("later", tags=["Zebra"], published=NOW + DAY),
            article("changed", tags=["Zeolite"]),
            article("here", tags=["Zenith"]),
        )
        await write(index, tombstone("gone", 2), article("changed", version=2))

        async def named(now: int) -> list[str]:
            return [one.text for one in await index.names("ze", KINDS, now=now, limit=8)]

        await eventually(lambda: named(NOW), ["Zenith"])
        await index.maintain()
        await eventually(lambda: named(NOW), ["Zenith"])
        await eventually(lambda: named(NOW + DAY), ["Zebra", "Zenith"])

    async def test_counts_of_names_follow_the_articles(self, index: SearchIndex) -> None:
        await write(index, *(article(f"{n}", tags=[f"Quarry {n:02}"]) for n in range(70)))
        await write(index, *(article(f"more-{n}", tags=["Quarry 69"]) for n in range(3)))
        await index.maintain()

        async def best() -> list[Name]:
            return [*await index.names("quar", KINDS, now=NOW, limit=1)]

        await eventually(best, [Name("Quarry 69", Facet.TAG, 4)])
        await write(index, *(tombstone(f"more-{n}", 2) for n in range(3)))
        await index.maintain()
        await eventually(best, [Name("Quarry 00", Facet.TAG, 1)])

    async def test_a_tag_is_told_by_name_slug_or_merged_slug(self, index: SearchIndex) -> None:
        older = tag("Petroleum", slug="oil", kind="topic")
        newer = tag("Oil", slug="oil", aliases=["petroleum"], kind="subject")
        await write(
            index,
            article("1", tags=[older, "Gas"], published=NOW - DAY),
            article("2", tags=["Gas", newer], published=NOW - 9),
        )

        for value in ("Oil", "oil", "petroleum"):
            told = await index.tag(value, now=NOW)
            assert told is not None
            assert (told["slug"], told["name"], told["kind"]) == ("oil", "Oil", "subject")
        assert await index.tag("Oi", now=NOW) is None
        gone = await index.tag("oil", now=NOW - 100)
        assert gone is not None
        assert gone["name"] == "Petroleum"

    async def test_values_are_told_with_their_counts(self, index: SearchIndex) -> None:
        await write(
            index,
            article("1", categories=["News > Economy"], language="en-GB"),
            article("2", categories=["News"]),
            article("3", categories=["Sport"], published=NOW + 1),
        )

        assert await index.values(Facet.CATEGORY, now=NOW, limit=9) == {
            "News": 2,
            "News > Economy": 1,
        }
        assert await index.values(Facet.LANGUAGE, now=NOW, limit=1) == {"en": 2}
