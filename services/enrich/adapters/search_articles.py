"""Articles as search holds them: the index is the store."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx

from services.enrich.ports import ArticlesUnavailableError
from shared.events import Envelope, decode

TIMEOUT_S = 10


class SearchArticles:
    """`key` is asked for once, and again when search no longer takes it."""

    def __init__(self, client: httpx.AsyncClient, key: Callable[[], Awaitable[str]]) -> None:
        self._client = client
        self._ask_key = key
        self._key: str | None = None

    async def get(self, article_id: str) -> Envelope | None:
        answer = await self._get(f"/internal/articles/{article_id}")
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._key = None
            answer = await self._get(f"/internal/articles/{article_id}")
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return None
        if answer.status_code != HTTPStatus.OK:
            raise ArticlesUnavailableError(f"search answered {answer.status_code}")
        return decode(answer.content)

    async def _get(self, path: str) -> httpx.Response:
        self._key = self._key or await self._ask_key()
        try:
            return await self._client.get(path, headers={"Authorization": f"Bearer {self._key}"})
        except httpx.HTTPError as error:
            raise ArticlesUnavailableError(str(error) or type(error).__name__) from error
