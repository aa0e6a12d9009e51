"""The front door: one module a command, which parses options, calls `workflow.api`, prints, and chooses the exit code.

Nothing heavy is imported here, so that `workflow --help` answers at once; commands import what they use.
"""

from __future__ import annotations

import click

from workflow.cli.check import check
from workflow.cli.door import guarded
from workflow.cli.evaluate import evaluate
from workflow.cli.explain import explain
from workflow.cli.help import help_code
from workflow.cli.options import ending

__all__ = ["main", "workflow"]


@click.group(
    epilog=ending(
        "workflow check policies",
        "workflow evaluate policies --period 2026-Q3",
        "workflow explain policies --period 2026-Q3 --person ID",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="workflow", message="workflow %(version)s")
def workflow() -> None:
    """Turn policies that HR writes into pay and actions, with the reasons for each line."""


for command in (check, evaluate, explain, help_code):
    workflow.add_command(command)


def main() -> int:
    """Run the command line; the exit code."""
    return guarded(workflow)
