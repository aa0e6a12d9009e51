"""`workflow check`: all mistakes in the policies of a workspace, and those repaired that have one clear meaning."""

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
        "workflow check policies --fix",
        "workflow check policies --format json --lang zh-CN",
    ),
)
@options.workspace
@click.option(
    "--fix",
    "mend",
    is_flag=True,
    help="Carry out the fixes that keep their author's meaning, and show what changed and what remains.",
)
@options.form
@options.language
def check(*, workspace: Path, mend: bool, form: str, language: str) -> int:
    """Show all mistakes in the policies of WORKSPACE, each with its place and its remedy."""
    from workflow.api import check as check_workspace
    from workflow.api import fix
    from workflow.report import changes
    from workflow.report.checked import as_text, document
    from workflow.report.jsontext import written

    try:
        mended = fix(workspace) if mend else None
        checked = mended.checked if mended else check_workspace(workspace)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        changed = {"changes": changes.as_data(mended.changes)} if mended else {}
        click.echo(written({**document(checked, language), **changed}), nl=False)
        return MISTAKES if has_errors(checked.diagnostics) else 0
    colour = colour_of(sys.stdout)
    if mended:
        click.echo(changes.as_text(mended.changes, language, key="fixed", colour=colour), color=True)
    click.echo(as_text(checked, language, colour=colour), nl=False, color=True)
    return MISTAKES if has_errors(checked.diagnostics) else 0
