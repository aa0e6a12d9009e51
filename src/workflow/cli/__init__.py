"""The front door: one module a command, which parses options, calls `workflow.api`, prints, and chooses the exit code.

Nothing heavy is imported here, so that `workflow --help` answers at once; commands import what they use.
"""

from __future__ import annotations

import click

from workflow.cli.attempt import attempt
from workflow.cli.calendar import calendar
from workflow.cli.cases import cases
from workflow.cli.check import check
from workflow.cli.completion import completion
from workflow.cli.door import guarded
from workflow.cli.evaluate import evaluate
from workflow.cli.explain import explain
from workflow.cli.fmt import fmt
from workflow.cli.goals import goals
from workflow.cli.graph import graph
from workflow.cli.help import help_code
from workflow.cli.init import init
from workflow.cli.options import ending
from workflow.cli.reviews import reviews
from workflow.cli.schema import schema
from workflow.cli.tier import tier
from workflow.cli.verify import verify

__all__ = ["main", "workflow"]


@click.group(
    epilog=ending(
        "workflow init my-policies",
        "workflow check policies",
        "workflow evaluate policies --period 2026-Q3",
        "workflow explain policies --period 2026-Q3 --person ID",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="workflow", message="workflow %(version)s")
def workflow() -> None:
    """Turn policies that HR writes into pay and actions, with the reasons for each line."""


for command in (
    init,
    check,
    fmt,
    evaluate,
    explain,
    tier,
    reviews,
    cases,
    verify,
    goals,
    graph,
    attempt,
    schema,
    calendar,
    completion,
    help_code,
):
    workflow.add_command(command)


def main() -> int:
    """Run the command line; the exit code."""
    return guarded(workflow)
