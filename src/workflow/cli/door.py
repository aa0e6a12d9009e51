"""What every command shares at the front door: the streams, the exit codes, and what becomes of exceptions.

Only here are the environment and the terminal asked: for the language, for colours, for the place of a bug's record.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

import click

from workflow.cli.shell import VARIABLE, completed
from workflow.diagnostics import NOWHERE, Diagnostic, MistakesFound, in_order
from workflow.words import language_of

MISTAKES, USAGE, REFUSED, WORLD, BUG, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 4, 5, 130, 141


def environment_language(environment: Mapping[str, str]) -> str:
    """The language of ours that the user's locale asks for: the first of LC_ALL, LC_MESSAGES and LANG that is set."""
    return language_of(next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "en"))


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Colours are for terminals, and for people who haven't refused them (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def colour_of(stream: TextIO) -> bool:
    """Whether this stream gets colours, as the environment stands."""
    return wants_colour(stream, os.environ)


def guarded(command: click.Command) -> int:
    """Run a command line so that every end has its exit code and none is a traceback."""
    if sys.stdout is None or sys.stderr is None:
        # Whoever closed a stream before the start doesn't want to read it.
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 it serves as long as the process lives
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file's name may hold bytes that are no text; Chinese must be readable under LC_ALL=C too.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = _ended(command)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has left. What is still buffered must not be tried again while the interpreter shuts down.
        _drop_output()
        return PIPE_CLOSED
    except OSError as failure:
        return _unwritten(failure)
    return code


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritten(failure: OSError) -> int:
    """The output has nowhere to go, such as a full disk; files of `--out` were written before it, whole."""
    _drop_output()
    click.echo(f"the output can't be written: {failure.strerror or type(failure).__name__}", err=True)
    return WORLD


def _ended(command: click.Command) -> int:
    if asked := os.environ.get(VARIABLE):
        return completed(command, asked)
    try:
        with command.make_context("workflow", sys.argv[1:]) as context:
            result = command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as wrong:
        wrong.show()
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except OSError:
        # Commands name the files that fail; what comes here is the output itself.
        raise
    except Exception as bug:  # noqa: BLE001 this is the last door: whatever comes here is ours to explain
        click.echo(_confession(bug), err=True)
        return BUG
    return result if isinstance(result, int) else 0


def _confession(bug: Exception) -> str:
    """What a user needs when the fault is ours: one thing to send, and to know what may be in it."""
    record = "".join(traceback.format_exception(bug))
    if os.environ.get("WORKFLOW_DEBUG"):
        return record
    lines = [
        f"workflow has a bug: {type(bug).__name__}. Your policies and data are not at fault; nothing was delivered."
    ]
    try:
        handle, place = tempfile.mkstemp(prefix="workflow-bug-", suffix=".txt", text=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"Python {sys.version}\n{sys.platform}\n\n{record}")
        lines.append(f"Please report it with the file {place}; read it first, it may hold values from your data.")
    except OSError:
        lines.append("Run the same command with WORKFLOW_DEBUG=1 and report what it prints.")
    return "\n".join(lines)


def refused(error: MistakesFound | OSError, workspace: Path, language: str, *, as_json: bool = False) -> int:
    """Show why nothing was done: to people on the error stream, to programs as JSON on the output; the exit code."""
    from workflow.report.diagnostics import as_data, rendered, summary
    from workflow.report.jsontext import written

    found, code = (error.diagnostics, error.exit_code) if isinstance(error, MistakesFound) else (_failed(error), WORLD)
    if as_json:
        document = {"diagnostics": [as_data(diagnostic, language) for diagnostic in in_order(found)]}
        click.echo(written(document), nl=False)
        return code
    texts = texts_of(workspace, found)
    click.echo(rendered(found, texts, language=language, colour=colour_of(sys.stderr)), err=True, nl=False, color=True)
    click.echo(summary(found, files=0, language=language), err=True)
    return code


def _failed(error: OSError) -> tuple[Diagnostic, ...]:
    args = {"path": str(error.filename or ""), "problem": error.strerror or type(error).__name__}
    return (Diagnostic("file-failed", NOWHERE, args),)


def texts_of(workspace: Path, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """The texts of the files that diagnostics quote; a file that can't be read as text is left out."""
    texts = {}
    spans = {span for diagnostic in diagnostics for span in (diagnostic.span, *diagnostic.related)}
    for path in {span.path for span in spans if span.line}:
        with contextlib.suppress(OSError, ValueError):
            texts[path] = (workspace / path).read_bytes().decode("utf-8-sig")
    return texts
