"""The texts of a workspace: every YAML file, and the tables beside them, read once and by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workflow.diagnostics import Diagnostic, Span, WorldFailed, WrongUsage
from workflow.syntax.characters import decode

TABLES = ("periods", "tables")
"""The folders whose CSV files belong to the policies; what was recorded is read by intake."""
MOST_FILES = 10_000
MOST_BYTES = 4_000_000
"""A workspace of more policies, or a policy longer than that, is no workspace."""


def read_folder(root: Path) -> tuple[Mapping[str, str], tuple[Diagnostic, ...]]:
    """The text of every file that policies are written in.

    Args:
        root: the workspace's folder.

    Returns:
        The texts by path relative to the workspace, sorted, and the files that can't be read as text.

    Raises:
        WrongUsage: `root` holds no workspace.
        WorldFailed: a file can't be opened.
    """
    if not (root / "workspace.yaml").is_file():
        raise WrongUsage((Diagnostic("no-workspace", _start(str(root)), {"path": str(root)}),))
    texts: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        try:
            if path.stat().st_size > MOST_BYTES:
                diagnostics.append(Diagnostic("file-too-long", _start(name), {"limit": MOST_BYTES}))
                continue
            text, refused = decode(path.read_bytes(), name)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise WorldFailed((Diagnostic("file-failed", _start(name), {"path": name, "problem": problem}),)) from error
        diagnostics.extend(refused)
        if not refused:
            texts[name] = text
    return texts, tuple(diagnostics)


def _files(root: Path) -> list[Path]:
    """The files in order; hidden ones and those that a link leads out of the workspace are not of it."""
    inside = root.resolve()
    found = [
        path
        for path in sorted(root.rglob("*"))
        if path.suffix in {".yaml", ".yml", ".csv"} and path.is_file() and path.resolve().is_relative_to(inside)
    ]
    kept = [path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts)]
    return [path for path in kept if path.suffix != ".csv" or path.relative_to(root).parts[0] in TABLES][:MOST_FILES]


def _start(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)
