"""The API's document, made to say of its parameters what clients should take them for."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI

_NO_TEXT = {"integer", "boolean"}


def type_defaults(app: FastAPI) -> None:
    """Parameters are taken as text: the document shall give their defaults as what they are.

    No default is one, too: an empty text is a parameter that was not given.
    """
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        for path in document["paths"].values():
            for operation in path.values():
                for parameter in operation.get("parameters", ()):
                    _type_default(parameter["schema"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # As FastAPI's own guide does.


def _type_default(schema: dict[str, Any]) -> None:
    given = schema.get("default")
    if given == "":
        del schema["default"]
    elif isinstance(given, str) and schema.get("type") in _NO_TEXT:
        schema["default"] = orjson.loads(given)
