"""The Lua scripts of ingest: each is one step that no crash can cut in half.

Only commands of Redis 6.2 are used. `prelude.lua` stands at the head of each.
"""

from importlib.resources import files

_FOLDER = files(__name__)
_PRELUDE = (_FOLDER / "prelude.lua").read_text()


def script(name: str) -> str:
    return _PRELUDE + (_FOLDER / f"{name}.lua").read_text()
