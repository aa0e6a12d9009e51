"""`workflow init`, `schema` and `completion`, and the line that is shown while one waits."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.golden.cases import ROOT
from workflow.cli import main
from workflow.cli.shell import VARIABLE
from workflow.cli.waiting import SECONDS, waiting


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The exit code of a command line."""
    monkeypatch.setattr("sys.argv", ["workflow", *map(str, arguments)])
    return main()


def test_init_makes_a_workspace_and_says_what_to_do_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The commands that it prints can be copied."""
    folder = tmp_path / "my policies"
    assert ended(monkeypatch, "init", folder, "--lang", "en") == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"  workflow check '{folder}'" in lines
    assert ended(monkeypatch, "check", folder, "--lang", "en") == 0


def test_init_fills_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that was made for it."""
    assert ended(monkeypatch, "init", tmp_path, "--lang", "zh-CN") == 0
    assert "政策" in (tmp_path / "workspace.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a.txt", ".git"])
def test_init_refuses_a_folder_with_something_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """Nothing is written, also where what it holds is hidden."""
    (tmp_path / name).touch()
    assert ended(monkeypatch, "init", tmp_path, "--lang", "en") == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert "error[folder-not-empty]" in capsys.readouterr().err


def test_init_refuses_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file is no folder."""
    (tmp_path / "a").touch()
    assert ended(monkeypatch, "init", tmp_path / "a", "--lang", "en") == 2


def test_schema_writes_what_the_repository_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In English, the same files to the byte; with a workspace also that of its events."""
    folder = tmp_path / "schemas"
    assert ended(monkeypatch, "schema", folder, "--workspace", ROOT / "policies", "--lang", "en") == 0
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    written["example-events.schema.json"] = written.pop("recorded-events.schema.json")
    assert written == {path.name: path.read_bytes() for path in (ROOT / "schemas").iterdir()}


def test_schema_in_chinese_describes_in_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An editor shows one `description`, so it is that of the language asked for, and the workspace's own titles."""
    assert ended(monkeypatch, "schema", tmp_path, "--workspace", ROOT / "policies", "--lang", "zh-CN") == 0
    schema = json.loads((tmp_path / "incentive.schema.json").read_text(encoding="utf-8"))
    assert schema["properties"]["reason"]["description"] == "为什么有这个版本。"
    events = json.loads((tmp_path / "recorded-events.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(events)
    assert events["$defs"]["deal.won"]["title"] == "成交"


def test_the_lines_that_schema_prints_lead_to_the_schemas(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """From the folder of each file, in a workspace that stands elsewhere."""
    workspace = tmp_path / "w"
    assert ended(monkeypatch, "init", workspace, "--lang", "en") == 0
    assert ended(monkeypatch, "schema", tmp_path / "s", "--workspace", workspace, "--lang", "en") == 0
    found = re.findall(r"^  (\S+) +# yaml-language-server: \$schema=(\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert len(found) == len(list((tmp_path / "s").iterdir())) - 1
    for place, way in found:
        above = workspace / (place if place.endswith("/") else Path(place).parent)
        above.mkdir(exist_ok=True)  # a folder that many workspaces have no need of
        schema = json.loads((above / way).read_text(encoding="utf-8"))
        for path in above.glob("*.yaml" if place.endswith("/") else Path(place).name):
            content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
            Draft202012Validator(schema).validate(content)


def test_schema_of_a_workspace_with_mistakes_shows_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its catalogue may not mean what it says, so nothing is written."""
    (tmp_path / "workspace.yaml").write_text("language: 1\n", encoding="utf-8")
    assert ended(monkeypatch, "schema", tmp_path / "s", "--workspace", tmp_path, "--lang", "en") == 1
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    """One that asks workflow itself what may stand at the cursor."""
    assert ended(monkeypatch, "completion", shell) == 0
    assert f"{VARIABLE}={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("workflow ev", "plain,evaluate"),
        ("workflow check --fo", "plain,--format"),
        ("workflow help --lang z", "plain,zh-CN"),
    ],
)
def test_a_word_is_completed(words: str, expected: str) -> None:
    """As a shell asks: the words so far, and which of them the cursor is in."""
    environment = {**os.environ, VARIABLE: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    command = [sys.executable, "-m", "workflow"]
    output = subprocess.run(command, env=environment, capture_output=True, check=True, encoding="utf-8").stdout
    assert output.split() == [expected]


def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    """The script as bash runs it, with a command of our name on its way."""
    program = tmp_path / "workflow"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m workflow "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = 'eval "$(workflow completion bash)"; COMP_WORDS=(workflow expl); COMP_CWORD=1; '
    script += '_workflow_completion workflow; echo "${COMPREPLY[@]}"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["bash", "--norc", "-c", script]
    ended = subprocess.run(command, env=environment, capture_output=True, check=True, encoding="utf-8")
    assert ended.stdout.strip() == "explain"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Somebody looks on."""
        return True


def test_long_work_is_told_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it has taken; when it is done, the line is gone."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("workflow.cli.waiting.SECONDS", 0.01)
    with waiting("en"):
        deadline = time.monotonic() + 10
        while "calculating for" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert re.fullmatch(r"(\rcalculating for \d+ s \.\.\.)+\r +\r", stream.getvalue())


def test_short_work_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing flickers."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    assert SECONDS >= 1
    with waiting("en"):
        pass
    assert stream.getvalue() == ""


def test_nothing_is_told_where_nobody_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or a pipe holds no such lines."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("workflow.cli.waiting.SECONDS", 0.001)
    with waiting("zh-CN"):
        time.sleep(0.05)
    assert stream.getvalue() == ""
