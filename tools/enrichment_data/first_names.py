"""First names of all the world, in lower case, one a line."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files

from faker.providers import person

PACKAGES = ("Faker", "names")
LICENCE = """\
  Faker: Copyright Daniele Faraglia and contributors. MIT license.
  names: Copyright Trey Hunner. MIT license; its frequencies are of the United States Census Bureau.
"""

_SHORTEST = 3
_RAREST_PER_CENT = 0.003


def make() -> str:
    names = {name.lower() for name in (*_of_faker(), *_of_census()) if len(name) >= _SHORTEST}
    return "\n".join(sorted(name for name in names if " " not in name)) + "\n"


def _of_faker() -> Iterator[str]:
    for module in pkgutil.iter_modules(person.__path__):
        provider = import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if attribute.startswith("first_name") and isinstance(names, list | tuple | dict):
                yield from (name for name in names if isinstance(name, str))


def _of_census() -> Iterator[str]:
    for file in ("dist.female.first", "dist.male.first"):
        for line in (files("names") / file).read_text("ascii").splitlines():
            name, frequency, *_ = line.split()
            if float(frequency) >= _RAREST_PER_CENT:
                yield name
