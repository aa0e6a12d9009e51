"""The front door: languages, colours, exit codes, and how every end is told."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workflow.cli import main
from workflow.cli.door import environment_language, texts_of, wants_colour
from workflow.diagnostics import Diagnostic, Span

WORKSPACE = Path(__file__).resolve().parents[2] / "policies"
HEAVY = ("pydantic", "duckdb", "pyarrow", "sqlglot", "babel", "numpy", "transitions", "yaml", "jsonschema")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "workflow", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})


def loaded(*arguments: str) -> tuple[int, set[str]]:
    """The exit code of a command line, and the packages that are loaded when it has ended."""
    script = (
        "import sys; from workflow.cli import main; code = main(); "
        "print(); print(code, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    command = [sys.executable, "-c", script, *arguments]
    output = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    code, *packages = output.splitlines()[-1].split()
    return int(code), set(packages)


def test_help_loads_nothing_heavy() -> None:
    """`--help` answers at once, because no library that takes long is imported."""
    code, packages = loaded("--help")
    assert code == 0
    assert not packages & set(HEAVY)


def test_check_loads_no_engine() -> None:
    """Checking policies needs neither the SQL writer nor an engine nor Arrow."""
    code, packages = loaded("check", str(WORKSPACE))
    assert code == 0
    assert not packages & {"sqlglot", "duckdb", "pyarrow"}


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_CN"}, "zh-CN"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh-CN"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    """LC_ALL before LC_MESSAGES before LANG; English where none of them is Chinese."""
    assert environment_language(environment) == language


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_colours_are_for_terminals_that_want_them() -> None:
    """No colours in pipes, with NO_COLOR, or on a dumb terminal."""
    assert wants_colour(Terminal(), {"TERM": "xterm"})
    assert not wants_colour(io.StringIO(), {"TERM": "xterm"})
    assert not wants_colour(Terminal(), {"NO_COLOR": "1"})
    assert not wants_colour(Terminal(), {"TERM": "dumb"})


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1"])
def test_chinese_is_utf_8_under_every_locale(encoding: str) -> None:
    """LC_ALL=C, or a stream with a smaller alphabet, still gives Chinese in UTF-8."""
    end = run("help", "unknown-period", "--lang", "zh-CN", LC_ALL="C", PYTHONIOENCODING=encoding)
    assert end.returncode == 0
    assert "期间" in end.stdout.decode("utf-8")


def test_wrong_usage_gives_2() -> None:
    """An unknown option and an unknown command."""
    assert run("check", "--nonsense").returncode == 2
    assert run("nonsense").returncode == 2


def test_a_closed_pipe_is_quiet() -> None:
    """A reader that leaves early ends the command without a word."""
    command = [sys.executable, "-m", "workflow", "help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def ending_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code when a command meets this exception."""

    def fail(_language: str) -> str:
        raise error

    monkeypatch.setattr("workflow.report.codes.listed", fail)
    monkeypatch.setattr("sys.argv", ["workflow", "help"])
    return main()


def test_an_interrupt_gives_130_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is the user's wish, so nothing is said about it."""
    assert ending_with(KeyboardInterrupt(), monkeypatch) == 130
    assert capsys.readouterr() == ("", "")


def test_a_bug_gives_5_and_a_file_to_send(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """No traceback on the terminal: it stands in a file, which the message names."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("WORKFLOW_DEBUG", raising=False)
    assert ending_with(AssertionError("a secret salary"), monkeypatch) == 5
    said = capsys.readouterr().err
    (record,) = tmp_path.iterdir()
    assert str(record) in said
    assert "Traceback" not in said
    assert "salary" not in said
    assert "a secret salary" in record.read_text(encoding="utf-8")


def test_a_bug_shows_its_traceback_to_developers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """WORKFLOW_DEBUG asks for the traceback on the terminal."""
    monkeypatch.setenv("WORKFLOW_DEBUG", "1")
    assert ending_with(AssertionError("here"), monkeypatch) == 5
    assert "AssertionError: here" in capsys.readouterr().err


def test_quoted_files_are_read_as_text_or_not_at_all(tmp_path: Path) -> None:
    """A message can quote a file in UTF-8; one that is no text, or isn't there, does no harm."""
    (tmp_path / "good.yaml").write_text("pay: 销售\n", encoding="utf-8")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    found = [
        Diagnostic("unknown-code", Span(path, 1, 1, 1, 2), {"wanted": "x", "near": ()})
        for path in ("good.yaml", "bad.csv", "none.yaml")
    ]
    assert texts_of(tmp_path, found) == {"good.yaml": "pay: 销售\n"}


def test_an_output_that_cannot_be_written_is_the_worlds_fault() -> None:
    """A full disk behind the output is exit 4, not a bug of ours."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "workflow", "check", str(WORKSPACE)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, b"can't be written" in done.stderr) == (4, True)


def test_a_closed_output_is_nobodys_fault() -> None:
    """Whoever closes the output doesn't want to read it; the exit code still says how it went."""
    command = f'"{sys.executable}" -m workflow check "{WORKSPACE}" >&-'
    done = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
