"""`workflow help`: what a code in a message means, why it is refused, and what to do."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import colour_of, refused
from workflow.diagnostics import CODES, NOWHERE, Diagnostic, WrongUsage


@click.command(
    "help",
    short_help="Explain a code that stands in a message.",
    epilog=options.ending(
        "workflow help unknown-period",
        "workflow help unknown-period --lang zh-CN",
    ),
)
@click.argument("code", required=False)
@options.language
def help_code(code: str | None, language: str) -> int:
    """Explain the CODE that stands in brackets in a message; without CODE, list all of them."""
    from workflow.report.codes import explained, listed

    if code is None:
        click.echo(listed(language), nl=False)
        return 0
    if code not in CODES:
        near = tuple(difflib.get_close_matches(code, CODES, n=3, cutoff=0.3))
        unknown = Diagnostic("unknown-code", NOWHERE, {"wanted": code, "near": near})
        return refused(WrongUsage((unknown,)), Path(), language)
    click.echo(explained(code, language, colour=colour_of(sys.stdout)), nl=False, color=True)
    return 0
