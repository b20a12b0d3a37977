"""Publishers' keys: a long random secret that is shown once and kept as a hash."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

Scope = Literal["publish", "edit", "read"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
ID_LENGTH = 16

_PUBLISHER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Key:
    """`hash` is SHA-256: enough for 256 random bits, and its head finds the key."""

    publisher: str
    scopes: frozenset[str]
    hash: str = field(repr=False)

    @property
    def id(self) -> str:
        return self.hash[:ID_LENGTH]

    def __str__(self) -> str:
        return f"{self.id}  {self.publisher}  {','.join(sorted(self.scopes))}"


def new_secret() -> str:
    return f"dateline_{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_publisher(name: str) -> bool:
    return bool(_PUBLISHER.fullmatch(name))


def make_key(publisher: str, scopes: Iterable[str], secret_hash: str) -> Key:
    """A key with everything about it checked.

    Raises:
        ValueError: a bad publisher name, an unknown scope, or something that is no SHA-256.
    """
    if not is_publisher(publisher):
        raise ValueError("a publisher is 1 to 64 of a-z, 0-9, dot, dash and underscore")
    chosen = frozenset(scopes)
    if not chosen or not chosen <= set(SCOPES):
        raise ValueError(f"scopes are {', '.join(SCOPES)}")
    if not re.fullmatch(r"[0-9a-f]{64}", secret_hash):
        raise ValueError("the hash of a key is its SHA-256 in lower-case hexadecimal")
    return Key(publisher, chosen, secret_hash)
