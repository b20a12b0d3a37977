"""`dateline tags`: what editors decide, through ingest's API, so that every rule of it holds."""

import sys
from collections.abc import Sequence
from typing import Any

import click
import httpx

from services.cli.settings import CliSettings, service_url


@click.group()
def tags() -> None:
    """Rename and merge tags; pin and ban them on articles."""


@tags.command()
@click.argument("slug")
@click.argument("name")
def rename(slug: str, name: str) -> None:
    """Call a tag otherwise; its slug stays."""
    found = _ask("PATCH", f"/v1/tags/{slug}", {"name": name})
    print(f"{found['slug']} is called {found['name']} from now on; articles follow within minutes")


@tags.command()
@click.argument("slug")
@click.argument("into")
def merge(slug: str, into: str) -> None:
    """Show the tag SLUG as the tag INTO."""
    found = _ask("POST", f"/v1/tags/{slug}/merge", {"into": into})
    print(f"{slug} is {found['slug']} from now on; articles follow within minutes")


@tags.command()
@click.argument("article")
@click.argument("tags", nargs=-1, required=True)
def pin(article: str, tags: Sequence[str]) -> None:
    """Always show these tags on an article."""
    _choose(article, "pin", tags)


@tags.command()
@click.argument("article")
@click.argument("tags", nargs=-1, required=True)
def ban(article: str, tags: Sequence[str]) -> None:
    """Never show these tags on an article."""
    _choose(article, "ban", tags)


@tags.command()
@click.argument("article")
@click.argument("tags", nargs=-1, required=True)
def free(article: str, tags: Sequence[str]) -> None:
    """Neither pin nor ban these tags on an article any longer."""
    _choose(article, None, tags)


def _choose(article: str, list_: str | None, names: Sequence[str]) -> None:
    path = f"/v1/articles/{article}/curation"
    curation = _ask("GET", path)
    decided = [name for each in ("pin", "ban") for name in curation["tags"][each]]
    asked = {name.casefold() for name in names}
    if list_ is None and (strange := asked - {name.casefold() for name in decided}):
        there = f"there are {', '.join(decided)}" if decided else "there is none"
        raise click.UsageError(f"{min(strange)!r} is neither pinned nor banned; {there}")
    for each in ("pin", "ban"):
        others = [name for name in curation["tags"][each] if name.casefold() not in asked]
        curation["tags"][each] = [*others, *names] if each == list_ else others
    answer = _ask("PUT", path, curation)
    for each in ("pin", "ban"):
        print(f"{each}: {', '.join(curation['tags'][each]) or '-'}")
    print(f"receipt: {answer['receipt']}")


def _ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer as JSON; a refusal is one line and exit code 2."""
    settings = CliSettings()
    url = service_url(settings, "ingest")
    headers = {"Authorization": f"Bearer {settings.key.get_secret_value()}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
        try:
            answer = client.request(method, path, json=body)
        except httpx.HTTPError as error:
            line = f"dateline: ingest at {url} cannot be reached: {error}"
            print(line, file=sys.stderr)
            raise SystemExit(1) from error
    found: dict[str, Any] = answer.json()
    if answer.is_client_error or answer.is_server_error:
        hints = [
            f"{each['field']}: {each['message']}"
            + (f"; nearest: {each['nearest']}" if each.get("nearest") else "")
            for each in found.get("errors", ())
        ]
        raise click.UsageError(" ".join([found["detail"], *hints]))
    if answer.is_redirect:
        raise click.UsageError(f"this tag was merged into {found['slug']}")
    return found
