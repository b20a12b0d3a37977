"""Category paths: `News > Economy` lies below `News`."""

from shared.normalising import tidied

SEPARATOR = " > "
DEPTH = 10


def category_path(text: str) -> str:
    """One spelling of a path: tidied names, and ` > ` between its parts.

    Raises:
        ValueError: a part is empty, or there are more than ten.
    """
    parts = [tidied(part) for part in text.split(">")]
    if not all(parts):
        raise ValueError("has an empty part")
    if len(parts) > DEPTH:
        raise ValueError(f"is deeper than {DEPTH} levels")
    return SEPARATOR.join(parts)
