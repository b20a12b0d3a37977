"""Types of parameters that several commands have."""

import click

from shared.settings import web_address


class Address(click.ParamType[str]):
    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return web_address(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


ADDRESS = Address()


class OutageError(click.ClickException):
    """Something that is needed does not answer: no fault of the command line."""

    exit_code = 1
