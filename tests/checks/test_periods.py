"""Periods: the calendar's own for any first day of the year, and those that files list."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.small import WORKSPACE, told
from workflow.checks.periods import all_periods, calendar_periods

D = datetime.date


def test_quarters_of_a_year_that_starts_in_april() -> None:
    """The first quarter begins with the year, which is named by the year in which it starts."""
    assert calendar_periods("quarter", (4, 1), 2026, 2026).periods == (
        ("2026-Q1", D(2026, 4, 1), D(2026, 6, 30)),
        ("2026-Q2", D(2026, 7, 1), D(2026, 9, 30)),
        ("2026-Q3", D(2026, 10, 1), D(2026, 12, 31)),
        ("2026-Q4", D(2027, 1, 1), D(2027, 3, 31)),
    )


def test_months_keep_their_own_names() -> None:
    """Also where the year starts in April: its tenth month is January of the next."""
    months = calendar_periods("month", (4, 1), 2026, 2026).periods
    assert months[0] == ("2026-04", D(2026, 4, 1), D(2026, 4, 30))
    assert months[9] == ("2027-01", D(2027, 1, 1), D(2027, 1, 31))
    assert months[10] == ("2027-02", D(2027, 2, 1), D(2027, 2, 28))


def test_a_year_that_starts_in_april() -> None:
    """It has 29 February 2028 in it."""
    (year,) = calendar_periods("year", (4, 1), 2027, 2027).periods
    assert year == ("2027", D(2027, 4, 1), D(2028, 3, 31))


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    """Months that start on the 31st."""
    months = calendar_periods("month", (1, 31), 2026, 2026).periods
    assert months[:3] == (
        ("2026-01", D(2026, 1, 31), D(2026, 2, 27)),
        ("2026-02", D(2026, 2, 28), D(2026, 3, 30)),
        ("2026-03", D(2026, 3, 31), D(2026, 4, 29)),
    )


@settings(deadline=None)
@given(st.sampled_from(("month", "quarter", "year")), st.integers(1, 12), st.integers(1, 28), st.integers(1970, 2190))
def test_the_calendars_periods_follow_one_another(kind: str, month: int, day: int, year: int) -> None:
    """Without a gap or an overlap, each under a name of its own."""
    periods = calendar_periods(kind, (month, day), year, year + 3).periods
    assert periods[0][1] == D(year, month, day)
    assert all(after[1] - before[2] == datetime.timedelta(days=1) for before, after in itertools.pairwise(periods))
    assert len({name for name, _, _ in periods}) == len(periods)


def with_periods(written: str, **files: str) -> dict[str, str | None]:
    """The small workspace with these periods, and files of them by name."""
    return {
        "workspace.yaml": WORKSPACE + f"periods: {written}\n",
        **{f"periods/{name}.csv": text for name, text in files.items()},
    }


def test_a_file_lists_periods_in_the_order_of_their_days() -> None:
    """Whatever the order of its rows; the calendar's are there beside them."""
    listed = "period,first,last\n2026-S3,2026-06-29,2026-09-27\n2026-S2,2026-03-30,2026-06-28\n"
    workspace = told(with_periods("{sales: periods/sales.csv}", sales=listed)).workspace
    assert workspace is not None
    assert workspace.periods["sales"].periods == (
        ("2026-S2", D(2026, 3, 30), D(2026, 6, 28)),
        ("2026-S3", D(2026, 6, 29), D(2026, 9, 27)),
    )
    assert sorted(all_periods(workspace)) == ["month", "quarter", "sales", "year"]


def test_a_spreadsheets_mark_before_the_header_is_no_letter() -> None:
    """Files saved by spreadsheets often begin with one."""
    listed = "\ufeffperiod,first,last\nS1,2026-01-01,2026-01-28\n"
    assert told(with_periods("{sales: periods/sales.csv}", sales=listed)).mistakes == []


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("period;first;last\n", [("period-columns", "p")]),
        ('"period,first,last\n', [("period-columns", '"')]),
        ("first,last,period\nA,2026-01-01,2026-01-31\n", [("period-columns", "f")]),
        ("period,first,last\nA,2026-01-31,2026-01-01\n", [("period-row", "A")]),
        ("period,first,last\nA,2026-1-1,2026-01-31\n", [("period-row", "A")]),
        ("period,first,last\n,2026-01-01,2026-01-31\n", [("period-row", ",")]),
        ("period,first,last\nA,2026-01-01\n", [("period-row", "A")]),
        ("period,first,last\nA,2026-01-01,2026-01-31\nB,2026-01-31,2026-02-28\n", [("periods-overlap", "B")]),
        ("period,first,last\nA,2026-01-01,2026-01-31\nA,2026-02-01,2026-02-28\n", [("period-twice", "A")]),
    ],
)
def test_a_file_of_periods_is_refused(listed: str, expected: list[tuple[str, str]]) -> None:
    """At the row that is at fault."""
    found = told(with_periods("{sales: periods/sales.csv}", sales=listed))
    assert [(code, under[:1]) for code, under in pointed(found.mistakes, listed, found)] == expected


def pointed(mistakes: list[tuple[str, str]], listed: str, found: object) -> list[tuple[str, str]]:
    """A row has no underlined words: its first sign instead."""
    rows = listed.split("\n")
    diagnostics = getattr(found, "diagnostics", ())
    return [(code, rows[each.span.line - 1]) for (code, _), each in zip(mistakes, diagnostics, strict=True)]


def test_periods_may_leave_gaps() -> None:
    """A policy by such periods says nothing of the days between."""
    listed = "period,first,last\nA,2026-01-01,2026-01-31\nB,2026-03-01,2026-03-31\n"
    assert told(with_periods("{sales: periods/sales.csv}", sales=listed)).mistakes == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{year starts: 04-31}", ("not-a-day-of-the-year", "04-31")),
        ("{year starts: 4-1}", ("not-a-day-of-the-year", "4-1")),
        ("{year starts: 13-01}", ("not-a-day-of-the-year", "13-01")),
        ("{quarter: periods/q.csv}", ("reserved-name", "quarter")),
        ("{sales: periods/none.csv}", ("file-not-found", "periods/none.csv")),
    ],
)
def test_what_workspace_yaml_says_of_periods_is_refused(written: str, expected: tuple[str, str]) -> None:
    """At its own words."""
    assert told(with_periods(written)).mistakes == [expected]


def test_the_first_of_april() -> None:
    """The year starts on the day that is said."""
    workspace = told(with_periods("{year starts: 04-01}")).workspace
    assert workspace is not None
    assert workspace.year_starts == (4, 1)
