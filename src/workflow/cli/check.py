"""`workflow check`: all mistakes in the policies of a workspace, without running anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import MISTAKES, colour_of, refused
from workflow.diagnostics import MistakesFound, has_errors


@click.command(
    short_help="Show all mistakes in the policies.",
    epilog=options.ending(
        "workflow check policies",
        "workflow check policies --format json --lang zh-CN",
    ),
)
@options.workspace
@options.form
@options.language
def check(workspace: Path, form: str, language: str) -> int:
    """Show all mistakes in the policies of WORKSPACE, each with its place and its remedy."""
    from workflow.api import check as check_workspace
    from workflow.report.checked import as_text, document
    from workflow.report.jsontext import written

    try:
        checked = check_workspace(workspace)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(checked, language)), nl=False)
    else:
        click.echo(as_text(checked, language, colour=colour_of(sys.stdout)), nl=False, color=True)
    return MISTAKES if has_errors(checked.diagnostics) else 0
