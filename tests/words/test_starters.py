"""The workspaces to begin with: sound, in the one form, calculated alike by both engines, and in the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

import workflow
from workflow.api import ENGINES
from workflow.words import LANGUAGES
from workflow.words.starters import starter


@pytest.fixture(params=LANGUAGES)
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A new workspace in each language."""
    workflow.start(tmp_path / "w", language=request.param)
    return tmp_path / "w"


def test_checks_without_a_mistake_or_a_warning(workspace: Path) -> None:
    """A newcomer begins with nothing to mend."""
    checked = workflow.check(workspace)
    assert checked.diagnostics == ()
    assert [policy.id for policy in checked.policies] == ["sales-bonus"]


@pytest.mark.parametrize("engine", ENGINES)
def test_gives_a_result(workspace: Path, engine: str) -> None:
    """Two lines for who beat the quota, one line and a training for who didn't; nothing refused or withheld."""
    result = workflow.evaluate(workspace, "2026-Q3", engine=engine)
    actions = [(action.subject, action.kind, action.clause) for action in result.actions]
    assert sorted(actions) == [
        ("E1", "pay", "champion"),
        ("E1", "pay", "commission"),
        ("E2", "pay", "commission"),
        ("E2", "training", "negotiation_training"),
    ]
    assert result.withheld == ()
    assert result.refused == ()


def test_engines_agree(workspace: Path) -> None:
    """To the last digit, as everywhere."""
    first, second = (workflow.evaluate(workspace, "2026-Q3", engine=engine) for engine in ENGINES)
    assert first.actions == second.actions
    assert first.totals == second.totals


def test_is_in_the_one_form(workspace: Path) -> None:
    """Whoever copies from it writes as `fmt` does."""
    assert workflow.form(workspace, write=False).changes == ()


def test_every_file_begins_with_what_it_is_for(workspace: Path) -> None:
    """But for those of which there are several alike."""
    bare = [path.name for path in workspace.rglob("*.yaml") if not path.read_text(encoding="utf-8").startswith("# ")]
    assert bare == ["quotas.yaml"]


def test_languages_have_the_same_files() -> None:
    """Who reads the one finds his way in the other."""
    assert len({tuple(starter(language)) for language in LANGUAGES}) == 1


def test_no_file_of_them_is_left_out_of_the_wheel() -> None:
    """The wheel takes in the package's folder whole, but for what git ignores."""
    root = Path(workflow.__file__).parents[2]
    ignored = (root / ".gitignore").read_text(encoding="utf-8").split()
    assert 'packages = ["src/workflow"]' in (root / "pyproject.toml").read_text(encoding="utf-8")
    names = [path for language in LANGUAGES for path in starter(language)]
    assert {Path(name).suffix for name in names} == {".yaml", ".csv"}
    assert not [pattern for pattern in ignored if pattern.endswith((".yaml", ".csv")) or "records" in pattern]
