"""Articles as search holds them: the index is the store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import httpx
from pydantic import TypeAdapter

from services.enrich.domain.curation import Curation
from services.enrich.domain.vocabulary import Rulings
from services.enrich.ports import ArticlesUnavailableError, ListedArticle
from shared.events import Envelope, decode

TIMEOUT_S = 10
_CURATION: Final = TypeAdapter(Curation)


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

    async def all(self) -> AsyncIterator[list[ListedArticle]]:
        after: str | None = ""
        while after is not None:
            answer = _right(await self._ask("/internal/articles", after=after)).json()
            yield [_listed(item) for item in answer["items"]]
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


def _listed(item: dict[str, Any]) -> ListedArticle:
    curation = _CURATION.validate_python(item.pop("curation"))
    rulings = Rulings(item.pop("names"), item.pop("merged"))
    return ListedArticle(**item, curation=curation, rulings=rulings)


def _right(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != HTTPStatus.OK:
        raise ArticlesUnavailableError(f"search answered {answer.status_code}")
    return answer
