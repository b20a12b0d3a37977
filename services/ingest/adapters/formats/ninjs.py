"""ninjs 1.4 to 3.1 (https://iptc.org/standards/ninjs/): one item, or a list of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError

from services.ingest.adapters.formats import (
    fitting,
    json_text,
    media_links,
    ninjs_schema,
    nitf,
)
from services.ingest.adapters.formats.bylines import authors_of
from services.ingest.domain.imports import (
    Document,
    Fault,
    ImportedItem,
    Refused,
)

FAULTS = 20
_GENERATION = {"1": "1.6", "2": "2.2", "3": "3.1"}
_CAMEL = re.compile("[a-z][A-Z]")
_ABOUT = ("subject", "event", "object", "person", "people", "organisation")
_PLAYED = ("video", "audio")
_TELLING = {
    *("uri", "headline", "headlines", "bodies", "byline", "versioncreated", "versionCreated"),
    *("pubstatus", "pubStatus", "copyrightholder", "copyrightHolder", "slugline", "infosources"),
}
_ROLES = {"main": 0, "summary": 1, "lead": 2, None: 3, "caption": 4, "text": 5}
"""Which of several texts is the one: by its role, the first of these."""

Item = Mapping[str, Any]


def read(document: Document) -> list[ImportedItem]:
    value = json_text.parse(document.content)
    items = value if isinstance(value, list) else [value]
    return [_item(item, document.url) for item in items]


def is_ninjs(value: object) -> bool:
    """Whether a JSON value looks like it, valid or not."""
    if isinstance(value, list):
        return bool(value) and is_ninjs(value[0])
    if not isinstance(value, dict):
        return False
    stated = value.get("standard") or value.get("$standard")
    if isinstance(stated, dict) and "ninjs" in str(stated.get("name", "")).lower():
        return True
    names = {re.sub("^(headline|body|description)_.*", "headline", name) for name in value}
    if "uri" in names and names <= ninjs_schema.names():
        return True
    return len(names & _TELLING) > 1


def _item(item: object, base: str | None) -> ImportedItem:
    if not isinstance(item, dict):
        return Refused((Fault("document", "an item is to be a JSON object"),))
    if faults := list(islice(_faults(item), FAULTS)):
        return Refused(tuple(faults))
    lowered = _lowered(item)
    status = lowered.get("pubstatus")
    if status in {"canceled", "withheld"}:
        message = f"is {status}: nothing is published; withdraw what was by DELETE"
        return Refused((Fault("pubstatus" if "pubstatus" in item else "pubStatus", message),))
    return _article(lowered, base)


def _faults(item: Item) -> Iterator[Fault]:
    """Why no version allows this: the faults as of the one that it states or resembles."""
    nearest: list[Fault] | None = None
    for version in _versions(item):
        errors = islice(ninjs_schema.errors(item, version), FAULTS)
        found = [fault for error in errors for fault in _as_faults(error)]
        if not found:
            return
        nearest = nearest or found
    yield from nearest or ()


def _versions(item: Item) -> Sequence[str]:
    """The version that the item states; else all, the newest of its generation first."""
    stated = item.get("standard", item.get("$standard"))
    version = stated.get("version") if isinstance(stated, dict) else None
    if isinstance(version, str):
        if version in ninjs_schema.VERSIONS:
            return [version]
        if newest := _GENERATION.get(version[:1]):
            return [newest]
    if any(_CAMEL.search(name) for name in item):
        generation = "3"
    else:
        generation = "2" if {"headlines", "bodies", "descriptions"} & item.keys() else "1"
    return sorted(ninjs_schema.VERSIONS, key=lambda one: (one[0] == generation, one), reverse=True)


def _as_faults(error: ValidationError) -> Iterator[Fault]:
    place = ".".join(map(str, error.absolute_path))
    names: list[str] = []
    message = error.message[: fitting.NAME]
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = re.match(r"'(.+?)' is a required", error.message)
        names, message = [missing[1] if missing else ""], "is required"
    elif error.validator == "additionalProperties" and isinstance(error.instance, dict):
        schema: Any = error.schema
        patterns, known = schema.get("patternProperties", {}), schema.get("properties", {})
        names = [
            name
            for name in error.instance
            if name not in known and not any(re.search(one, name) for one in patterns)
        ]
        message = "is not known to this version of ninjs"
    for name in names or [""]:
        field = ".".join(part for part in (place, name[: fitting.NAME]) if part)
        yield Fault(field or "document", message)


def _lowered(value: Any) -> Any:  # noqa: ANN401  (whatever JSON holds)
    """Names in small letters: then generations 2 and 3 have the same ones."""
    if isinstance(value, dict):
        return {name.lower(): _lowered(one) for name, one in value.items()}
    return [_lowered(one) for one in value] if isinstance(value, list) else value


def _article(item: Item, base: str | None) -> ImportedItem:
    uri = item["uri"]
    texts = _bodies(item)
    media = [one for one in _with_associations(item) if one.get("type") in _PLAYED]
    played = [(_address_of(one), _headline(one)) for one in media]
    title = _headline(item) or item.get("slugline") or _text(item, "descriptions", "description")
    return fitting.article(
        external_id=uri,
        url=_url(item) or fitting.address(uri) or fitting.own_address(uri, base),
        title=title or (texts["body"] if texts["body"] or texts["body_html"] else uri),
        summary=_text(item, "descriptions", "description"),
        **media_links.bodies(texts["body"], texts["body_html"], played),
        authors=authors_of(item.get("by") or item.get("byline")),
        categories=[name for name, rel in _named(item, "subject") if rel == "category"],
        keywords=[
            name for about in _ABOUT for name, rel in _named(item, about) if rel != "category"
        ],
        published_at=_first(item, "embargoed", "embargoeduntil", "firstcreated", "versioncreated"),
        updated_at=item.get("versioncreated"),
        language=item.get("language"),
        images=_images(item),
        license=_first(item, "usageterms", "copyrightnotice"),
        source_name=next((name for name, _ in _named(item, "infosource")), None)
        or item.get("copyrightholder"),
        place=item.get("located") or next((name for name, _ in _named(item, "place")), None),
    )


def _first(item: Item, *names: str) -> Any:  # noqa: ANN401
    return next((item[name] for name in names if item.get(name)), None)


def _url(item: Item) -> str | None:
    """The page that an alternative identifier names, as our own ninjs does."""
    ids = item.get("altids")
    if isinstance(ids, list):
        return fitting.address(
            next((one.get("value") for one in ids if one.get("role") == "url"), None)
        )
    return fitting.address(ids.get("url")) if isinstance(ids, dict) else None


def _headline(item: Item) -> str | None:
    return _text(item, "headlines", "headline") or item.get("title")


def _text(item: Item, plural: str, singular: str) -> str | None:
    """The main one of several: a list from generation 2 on, `singular_…` before."""
    values = item.get(plural)
    if isinstance(values, list):
        ordered = sorted(values, key=lambda one: _ROLES.get(one.get("role"), len(_ROLES)))
        return next((one["value"] for one in ordered if one["value"].strip()), None)
    if item.get(singular):
        return str(item[singular])
    prefix = f"{singular}_"
    return next(
        (str(text) for name, text in item.items() if name.startswith(prefix) and text), None
    )


def _bodies(item: Item) -> dict[str, str | None]:
    found: dict[str, str | None] = {"body": None, "body_html": None}
    for kind, value in _values(item):
        if "nitf" in kind:
            html = nitf.html_of(value)
            found["body_html"] = found["body_html"] or html
        elif "html" in kind or ("xml" not in kind and fitting.looks_like_html(value)):
            found["body_html"] = found["body_html"] or value
        else:
            found["body"] = found["body"] or value
    return found


def _values(item: Item) -> Iterator[tuple[str, str]]:
    """Each body with its media type and role."""
    for one in item.get("bodies") or ():
        if one["value"].strip():
            yield f"{one.get('contenttype', '')} {one.get('role', '')}".lower(), one["value"]
    for name, value in item.items():
        if name.startswith("body_") and value.strip():
            yield name, value


def _named(item: Item, kind: str) -> Iterator[tuple[str, str | None]]:
    """Names with their relation; generation 1 has its lists in the singular."""
    for one in item.get(kind) or item.get(f"{kind}s") or ():
        if one.get("name"):
            yield one["name"], one.get("rel")


def _with_associations(item: Item) -> Iterator[Item]:
    yield item
    associated = item.get("associations") or ()
    yield from associated.values() if isinstance(associated, dict) else associated


def _images(item: Item) -> list[dict[str, Any] | None]:
    return [
        _image(one) for one in _with_associations(item) if one.get("type") in {"picture", "graphic"}
    ]


def _image(item: Item) -> dict[str, Any] | None:
    best = _best_rendition(item)
    return fitting.image(
        best.get("href"),
        caption=_text(item, "descriptions", "description") or _headline(item),
        credit=item.get("by") or item.get("byline") or item.get("copyrightnotice"),
        width=best.get("width"),
        height=best.get("height"),
    )


def _address_of(item: Item) -> str | None:
    return _best_rendition(item).get("href")


def _best_rendition(item: Item) -> Item:
    """The widest with an address on the web."""
    given = item.get("renditions") or ()
    found = given.values() if isinstance(given, dict) else given
    usable = [one for one in found if fitting.address(one.get("href"))]
    return max(usable, key=lambda one: one.get("width") or 0, default={})
