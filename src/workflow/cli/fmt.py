"""`workflow fmt`: policies in one form, so that reviewers see what has changed and not how it was typed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import MISTAKES, colour_of, refused
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Write the policies in one form.",
    epilog=options.ending(
        "workflow fmt policies",
        "workflow fmt policies --check",
        mistakes="the policies have mistakes, or --check found another form",
    ),
)
@options.workspace
@click.option("--check", "compare", is_flag=True, help="Change no file; end with 1 if one isn't in that form.")
@options.form
@options.language
def fmt(*, workspace: Path, compare: bool, form: str, language: str) -> int:
    """Write the files of WORKSPACE in one form, without changing what they mean.

    A formula in braces gets a line of its own, each level stands in by two blanks, one empty line stands between the
    parts of a policy. Words, order, quotes and comments stay as they are.
    """
    from workflow.api import form as write_form
    from workflow.report import changes
    from workflow.report.jsontext import written

    try:
        formed = write_form(workspace, write=not compare)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written({"changes": changes.as_data(formed.changes), "unclear": list(formed.unclear)}), nl=False)
    else:
        key = "form-differs" if compare else "formed"
        if formed.changes or not formed.unclear:
            click.echo(
                changes.as_text(formed.changes, language, key=key, colour=colour_of(sys.stdout)), nl=False, color=True
            )
        click.echo(changes.unclear(formed.unclear, language), nl=False)
    return MISTAKES if formed.unclear or (compare and formed.changes) else 0
