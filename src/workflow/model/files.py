"""The files of a workspace as models: which folder holds which kind, and every file read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workflow.diagnostics import Diagnostic, Span
from workflow.model.calendar import Calendar
from workflow.model.catalogue import Actions, Customers, Events, People
from workflow.model.kinds import POLICIES
from workflow.model.policy import Policy
from workflow.model.reading import Model, Written, read_model
from workflow.model.source import Source
from workflow.model.workspace import Workspace
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping as Block

Content_co = TypeVar("Content_co", bound=Written, covariant=True)

FOLDERS: Mapping[str, type[Written]] = {
    "calendars": Calendar,
    "sources": Source,
    **POLICIES,
}
"""The folders that hold one document of a kind a file."""
SINGLE: Mapping[str, type[Written]] = {
    "workspace.yaml": Workspace,
    "catalogue/events.yaml": Events,
    "catalogue/people.yaml": People,
    "catalogue/customers.yaml": Customers,
    "catalogue/actions.yaml": Actions,
}
"""The files that a workspace has once."""
_ID = re.compile(r"^id *: *[\"']?([a-z0-9-]+)[\"']?\s*(?:#.*)?$", re.MULTILINE)
OPTIONAL = frozenset({"catalogue/customers.yaml", "catalogue/actions.yaml"})


@dataclass(frozen=True, slots=True)
class Document(Generic[Content_co]):
    """A file as written: its path in the workspace, its tree for places, and what it says."""

    path: str
    tree: Block
    content: Content_co


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything the authors wrote. What could not be read is None or absent, and a diagnostic says why."""

    workspace: Document[Workspace] | None
    events: Document[Events] | None
    people: Document[People] | None
    customers: Document[Customers] | None
    actions: Document[Actions] | None
    sources: tuple[Document[Source], ...]
    policies: tuple[Document[Policy], ...]
    tables: Mapping[str, str] = field(default_factory=dict)
    """Other texts that policies refer to, files of periods and of rates, by path."""
    calendars: tuple[Document[Calendar], ...] = ()
    sources_whole: bool = True
    """Whether every file of sources/ could be read; else it isn't known what is recorded."""
    policies_unread: Mapping[str, str] = field(default_factory=dict)
    """The policies of which a file couldn't be read, by id, each with its folder: what they offer isn't known."""


def read_files(texts: Mapping[str, str]) -> tuple[PolicySet, tuple[Diagnostic, ...]]:
    """All documents of a workspace.

    Args:
        texts: the text of every YAML and CSV file outside its records, by path relative to the workspace.

    Returns:
        What the authors wrote, and everything that could not be read.
    """
    reader = _Reader(texts)
    found = PolicySet(
        reader.single("workspace.yaml", Workspace),
        reader.single("catalogue/events.yaml", Events),
        reader.single("catalogue/people.yaml", People),
        reader.single("catalogue/customers.yaml", Customers),
        reader.single("catalogue/actions.yaml", Actions),
        reader.folder("sources", Source),
        tuple(document for name, model in POLICIES.items() for document in reader.folder(name, model)),
        {path: text for path, text in texts.items() if path.endswith((".csv", ".xlsx"))},
        reader.folder("calendars", Calendar),
        not any(path.startswith("sources/") for path in reader.unread),
        {_id_of(texts[path], path): path.split("/")[0] for path in reader.unread if path.split("/")[0] in POLICIES},
    )
    reader.strangers()
    return found, tuple(reader.diagnostics)


def start_of(path: str) -> Span:
    """The first character of a file, for what concerns it whole."""
    return Span(path, 1, 1, 1, 1)


def _id_of(text: str, path: str) -> str:
    """The id of a policy that can't be read: as its line says it, else as the name of its file does."""
    said = _ID.search(text)
    return said[1] if said is not None else path.rsplit("/", maxsplit=1)[-1].split(".", maxsplit=1)[0]


@dataclass
class _Reader:
    texts: Mapping[str, str]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def single(self, path: str, model: type[Model]) -> Document[Model] | None:
        if path not in self.texts:
            if path not in OPTIONAL:
                self.diagnostics.append(Diagnostic("missing-file", start_of(path), {"file": path}))
            return None
        return self._document(path, model)

    def folder(self, name: str, model: type[Model]) -> tuple[Document[Model], ...]:
        paths = sorted(path for path in self.texts if path.startswith(f"{name}/") and path.endswith((".yaml", ".yml")))
        found = {path: self._document(path, model) for path in paths}
        self.unread += [path for path, document in found.items() if document is None]
        return tuple(document for document in found.values() if document is not None)

    def strangers(self) -> None:
        """YAML files that no folder expects: most likely a misspelt folder, and silently ignored they would be."""
        for path in sorted(self.texts):
            folder = path.split("/")[0]
            if path in SINGLE or folder in FOLDERS or not path.endswith((".yaml", ".yml")):
                continue
            self.diagnostics.append(Diagnostic("file-not-expected", start_of(path), {"file": path}))

    def _document(self, path: str, model: type[Model]) -> Document[Model] | None:
        tree, mistakes = read(self.texts[path], path)
        self.diagnostics.extend(mistakes)
        if tree is None or any(mistake.severity == "error" for mistake in mistakes):
            return None
        content, mistakes = read_model(model, tree)
        self.diagnostics.extend(mistakes)
        return Document(path, tree, content) if content is not None and isinstance(tree, Block) else None
