"""`workflow graph`: who uses what, as a drawing or as text for Mermaid."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import refused
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Draw which policies use what.",
    epilog=options.ending(
        "workflow graph policies",
        "workflow graph policies --format svg > policies.svg",
    ),
)
@options.workspace
@click.option(
    "--format",
    "form",
    type=click.Choice(("mermaid", "svg")),
    default="mermaid",
    show_default=True,
    help="Text for Mermaid, or a drawing for browsers.",
)
@options.language
def graph(*, workspace: Path, form: str, language: str) -> int:
    """Print who uses what in WORKSPACE: events and registers, the policies that read them and each other, and what
    these trigger. --lang is also the language of the titles.
    """
    from workflow.api import checked_workspace
    from workflow.report.graph import as_mermaid, as_svg, graph_of

    try:
        rules = checked_workspace(workspace)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language)
    found = graph_of(rules, language)
    click.echo(as_svg(found) if form == "svg" else as_mermaid(found), nl=False)
    return 0
