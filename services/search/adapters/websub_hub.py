"""The WebSub hub of the settings, told by HTTP."""

from collections.abc import Sequence

import httpx

from services.search.ports import HubUnavailableError

TIMEOUT_S = 5.0


class WebSubHub:
    """`NewsHub` at one address: that of the settings, whatever it answers."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def ping(self, topics: Sequence[str]) -> None:
        form = {"hub.mode": "publish", "hub.url": list(topics)}
        try:
            async with httpx.AsyncClient(follow_redirects=False, timeout=TIMEOUT_S) as client:
                answer = await client.post(self._address, data=form)
        except httpx.HTTPError as error:
            raise HubUnavailableError(str(error) or type(error).__name__) from error
        if not answer.is_success:
            raise HubUnavailableError(f"it answered {answer.status_code}")
