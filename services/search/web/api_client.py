"""The pages' client of the query API: it asks in-process, and as any frontend would."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import FastAPI, Request

HERE = "http://site.internal"
KEPT = ("retry-after",)


class ApiError(Exception):
    """The API answered with a problem; `status` decides which page says so."""

    def __init__(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class ApiClient:
    """Asks `app` without a socket, by a key where it wants one."""

    def __init__(self, app: FastAPI, key: str = "") -> None:
        self._app = app
        # In a process nothing is gained by compressing what is unpacked at once.
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        self._client = self._client_at("127.0.0.1")

    async def get(self, path: str, *, accept: str = "application/json", **params: Any) -> Any:  # noqa: ANN401  (JSON, from any value)
        """The answer as JSON.

        Raises:
            ApiError: it is a problem.
        """
        try:
            answer = await self._client.get(path, params=params, headers={"Accept": accept})
        except httpx.InvalidURL:  # Longer than any address may be, once it is escaped.
            raise ApiError(httpx.codes.REQUEST_URI_TOO_LONG) from None
        if answer.status_code != httpx.codes.OK:
            kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
            raise ApiError(answer.status_code, answer.content, kept)
        return answer.json()

    async def get_or_none(self, path: str, **params: Any) -> Any:  # noqa: ANN401  (as `get`)
        """As `get`, for what a page can do without."""
        try:
            return await self.get(path, **params)
        except ApiError:
            return None

    async def count_view(self, request: Request, article_id: str) -> int:
        """Tell the API of a view, by the reader who made this request; answers its status."""
        address = request.client.host if request.client else ""
        headers = {"User-Agent": request.headers.get("user-agent", "")}
        async with self._client_at(address) as client:
            address = f"/v1/articles/{quote(article_id, safe='')}/views"
            return (await client.post(address, headers=headers)).status_code

    def _client_at(self, address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(
            app=self._app, client=(address, 0), raise_app_exceptions=False
        )
        return httpx.AsyncClient(
            transport=transport, base_url=HERE, headers=self._headers, trust_env=False
        )
