import pytest

from services.search.domain.ranking import RankingRules, coverage, freshness_thresholds


@pytest.mark.parametrize(("words", "needed"), [(1, 1), (2, 2), (3, 3), (4, 3), (8, 6), (32, 24)])
def test_three_quarters_of_the_words_earn_the_coverage_bonus(words: int, needed: int) -> None:
    assert coverage(words) == needed


def test_freshness_counts_one_seven_and_thirty_days() -> None:
    assert freshness_thresholds(30 * 86_400) == (29 * 86_400, 23 * 86_400, 0)


def test_the_words_of_all_fields_weigh_most() -> None:
    rules = RankingRules()
    assert rules.all_weight > rules.title_weight > rules.lead_weight > 0
