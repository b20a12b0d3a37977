"""Reading requests: who calls, with which parameters, and what JSON."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from services.ingest.api.body_limits import cut_excess, has_too_many_values
from services.ingest.domain.article import ArticleImage, ArticleInput
from services.ingest.domain.decisions import Idempotency
from shared.http import MOST_ERRORS, FieldError, ProblemError
from shared.names import nearest

REQUEST_BYTES = 10 * 2**20
IDEMPOTENCY_KEY_LENGTH = 255
RETRY_AFTER = {"Retry-After": "1"}
IN_WORDS_OF_JSON = {
    "string_unicode": "has a lone surrogate",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
}


def unauthorised(detail: str) -> ProblemError:
    headers = {"WWW-Authenticate": "Bearer"}
    return ProblemError(401, "unknown_key", detail, headers=headers)


def unavailable(retry_after: str = "1") -> ProblemError:
    detail = "Nothing was accepted: the store is out of reach, read-only or full."
    return ProblemError(503, "unavailable", detail, headers={"Retry-After": retry_after})


def only_parameters(request: Request, *known: str) -> Mapping[str, str]:
    """The query parameters; one that is not known is a 400 problem with the nearest name."""
    for name in request.query_params:
        if name not in known:
            error = FieldError(
                field=name,
                message="unknown parameter",
                allowed=list(known),
                nearest=nearest(name, known),
            )
            raise ProblemError(400, "unknown_parameter", f"Unknown parameter {name}.", [error])
    return request.query_params


def whole_number(parameters: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < len(str(high)) + 2:
        number = int(text)
        if low <= number <= high:
            return number
    error = FieldError(field=name, message=f"must be a whole number from {low} to {high}")
    raise ProblemError(400, "bad_parameter", f"{name}: {error.message}.", [error])


async def body_pieces(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it comes; over the limit is a 413 problem, a compressed one 415."""
    refuse_compressed(request)
    if (signed := getattr(request.state, "signed_body", None)) is not None:
        yield signed
        return
    total = 0
    try:
        async for piece in request.stream():
            total += len(piece)
            if total > limit:
                raise ProblemError(413, "too_large", f"The body is over {limit} bytes.")
            yield piece
    except ClientDisconnect as error:
        raise ProblemError(400, "broken_off", "The body broke off.") from error


def refuse_compressed(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise ProblemError(415, "compressed_body", "Send the body uncompressed.")


async def read_body(request: Request) -> bytes:
    return b"".join([piece async for piece in body_pieces(request, REQUEST_BYTES)])


class Sent(NamedTuple):
    """What a request brings: its body, and its idempotency key with its fingerprint."""

    body: bytes
    idempotency: Idempotency | None


async def read_sent(request: Request) -> Sent:
    """Read the whole body; a bad idempotency key is a 400 problem before that."""
    key = idempotency_key_of(request)
    body = await read_body(request)
    if key is None:
        return Sent(body, None)
    return Sent(body, Idempotency(key, fingerprint_of(request, hashlib.sha256(body).hexdigest())))


def idempotency_key_of(request: Request) -> str | None:
    """What identifies the request: `webhook-id` where it is signed, else `Idempotency-Key`.

    The header of a signed request is not covered by its signature: a captured message would become
    another one by another key. An empty key and one that is too long are 400 problems.
    """
    if hasattr(request.state, "signed_body"):
        # No header has a line feed: a key can never be taken for a signed message.
        return f"webhook-id\n{request.headers['webhook-id']}"
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= IDEMPOTENCY_KEY_LENGTH:
        detail = f"Idempotency-Key has 1 to {IDEMPOTENCY_KEY_LENGTH} characters."
        raise ProblemError(400, "bad_idempotency_key", detail)
    return key


def idempotency_of_item(request: Request, raw: bytes, index: int) -> Idempotency | None:
    """What identifies an item of a signed batch.

    An answer with items that are to be sent again is not kept: a captured message could then be
    replayed, and put the other items over later corrections.
    """
    if not hasattr(request.state, "signed_body"):
        return None
    key = f"{idempotency_key_of(request)}\n{index}"
    return Idempotency(key, fingerprint_of(request, hashlib.sha256(raw).hexdigest()))


def fingerprint_of(request: Request, body_digest: str) -> str:
    parts = [request.method, request.url.path, request.url.query, body_digest]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


Input = TypeVar("Input", bound=BaseModel)


def read_article(raw: bytes | str) -> ArticleInput:
    """The article in this JSON; a 400 or 422 problem with the fields named."""
    return read_input(raw, ArticleInput, ArticleImage, what="article")


def read_input(
    raw: bytes | str, kind: type[Input], part: type[BaseModel] | None = None, *, what: str
) -> Input:
    """The JSON object as this model, whose own objects are of the model `part`."""
    value = _read_json(raw)
    if not isinstance(value, dict):
        detail = f"The {what} is to be a JSON object."
        raise ProblemError(400, "unreadable_body", detail)
    errors = cut_excess(value, kind, part or kind)
    try:
        read = kind.model_validate(value)
    except ValidationError as error:
        raise invalid_input(errors + field_errors(error, kind, part or kind), what) from error
    if errors:
        raise invalid_input(errors, what)
    return read


def _read_json(raw: bytes | str) -> object:
    raw = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
    if has_too_many_values(raw):
        raise ProblemError(422, "too_many_values", "The body has far more values than its fields.")
    try:
        # JSON is UTF-8 (RFC 8259); Python would also look for UTF-16 and UTF-32.
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ProblemError(400, "unreadable_body", f"The body is not JSON: {reason}.") from error


def invalid_input(errors: list[FieldError], what: str) -> ProblemError:
    names = ", ".join(dict.fromkeys(error.field for error in errors[:MOST_ERRORS]))
    return ProblemError(422, f"invalid_{what}", f"Not acceptable: {names}.", errors)


def invalid_article(errors: list[FieldError]) -> ProblemError:
    return invalid_input(errors, "article")


def field_errors(
    error: ValidationError,
    kind: type[BaseModel] = ArticleInput,
    part: type[BaseModel] = ArticleImage,
) -> list[FieldError]:
    found = islice(error.errors(include_url=False), MOST_ERRORS)
    return [_field_error(each, kind, part) for each in found]


def _field_error(
    found: Mapping[str, Any], kind: type[BaseModel], part: type[BaseModel]
) -> FieldError:
    parts = found["loc"]
    field = ".".join(map(str, parts)) or "body"
    if found["type"] == "extra_forbidden":
        owner = kind if len(parts) == 1 else part
        known = list(owner.model_fields)
        name = str(parts[-1])
        return FieldError(
            field=field, message="unknown field", allowed=known, nearest=nearest(name, known)
        )
    if found["type"] in IN_WORDS_OF_JSON:
        return FieldError(field=field, message=IN_WORDS_OF_JSON[found["type"]])
    if found["type"] == "too_long":
        about = found["ctx"]
        what = "characters" if isinstance(found["input"], str) else "items"
        message = f"has {about['actual_length']} {what}, {about['max_length']} are allowed"
        return FieldError(field=field, message=message)
    return FieldError(field=field, message=found["msg"].removeprefix("Value error, "))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
