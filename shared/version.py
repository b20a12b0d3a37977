"""The version of the code that runs, as dead letters and health answers state it."""

from importlib.metadata import version

VERSION = version("dateline")
