"""Who calls, and whether they may."""

from fastapi import Request

from services.ingest.api.requests import unauthorised, unavailable
from services.ingest.api.signatures import SIGNATURE, signer
from services.ingest.domain.keys import Key
from services.ingest.ports import Keys, PartUnavailableError, SigningSecrets
from shared.http import ProblemError


class Doorkeeper:
    """Says whose request it is, by a key or by a signature."""

    def __init__(self, keys: Keys, secrets: SigningSecrets) -> None:
        self._keys = keys
        self._secrets = secrets

    async def admit(self, request: Request, *scopes: str) -> Key:
        """The key, which has one of these scopes; else a 401 or 403 problem.

        A signed request has the scope `publish`; its body is read.
        """
        key = await self._key(request)
        request.state.publisher = key.publisher
        if key.scopes.isdisjoint(scopes):
            wanted = " or ".join(scopes)
            raise ProblemError(403, "missing_scope", f"This key has not the scope {wanted}.")
        return key

    async def _key(self, request: Request) -> Key:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            if SIGNATURE in request.headers:
                return await signer(request, self._secrets)
            raise unauthorised("Send Authorization: Bearer <key>, or sign the request.")
        try:
            key = await self._keys.find(secret.strip())
        except PartUnavailableError as error:
            raise unavailable() from error
        if key is None:
            raise unauthorised("This key is not known, or was revoked.")
        return key
