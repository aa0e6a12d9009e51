"""`workflow graph`: who uses what, or the state machine of one escalation; as a drawing or as text for Mermaid."""

from __future__ import annotations

from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import refused
from workflow.diagnostics import MistakesFound


@click.command(
    short_help="Draw which policies use what, or a state machine.",
    epilog=options.ending(
        "workflow graph policies",
        "workflow graph policies --format svg > policies.svg",
        "workflow graph policies --policy complaint-desk --lang zh-CN",
    ),
)
@options.workspace
@click.option("--policy", metavar="ID", help="The states of this escalation, and what leads from one to another.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("mermaid", "svg")),
    default="mermaid",
    show_default=True,
    help="Text for Mermaid, or a drawing for browsers.",
)
@options.language
def graph(*, workspace: Path, policy: str | None, form: str, language: str) -> int:
    """Print who uses what in WORKSPACE: events and registers, the policies that read them and each other, and what
    these trigger. With --policy print the state machine of an escalation. --lang is also the language of the titles.
    """
    try:
        drawn = _policies(workspace, form, language) if policy is None else _states(workspace, policy, form, language)
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language)
    click.echo(drawn, nl=False)
    return 0


def _policies(workspace: Path, form: str, language: str) -> str:
    from workflow.api import checked_workspace
    from workflow.report.graph import as_mermaid, as_svg, graph_of

    graph = graph_of(checked_workspace(workspace), language)
    return as_svg(graph) if form == "svg" else as_mermaid(graph)


def _states(workspace: Path, policy: str, form: str, language: str) -> str:
    from workflow.api import chart
    from workflow.report.statechart import as_mermaid, as_svg

    found = chart(workspace, policy, language=language)
    return as_svg(found) if form == "svg" else as_mermaid(found)
