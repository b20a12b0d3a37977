"""Signing secrets: what a publisher signs its requests with, as of Standard Webhooks."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

SECRET_BYTES = 32
OVERLAP_S = 24 * 3600
"""So long both secrets are valid after a rotation, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """`ends_at` is set once another one has taken its place; `secret` is None if unreadable."""

    publisher: str
    id: str
    ends_at: datetime | None
    secret: str | None = field(repr=False)

    def valid(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at

    def __str__(self) -> str:
        until = f"until {self.ends_at:%Y-%m-%dT%H:%M:%SZ}" if self.ends_at else "current"
        readable = "" if self.secret else "  cannot be opened with DATELINE_SECRETS_KEY"
        return f"{self.id}  {self.publisher}  {until}{readable}"


def new_signing_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def after(seconds: float) -> datetime:
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC)
