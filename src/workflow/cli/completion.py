"""`workflow completion`: a shell that completes commands, options and folders at the press of a key."""

from __future__ import annotations

import click

from workflow.cli import options
from workflow.cli.shell import script


@click.command(
    short_help="Print the script for completion in a shell.",
    epilog=options.ending(
        "workflow completion bash >> ~/.bashrc",
        "workflow completion zsh >> ~/.zshrc",
        "workflow completion fish > ~/.config/fish/completions/workflow.fish",
    ),
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print the script with which SHELL completes workflow's commands, options and folders."""
    click.echo(script(context.find_root().command, shell))
    return 0
