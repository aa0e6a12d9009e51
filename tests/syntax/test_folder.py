"""The folder of a workspace: nothing that looks like a policy is left out without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.syntax import folder
from workflow.syntax.folder import read_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with two folders."""
    inside = tmp_path / "workspace"
    for name in ("incentives", "records", "periods"):
        (inside / name).mkdir(parents=True)
    (inside / "workspace.yaml").write_text("language: 1\n", encoding="utf-8")
    return inside


def mistakes(root: Path) -> list[tuple[str, str]]:
    return [(each.code, each.span.path) for each in read_folder(root)[1]]


def test_a_link_out_of_the_workspace_is_refused(root: Path, tmp_path: Path) -> None:
    """A file, a missing file or a whole folder; a link within the workspace is a file like any other."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (root / "incentives" / "a.yaml").symlink_to(tmp_path / "elsewhere" / "a.yaml")
    (root / "incentives" / "b.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (root / "sources").symlink_to(tmp_path / "elsewhere")
    (root / "incentives" / "c.yaml").symlink_to(root / "workspace.yaml")
    (root / "records" / "exports").symlink_to(tmp_path / "elsewhere")
    found = mistakes(root)
    assert found == [("file-is-a-link", f"incentives/{name}.yaml") for name in "ab"] + [("file-is-a-link", "sources")]
    assert sorted(read_folder(root)[0]) == ["incentives/c.yaml", "workspace.yaml"]


def test_an_ending_in_capitals_is_refused(root: Path) -> None:
    """Of policies and of the tables beside them; what was recorded is intake's."""
    for name in ("incentives/a.YAML", "incentives/b.Yml", "periods/quota.CSV", "records/deals.CSV", ".hidden/c.YAML"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("a: 1\n", encoding="utf-8")
    names = ("incentives/a.YAML", "incentives/b.Yml", "periods/quota.CSV")
    assert mistakes(root) == [("file-in-capitals", name) for name in names]


def test_too_many_files_are_said_to_be(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first one that is left out."""
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    for name in "abc":
        (root / "incentives" / f"{name}.yaml").write_text("a: 1\n", encoding="utf-8")
    assert mistakes(root) == [("too-many-files", "incentives/c.yaml")]
