"""`workflow verify`: whether each step of the cases that a run wrote down could be, checked without the replay."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import MISTAKES, colour_of, refused
from workflow.cli.waiting import waiting
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Check the steps of cases that a run wrote down.",
    epilog=options.ending(
        "workflow verify policies out",
        "workflow verify policies out --format json",
        mistakes="the policies have mistakes, or a step is wrong",
    ),
)
@options.workspace
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@options.form
@options.language
def verify(*, workspace: Path, folder: Path, form: str, language: str) -> int:
    """Check each step of the cases in DIR, which `workflow evaluate --out DIR` wrote for WORKSPACE.

    States, timers and clocks are followed anew, by the policy and the calendar, and with none of the code that replayed
    them. Which conditions held is believed, since that rests on the recorded events.
    """
    from workflow.api import verify_cases
    from workflow.report.jsontext import written
    from workflow.report.verified import as_text, document

    try:
        with waiting(language):
            found = verify_cases(workspace, folder)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(found)), nl=False)
    else:
        click.echo(as_text(found, language, colour=colour_of(sys.stdout)), nl=False, color=True)
    return MISTAKES if any(each.problems for each in found) else 0
