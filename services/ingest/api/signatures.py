"""Signed requests, as of Standard Webhooks: id, time and body under the publisher's secret."""

import hashlib
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
from services.ingest.domain.keys import Key
from services.ingest.domain.signing import new_signing_secret
from services.ingest.ports import PartUnavailableError, SigningSecrets
from shared.http import ProblemError

SIGNATURE = "webhook-signature"
HEADERS = ("webhook-id", "webhook-timestamp", SIGNATURE)
NOBODYS = new_signing_secret()
"""Checked where a publisher has none, so that the time to answer does not tell."""


async def signer(request: Request, secrets: SigningSecrets, limit: int) -> Key:
    """The publisher that signed this request; its body is read for that, up to `limit` bytes.

    The signature does not cover method and address: a message stands for the first request that it
    came with, so nobody can send it anywhere else.
    """
    headers = {name: request.headers.get(name, "") for name in HEADERS}
    publisher = request.headers.get("webhook-publisher", "")
    if missing := [name for name in (*HEADERS, "webhook-publisher") if name not in request.headers]:
        raise unauthorised(f"A signed request also needs {', '.join(missing)}.")
    if len(headers["webhook-id"]) > IDEMPOTENCY_KEY_LENGTH:
        raise unauthorised(f"webhook-id has up to {IDEMPOTENCY_KEY_LENGTH} characters.")
    body = b"".join([piece async for piece in body_pieces(request, limit)])
    try:
        valid = await secrets.valid(publisher)
        if not is_signed(body, headers, valid):
            raise unauthorised("The signature is wrong, too old, or of an unknown publisher.")
        fingerprint = fingerprint_of(request, hashlib.sha256(body).hexdigest())
        if not await secrets.claim(publisher, headers["webhook-id"], fingerprint):
            raise ProblemError(422, "webhook_id_reused", "This webhook-id is of another request.")
    except PartUnavailableError as error:
        raise unavailable() from error
    request.state.signed_body = body
    return Key(publisher, frozenset({"publish"}), "")


def is_signed(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether one of the secrets made the signature, within five minutes of now."""
    # All are tried, and a stranger's is tried as well.
    tried = [_fits(secret, body, headers) for secret in (*secrets, NOBODYS)]
    return any(tried[:-1])


def _fits(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError: a body that is no UTF-8, or a signature that is no base64.
        return False
    return True
