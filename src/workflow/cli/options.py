"""Options that several commands take, and the forms in which a moment may be written."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from workflow.cli.door import environment_language
from workflow.words import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}(:\d{2})?)", re.ASCII)


_EXIT_CODES = """\b
Exit codes:
  0  done
  1  {mistakes}
  2  wrong usage: an unknown option, period, person, clause or code
  3  input data were refused
  4  the world failed: a file, the disk, an engine
  5  a bug of workflow itself"""


def ending(*examples: str, mistakes: str = "the policies have mistakes") -> str:
    """The end of a command's help: examples to copy, and the exit codes; `mistakes` is what the first of them means."""
    return "\n  ".join(("\b\nExamples:", *examples)) + "\n\n" + _EXIT_CODES.format(mistakes=mistakes)


class Moment(click.ParamType[datetime.date]):
    """A day, which means its end, or an instant with its offset; no other spelling, lest one be misread."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day or the instant; anything else is wrong usage."""
        if isinstance(value, datetime.date):
            return value
        text = str(value)
        try:
            if _DAY.fullmatch(text):
                return datetime.date.fromisoformat(text)
            if not _INSTANT.fullmatch(text):
                self.fail(f"{text!r} is neither a day (2026-09-30) nor an instant (2026-09-30T18:00+08:00)", param, ctx)
            return datetime.datetime.fromisoformat(text)
        except ValueError as error:
            self.fail(f"{text!r}: {error}", param, ctx)


workspace = click.argument("workspace", type=click.Path(exists=True, file_okay=False, path_type=Path))

reader = click.option(
    "--for",
    "reader",
    metavar="ROLE",
    help="Whom the output is for: a role, such as hr, that may see what others don't. [default: everybody]",
)

language = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default=lambda: environment_language(os.environ),
    show_default="your locale's",
    help="The language of everything that is printed.",
)

form = click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)

period = click.option("--period", required=True, metavar="NAME", help="The period to calculate, as 2026-Q3.")


def moments(command: Command) -> Command:
    """Add --as-of and --known-by: what had happened, and what was known."""
    as_of = click.option(
        "--as-of",
        type=Moment(),
        help="Count what had happened by then: a day, meaning its end, or an instant with offset. "
        "[default: the period's end]",
    )
    known_by = click.option(
        "--known-by",
        type=Moment(),
        help="Count what had been recorded by then. [default: the newest record]",
    )
    return as_of(known_by(command))
