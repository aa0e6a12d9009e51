"""The texts of a workspace: every YAML file, and the tables beside them, read and written by nobody else."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from workflow.diagnostics import Diagnostic, Span, WorldFailed, WrongUsage
from workflow.syntax.characters import decode

TABLES = ("periods", "tables")
"""The folders whose sheets belong to the policies; what was recorded is read by intake."""
FOLDERS = (*TABLES, "calendars", "catalogue", "sources", "escalations", "goals", "incentives", "reviews", "tiers")
"""The folders whose files belong to the policies."""
ENDINGS = frozenset({".yaml", ".yml", ".csv", ".xlsx"})
_TEXTS = frozenset({".yaml", ".yml"})
_ENDINGS_OF = {"periods": _TEXTS | {".csv"}, "tables": ENDINGS}
_MARK = b"\xef\xbb\xbf"
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
    files, vanished = _files(root)
    diagnostics.extend(vanished)
    for path in files:
        name = path.relative_to(root).as_posix()
        try:
            if path.stat().st_size > MOST_BYTES:
                diagnostics.append(Diagnostic("file-too-long", _start(name), {"limit": MOST_BYTES}))
                continue
            text, refused = _text(path.read_bytes(), name)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise WorldFailed((Diagnostic("file-failed", _start(name), {"path": name, "problem": problem}),)) from error
        diagnostics.extend(refused)
        if not refused:
            texts[name] = text
    return texts, tuple(diagnostics)


def _text(data: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of a file, or that which stands for a workbook."""
    if not name.endswith(".xlsx"):
        return decode(data, name)
    from workflow.syntax.sheettext import text_of_workbook

    return text_of_workbook(data, name)


def digests_of(root: Path, texts: Mapping[str, str]) -> Mapping[str, str]:
    """The sha256 of the bytes of the files whose `texts` were read, by the same paths.

    Raises:
        WorldFailed: a file can't be read again, or has changed in the meantime.
    """
    found: dict[str, str] = {}
    for name, text in texts.items():
        try:
            found[name] = _digest(root / name, name, text)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise WorldFailed((Diagnostic("file-failed", _start(name), {"path": name, "problem": problem}),)) from error
    return found


def _digest(path: Path, name: str, text: str) -> str:
    data = path.read_bytes()
    if _text(data, name)[0] != text:
        raise OSError(0, "it has changed in the meantime")
    return hashlib.sha256(data).hexdigest()


def write_folder(root: Path, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Write the files whose text has changed, each whole or not at all; a byte order mark stays.

    Args:
        root: the workspace's folder.
        before: the texts as they were read.
        after: the texts as they shall be, by the same paths.

    Raises:
        WorldFailed: a file can't be written, or has changed since it was read.
    """
    for name in sorted(name for name in after if after[name] != before[name]):
        path = (root / name).resolve()
        assert path.is_relative_to(root.resolve()), name
        try:
            _replace(path, before[name].encode("utf-8"), after[name].encode("utf-8"))
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise WorldFailed((Diagnostic("file-failed", _start(name), {"path": name, "problem": problem}),)) from error


def _replace(path: Path, before: bytes, after: bytes) -> None:
    """Put new content in a file's place, through a file beside it that takes its name."""
    present = path.read_bytes()
    if present.removeprefix(_MARK) == after:
        return  # a link to it was written before
    mark = present[: len(present) - len(before)]
    if mark + before != present or mark not in (b"", _MARK):
        raise OSError(0, "it has changed in the meantime")
    handle, beside = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mark + after)
        shutil.copymode(path, beside)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise


def write_new(root: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a new workspace into a folder that holds nothing yet; it is made if it isn't there.

    Raises:
        WrongUsage: the folder holds something, or is none.
        WorldFailed: a file can't be written.
    """
    if root.exists() and not (root.is_dir() and not any(root.iterdir())):
        raise WrongUsage((Diagnostic("folder-not-empty", _start(str(root)), {"path": str(root)}),))
    write_files(root, files)


def write_files(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that is made if it isn't there; what stands there by other names stays.

    Raises:
        WorldFailed: a file can't be written.
    """
    try:
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        args = {"path": str(error.filename or root), "problem": error.strerror or type(error).__name__}
        raise WorldFailed((Diagnostic("file-failed", _start(str(root)), args),)) from error


def _files(root: Path) -> tuple[list[Path], list[Diagnostic]]:
    """The files in order, and those that look like policies and can't be read as such.

    Hidden ones are nobody's, nor are those by which Excel marks a workbook as open.
    """
    inside = root.resolve()
    files: list[Path] = []
    refused: list[Diagnostic] = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part.startswith((".", "~$")) for part in parts) or not _is_text(path, parts):
            continue
        name = Path(*parts).as_posix()
        if not path.resolve().is_relative_to(inside):
            refused.append(Diagnostic("file-is-a-link", _start(name), {"file": name}))
        elif path.is_dir():
            continue
        elif path.suffix not in ENDINGS:
            refused.append(Diagnostic("file-in-capitals", _start(name), {"file": name}))
        else:
            files.append(path)
    if len(files) > MOST_FILES:
        name = files[MOST_FILES].relative_to(root).as_posix()
        refused.append(Diagnostic("too-many-files", _start(name), {"limit": MOST_FILES}))
    return files[:MOST_FILES], refused


def _is_text(path: Path, parts: tuple[str, ...]) -> bool:
    """Whether it is, or would be, a file that policies are written in, or a link to a folder of such files."""
    if path.is_dir():
        return path.is_symlink() and parts[0] in FOLDERS
    ending = path.suffix.lower()
    return ending in _ENDINGS_OF.get(parts[0], _TEXTS)


def _start(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)
