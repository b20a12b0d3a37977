"""Real documents of the shared data through the readers: none crashes one, all say why not."""

import copy
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from services.ingest.adapters.formats import ninjs_schema, registry
from services.ingest.domain.imports import Document, Refused, UnreadableDocumentError
from tests.relevance import formats

GEOJSON = "https://geojson.org/schema/GeoJSON.json"
SEED = 20260501
PROBES: tuple[Any, ...] = ("x:y", 1, 1.5, [], {}, [{}], [1], [{"name": "x"}], {"x": {}}, None, True)


@pytest.fixture(scope="module")
def newswire(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("shared_data")
    return folder / "newswire"


@pytest.mark.parametrize("folder", ["feeds/feedparser", "feeds/rss_parser", "newswire"])
def test_every_file_is_read_or_refused_with_a_reason(shared_data: Path, folder: str) -> None:
    files = formats.files_of(shared_data / folder)

    outcomes = {outcome for path in files for outcome in formats.outcomes_of(path, "rss")}

    assert outcomes <= {"article", "refused", "unreadable", "empty"}
    assert "article" in outcomes


def test_saved_pages_have_their_title_date_and_text(shared_data: Path) -> None:
    read = list(formats.pages_of(shared_data / "fundus"))

    assert mean(formats.title_is_right(*one) for one in read) >= formats.TITLE
    assert mean(formats.is_dated(*one, 60) for one in read) >= formats.DATE
    assert mean(formats.body_f1(*one) for one in read) >= formats.BODY


def test_valid_ninjs_is_an_article_with_its_fields_in_place(newswire: Path) -> None:
    official = _official(newswire)
    for path in sorted((newswire / "ninjs_examples").rglob("*.json")):
        value = json.loads(path.read_text("utf-8"))
        if not isinstance(value, dict) or not any(one.is_valid(value) for one in official.values()):
            continue
        (item,) = registry.read(Document(path.read_bytes(), "application/json"))
        assert not isinstance(item, Refused), (path, item)
        assert item["external_id"] == value["uri"]
        headlines = value.get("headlines") or [{"value": value.get("headline", item["title"])}]
        assert item["title"] in {" ".join(one["value"].split()) for one in headlines}
        assert item.get("body") or item.get("body_html")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", ninjs_schema.VERSIONS)
def test_our_schemas_accept_and_refuse_as_the_official_ones(newswire: Path, version: str) -> None:
    official = _official(newswire)[version]
    chosen = random.Random(SEED)
    valid = [one for one in _examples(newswire) if official.is_valid(one)]
    assert valid
    for example in valid:
        changed = list(_changes(example))
        for one in chosen.sample(changed, min(len(changed), 60)):
            ours = [e for e in ninjs_schema.errors(one, version) if e.validator != "format"]
            assert official.is_valid(one) == (not ours), ours


@pytest.mark.parametrize("version", ninjs_schema.VERSIONS)
def test_our_schemas_know_the_official_properties(newswire: Path, version: str) -> None:
    official = _official(newswire)[version]
    root = official.schema
    known = (root.get("$defs", {}).get("ninjsType") or root)["properties"]

    assert set(ninjs_schema.schema(version)["properties"]) == set(known)
    for name in known:
        for value in PROBES:
            item = {"uri": "urn:x", name: value}
            ours = [e for e in ninjs_schema.errors(item, version) if e.validator != "format"]
            assert official.is_valid(item) == (not ours), (name, value, ours)


def test_schema_invalid_ninjs_is_refused_with_the_field_named(newswire: Path) -> None:
    official = _official(newswire)["3.1"]
    chosen = random.Random(SEED)
    for example in (one for one in _examples(newswire) if official.is_valid(one)):
        for name in chosen.sample(sorted(example), min(len(example), 6)):
            broken = {**example, name: {"unexpected": object.__name__}}
            (item,) = registry.read(Document(json.dumps(broken).encode()), "ninjs")
            assert isinstance(item, Refused), name
            assert name in {fault.field.split(".")[0] for fault in item.faults}


@pytest.mark.timeout(600)
def test_damaged_documents_end_as_articles_or_refusals(shared_data: Path) -> None:
    """Bytes cut, doubled and changed in real files: only a refusal may come of it."""
    chosen = random.Random(SEED)
    files = [
        *chosen.sample(formats.files_of(shared_data / "feeds"), 60),
        *chosen.sample(formats.files_of(shared_data / "newswire"), 40),
    ]
    for path in files:
        for content in _damaged(path.read_bytes(), chosen):
            for name in ("rss", "wxr", "newsmlg2", "nitf", "ninjs", "jsonfeed", "newsarticle"):
                _read_or_refuse(Document(content), name)


def _read_or_refuse(document: Document, name: str) -> None:
    try:
        items = registry.read(document, name)
    except UnreadableDocumentError:
        return
    json.dumps([one for one in items if not isinstance(one, Refused)])


def _damaged(content: bytes, chosen: random.Random) -> Iterator[bytes]:
    yield content[: chosen.randrange(len(content) + 1)]
    at, end = sorted(chosen.randrange(len(content) + 1) for _ in range(2))
    yield content[:end] + content[at:]
    changed = bytearray(content)
    for _ in range(20):
        if changed:
            changed[chosen.randrange(len(changed))] = chosen.randrange(256)
    yield bytes(changed)


def _official(newswire: Path) -> Mapping[str, Any]:
    geometry = Resource.from_contents(
        {"type": "object", "required": ["type"]}, default_specification=DRAFT202012
    )
    known = Registry[Any]().with_resource(GEOJSON, geometry)
    found = {}
    for version in ninjs_schema.VERSIONS:
        path = newswire / "ninjs_schema" / f"ninjs-schema_{version}.json"
        schema = json.loads(path.read_text("utf-8"))
        kind = jsonschema.validators.validator_for(schema)
        found[version] = kind(schema, registry=known)
    return found


def _examples(newswire: Path) -> list[dict[str, Any]]:
    paths = sorted((newswire / "ninjs_examples").rglob("*.json"))
    values = [json.loads(path.read_text("utf-8")) for path in paths]
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _changes(example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The item with one value of it changed, left out, or with one too many."""
    for place in _places(example):
        if "geojson" in str(place).lower():
            continue
        for value in PROBES:
            yield _changed(example, place, value)
        yield _changed(example, place)
        inner = _at(example, place)
        if isinstance(inner, dict):
            yield _changed(example, place, {**inner, "surprise": 1})
    yield {**example, "surprise": 1}


def _places(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    inside = value.items() if isinstance(value, dict) else ()
    for key, one in enumerate(value) if isinstance(value, list) else inside:
        yield from _places(one, (*place, key))


def _at(value: Any, place: tuple[Any, ...]) -> Any:  # noqa: ANN401  (whatever JSON holds)
    for key in place:
        value = value[key]
    return value


def _changed(example: dict[str, Any], place: tuple[Any, ...], *value: object) -> dict[str, Any]:
    copied = copy.deepcopy(example)
    inner = _at(copied, place[:-1])
    if value:
        inner[place[-1]] = value[0]
    else:
        del inner[place[-1]]
    return copied
