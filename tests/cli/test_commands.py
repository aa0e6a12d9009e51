"""What each command passes to the api, prints, and ends with."""

from __future__ import annotations

import datetime
import json
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from workflow.cli import main, workflow
from workflow.cli.calendar import calendar
from workflow.diagnostics import (
    Diagnostic,
    InputRefused,
    MistakesFound,
    PoliciesRefused,
    Span,
    WorldFailed,
    WrongUsage,
)
from workflow.plan.breaches import Breach
from workflow.run.outcome import RunFailed

MISTAKE = Diagnostic("unknown-clause", Span("a.yaml", 1, 1, 1, 4), {"clause": "x", "known": ("y",)})
RESULT = SimpleNamespace(
    actions=(),
    withheld=(),
    dispositions={},
    unmatched=(),
    refused=(),
    uncounted={},
    unmet=(),
    tiers=(),
    instead={},
    totals={"CNY": Decimal("0.00")},
    as_of=datetime.date(2026, 9, 30),
    known_by=None,
    reader=None,
    diagnostics=(),
    texts={},
    names={},
    titles={},
)


class Calls:
    """An api that notes how it is called, and gives or raises what a test wants."""

    def __init__(self, result: object) -> None:
        """An api whose functions all give `result`, or raise it."""
        self.result = result
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *args: Any, **options: Any) -> object:
        """One call."""
        self.calls.append((args, options))
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


def ended(monkeypatch: pytest.MonkeyPatch, api: Calls, *arguments: str) -> int:
    """The exit code of a command line, with `api` in place of the real one."""
    names = ("check", "evaluate", "explain", "explain_case", "fix", "goals", "import_calendar", "tier", "reviews")
    every = dict.fromkeys(names, api)
    monkeypatch.setitem(sys.modules, "workflow.api", SimpleNamespace(**every))
    monkeypatch.setattr("sys.argv", ["workflow", *arguments])
    return main()


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    """A folder with a file that a mistake can quote."""
    (tmp_path / "a.yaml").write_text("pay:\n", encoding="utf-8")
    return str(tmp_path)


def test_check_without_mistakes_gives_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """The closing line says how much was checked."""
    policy = SimpleNamespace(id="bonus", version=1, kind="incentive", path="a.yaml", title={"en": "Bonus"})
    api = Calls(SimpleNamespace(diagnostics=(), texts={"a.yaml": "", "b.yaml": ""}, policies=(policy,)))
    assert ended(monkeypatch, api, "check", workspace, "--lang", "en") == 0
    assert capsys.readouterr().out == "no mistakes in 2 files, 1 policy\n"


def test_check_with_mistakes_gives_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """All of them are shown with their lines, then counted."""
    api = Calls(SimpleNamespace(diagnostics=(MISTAKE,), texts={"a.yaml": "pay:\n"}, policies=()))
    assert ended(monkeypatch, api, "check", workspace, "--lang", "en") == 1
    out = capsys.readouterr().out
    assert " 1 | pay:\n   | ^^^\n" in out
    assert out.endswith("\n1 mistake in 1 file\n")


def test_check_gives_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str) -> None:
    """One object with the diagnostics, their count and the policies."""
    api = Calls(SimpleNamespace(diagnostics=(MISTAKE,), texts={"a.yaml": "pay:\n"}, policies=()))
    assert ended(monkeypatch, api, "check", workspace, "--format", "json") == 1
    data = json.loads(capsys.readouterr().out)
    assert data["diagnostics"][0]["code"] == "unknown-clause"
    assert data["summary"] == {"mistakes": 1, "warnings": 0, "files": 1}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-30", datetime.date(2026, 9, 30)),
        (
            "2026-09-30T18:00+08:00",
            datetime.datetime(2026, 9, 30, 18, tzinfo=datetime.timezone(datetime.timedelta(hours=8))),
        ),
        ("2026-09-30 18:00:01.5Z", datetime.datetime(2026, 9, 30, 18, 0, 1, 500_000, tzinfo=datetime.UTC)),
    ],
)
def test_evaluate_passes_days_and_instants(
    monkeypatch: pytest.MonkeyPatch, workspace: str, text: str, moment: datetime.date
) -> None:
    """A day stays a day, whose end the api knows; an instant keeps its offset."""
    api = Calls(RESULT)
    assert ended(monkeypatch, api, "evaluate", workspace, "--period", "2026-Q3", "--as-of", text) == 0
    options = {"as_of": moment, "known_by": None, "engine": "duckdb", "reader": None, "out": None}
    ((arguments, given),) = api.calls
    assert arguments == (Path(workspace), "2026-Q3")
    assert {name: given[name] for name in options} == options


def test_evaluate_passes_the_language_and_a_clock(monkeypatch: pytest.MonkeyPatch, workspace: str) -> None:
    """The reasons in the files are in the language of what is printed; how long it took is for the record."""
    api = Calls(RESULT)
    assert ended(monkeypatch, api, "evaluate", workspace, "--period", "2026-Q3", "--lang", "zh-CN") == 0
    ((_, given),) = api.calls
    assert given["language"] == "zh-CN"
    assert given["clock"]() <= given["clock"]()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--person ID, or --case ID"),
        (("--person", "E1", "--case", "C-1"), "--person ID, or --case ID"),
        (("--case", "C-1", "--clause", "bonus"), "--clause is of a --person"),
        (("--person", "E1", "--policy", "desk"), "--policy is of a --case"),
    ],
)
def test_either_a_person_or_a_case_is_explained(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    workspace: str,
    options: tuple[str, ...],
    says: str,
) -> None:
    """What belongs to the one isn't said of the other; nothing is run."""
    api = Calls(None)
    assert ended(monkeypatch, api, "explain", workspace, "--period", "2026-Q3", *options) == 2
    assert says in capsys.readouterr().err
    assert api.calls == []


@pytest.mark.parametrize("command", ["evaluate", "explain"])
def test_a_broken_promise_of_a_plan_is_a_bug_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str, command: str
) -> None:
    """Neither the policies nor the data nor the computer is at fault."""
    person = ["--person", "E1"] if command == "explain" else []
    failed = Calls(RunFailed(Breach.UNKNOWN_KEY, "deals"))
    assert ended(monkeypatch, failed, command, workspace, "--period", "2026-Q3", *person) == 5
    assert capsys.readouterr().err.startswith("workflow has a bug: RunFailed.")


@pytest.mark.parametrize("text", ["20260930", "2026-9-30", "2026-02-30", "2026-09-30T18:00", "２０２６-09-30", "today"])
def test_other_spellings_of_a_moment_are_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, workspace: str, text: str
) -> None:
    """An instant without an offset, or a day in another form, isn't guessed."""
    assert ended(monkeypatch, Calls(RESULT), "evaluate", workspace, "--period", "2026-Q3", "--known-by", text) == 2


def test_explain_prints_what_the_report_renders(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """The explanation in the language asked for, without colours in a pipe."""
    report = SimpleNamespace(render=lambda explanation, language, colour: f"{explanation} {language} {colour}")
    monkeypatch.setitem(sys.modules, "workflow.report.explanation", report)
    api = Calls("because")
    arguments = (
        "explain",
        workspace,
        "--period",
        "2026-Q3",
        "--person",
        "E-1",
        "--clause",
        "kicker",
        "--lang",
        "zh-CN",
    )
    assert ended(monkeypatch, api, *arguments) == 0
    assert capsys.readouterr().out == "because zh-CN False\n"
    assert api.calls == [
        ((Path(workspace), "2026-Q3", "E-1"), {"clause": "kicker", "as_of": None, "known_by": None, "reader": None})
    ]


def test_tier_asks_about_the_day_that_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """As text, or as JSON for programs."""
    texts = SimpleNamespace(render_standing=lambda standing, language, colour: f"{standing} {language} {colour}")
    monkeypatch.setitem(sys.modules, "workflow.report.explanation.standing", texts)
    data = SimpleNamespace(document=lambda standing, language: {standing: language})
    monkeypatch.setitem(sys.modules, "workflow.report.standing", data)
    api, arguments = Calls("gold"), ("tier", workspace, "C-1", "--on", "2026-08-15", "--lang", "en")
    assert ended(monkeypatch, api, *arguments) == 0
    assert ended(monkeypatch, api, *arguments, "--policy", "points", "--format", "json") == 0
    assert capsys.readouterr().out == 'gold en False\n{\n  "gold": "en"\n}\n'
    asked = (Path(workspace), "C-1", datetime.date(2026, 8, 15))
    moments = {"as_of": None, "known_by": None}
    assert api.calls == [(asked, {"policy": None, **moments}), (asked, {"policy": "points", **moments})]


def test_reviews_asks_for_what_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """As text, or as JSON for programs."""
    page = SimpleNamespace(
        as_text=lambda cycle, language, colour: f"{cycle} {language} {colour}\n",
        document=lambda cycle, language: {cycle: language},
    )
    monkeypatch.setitem(sys.modules, "workflow.report.cycle", page)
    api, arguments = Calls("all"), ("reviews", workspace, "--as-of", "2026-10-20", "--lang", "en")
    assert ended(monkeypatch, api, *arguments) == 0
    assert ended(monkeypatch, api, *arguments, "--stage", "talk", "--late", "--format", "json") == 0
    assert capsys.readouterr().out == 'all en False\n{\n  "all": "en"\n}\n'
    asked = (Path(workspace), datetime.date(2026, 10, 20))
    common = {"period": None, "policy": None, "known_by": None}
    assert api.calls == [
        (asked, {**common, "stage": None, "late": False}),
        (asked, {**common, "stage": "talk", "late": True}),
    ]


def test_goals_asks_about_the_day_and_the_person_that_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """As text, or as JSON for programs; without a person, everybody's."""
    texts = SimpleNamespace(render_progress=lambda found, language, colour: f"{found} {language} {colour}")
    monkeypatch.setitem(sys.modules, "workflow.report.explanation.progress", texts)
    data = SimpleNamespace(document=lambda found, language: {found: language})
    monkeypatch.setitem(sys.modules, "workflow.report.progress", data)
    api, day = Calls("half"), ("--on", "2026-08-15", "--lang", "en")
    assert ended(monkeypatch, api, "goals", workspace, *day) == 0
    assert ended(monkeypatch, api, "goals", workspace, "E-1", *day, "--format", "json") == 0
    assert capsys.readouterr().out == 'half en False\n{\n  "half": "en"\n}\n'
    asked, moments = (Path(workspace), datetime.date(2026, 8, 15)), {"as_of": None, "known_by": None}
    assert api.calls == [(asked, {"person": None, **moments}), (asked, {"person": "E-1", **moments})]


@pytest.mark.parametrize(
    ("error", "code"), [(PoliciesRefused, 1), (WrongUsage, 2), (InputRefused, 3), (WorldFailed, 4)]
)
def test_each_refusal_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    workspace: str,
    error: type[MistakesFound],
    code: int,
) -> None:
    """The diagnostics go to the error stream, with the lines they quote; the output stays empty."""
    assert ended(monkeypatch, Calls(error((MISTAKE,))), "evaluate", workspace, "--period", "x", "--lang", "en") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert " 1 | pay:\n   | ^^^\n" in err


def test_a_refusal_in_json_goes_to_the_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """A program that asked for JSON gets JSON also when nothing was run."""
    api = Calls(PoliciesRefused((MISTAKE,)))
    assert ended(monkeypatch, api, "evaluate", workspace, "--period", "x", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["file"] == "a.yaml"


def test_a_full_disk_is_the_world_failing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], workspace: str
) -> None:
    """An error of the operating system is told with its file, and is no bug of ours."""
    api = Calls(OSError(28, "No space left on device", "out/pay.parquet"))
    assert ended(monkeypatch, api, "evaluate", workspace, "--period", "x", "--lang", "en") == 4
    assert "`out/pay.parquet` can't be used: No space left on device" in capsys.readouterr().err


def test_help_explains_a_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The message with its places named, why, and the cure."""
    assert ended(monkeypatch, Calls(None), "help", "unknown-person", "--lang", "en") == 0
    out = capsys.readouterr().out
    assert out.startswith("error[unknown-person]: nobody here has the id `‹person›`\n\nA person is asked for")
    assert out.endswith("\nhelp: the nearest ids: ‹near›\n")


def test_help_offers_the_nearest_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped code is wrong usage, and the help line names its neighbours."""
    assert ended(monkeypatch, Calls(None), "help", "unknwon-person", "--lang", "en") == 2
    assert "the nearest codes: unknown-person" in capsys.readouterr().err


@pytest.mark.parametrize("name", [None, *workflow.commands, "calendar import"])
def test_every_help_has_examples_and_exit_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str | None
) -> None:
    """Nobody has to search for how to call a command, or for what its end means."""
    assert ended(monkeypatch, Calls(None), *(name or "").split(), "--help") == 0
    out = capsys.readouterr().out
    assert f"Examples:\n    workflow {name or ''}" in out
    assert "Exit codes:\n    0  done\n    1  the policies have mistakes" in out


@pytest.mark.parametrize("command", [*workflow.commands.values(), *calendar.commands.values()])
def test_every_option_says_what_it_is_for(command: click.Command) -> None:
    """An option without help isn't offered."""
    assert command.short_help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_calendar_import_passes_its_source_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files, or years; one year is the first and the last."""
    file, out = tmp_path / "2026.json", tmp_path / "cn.yaml"
    file.write_text("{}", encoding="utf-8")
    calls = Calls(None)
    shared = ("calendar", "import", "--out", str(out), "--lang", "en")
    assert ended(monkeypatch, calls, *shared, "--country", "CN", "--from", str(file)) == 0
    assert ended(monkeypatch, calls, *shared, "--country", "DE", "--years", "2026", "--force") == 0
    assert ended(monkeypatch, calls, *shared, "--country", "DE", "--years", "2026-2027") == 0
    assert ended(monkeypatch, calls, *shared, "--country", "DE", "--years", "2027-2026") == 2
    assert [args for args, _ in calls.calls] == [
        (out, "CN", (file,)),
        (out, "DE", (2026, 2026)),
        (out, "DE", (2026, 2027)),
    ]
    assert [options["force"] for _, options in calls.calls] == [False, True, False]
