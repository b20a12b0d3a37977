"""The generated word lists of `services/enrich/data`, each read once, when first needed."""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import cast


@cache
def english_classes() -> dict[str, str]:
    """Word to class letter; names are kept as written, all other words in lower case."""
    lines = _read("english_classes.txt.gz").splitlines()
    return {word: line[0] for line in lines for word in line[2:].split(" ")}


@cache
def first_names() -> frozenset[str]:
    return frozenset(_read("first_names.txt.gz").split())


@cache
def country_names() -> dict[str, dict[str, str]]:
    """Language to ISO 3166 code to the name of the country in that language."""
    return cast("dict[str, dict[str, str]]", json.loads(_read("country_names.json.gz")))


def _read(name: str) -> str:
    return gzip.decompress((files("services.enrich") / "data" / name).read_bytes()).decode()
