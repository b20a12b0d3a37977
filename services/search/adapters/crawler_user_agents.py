"""Which user agents are machines, by the list of the package `crawler-user-agents`."""

import re
from functools import lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

# A frontend's own server, or an app, speaks through one of these for its readers.
SPEAKS_FOR_READERS = "http-library"

_BOTS = re.compile(
    "|".join(
        f"(?:{known['pattern']})"
        for known in CRAWLER_USER_AGENTS_DATA
        if SPEAKS_FOR_READERS not in known.get("tags", ())
    )
)


# Names are looked for at the head: what is sent may be far longer, and is remembered.
_LONGEST = 512


def is_bot(user_agent: str) -> bool:
    """Whether a crawler, a monitor, a preview or an automated browser says that it is one."""
    return _is_bot(user_agent[:_LONGEST])


@lru_cache(maxsize=4096)
def _is_bot(user_agent: str) -> bool:
    return not user_agent.strip() or _BOTS.search(user_agent) is not None
