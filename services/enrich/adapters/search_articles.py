"""Articles as search holds them: the index is the store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from services.enrich.ports import ArticlesUnavailableError
from shared.events import Envelope, decode

TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """`published_at` is RFC 3339 in UTC; `algorithm` the version of the rules that enriched it."""

    id: str
    publisher: str
    published_at: str
    algorithm: str


class SearchArticles:
    """`key` is asked for once, and again when search no longer takes it."""

    def __init__(self, client: httpx.AsyncClient, key: Callable[[], Awaitable[str]]) -> None:
        self._client = client
        self._ask_key = key
        self._key: str | None = None

    async def get(self, article_id: str) -> Envelope | None:
        answer = await self._ask(f"/internal/articles/{article_id}")
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return None
        return decode(_right(answer).content)

    async def all(self) -> AsyncIterator[list[Listed]]:
        """Every article that is not withdrawn, by id, a page at a time.

        Raises:
            ArticlesUnavailableError: search is out of reach.
        """
        after: str | None = ""
        while after is not None:
            answer = _right(await self._ask("/internal/articles", after=after)).json()
            yield [Listed(**item) for item in answer["items"]]
            after = answer["next"]

    async def _ask(self, path: str, **parameters: str) -> httpx.Response:
        answer = await self._get(path, parameters)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._key = None
            answer = await self._get(path, parameters)
        return answer

    async def _get(self, path: str, parameters: dict[str, str]) -> httpx.Response:
        self._key = self._key or await self._ask_key()
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            return await self._client.get(path, params=parameters, headers=headers)
        except httpx.HTTPError as error:
            raise ArticlesUnavailableError(str(error) or type(error).__name__) from error


def _right(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != HTTPStatus.OK:
        raise ArticlesUnavailableError(f"search answered {answer.status_code}")
    return answer
