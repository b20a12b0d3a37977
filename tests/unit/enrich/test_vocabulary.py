"""Tags under the names that editors gave them."""

from dataclasses import replace

from services.enrich.domain.tags import Tag
from services.enrich.domain.vocabulary import Form, Rulings, Use, settle

MERGED = Rulings(merged={"soccer": "football"})
SOCCER = Tag(slug="soccer", name="Soccer", kind="topic", score=0.6, reason="in the title")
FOOTBALL = Tag(slug="football", name="Football", kind="topic", score=0.4, reason="three times")


def test_of_two_that_were_merged_the_one_that_stays_says_why() -> None:
    ((tag,), uses) = settle([SOCCER, FOOTBALL], MERGED)
    assert (tag.slug, tag.name, tag.reason, tag.score) == (
        "football",
        "Football",
        "three times",
        0.6,
    )
    assert tag.aliases == ("soccer",)
    assert uses == (Use("football", Form("Football", "topic")),)


def test_what_was_chosen_keeps_its_reason() -> None:
    pinned = replace(SOCCER, reason="pinned by an editor", given=True)
    ((tag,), uses) = settle([pinned, FOOTBALL], MERGED)
    assert (tag.slug, tag.reason, tag.given) == ("football", "pinned by an editor", True)
    assert uses == (Use("football", Form("Football", "topic")),)


def test_a_merged_tag_alone_is_shown_as_the_other_and_counts_no_form_of_it() -> None:
    ((tag,), uses) = settle([SOCCER], MERGED)
    assert (tag.slug, tag.reason) == ("football", "in the title")
    assert uses == (Use("football", None),)
