"""`workflow check --fix` and `workflow fmt`: files change as they should, others don't, and the laws hold."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workflow
from tests.golden.cases import ROOT, Case, cases
from workflow.api.policies import _checked, _mended
from workflow.cli import main
from workflow.diagnostics import Diagnostic, WorldFailed
from workflow.syntax.folder import read_folder, write_folder

POLICY = "incentives/key-account-bonus.v1.yaml"
EXAMPLE, _ = read_folder(ROOT / "policies")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example workspace, to be spoilt."""
    shutil.copytree(ROOT / "policies", tmp_path / "w")
    return tmp_path / "w"


def spoil(workspace: Path, old: str, new: str) -> Path:
    """Replace words of the policy; the file."""
    path = workspace / POLICY
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode()))
    return path


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of a command line."""
    monkeypatch.setattr("sys.argv", ["workflow", *map(str, arguments)])
    return main()


def test_fix_carries_out_what_is_safe_and_shows_the_rest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    """Lines before and after with their place, then what remains."""
    spoil(workspace, 'person.role = "acc', 'person.rol == "acc')
    assert ended(monkeypatch, "check", workspace, "--fix", "--lang", "en") == 1
    out = capsys.readouterr().out
    assert out.startswith(
        f'{POLICY}:11:\n  - for: person.rol == "account manager" and person.status = "active"\n'
        '  + for: person.rol = "account manager" and person.status = "active"\nfixed 1 place in 1 file\n'
    )
    assert "error[unknown-name]" in out
    assert out.endswith("1 mistake in 1 file\n")


def test_fix_ends_with_0_where_nothing_remains(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    """And the files are as if they had been written so."""
    path = spoil(workspace, "each: quarter", "each：quarter")
    assert ended(monkeypatch, "check", workspace, "--fix", "--lang", "en") == 0
    assert path.read_text(encoding="utf-8") == EXAMPLE[POLICY]
    policies = [
        file for file in EXAMPLE if file.startswith(("incentives/", "reviews/", "tiers/", "goals/", "escalations/"))
    ]
    assert capsys.readouterr().out.endswith(f"no mistakes in {len(EXAMPLE)} files, {len(policies)} policies\n")


def test_fix_in_json_lists_the_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    """Beside what `check` always says."""
    spoil(workspace, "each: quarter", "each：quarter")
    assert ended(monkeypatch, "check", workspace, "--fix", "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["changes"] == [{"file": POLICY, "line": 12, "before": ["each：quarter"], "after": ["each: quarter"]}]
    assert data["diagnostics"] == []


def test_all_else_in_a_file_stays(workspace: Path) -> None:
    """Line ends, byte order mark, mode; and nothing is left beside it."""
    path = spoil(workspace, "each: quarter", "each：quarter")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    before = sorted(workspace.rglob("*"))
    workflow.fix(workspace)
    assert path.read_bytes() == b"\xef\xbb\xbf" + EXAMPLE[POLICY].replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(workspace.rglob("*")) == before


def test_files_without_a_fix_are_not_written(workspace: Path) -> None:
    """Not even with what they hold already."""
    stamps = {path: path.stat().st_mtime_ns for path in workspace.rglob("*.yaml")}
    spoil(workspace, "each: quarter", "each：quarter")
    workflow.fix(workspace)
    assert [path.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp] == [Path(POLICY).name]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_nothing_outside_the_workspace_is_touched(workspace: Path, tmp_path: Path) -> None:
    """A link that leads out is no file of the workspace; one that stays inside is written where it leads."""
    outside, inside = tmp_path / "outside.yaml", workspace / "incentives" / "link.yaml"
    outside.write_text("each：quarter\n", encoding="utf-8")
    inside.symlink_to(outside)
    real = (workspace / POLICY).rename(workspace / "incentives" / "real.v1.yaml")
    (workspace / POLICY).symlink_to(real.name)
    real.write_text(EXAMPLE[POLICY].replace("each: quarter", "each：quarter"), encoding="utf-8")
    workflow.fix(workspace)
    assert outside.read_text(encoding="utf-8") == "each：quarter\n"
    assert (workspace / POLICY).is_symlink()
    assert real.read_text(encoding="utf-8") == EXAMPLE[POLICY]


def test_a_file_that_changed_in_the_meantime_is_not_overwritten(workspace: Path) -> None:
    """Somebody else's work is worth more than a fix."""
    with pytest.raises(WorldFailed):
        write_folder(workspace, {POLICY: "as it was read"}, {POLICY: "mended"})
    assert (workspace / POLICY).read_text(encoding="utf-8") == EXAMPLE[POLICY]


def test_a_formula_in_braces_gets_the_block_form(workspace: Path) -> None:
    """The safest of all fixes, since a formula in braces can't be read whole."""
    path = spoil(
        workspace,
        "quota: {latest: amount, of: quota.set}",
        "quota: {latest: amount, of: quota.set, where: amount > min(1 CNY, 2 CNY)}",
    )
    mended = workflow.fix(workspace)
    assert not mended.checked.diagnostics
    assert "  quota:\n    latest: amount\n    of: quota.set\n    where: amount > min(1 CNY, 2 CNY)\n" in path.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.folder.name)
def test_no_golden_slip_gets_worse(case: Case, tmp_path: Path) -> None:
    """After fixing there are no more mistakes than before, and fixing again changes nothing."""
    root = case.workspace(tmp_path / "w")
    before = workflow.check(root).diagnostics
    once = workflow.fix(root)
    assert len(once.checked.diagnostics) <= len(before)
    assert not [each for each in once.checked.diagnostics if each.fix and each.fix.safe]
    assert not workflow.fix(root).changes


SLIPS = (
    (r"^( *[\w ]+): (?=\w)", r"\1："),
    (r"^( *[\w ]+): (?=[a-z])", r"\1:"),
    (r" = ", " == "),
    (r" >= ", " => "),
    (r" and ", " && "),
    (r" and ", " AND "),
)
"""What people type, and what a fix mends without asking."""
ERRORS = (("person.status", "person.statu"), ("5000 CNY", "5000 USD"), ("attainment < 60%", "attainment < 60"))
"""What only the author can mend."""


def shown(diagnostics: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    """What is wrong, wherever it stands."""
    return sorted((each.code, str(sorted(each.args.items()))) for each in diagnostics)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(SLIPS), st.integers(0, 10_000)), max_size=5),
    st.lists(st.sampled_from(ERRORS), max_size=2, unique=True),
)
def test_fixing_adds_no_mistake(slips: list[tuple[tuple[str, str], int]], errors: list[tuple[str, str]]) -> None:
    """With slips and real mistakes in one file, exactly the real mistakes remain; fixing again changes nothing."""
    text = EXAMPLE[POLICY]
    for old, new in errors:
        text = text.replace(old, new)
    expected = shown(_checked({**EXAMPLE, POLICY: text}, ()).diagnostics)
    for (pattern, slip), number in slips:
        places = list(re.finditer(pattern, text, re.MULTILINE))
        if places:
            place = places[number % len(places)]
            text = text[: place.start()] + place.expand(slip) + text[place.end() :]
    texts, checked = _mended({**EXAMPLE, POLICY: text}, ())
    assert shown(checked.diagnostics) == expected
    assert _mended(texts, ())[0] == texts
    assert {path: each for path, each in texts.items() if path != POLICY} == {
        path: each for path, each in EXAMPLE.items() if path != POLICY
    }


def test_the_example_is_in_the_one_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What we show is what `fmt` writes."""
    assert ended(monkeypatch, "fmt", ROOT / "policies", "--check", "--lang", "en") == 0
    assert capsys.readouterr().out == "every file is in the one form\n"


def test_fmt_writes_the_form_and_check_only_compares(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    """`--check` ends with 1 and shows the lines; without it they are written."""
    path = spoil(workspace, "\nvalues:\n  attainment: ", "values:\n        attainment: ")
    spoilt = path.read_bytes()
    assert ended(monkeypatch, "fmt", workspace, "--check", "--lang", "en") == 1
    assert path.read_bytes() == spoilt
    assert "would be written anew" in capsys.readouterr().out
    assert ended(monkeypatch, "fmt", workspace, "--lang", "en") == 0
    assert path.read_text(encoding="utf-8") == EXAMPLE[POLICY]


def test_fmt_takes_formulas_out_of_braces(workspace: Path) -> None:
    """They can't be read whole there."""
    path = spoil(
        workspace, "{latest: amount, of: quota.set}", "{latest: amount, of: quota.set, where: amount > 2 * 1 CNY}"
    )
    formed = workflow.form(workspace)
    assert "    where: amount > 2 * 1 CNY\n" in path.read_text(encoding="utf-8")
    assert not formed.checked.diagnostics


def test_fmt_names_the_files_that_it_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: Path
) -> None:
    """A mistake leaves their meaning open."""
    path = spoil(workspace, "each: quarter", "each: [quarter")
    spoilt = path.read_bytes()
    assert ended(monkeypatch, "fmt", workspace, "--lang", "en") == 1
    assert path.read_bytes() == spoilt
    assert f"{POLICY} stays as it is" in capsys.readouterr().out
