"""Write what others rely on: `.env.example`, the OpenAPI documents and the AsyncAPI document.

`make contracts` writes them; `tests/contract/test_generated_documents.py` fails when they drift.
"""

import json
from pathlib import Path
from typing import Any

from services.cli.env_example import render
from services.ingest import app as ingest
from services.search import app as search
from shared.events import SCHEMA_PREFIX, Event
from shared.streams import DEAD_LETTERS, STREAMS, Stream
from shared.version import VERSION

ROOT = Path(__file__).parents[1]


def asyncapi() -> dict[str, Any]:
    """The streams and their events as an AsyncAPI 3.0 document, from the topology table."""
    streams = (*STREAMS, *DEAD_LETTERS)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dateline events",
            "version": VERSION,
            "description": (
                "Redis streams. An entry has one field, `__data__`: a CloudEvent 1.0 as JSON "
                "whose `subject` is the article id and whose `data` is described here."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {stream.name: _channel(stream) for stream in streams},
        "operations": dict(
            _operation(stream, role) for stream in streams for role in _roles(stream)
        ),
        "components": {"messages": {name: _message(kind) for name, kind in Event.TYPES.items()}},
    }


def _channel(stream: Stream) -> dict[str, Any]:
    names = [event.__name__ for event in stream.events]
    return {
        "address": stream.name,
        "description": stream.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _roles(stream: Stream) -> list[tuple[str, str]]:
    sends = [("send", service) for service in stream.producers]
    return sends + [("receive", service) for service in stream.groups]


def _operation(stream: Stream, role: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    action, service = role
    acted_on = stream.events if action == "send" else stream.groups[service]
    channel = f"#/channels/{stream.name}"
    return f"{service}.{action}.{stream.name}", {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.__name__}"} for event in acted_on],
    }


def _message(kind: type[Event]) -> dict[str, Any]:
    return {
        "name": kind.__name__,
        "summary": (kind.__doc__ or "").strip().splitlines()[0],
        "headers": {
            "type": "object",
            "properties": {
                "dataschema": {"const": f"{SCHEMA_PREFIX}:{kind.__name__}:{kind.VERSION}"}
            },
        },
        "payload": kind.model_json_schema(),
    }


def documents() -> dict[str, str]:
    """Every generated file, by its path in the project."""
    return {
        ".env.example": render(),
        "docs/openapi/ingest.json": _json(ingest.create_app().openapi()),
        "docs/openapi/search.json": _json(search.create_app().openapi()),
        "docs/asyncapi.json": _json(asyncapi()),
    }


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    for name, text in documents().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"wrote {name}")
