import pytest
from hypothesis import given, strategies as st

from services.search.domain.categories import (
    CategoryNode,
    breadcrumb,
    normalised,
    tree,
    with_parents,
)


@pytest.mark.parametrize("path", ["News > Economy", "News>Economy", " News  >Economy > "])
def test_spaces_round_the_separator_do_not_count(path: str) -> None:
    assert breadcrumb(path) == ("News", "Economy")
    assert normalised(path) == "News > Economy"


def test_a_path_counts_for_its_parents() -> None:
    assert with_parents("A > B > C") == ("A", "A > B", "A > B > C")


@pytest.mark.parametrize("path", ["", " ", ">", " > > "])
def test_a_path_without_names_is_nothing(path: str) -> None:
    assert (breadcrumb(path), with_parents(path)) == ((), ())


def test_the_tree_is_ordered_by_count_then_name() -> None:
    counts = {"News": 5, "News > Economy": 2, "News > Art": 2, "News > Sport": 3, "Opinion": 9}
    art, economy, sport = (
        CategoryNode(name, f"News > {name}", count)
        for name, count in (("Art", 2), ("Economy", 2), ("Sport", 3))
    )
    news = CategoryNode("News", "News", 5, (sport, art, economy))
    assert tree(counts) == (CategoryNode("Opinion", "Opinion", 9), news)


def test_a_missing_parent_is_shown_with_none() -> None:
    assert tree({"A > B": 1}) == (CategoryNode("A", "A", 0, (CategoryNode("B", "A > B", 1),)),)


@given(st.dictionaries(st.text("AB> "), st.integers(0)))
def test_every_path_is_in_the_tree_once(counts: dict[str, int]) -> None:
    def paths(nodes: tuple[CategoryNode, ...]) -> list[str]:
        return [path for node in nodes for path in (node.path, *paths(node.children))]

    expected = {parent for path in counts for parent in with_parents(path)}
    assert sorted(paths(tree(counts))) == sorted(expected)
