"""Category paths: "News > Economy" lies under "News", and counts for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shared.normalising import tidied

SEPARATOR: Final = " > "


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """One category of the tree; `count` includes its children's articles, each once."""

    name: str
    path: str
    count: int
    children: tuple[CategoryNode, ...] = ()


def breadcrumb(path: str) -> tuple[str, ...]:
    """The names from the top down; spaces round ">" and within names are normalised."""
    names = map(tidied, path.split(">"))
    return tuple(name for name in names if name)


def normalised(path: str) -> str:
    """The one spelling of a path: "News>Economy" is "News > Economy"."""
    return SEPARATOR.join(breadcrumb(path))


def with_parents(path: str) -> tuple[str, ...]:
    """The paths an article of this category counts for, from the top down, its own last."""
    names = breadcrumb(path)
    return tuple(SEPARATOR.join(names[: depth + 1]) for depth in range(len(names)))


def tree(counts: Mapping[str, int]) -> tuple[CategoryNode, ...]:
    """The tree of all paths, most frequent first, then by name.

    Args:
        counts: articles by path, parents included, as the `category` facet counts them; a parent
            that is missing is shown with 0.
    """
    children: dict[str, list[str]] = {}
    for path in sorted({above for given in counts for above in with_parents(given)}):
        children.setdefault(SEPARATOR.join(breadcrumb(path)[:-1]), []).append(path)
    nodes: dict[str, CategoryNode] = {}
    # The deepest first: children are made before their parents, without recursion.
    deepest_first = sorted((p for siblings in children.values() for p in siblings), key=_depth)
    for path in reversed(deepest_first):
        below = _ordered(nodes[child] for child in children.get(path, ()))
        nodes[path] = CategoryNode(breadcrumb(path)[-1], path, counts.get(path, 0), below)
    return _ordered(nodes[path] for path in children.get("", ()))


def _ordered(nodes: Iterable[CategoryNode]) -> tuple[CategoryNode, ...]:
    return tuple(sorted(nodes, key=lambda node: (-node.count, node.name)))


def _depth(path: str) -> int:
    return path.count(SEPARATOR)
