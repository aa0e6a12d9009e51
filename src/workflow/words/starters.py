"""The workspaces to begin with: small, whole, and commented for a newcomer in his language.

They are files of this package, in `starters/LANGUAGE/`, written as an author writes them.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable

from workflow.words.catalogue import LANGUAGES


def starter(language: str) -> Mapping[str, bytes]:
    """The files of the workspace in that language, by path, sorted."""
    assert language in LANGUAGES, language
    root = importlib.resources.files(__package__) / "starters" / language.replace("-", "_")
    return dict(sorted(_files(root, "")))


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{path}{entry.name}/")
        else:
            yield f"{path}{entry.name}", entry.read_bytes()
