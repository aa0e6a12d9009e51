"""`workflow try`: one expression, its type, value, steps and sentence; mistakes with their caret."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from workflow.cli import workflow

ENGINES = ("duckdb", "reference")


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, the output, and what stands on the error stream."""
    result = CliRunner().invoke(workflow, ["try", *arguments], standalone_mode=False)
    code = result.return_value if result.exception is None else 2
    return int(code or 0), result.stdout, result.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_every_step_is_shown(engine: str) -> None:
    """Type, value, sentence and all steps, the same by both engines."""
    code, out, _ = run(
        "revenue / quota >= 80%", "--with", "revenue=90000 CNY", "--with", "quota=100000 CNY", "--engine", engine
    )
    assert code == 0
    assert out.splitlines() == [
        "revenue / quota >= 80%",
        "",
        "  type      a yes or no",
        "  value     yes",
        "  in words  revenue divided by quota is at least 80%",
        f"  engine    {engine}",
        "",
        "steps",
        "  revenue                 90000 CNY",
        "  quota                   100000 CNY",
        "  revenue / quota         90%",
        "  revenue / quota >= 80%  yes",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_missing_has_its_reason(engine: str) -> None:
    """What a missing value decides is missing; what known values decide is not."""
    given = ("--with", "csat=missing", "--with", "deals=3", "--engine", engine, "--format", "json")
    decided = json.loads(run("csat >= 4.5 or deals > 2", *given)[1])["steps"][-1]
    assert (decided["value"], decided["missing because"]) == ("yes", [])
    open_ = json.loads(run("csat >= 4.5 and deals > 2", *given)[1])["steps"][-1]
    assert (open_["value"], open_["missing because"]) == (None, ["not-given"])
    zero = json.loads(run("1 / (deals - 3)", *given)[1])["steps"][-1]
    assert (zero["value"], zero["missing because"]) == (None, ["divided-by-zero"])


def test_chinese() -> None:
    """The page and the sentence in Chinese, names without blanks around them."""
    _, out, _ = run("如果达成率>=100%那么120%否则100%", "--with", "达成率=90%", "--lang", "zh-CN")
    assert "  意思是  如果达成率不低于 100%，则为 120%，否则为 100%" in out.splitlines()
    assert "  值      100%" in out.splitlines()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("90000 CNY", "money"),
        ("80%", "ratio"),
        ("2026-07-01", "date"),
        ('date and time("2026-07-01T10:30:00")', "date and time"),
        ("6 months", "calendar duration"),
        ("account manager", "text"),
        ('"80%"', "text"),
        ("true", "yes or no"),
        ("missing 5 CNY", "money"),
    ],
)
def test_a_given_value_has_the_type_that_it_shows(value: str, kind: str) -> None:
    """A literal is what it is, everything else a text."""
    assert json.loads(run("x", "--with", f"x={value}", "--format", "json")[1])["type"] == kind


def test_a_mistake_is_underlined() -> None:
    """The message of `check`, and its exit code."""
    code, out, error = run("revenue + 5", "--with", "revenue=90000 CNY")
    assert (code, out) == (1, "")
    assert (
        error.splitlines()[0]
        == "expression:1:1: error[unlike-units]: `+` stands between money in CNY and a bare number"
    )
    assert error.splitlines()[2] == "   | ^^^^^^^^^^^"


def test_what_is_given_needs_a_name() -> None:
    """A value without a name is wrong usage."""
    assert run("1", "--with", "5")[0] == 2


def test_a_given_amount_with_commas_is_no_text() -> None:
    """What a formula would mend is not silently taken as a word."""
    code, _, err = run("revenue > 5 CNY", "--with", "revenue=12,345 CNY", "--lang", "en")
    assert code == 1
    assert "error[number-form]: `12,345 CNY` is written `12345 CNY` here" in err
