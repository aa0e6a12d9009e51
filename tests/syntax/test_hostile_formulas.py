"""Formulas made to harm are refused, or evaluated, within a second: no crash, no hang, no traceback."""

from __future__ import annotations

import time

import pytest

from workflow.checks.attempt import attempted
from workflow.run.trial import found_by

SECONDS = 5
"""The bound of each of them, on a busy machine; alone each takes a few milliseconds."""
HOSTILE = {
    "100,000 characters": ("1 + " * 25_000 + "1", "formula-too-long"),
    "a text of 100,000 characters": ('"' + "a" * 100_000 + '"', "formula-too-long"),
    "10,000 brackets": ("(" * 10_000 + "1" + ")" * 10_000, "formula-too-long"),
    "1,900 brackets": ("(" * 1_900 + "1" + ")" * 1_900, "formula-too-large"),
    "100 brackets": ("(" * 100 + "1" + ")" * 100, "formula-too-deep"),
    "10,000 ands": (" and ".join(["true"] * 10_000), "formula-too-long"),
    "600 ors": (" or ".join(["a"] * 600), "formula-too-large"),
    "lists in lists": ("[" * 300 + "]" * 300, "formula-too-deep"),
    "ifs in ifs": ("if true then " * 70 + "1" + " else 2" * 70, "formula-too-deep"),
    "minus after minus": ("-" * 900 + "1", "formula-too-deep"),
    "properties of properties": ('date("2026-07-01")' + ".year" * 200, "formula-too-deep"),
    "a huge number": ("9" * 3_900, "number-too-long"),
    "a huge exponent": ("1e99 * 1e99", "number-with-letters"),
    "a power of powers": ("9 ** 64 ** 64 ** 64", "formula-too-large"),
    "hours of times of hours": ("time(" * 20 + "1" + ", 2, 3).hour" * 20, "formula-too-large"),
    "a list of tests of an hour": ("time(1, 2, 3).hour in [" + ", ".join(["1"] * 300) + "]", "formula-too-large"),
    "a huge power": ("9 ** 999999999", "power-not-possible"),
    "a negative power": ("2 ** -999999999", "power-not-possible"),
    "a comment that never ends": ("1 /* " + "a" * 3_000, "expected-value"),
    "an open text": ('"' + "a" * 3_000, "text-not-closed"),
    "blanks": (" " * 3_990, "formula-empty"),
    "dots": ("." * 3_900, "formula-too-large"),
    "a long duration": ('@"P999999999999999Y"', None),
    "a year too far": ('@"9999-12-31" + @"P999999999Y"', None),
    "digits to round to": ("round up(1.5, 999999999)", "digits-not-possible"),
    "a large product": ("999999999999 * 999999999999 * 999999999999 * 999999999999", None),
    "texts joined 60 times": (" + ".join(['"' + "a" * 40 + '"'] * 60), None),
    "a regular expression's nightmare": ("1" + " " * 3_000 + "x", "expected-operator"),
    "a sum of 400 numbers": ("sum([" + ", ".join(["1.5"] * 400) + "])", None),
    "400 factors": ("product([" + ", ".join(["1"] * 400) + "])", None),
    "a median of 400 numbers": ("median([" + ", ".join(map(str, range(400))) + "])", None),
    "240 ands of comparisons": (" and ".join(["2 > 1"] * 240), None),
    "one of 400": ("1 in (" + ", ".join(map(str, range(400))) + ")", None),
    "60 brackets": ("(1 + " * 60 + "1" + ")" * 60, None),
    "60 minus": ("-(" * 30 + "2 - 1" + ")" * 30, None),
    "20 rounds of rounding": ("round up(" * 30 + "1.23456789" + ", 2)" * 30, None),
    "days of days": ("date(date and time(" * 14 + "2026-07-01" + "))" * 14, "formula-too-deep"),
    "hearts": ("❤" * 3_000, "unknown-sign"),
}
"""Each with the one code that it is refused with; None where it has a value, or misses one."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_is_bounded(name: str) -> None:
    """Refused with its code, or evaluated by the reference engine, in time."""
    text, code = HOSTILE[name]
    began = time.monotonic()
    attempt, mistakes = attempted(text, {})
    if attempt is not None:
        found_by("reference", attempt)
    assert time.monotonic() - began < SECONDS
    assert {each.code for each in mistakes} == ({code} if code else set())


@pytest.mark.parametrize("name", [name for name, (_, code) in HOSTILE.items() if code is None])
def test_what_is_evaluated_is_evaluated_by_both_engines_alike(name: str) -> None:
    """A large value is a value, or too large, in both."""
    attempt, _ = attempted(HOSTILE[name][0], {})
    assert attempt is not None
    assert found_by("duckdb", attempt) == found_by("reference", attempt)
