"""`workflow calendar`: files of calendars/ from what states publish."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import refused
from workflow.diagnostics import MistakesFound


class Years(click.ParamType[tuple[int, int]]):
    """One year, or the first and the last of several."""

    name = "years"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Both years; anything else is wrong usage."""
        match = re.fullmatch(r"([12][0-9]{3})(?:-([12][0-9]{3}))?", str(value), re.ASCII)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            self.fail(f"{str(value)!r} is neither a year (2026) nor a range of years (2026-2027)", param, ctx)
        return int(match[1]), int(match[2] or match[1])


@click.group(
    short_help="Write a calendar of working days from published holidays.",
    epilog=options.ending("workflow calendar import --country CN --from 2026.json --out policies/calendars/cn.yaml"),
)
def calendar() -> None:
    """Write files of calendars/, which say on what days and hours people work."""


@calendar.command(
    "import",
    short_help="Write a calendar from what a state publishes.",
    epilog=options.ending(
        "workflow calendar import --country CN --from 2026.json --out policies/calendars/cn.yaml",
        "workflow calendar import --country CN --from 2027.json --out policies/calendars/cn-2027.yaml",
        "workflow calendar import --country DE-BY --years 2026-2027 --out policies/calendars/de-by.yaml",
    ),
)
@click.option("--country", required=True, metavar="CODE", help="Its two letters; with a part of it as DE-BY.")
@click.option(
    "--from",
    "notices",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For CN: a JSON file of a year's holidays and make-up days; may be given several times, a year each.",
)
@click.option("--years", type=Years(), metavar="YEARS", help="For other countries: 2026, or 2026-2027.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Another year belongs in another file with the same calendar in it.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there, with all that was written in it by hand.")
@options.language
def import_calendar(
    *,
    country: str,
    notices: tuple[Path, ...],
    years: tuple[int, int] | None,
    out: Path,
    force: bool,
    language: str,
) -> int:
    """Write a calendar from what a state publishes: its holidays, its make-up days, and where they come from.

    Days of the PRC come from files of its yearly notices, those of other countries from the package holidays, which
    knows their rules. Working hours are an office's: look at them, and write your company's. --lang is also the
    language of the comments.
    """
    from workflow.api import import_calendar as write
    from workflow.words import say

    try:
        write(out, country, notices or years, force=force, language=language)
    except (MistakesFound, OSError) as error:
        return refused(error, out, language)
    click.echo(say(language, "cli", "calendar-written", path=shlex.quote(str(out))))
    return 0
