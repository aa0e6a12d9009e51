"""What a shell asks of us while somebody types: the words that may stand at the cursor."""

from __future__ import annotations

import click

VARIABLE = "_WORKFLOW_COMPLETE"
"""The variable with which a shell's script asks."""


def script(command: click.Command, shell: str) -> str:
    """The script with which a shell asks."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, shell
    asking = found(command, {}, "workflow", VARIABLE)
    return asking.source_template % asking.source_vars()


def completed(command: click.Command, asked: str) -> int:
    """Answer a shell; the exit code."""
    from click.shell_completion import shell_complete

    return shell_complete(command, {}, "workflow", VARIABLE, asked)
