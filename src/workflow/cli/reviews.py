"""`workflow reviews`: where everybody's review stands, whose turn it is, what is due when, and what is late."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import colour_of, refused
from workflow.cli.waiting import waiting
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Say where reviews stand, and what is late.",
    epilog=options.ending(
        "workflow reviews policies --period 2026-Q3 --as-of 2026-10-20",
        "workflow reviews policies --late",
        "workflow reviews policies --stage calibration --format json",
    ),
)
@options.workspace
@click.option("--period", metavar="NAME", help="The period that is reviewed. [default: the newest that is over]")
@click.option(
    "--as-of",
    type=options.Moment(),
    help="Count what had happened by then: a day, meaning its end, or an instant with offset. [default: today]",
)
@click.option(
    "--known-by", type=options.Moment(), help="Count what had been recorded by then. [default: the newest record]"
)
@click.option("--policy", metavar="ID", help="Only this review. [default: all]")
@click.option("--stage", metavar="NAME", help="Only this stage, also of those who haven't come to it.")
@click.option("--late", is_flag=True, help="Only what is late.")
@options.form
@options.language
def reviews(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    period: str | None,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    policy: str | None,
    stage: str | None,
    late: bool,
    form: str,
    language: str,
) -> int:
    """Say of each stage of the reviews in WORKSPACE how many are open, done and late, and person by person whose turn
    it is, since when, by when it is due, and how late it is.
    """
    from workflow.api import reviews as state_of_reviews
    from workflow.report.cycle import as_text, document
    from workflow.report.jsontext import written

    moment = as_of or datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    try:
        with waiting(language):
            cycle = state_of_reviews(
                workspace, moment, period=period, policy=policy, stage=stage, late=late, known_by=known_by
            )
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(cycle, language)), nl=False)
    else:
        click.echo(as_text(cycle, language, colour=colour_of(sys.stdout)), nl=False, color=True)
    return 0
