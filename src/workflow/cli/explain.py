"""`workflow explain`: one person's results of a period, from the recorded event to the paid amount; or one case."""

from __future__ import annotations

import datetime
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import colour_of, refused
from workflow.cli.waiting import waiting
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Explain one person's results, or one case.",
    epilog=options.ending(
        "workflow explain policies --period 2026-Q3 --person E1008",
        "workflow explain policies --period 2026-Q3 --person E1008 --clause service_kicker --lang zh-CN",
        "workflow explain policies --period 2026-Q3 --case C-17",
    ),
)
@options.workspace
@options.period
@click.option("--person", metavar="ID", help="The id of the person or customer, as records write it.")
@click.option("--clause", metavar="NAME", help="Only this clause, by its key in the policy. [default: all]")
@click.option(
    "--case", metavar="ID", help="Instead of a person: the id of a case, as records write it; opened again ID#2."
)
@click.option("--policy", metavar="ID", help="Of a case: only by this escalation. [default: all]")
@options.moments
@options.reader
@options.language
def explain(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    period: str,
    person: str | None,
    clause: str | None,
    case: str | None,
    policy: str | None,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    reader: str | None,
    language: str,
) -> int:
    """Explain what a person gets for a period, or why something is withheld, step by step. With --case explain every
    step of a case: its event or timer, the conditions with their values, what followed, and how its clocks stood.
    """
    _check_usage(person, clause, case, policy)
    moments = _Moments(as_of, known_by, reader)
    try:
        with waiting(language):
            if case is not None:
                told = _case(workspace, period, (case, policy), moments, language)
            else:
                told = _person(workspace, period, (str(person), clause), moments, language)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language)
    click.echo(told, color=True)
    return 0


@dataclass(frozen=True, slots=True)
class _Moments:
    """From when the explanation looks, and for whom it is."""

    as_of: datetime.date | None
    known_by: datetime.date | None
    reader: str | None


def _person(workspace: Path, period: str, asked: tuple[str, str | None], moments: _Moments, language: str) -> str:
    from workflow.api import explain as explain_person
    from workflow.report.explanation import render

    person, clause = asked
    explanation = explain_person(workspace, period, person, clause=clause, **asdict(moments))
    return render(explanation, language, colour_of(sys.stdout))


def _case(workspace: Path, period: str, asked: tuple[str, str | None], moments: _Moments, language: str) -> str:
    from workflow.api import explain_case
    from workflow.report.explanation import render_case

    case, policy = asked
    steps = explain_case(workspace, period, case, policy=policy, **asdict(moments))
    return render_case(steps, language, colour=colour_of(sys.stdout))


def _check_usage(person: str | None, clause: str | None, case: str | None, policy: str | None) -> None:
    """Refuse what is said of the other: a person has clauses, a case a policy."""
    if (person is None) == (case is None):
        raise click.UsageError("Say whom or what to explain: --person ID, or --case ID.")
    if person is None and clause is not None:
        raise click.UsageError("--clause is of a --person.")
    if case is None and policy is not None:
        raise click.UsageError("--policy is of a --case; of a --person say --clause.")
