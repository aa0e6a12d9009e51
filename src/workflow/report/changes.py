"""What a repair changed in the files of a workspace, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workflow.report.cells import painted, visible
from workflow.report.diagnostics import counted
from workflow.words import say


class Change(Protocol):
    """Lines of a file that became others."""

    @property
    def path(self) -> str:
        """The file, relative to the workspace."""

    @property
    def line(self) -> int:
        """The first of the lines, counted from 1 in the file as it was."""

    @property
    def before(self) -> tuple[str, ...]:
        """The lines as they were."""

    @property
    def after(self) -> tuple[str, ...]:
        """The lines as they are."""


def as_text(changes: Sequence[Change], language: str, *, key: str, colour: bool = False) -> str:
    """Each change with its place, the lines before and after, and a closing line.

    Args:
        changes: what has changed, in order.
        language: one of `words.LANGUAGES`.
        key: of the closing line in the catalogue of `cli`: whether files were changed, or would be.
        colour: with the escape sequences of a colour terminal.
    """
    lines = []
    for change in changes:
        lines.append(f"{visible(change.path)}:{change.line}:")
        lines += [painted(f"  - {visible(text)}".rstrip(), "faint", colour=colour) for text in change.before]
        lines += [painted(f"  + {visible(text)}".rstrip(), "fix", colour=colour) for text in change.after]
    if not changes:
        return say(language, "cli", f"{key}-none") + "\n"
    files = counted(language, "file", len({change.path for change in changes}))
    places = say(language, "cli", "one-place" if len(changes) == 1 else "many-places", count=len(changes))
    return "\n".join([*lines, say(language, "cli", key, places=places, files=files)]) + "\n"


def unclear(paths: Sequence[str], language: str) -> str:
    """The files that could not be written in the one form, since a mistake leaves their meaning open."""
    return "".join(say(language, "cli", "form-unclear", path=visible(path)) + "\n" for path in paths)


def as_data(changes: Sequence[Change]) -> list[dict[str, object]]:
    """The same for programs; its keys never change."""
    return [
        {
            "file": change.path,
            "line": change.line,
            "before": list(change.before),
            "after": list(change.after),
        }
        for change in changes
    ]
