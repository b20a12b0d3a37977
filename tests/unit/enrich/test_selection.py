import pytest

from services.enrich.commands import Selection
from services.enrich.domain.curation import NOT_CURATED
from services.enrich.domain.vocabulary import NO_RULINGS
from services.enrich.ports import ListedArticle


@pytest.mark.parametrize(
    ("asked", "selected"),
    [(None, True), ("2", True), ("2+1", True), ("2+", False), ("1", False), ("2+10", False)],
)
def test_a_version_of_the_rules_selects_whatever_was_learnt(
    asked: str | None, *, selected: bool
) -> None:
    article = ListedArticle("a", "demo", "2026-01-01T00:00:00Z", "2+1", NOT_CURATED, NO_RULINGS)
    assert (article in Selection(algorithm=asked)) is selected
