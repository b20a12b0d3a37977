"""What ninjs 1.4 to 3.1 allow, as JSON Schema, written down here in our own short form.

The IPTC publishes a schema for each version (https://iptc.org/standards/ninjs/). A test holds
these against them, by what both accept and refuse.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

Schema = dict[str, Any]

VERSIONS = ("1.4", "1.5", "1.6", "2.0", "2.1", "2.2", "3.0", "3.1")

TEXT: Schema = {"type": "string"}
URI: Schema = {"type": "string", "format": "uri"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
URGENCY: Schema = {"type": "integer", "minimum": 1, "maximum": 9}
ANY_TEXTS = "^[a-zA-Z0-9_]+"
_YEAR = r"-?(?:[1-9][0-9]*)?[0-9]{4}"
_CLOCK = r"(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])(\.[0-9]+)?"
_ZONE = r"(Z|[+-](?:2[0-3]|[01][0-9]):[0-5][0-9])?"
_DAY = r"(3[01]|0[1-9]|[12][0-9])"
TRUNCATED: Schema = {
    "type": "string",
    "pattern": f"^({_YEAR})(-(1[0-2]|0[1-9])(-{_DAY}(T{_CLOCK}{_ZONE})?)?)?$",
}
TYPES = ("text", "audio", "video", "picture", "graphic", "composite", "component")

_RFC_3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]"
    r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or _RFC_3339.fullmatch(value) is not None


@_FORMATS.checks("uri")
def _is_a_uri(value: object) -> bool:
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, Schema], *required: str, **more: Any) -> Schema:  # noqa: ANN401
    made = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return made | ({"required": list(required)} if required else {}) | more


def _either(*names: str) -> list[Schema]:
    return [{"required": [name]} for name in names]


def _texts(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, TEXT)


def errors(value: Mapping[str, Any], version: str) -> Iterator[ValidationError]:
    return _validator(version).iter_errors(value)


@cache
def _validator(version: str) -> Draft202012Validator:
    return Draft202012Validator(schema(version), format_checker=_FORMATS)


@cache
def names() -> frozenset[str]:
    """All properties that an item may have in any version."""
    return frozenset(name for version in VERSIONS for name in schema(version)["properties"])


def schema(version: str) -> Schema:
    """The JSON Schema of a version."""
    generation = version[0]
    if generation == "1":
        return _generation_1(version)
    made = _object(_generation_3(version) if generation == "3" else _generation_2(version), "uri")
    return {**made, "$defs": {"associated": _associated(made, version)}}


def _associated(item: Schema, version: str) -> Schema:
    if version == "2.0":
        named = {"type": "object", "properties": {"name": TEXT}, "required": ["name"]}
        return {"type": "object", "anyOf": [named, {"$ref": "#"}]}
    more = {"name": TEXT} | ({"rel": TEXT} if version >= "3" else {})
    return _object(item["properties"] | more, "name", "uri")


def _contact(*, area: str) -> Schema:
    address = {"lines": _list(TEXT)} | _texts("locality", "area", area, "country")
    properties = _texts("type", "role", "lang", "name", "value") | {"address": _object(address)}
    return _object(properties, oneOf=_either("value", "address"))


def _generation_1(version: str) -> Schema:
    newer = version >= "1.5"
    coded = _texts("name", "rel", "code") | {"scheme": URI}
    contact = {"contactinfo": _list(_contact(area="postalcode"))} if newer else {}
    symbols = _texts("ticker", "exchange")
    symbols |= {"symboltype": URI, "symbol": TEXT} if newer else {}
    judged = {"creator": TEXT, "relevance": PERCENT, "confidence": PERCENT} if newer else {}
    place = _object(
        coded | contact, patternProperties={"^geometry_[a-zA-Z0-9_]+": {"type": "object"}}
    )
    rendition = _texts("mimetype", "title", "format") | {"href": URI}
    rendition |= dict.fromkeys(("height", "width", "sizeinbytes", "duration"), NUMBER)
    properties = _shared("complete", "incomplete") | {
        **_texts("mimetype", "title", "byline", "headline", "slugline", "located"),
        "charcount": NUMBER,
        "wordcount": NUMBER,
        "urgency": NUMBER,
        "person": _list(_object(coded | contact)),
        "organisation": _list(_object(coded | contact | {"symbols": _list(_object(symbols))})),
        "place": _list(place),
        "subject": _list(_object(coded | judged)),
        "event": _list(_object(coded)),
        "object": _list(_object(coded)),
        "infosource": _list(_object(coded | contact)),
        "renditions": _object({}, patternProperties={ANY_TEXTS: _object(rendition)}),
        "associations": _object({}, patternProperties={ANY_TEXTS: {"$ref": "#"}}),
        "altids": {"type": "object"},
        "trustindicator": _list(_object(_texts("code", "title") | {"scheme": URI, "href": URI})),
        "$standard": _object(_texts("name", "version") | {"schema": URI}),
        "genre": _list(_object(_texts("name", "code") | {"scheme": URI})),
        "expires": MOMENT,
        "rightsinfo": _rights(),
    }
    if version >= "1.6":
        properties["digitalsourcetype"] = _object(_texts("name", "literal") | {"uri": URI})
    patterns = dict.fromkeys(
        (f"^{name}_[a-zA-Z0-9_]+" for name in ("description", "body", "headline")), TEXT
    )
    return _object(properties, "uri", patternProperties=patterns)


def _shared(*representations: str) -> dict[str, Schema]:
    """What generations 1 and 2 have in common."""
    return {
        **_texts("profile", "version", "copyrightholder", "copyrightnotice", "usageterms"),
        **_texts("ednote", "language"),
        "uri": URI,
        "type": _one_of(*TYPES),
        "representationtype": _one_of(*representations),
        **dict.fromkeys(("firstcreated", "versioncreated", "contentcreated", "embargoed"), MOMENT),
        "pubstatus": _one_of("usable", "withheld", "canceled"),
    }


def _rights() -> Schema:
    properties = {"langid": URI, "linkedrights": URI, "encodedrights": TEXT}
    either = _either("linkedrights", "encodedrights")
    return {"type": "object", "properties": properties, "oneOf": either}


def _generation_2(version: str) -> dict[str, Schema]:
    newer = version >= "2.1"
    named = _texts("name", "rel", "literal") | {"uri": URI}
    contact = {"contactinfo": _list(_contact(area="postalcode"))} if newer else {}
    symbols = _texts("ticker", "exchange")
    symbols |= {"symboltype": URI, "symbol": TEXT} if newer else {}
    judged = {"creator": TEXT, "relevance": PERCENT, "confidence": PERCENT} if newer else {}
    valued = _texts("role", "contenttype", "value")
    source = _texts("name", "literal") | {"uri": URI, "role": TEXT if newer else URI}
    rendition = _texts("name", "contenttype", "title", "format") | {"href": URI}
    rendition |= dict.fromkeys(("height", "width", "sizeinbytes", "duration"), NUMBER)
    counted = valued | {"charcount": NUMBER, "wordcount": NUMBER}
    properties = _shared("full", "partial") | {
        **_texts("title", "by", "slugline", "located"),
        "urgency": NUMBER,
        "descriptions": _list(_object(valued, "value")),
        "bodies": _list(_object(counted, "value")),
        "headlines": _list(_object(valued, "value")),
        "people": _list(_object(named | contact)),
        "organisations": _list(_object(named | contact | {"symbols": _list(_object(symbols))})),
        "places": _list(_object(named | contact | {"geojson": _GEOMETRY})),
        "subjects": _list(_object(named | judged)),
        "events": _list(_object(named)),
        "objects": _list(_object(named)),
        "infosources": _list(_object(source | contact)),
        "renditions": _list(_object(rendition, "name")),
        "associations": _list({"$ref": "#/$defs/associated"}),
        "altids": _list(_object(_texts("role", "value"))),
        "trustindicators": _list(_object({"role": URI, "title": TEXT, "href": URI})),
        "standard": _object(_texts("name", "version") | {"schema": URI}),
        "genres": _list(_object(_texts("name", "literal") | {"uri": TEXT if newer else URI})),
        "rightsinfo": _rights(),
    }
    if newer:
        properties["expires"] = MOMENT
    if version >= "2.2":
        properties["digitalsourcetype"] = _object(_texts("name", "literal") | {"uri": URI})
    return properties


_SHAPES = ("Point", "LineString", "Polygon")
_GEOMETRY: Schema = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": _one_of(
            *_SHAPES,
            *(f"Multi{shape}" for shape in _SHAPES),
            *("GeometryCollection", "Feature", "FeatureCollection"),
        ),
        "coordinates": {"type": "array"},
    },
}
"""GeoJSON; nothing of it is kept, so it is not looked into further."""


def _generation_3(version: str) -> dict[str, Schema]:
    contact = {"contactInfo": _list(_contact(area="postalCode"))}
    named = _texts("name", "rel", "literal") | {"uri": URI}
    valued = _texts("role", "contentType", "value")
    counted = valued | {"charCount": INTEGER, "wordCount": INTEGER}
    symbol = _object(_texts("exchange", "symbol") | {"symbolType": URI})
    organisation = _object(named | contact | {"symbols": _list(symbol)})
    judged = named | {"creator": TEXT, "relevance": PERCENT, "confidence": PERCENT}
    rights = {"langId": URI, "linkedRights": URI, "encodedRights": TEXT}
    properties = {
        **_texts("profile", "version", "copyrightHolder", "copyrightNotice", "usageTerms"),
        **_texts("edNote", "language", "title", "by", "slugline", "located"),
        **dict.fromkeys(("firstCreated", "versionCreated", "contentCreated"), MOMENT),
        **dict.fromkeys(("embargoedUntil", "expires"), MOMENT),
        "uri": URI,
        "type": _one_of(*TYPES, "event", "planning"),
        "representationType": _one_of("full", "partial"),
        "pubStatus": _one_of("usable", "withheld", "canceled"),
        "urgency": URGENCY,
        "descriptions": _list(_object(valued, "value")),
        "bodies": _list(_object(counted, "value")),
        "headlines": _list(_object(valued, "value")),
        "people": _list(_object(named | contact)),
        "organisations": _list(organisation),
        "places": _list(_object(named | contact | {"geoJSON": _GEOMETRY})),
        "subjects": _list(_object(judged)),
        "events": _list(_object(named | {"id": TEXT})),
        "eventDetails": _event_details(organisation),
        "plannedCoverage": _list(_planned_coverage()),
        "objects": _list(_object(named)),
        "infoSources": _list(_object(_texts("name", "role", "literal") | {"uri": URI} | contact)),
        "renditions": _list(_rendition()),
        "associations": _list({"$ref": "#/$defs/associated"}),
        "altIds": _list(_object(_texts("role", "value"))),
        "trustIndicators": _list(_object({"role": URI, "title": TEXT, "href": URI})),
        "standard": _object(_texts("name", "version") | {"schema": URI}),
        "genres": _list(_object(_texts("name", "uri", "literal"))),
        "rightsInfo": _object(rights, oneOf=_either("linkedRights", "encodedRights")),
    }
    if version >= "3.1":
        properties["digitalSourceType"] = _object(_texts("name", "literal") | {"uri": URI})
    return properties


def _rendition() -> Schema:
    properties = _texts("name", "contentType", "title", "format", "aspectRatio", "videoCodec")
    properties |= _texts("transportProtocol", "bitrate")
    properties |= dict.fromkeys(("width", "height", "sizeInBytes"), INTEGER)
    properties |= {"href": URI, "duration": NUMBER, "frameRate": NUMBER}
    properties |= {"poi": _object({"x": INTEGER, "y": INTEGER})}
    properties |= {"scanType": _one_of("progressive", "interlaced")}
    return _object(properties, "name")


def _event_details(organisation: Schema) -> Schema:
    statuses = {"eventStatus": URI, "plannedCoverageStatus": URI}
    return _object(statuses | {"dates": _dates(), "organiser": organisation})


def _dates() -> Schema:
    frequencies = ("secondly", "minutely", "hourly", "daily", "weekly", "monthly", "yearly")
    rule = {"frequency": _one_of(*frequencies), "interval": INTEGER}
    rules = _list(_object(rule | {"until": MOMENT, "count": INTEGER}))
    # The official schema wants recurrenceDates to be a list and a text at once: nothing is.
    recurrence = _object({"recurrenceDates": {"not": {}}, "recurrenceRules": rules})
    properties = dict.fromkeys(("startDate", "endDate"), MOMENT)
    properties |= dict.fromkeys(("expectedStartDate", "expectedEndDate"), TRUNCATED)
    properties |= {"expectedDuration": TEXT, "recurrence": recurrence}
    starts = {"oneOf": _either("startDate", "expectedStartDate")}
    ends = {"oneOf": _either("endDate", "expectedEndDate")}
    return _object(properties, anyOf=[starts, ends])


def _planned_coverage() -> Schema:
    reference = _object(_texts("name", "value"))
    commissioned = _object({"by": TEXT, "on": MOMENT, "references": _list(reference)})
    audience = _object({"audience": TEXT, "significance": INTEGER})
    properties = {
        **_texts("title", "edNote", "language"),
        "uri": URI,
        "pubStatus": _one_of("usable", "withheld", "canceled"),
        "type": _one_of(*TYPES, "event", "planning"),
        "commissioned": commissioned,
        "dates": _dates(),
        "audiences": _list(audience),
        "exclAudience": _list(TEXT),
        "urgency": URGENCY,
        "itemCount": _object({"rangeFrom": INTEGER, "rangeTo": INTEGER}),
        "wordCount": INTEGER,
        "renditions": _list(_rendition()),
    }
    return _object(properties)
