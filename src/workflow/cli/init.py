"""`workflow init`: a small workspace to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import refused
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Make a small workspace to begin with.",
    epilog=options.ending(
        "workflow init my-policies",
        "workflow init my-policies --lang zh-CN",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.language
def init(folder: Path, language: str) -> int:
    """Make a workspace in DIR, which must be new or empty: one policy, a few records, and comments on every file.

    It has no mistakes and can be evaluated at once. --lang is also the language of its comments.
    """
    from workflow.api import start
    from workflow.words import say

    try:
        files = start(folder, language=language)
    except (MistakesFound, OSError) as error:
        return refused(error, folder, language)
    click.echo(say(language, "cli", "started", count=len(files), path=shlex.quote(str(folder))))
    return 0
