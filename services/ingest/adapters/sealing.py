"""Signing secrets at rest: encrypted under keys that stand in the environment, never in Redis."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def new_sealing_key() -> str:
    return Fernet.generate_key().decode()


class Seal:
    """`keys` are Fernet keys, separated by commas: the first one seals, any of them opens.

    Raises:
        ValueError: something that is no such key.
    """

    def __init__(self, keys: str) -> None:
        self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])

    def close(self, publisher: str, secret: str) -> str:
        return self._fernet.encrypt(json.dumps([publisher, secret]).encode()).decode()

    def open(self, publisher: str, sealed: str) -> str | None:
        """The secret; None if no key fits, or if it was sealed for somebody else."""
        try:
            owner, secret = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        return str(secret) if owner == publisher else None
