"""`workflow cases`: where each case stands, what its clocks show, and what comes due next; of one case every step."""

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
    short_help="Say where cases stand, and how they came there.",
    epilog=options.ending(
        "workflow cases policies --period 2026-Q3",
        "workflow cases policies --period 2026-Q3 --as-of 2026-08-20 --state escalated",
        "workflow cases policies --period 2026-Q3 --case C-17 --format json",
    ),
)
@options.workspace
@click.option("--period", metavar="NAME", required=True, help="The period whose policies are asked: 2026-Q3.")
@click.option(
    "--as-of",
    type=options.Moment(),
    help="Count what had happened by then: a day, meaning its end, or an instant with offset. [default: the end]",
)
@click.option(
    "--known-by", type=options.Moment(), help="Count what had been recorded by then. [default: the newest record]"
)
@click.option("--policy", metavar="ID", help="Only this escalation. [default: all]")
@click.option("--state", metavar="NAME", help="Only cases in this state.")
@click.option("--case", metavar="ID", help="Only this case, with every step; of one opened again ID#2.")
@click.option("--ended", is_flag=True, help="Also cases that have ended.")
@click.option(
    "--under",
    type=int,
    metavar="VERSION",
    help="Replay every case by this version, as if no other had ever been. [default: each by its own]",
)
@options.form
@options.language
def cases(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    period: str,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    policy: str | None,
    state: str | None,
    case: str | None,
    ended: bool,
    under: int | None,
    form: str,
    language: str,
) -> int:
    """Say of each case of the escalations in WORKSPACE in which state it is and since when, how much of its targets is
    consumed and left, and what comes due next.
    """
    from workflow.api import cases as state_of_cases
    from workflow.report.cases import as_text, document
    from workflow.report.jsontext import written

    try:
        with waiting(language):
            found = state_of_cases(
                workspace,
                period,
                as_of=as_of,
                known_by=known_by,
                policy=policy,
                state=state,
                case=case,
                ended=ended,
                under=under,
            )
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    steps = case is not None
    if form == "json":
        click.echo(written(document(found, language, steps=steps)), nl=False)
    else:
        click.echo(as_text(found, language, steps=steps, colour=colour_of(sys.stdout)), nl=False, color=True)
    return 0
