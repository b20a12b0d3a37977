"""Requests to OpenSearch as JSON, its errors as errors of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import orjson
from opensearchpy import AsyncOpenSearch, JSONSerializer
from opensearchpy.exceptions import OpenSearchException, SerializationError, TransportError

from services.search.ports import IndexUnavailableError

Json = Mapping[str, Any]

_LARGE: Final = 1 << 20


class RequestRefusedError(IndexUnavailableError):
    """OpenSearch answered, and said no; most callers can do nothing but try again later."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"OpenSearch answered {status} {kind}: {reason}")
        self.status = status
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the cluster is, and who asks.

    Attributes:
        urls: one or several nodes, `http://…` or `https://…`.
        certificate_authority: a PEM file; None for the system's own.
    """

    urls: tuple[str, ...]
    user: str | None = None
    password: str | None = None
    certificate_authority: str | None = None


class Connection:
    """A client that never retries: who asked decides how long to wait, and for what."""

    def __init__(self, access: Access, *, timeout: float) -> None:
        login = None if access.user is None else (access.user, access.password or "")
        self._client = AsyncOpenSearch(
            hosts=list(access.urls),
            http_auth=login,
            ca_certs=access.certificate_authority,
            verify_certs=True,
            timeout=timeout,
            max_retries=0,
            serializer=_FastSerializer(),
        )

    async def aclose(self) -> None:
        await self._client.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - of the socket, in the client.
        params: Mapping[str, object] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON.
        """The answer's JSON.

        Raises:
            RequestRefusedError: an answer of 400 or more.
            IndexUnavailableError: no answer.
        """
        options = dict(params or {})
        if timeout is not None:
            options["request_timeout"] = timeout
        try:
            return await self._client.transport.perform_request(
                method, path, params=options, body=body
            )
        except TransportError as error:
            raise _refusal(error) from error
        except OpenSearchException as error:
            raise IndexUnavailableError(f"OpenSearch cannot be asked: {error}") from error


def _refusal(error: TransportError) -> IndexUnavailableError:
    if not isinstance(error.status_code, int):
        return IndexUnavailableError(f"OpenSearch does not answer: {error.error}")
    info: Any = error.info
    cause = info.get("error") if isinstance(info, dict) else None
    reason = cause.get("reason") if isinstance(cause, dict) else cause
    return RequestRefusedError(error.status_code, str(error.error), str(reason)[:500])


class _FastSerializer(JSONSerializer):
    def dumps(self, data: Any) -> Any:  # noqa: ANN401
        if isinstance(data, str | bytes):
            # aiohttp warns of large bytes, which it sends in one go; a stream it sends in pieces.
            return BytesIO(data) if isinstance(data, bytes) and len(data) > _LARGE else data
        try:
            return orjson.dumps(data)
        except TypeError as error:
            raise SerializationError(data, error) from error

    def loads(self, s: Any) -> Any:  # noqa: ANN401
        try:
            return orjson.loads(s)
        except ValueError as error:
            raise SerializationError(s, error) from error
