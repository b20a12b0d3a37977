"""`dateline keys signing`: the secrets that publishers sign their requests with."""

import asyncio

import click

from services.cli.settings import CliSettings, redis_url, secrets_key
from services.ingest import commands

DAY_HOURS = 24


@click.group()
def signing() -> None:
    """Secrets for signed requests, stored encrypted under DATELINE_SECRETS_KEY."""


@signing.command()
@click.argument("publisher")
def add(publisher: str) -> None:
    """Make a publisher's signing secret and print it once."""
    settings = CliSettings()
    try:
        key = secrets_key(settings)
        print(asyncio.run(commands.add_signing_secret(redis_url(settings), key, publisher)))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@signing.command(name="list")
def list_() -> None:
    """The signing secrets by publisher, without themselves."""
    settings = CliSettings()
    found = commands.list_signing_secrets(redis_url(settings), secrets_key(settings))
    for secret in asyncio.run(found):
        print(secret)


@signing.command()
@click.argument("publisher")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(min=0),
    default=DAY_HOURS,
    show_default=True,
    help="So long the old secret stays valid beside the new one.",
)
def rotate(publisher: str, overlap_hours: float) -> None:
    """Make a new signing secret and print it once; the old one stays valid for a while."""
    settings = CliSettings()
    try:
        made = commands.rotate_signing_secret(
            redis_url(settings), secrets_key(settings), publisher, overlap_hours * 3600
        )
        print(asyncio.run(made))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@signing.command()
@click.argument("publisher")
def revoke(publisher: str) -> None:
    """End all signing secrets of a publisher; signatures are refused within seconds."""
    try:
        asyncio.run(commands.revoke_signing_secrets(redis_url(CliSettings()), publisher))
    except LookupError as error:
        raise click.ClickException(str(error)) from error
