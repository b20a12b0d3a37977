"""Signed requests, as of Standard Webhooks: id, time and body under the publisher's secret."""

import hashlib
import time
from collections.abc import Mapping, Sequence

from fastapi import Request
from standardwebhooks import Webhook, WebhookVerificationError

from services.ingest.api.requests import (
    IDEMPOTENCY_KEY_LENGTH,
    body_pieces,
    fingerprint_of,
    unauthorised,
    unavailable,
)
from services.ingest.domain.keys import Key, is_publisher
from services.ingest.ports import PartUnavailableError, SigningSecrets
from shared.http import ProblemError

SIGNATURE = "webhook-signature"
HEADERS = ("webhook-id", "webhook-timestamp", SIGNATURE)
SIGNED_BYTES = 10 * 2**20
"""A signature covers the whole body, which is held in memory until it is checked."""
TOLERANCE_S = 5 * 60
"""As the library has it."""


async def signer(request: Request, secrets: SigningSecrets) -> Key:
    """The publisher that signed this request; its body is read for that.

    Nothing is read for a publisher without a secret or a time that is not now. The signature does
    not cover method and address: a message stands for the first request that it came with, so
    nobody can send it anywhere else.
    """
    headers = {name: request.headers.get(name, "") for name in HEADERS}
    publisher = request.headers.get("webhook-publisher", "")
    if missing := [name for name in (*HEADERS, "webhook-publisher") if name not in request.headers]:
        raise unauthorised(f"A signed request also needs {', '.join(missing)}.")
    if len(headers["webhook-id"]) > IDEMPOTENCY_KEY_LENGTH:
        raise unauthorised(f"webhook-id has up to {IDEMPOTENCY_KEY_LENGTH} characters.")
    if not is_publisher(publisher) or not _is_now(headers["webhook-timestamp"]):
        raise _bad_signature()
    try:
        if not (valid := await secrets.valid(publisher)):
            raise _bad_signature()
        body = b"".join([piece async for piece in body_pieces(request, SIGNED_BYTES)])
        if not is_signed(body, headers, valid):
            raise _bad_signature()
        fingerprint = fingerprint_of(request, hashlib.sha256(body).hexdigest())
        if not await secrets.claim(publisher, headers["webhook-id"], fingerprint):
            raise ProblemError(422, "webhook_id_reused", "This webhook-id is of another request.")
    except PartUnavailableError as error:
        raise unavailable() from error
    request.state.signed_body = body
    return Key(publisher, frozenset({"publish"}), "")


def _bad_signature() -> ProblemError:
    return unauthorised("The signature is wrong, too old, or of an unknown publisher.")


def _is_now(timestamp: str) -> bool:
    try:
        return abs(time.time() - float(timestamp)) <= TOLERANCE_S
    except ValueError:
        return False


def is_signed(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether one of the secrets made the signature, within five minutes of now."""
    return any(_fits(secret, body, headers) for secret in secrets)


def _fits(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: a body that is no UTF-8, or a signature that is no base64.
        return False
    return True
