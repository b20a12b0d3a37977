"""Standing text makes no link and no story, whether it is known by its words or by repetition."""

from datetime import timedelta

from redis.asyncio import Redis

from shared.events import ArticleEnriched
from tests.enriching import enriched, enricher, published
from tests.news import START, story_text

ABOUT = (
    " About Halvard Energy: Halvard Energy is a leading provider of integrated energy solutions. "
    "Founded in 1951, Halvard Energy operates in eighteen countries and employs seven thousand "
    "people. This release contains forward-looking statements which involve risks and "
    "uncertainties; actual results may differ materially. Media contact: Siri Moen, press office, "
    "Halvard Energy."
)
ANNA = (
    "Anna Ek, who has died aged 91, taught chemistry in Sol. A service is at St Anne's on Friday. "
    "Donations to the hospice, please. No flowers."
)
BO = (
    "Bo Lie, who has died aged 80, sailed round the Horn. A service is at St Anne's on Saturday. "
    "Donations to the hospice, please. No flowers."
)
STORM = (
    "Storm Ivo tore the roofs off forty houses in Port Merel on Monday night. Gusts of 150 "
    "kilometres an hour felled trees along the Sol river, and the ferry to Velmora stayed in the "
    "harbour. Mayor Tobias Renn opened the school to families without a roof."
)
DAMAGE = (
    "Families in Port Merel spent the night in a school after storm Ivo, said Mayor Tobias Renn. "
    "Forty roofs were gone, trees lay across the road by the Sol river, and no ferry left for "
    "Velmora on Tuesday. The gusts reached 150 kilometres an hour."
)
NOTE = (
    "The harbour weather desk reads eleven buoys, four gauges and one old barometer at dawn. "
    "Its bulletin is copied by hand, as it has been since the lighthouse keepers began it. "
)


async def arrive(redis: Redis, *articles: tuple[str, str], days: int = 0) -> list[ArticleEnriched]:
    """Titles and bodies, of one publisher and so many days apart, one after another."""
    enrich, found = enricher(redis), []
    for at, (title, body) in enumerate(articles):
        moment = START + timedelta(days=days * at)
        found.append((await enriched(enrich, published(f"a{at}", title, body, at=moment)))[1])
    return found


async def test_two_obituaries_with_one_notice_are_two_stories(redis: Redis) -> None:
    first, second = await arrive(
        redis,
        (
            "Obituary: Anna Ek",
            ANNA,
        ),
        (
            "Obituary: Bo Lie",
            BO,
        ),
        days=10,
    )
    assert first.story_id != second.story_id
    assert second.links == ()


async def test_two_releases_of_one_company_are_two_stories(redis: Redis) -> None:
    first, second = await arrive(
        redis,
        (
            "Halvard Energy names new finance chief",
            "Karin Aasen becomes finance chief on the first of May. She comes from the shipping "
            "line Borealis." + ABOUT,
        ),
        (
            "Halvard Energy sponsors the national ski team",
            "The national ski team will carry a new name on its jackets for three seasons. Coach "
            "Lena Brekke welcomed the deal." + ABOUT,
        ),
        days=15,
    )
    assert first.story_id != second.story_id
    assert second.links == ()


async def test_a_note_that_a_publisher_repeats_makes_no_link_wherever_it_stands(
    redis: Redis,
) -> None:
    news = [
        (f"Item {at}", f"{story_text(at, 1, length=8)}. {NOTE} {story_text(at, 2, length=8)}.")
        for at in range(6)
    ]
    found = await arrive(redis, *news)
    # The first ones cannot be known to be repeated.
    assert {link.id for link in found[1].links} == {"a0"}
    assert [found[at].links for at in (4, 5)] == [(), ()]
    assert [found[at].story_id for at in (4, 5)] == ["a4", "a5"]


async def test_the_same_wire_text_by_two_papers_is_one_story(redis: Redis) -> None:
    text = f"{story_text(1, 1, length=90)}. {story_text(1, 2, length=90)}."
    enrich = enricher(redis)
    _, first = await enriched(enrich, published("one", "Wire", text, publisher="north"))
    _, second = await enriched(enrich, published("two", "Wire", text, publisher="south"))
    assert (second.story_id, second.copy_of) == (first.story_id, "one")


async def test_two_tellings_of_one_storm_are_one_story(redis: Redis) -> None:
    first, second = await arrive(
        redis,
        (
            "Storm Ivo tears roofs off in Port Merel",
            STORM,
        ),
        (
            "Port Merel counts the damage after storm Ivo",
            DAMAGE,
        ),
    )
    assert first.story_id == second.story_id
    assert {link.id for link in second.links} == {"a0"}


async def test_many_near_copies_of_one_publisher_stay_copies(redis: Redis) -> None:
    text = " ".join(f"{story_text(1, at, length=12)}." for at in range(20))
    found = await arrive(redis, *((f"Copy {at}", text) for at in range(8)))
    assert [each.copy_of for each in found] == [None, *["a0"] * 7]
