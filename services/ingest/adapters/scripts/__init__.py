"""The Lua scripts of ingest: each is one step that no crash can cut in half.

Only commands of Redis 6.2 are used. `prelude.lua` stands at the head of each, before it what the
delivery layer knows of dead letters.
"""

from importlib.resources import files

from shared.messaging.dead_letters import LUA as DEAD_LETTERS

_FOLDER = files(__name__)
_PRELUDE = DEAD_LETTERS + (_FOLDER / "prelude.lua").read_text()


def script(name: str) -> str:
    return _PRELUDE + (_FOLDER / f"{name}.lua").read_text()
