"""`workflow goals`: how far goals have come on a day."""

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
    short_help="Show how far goals have come.",
    epilog=options.ending(
        "workflow goals policies --on 2026-08-31",
        "workflow goals policies E1006 --on 2026-08-31 --format json",
    ),
)
@options.workspace
@click.argument("person", required=False)
@click.option("--on", type=options.Moment(), help="The day that is asked about. [default: today]")
@click.option(
    "--as-of",
    type=options.Moment(),
    help="Count what had happened by then: a day, meaning its end, or an instant with offset. "
    "[default: the day that is asked about]",
)
@click.option(
    "--known-by", type=options.Moment(), help="Count what had been recorded by then. [default: the newest record]"
)
@options.form
@options.language
def goals(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    person: str | None,
    on: datetime.date | None,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    form: str,
    language: str,
) -> int:
    """Show how far the goals of everybody, or of PERSON and the team, have come on a day.

    Each goal stands with its terms in force, what it has come to, who says so, and every revision with its reason.
    """
    from workflow.api import goals as goals_on
    from workflow.report.explanation.progress import render_progress
    from workflow.report.jsontext import written
    from workflow.report.progress import document

    day = on or datetime.datetime.now(datetime.UTC)
    try:
        with waiting(language):
            found = goals_on(workspace, day, person=person, as_of=as_of, known_by=known_by)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(found, language)), nl=False)
    else:
        click.echo(render_progress(found, language, colour_of(sys.stdout)), color=True)
    return 0
