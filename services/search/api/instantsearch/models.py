"""The shapes of the dialect's questions and answers, for the API's document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class SearchParameters(BaseModel):
    """The parameters that mean something here; any other one is ignored."""

    model_config = ConfigDict(extra="allow")

    query: str | None = None
    page: int | None = None
    hitsPerPage: int | None = None  # noqa: N815 - the protocol's names.
    facets: list[str] | None = None
    maxValuesPerFacet: int | None = None  # noqa: N815
    filters: str | None = None
    facetFilters: str | list[str | list[str]] | None = None  # noqa: N815
    numericFilters: str | list[str | list[str]] | None = None  # noqa: N815
    attributesToRetrieve: list[str] | None = None  # noqa: N815
    attributesToHighlight: list[str] | None = None  # noqa: N815
    attributesToSnippet: list[str] | None = None  # noqa: N815
    highlightPreTag: str | None = None  # noqa: N815
    highlightPostTag: str | None = None  # noqa: N815
    snippetEllipsisText: str | None = None  # noqa: N815
    sortFacetValuesBy: str | None = None  # noqa: N815
    queryType: str | None = None  # noqa: N815
    typoTolerance: bool | str | None = None  # noqa: N815
    params: str | dict[str, Any] | None = None


class FacetParameters(SearchParameters):
    facetQuery: str | None = None  # noqa: N815
    maxFacetHits: int | None = None  # noqa: N815


class IndexQuery(FacetParameters):
    """One of several: a search, or with `type` `facet` one for values of `facet`."""

    indexName: str  # noqa: N815
    type: str | None = None
    facet: str | None = None


class HighlightedHit(BaseModel):
    """The card's fields beside its `objectID`."""

    model_config = ConfigDict(extra="allow")

    objectID: str  # noqa: N815


class ListResult(BaseModel):
    """`corrected` and `relaxed` are ours: words set right, and whether any of them was enough."""

    model_config = ConfigDict(extra="allow")

    index: str
    hits: list[HighlightedHit]
    nbHits: int  # noqa: N815
    page: int
    nbPages: int  # noqa: N815
    hitsPerPage: int  # noqa: N815
    query: str
    params: str
    processingTimeMS: int  # noqa: N815
    corrected: str | None
    relaxed: bool
    facets: dict[str, dict[str, int]] | None = None
    facets_stats: dict[str, dict[str, float]] | None = None


class FacetHit(BaseModel):
    value: str
    highlighted: str
    count: int


class FacetResult(BaseModel):
    facetHits: list[FacetHit]  # noqa: N815
    exhaustiveFacetsCount: bool  # noqa: N815
    processingTimeMS: int  # noqa: N815


class Results(BaseModel):
    results: list[ListResult | FacetResult]
