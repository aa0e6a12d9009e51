"""Reading golden cases: the case's own file, and the workspace that it lays over its base."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@dataclass(frozen=True, slots=True)
class Case:
    """A golden case: its folder and what its file says."""

    folder: Path
    says: dict[str, Any]

    @property
    def expect(self) -> Any:
        """What the case expects."""
        return self.says["expect"]

    def day(self, key: str) -> datetime.date | None:
        """A day that the case names; YAML reads it as a date."""
        day = self.says.get(key)
        assert day is None or isinstance(day, datetime.date)
        return day

    def workspace(self, into: Path) -> Path:
        """The workspace of the case, made in `into`."""
        base = ROOT / self.says["workspace"] if "workspace" in self.says else self.folder.parent.parent / "base"
        shutil.copytree(base, into, ignore=shutil.ignore_patterns("*.md"))
        own = shutil.ignore_patterns("case.yaml", "expected.yaml")
        shutil.copytree(self.folder, into, dirs_exist_ok=True, ignore=own)
        return into


@cache
def cases(kind: str) -> tuple[Case, ...]:
    """All cases of `good` or `bad`, of every kind of policy, by name."""
    found = []
    for folder in sorted(HERE.glob(f"*/{kind}/*/")):
        file = next(path for path in (folder / "case.yaml", folder / "expected.yaml") if path.exists())
        # The parser in C: each process of a run reads all thousand files.
        found.append(Case(folder, yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)))
    return tuple(found)
