"""`workflow explain`: one person's results of a period, from the recorded event to the paid amount."""

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
    short_help="Explain one person's results.",
    epilog=options.ending(
        "workflow explain policies --period 2026-Q3 --person E1008",
        "workflow explain policies --period 2026-Q3 --person E1008 --clause service_kicker --lang zh-CN",
    ),
)
@options.workspace
@options.period
@click.option("--person", required=True, metavar="ID", help="The id of the person or customer, as records write it.")
@click.option("--clause", metavar="NAME", help="Only this clause, by its key in the policy. [default: all]")
@options.moments
@options.reader
@options.language
def explain(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    period: str,
    person: str,
    clause: str | None,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    reader: str | None,
    language: str,
) -> int:
    """Explain what a person gets for a period, or why something is withheld, step by step."""
    from workflow.api import explain as explain_person
    from workflow.report.explanation import render

    try:
        with waiting(language):
            explanation = explain_person(
                workspace, period, person, clause=clause, as_of=as_of, known_by=known_by, reader=reader
            )
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language)
    click.echo(render(explanation, language, colour_of(sys.stdout)), color=True)
    return 0
