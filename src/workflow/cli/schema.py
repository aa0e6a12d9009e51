"""`workflow schema`: JSON Schemas, with which an editor completes keys and underlines slips while one types."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import refused
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Write JSON Schemas for your editor.",
    epilog=options.ending(
        "workflow schema",
        "workflow schema policies/schemas --workspace policies --lang zh-CN",
    ),
)
@click.argument("folder", metavar="[DIR]", default="schemas", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write also the schema of this workspace's recorded events, by its catalogue.",
)
@options.language
def schema(folder: Path, workspace: Path | None, language: str) -> int:
    """Write a JSON Schema for each kind of file of a workspace into DIR, and print how an editor finds them.

    --lang is also the language of the descriptions that the editor shows.
    """
    from workflow.api import schemas
    from workflow.report.schemas import as_text

    try:
        names = schemas(folder, workspace=workspace, language=language)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace or folder, language)
    click.echo(as_text(names, folder, workspace, language), nl=False)
    return 0
