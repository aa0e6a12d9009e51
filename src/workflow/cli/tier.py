"""`workflow tier`: in which tier a customer or a person is on a day, why, and what is lacking for the next one."""

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
    short_help="Say in which tier a customer is, and why.",
    epilog=options.ending(
        "workflow tier policies C011 --on 2026-11-15",
        "workflow tier policies C011 --policy customer-tier --format json",
    ),
)
@options.workspace
@click.argument("customer")
@click.option("--on", type=options.Moment(), help="The day that is asked about. [default: today]")
@click.option("--policy", metavar="ID", help="Which tiering is meant, where there are several.")
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
def tier(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    customer: str,
    on: datetime.date | None,
    policy: str | None,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    form: str,
    language: str,
) -> int:
    """Say in which tier CUSTOMER is on a day, which period or person decided it, and what is lacking for the next.

    CUSTOMER is an id, of a person where the tiering is about people.
    """
    from workflow.api import tier as tier_on
    from workflow.report.explanation.standing import render_standing
    from workflow.report.jsontext import written
    from workflow.report.standing import document

    day = on or datetime.datetime.now(datetime.UTC)
    try:
        with waiting(language):
            standing = tier_on(workspace, customer, day, policy=policy, as_of=as_of, known_by=known_by)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(standing, language)), nl=False)
    else:
        click.echo(render_standing(standing, language, colour_of(sys.stdout)), color=True)
    return 0
