"""Occasions: which version decides a period, which days that is, what has been delivered, when a day ends."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.small import HEAD, WORKSPACE, told
from workflow.checks.checked import CheckedWorkspace
from workflow.checks.periods import all_periods
from workflow.diagnostics import WrongUsage
from workflow.plan.occasions import day_of, delivery, instant, policies_due

D = datetime.date
UTC = datetime.UTC


def workspace(*heads: str, **files: str) -> CheckedWorkspace:
    """The small workspace with these policies, and files of periods by name."""
    periods = "".join(f"{name}: periods/{name}.csv, " for name in files)
    found = told(
        {
            **{f"incentives/{number}.yaml": head for number, head in enumerate(heads)},
            **{f"periods/{name}.csv": text for name, text in files.items()},
            "workspace.yaml": WORKSPACE + (f"periods: {{{periods}}}\n" if files else ""),
        }
    ).workspace
    assert found is not None
    return found


def version(number: int, since: str, *, each: str = "quarter", name: str = "bonus") -> str:
    """A policy's head."""
    head = HEAD.replace("version: 1", f"version: {number}").replace("from: 2026-01-01", f"from: {since}")
    return head.replace("each: quarter", f"each: {each}").replace("id: bonus", f"id: {name}")


def due(of: CheckedWorkspace, period: str) -> list[tuple[str, int, datetime.date, datetime.date]]:
    """What decides a period."""
    return [
        (each.policy.id, each.policy.version, each.first, each.last)
        for each in policies_due(of, all_periods(of), period)
    ]


TWO = (version(1, "2026-01-01"), version(2, "2026-07-01"))


@pytest.mark.parametrize(
    ("period", "number"), [("2026-Q1", 1), ("2026-Q2", 1), ("2026-Q3", 2), ("2026-Q4", 2), ("2031-Q1", 2)]
)
def test_the_version_of_the_periods_first_day_decides_it(period: str, number: int) -> None:
    """A higher one ends the one before."""
    assert [row[1] for row in due(workspace(*TWO), period)] == [number]


def test_a_version_of_other_periods_ends_the_one_before() -> None:
    """Monthly until June, quarterly from July: July has no month of its own any more, so nothing is paid twice."""
    of = workspace(version(1, "2026-01-01", each="month"), version(2, "2026-07-01"))
    assert [row[1] for row in due(of, "2026-06")] == [1]
    assert [row[1] for row in due(of, "2026-Q3")] == [2]
    with pytest.raises(WrongUsage):
        due(of, "2026-07")


def test_a_version_that_has_ended_decides_nothing() -> None:
    """Nor does the one before it come back."""
    ended = version(2, "2026-04-01, through: 2026-06-30")
    of = workspace(version(1, "2026-01-01"), ended)
    assert [row[1] for row in due(of, "2026-Q2")] == [2]
    with pytest.raises(WrongUsage) as caught:
        due(of, "2026-Q3")
    assert [each.code for each in caught.value.diagnostics] == ["nothing-in-force"]


def test_before_its_first_day_nothing_is_in_force() -> None:
    """That is no period of the policy."""
    with pytest.raises(WrongUsage) as caught:
        due(workspace(version(1, "2026-04-01")), "2026-Q1")
    assert [each.code for each in caught.value.diagnostics] == ["nothing-in-force"]


def test_every_policy_of_that_kind_of_period_is_due() -> None:
    """In the order of their names; monthly ones are not due for a quarter."""
    of = workspace(
        version(1, "2026-01-01", name="z"),
        version(1, "2026-01-01", name="a"),
        version(1, "2026-01-01", each="month", name="m"),
    )
    assert [row[0] for row in due(of, "2026-Q1")] == ["a", "z"]
    assert due(of, "2026-02") == [("m", 1, D(2026, 2, 1), D(2026, 2, 28))]


def test_a_period_that_no_policy_counts_by_is_unknown() -> None:
    """The answer names the kinds that they do count by, each with an example that lies near."""
    nearest = {"2026-02": "2026-Q1", "2026-07": "2026-Q3", "2026-Q5": "2026-Q1", "2026": "2026-Q1"}
    for period, example in nearest.items():
        with pytest.raises(WrongUsage) as caught:
            due(workspace(*TWO), period)
        (mistake,) = caught.value.diagnostics
        assert (mistake.code, mistake.args) == (
            "unknown-period",
            {"period": period, "known": (f"quarter ({example})",)},
        )


def test_periods_of_a_file_by_their_names() -> None:
    """With the days that the file says."""
    of = workspace(version(1, "2026-06-29", each="sales"), sales="period,first,last\nS3,2026-06-29,2026-09-27\n")
    assert due(of, "S3") == [("bonus", 1, D(2026, 6, 29), D(2026, 9, 27))]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([], "undeclared"),
        ([(D(2026, 7, 1), D(2026, 9, 30))], "whole"),
        ([(D(2026, 1, 1), D(2026, 12, 31))], "whole"),
        ([(D(2026, 7, 1), D(2026, 9, 29))], "part"),
        ([(D(2026, 7, 2), D(2026, 9, 30))], "part"),
        ([(D(2025, 1, 1), D(2025, 12, 31))], "part"),
        ([(D(2026, 7, 1), D(2026, 7, 31)), (D(2026, 9, 1), D(2026, 9, 30))], "part"),
        ([(D(2025, 1, 1), D(2025, 12, 31)), (D(2026, 6, 1), D(2026, 10, 1))], "whole"),
    ],
)
def test_what_has_been_delivered(stretches: list[tuple[D, D]], expected: str) -> None:
    """Whole is every day of the period in one stretch; a declared stretch that lacks one is a part."""
    assert delivery({"deal.won": stretches}, D(2026, 7, 1), D(2026, 9, 30)) == {"deal.won": expected}


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        ("2026-09-30", "UTC", "2026-09-30T23:59:59.999999"),
        ("2026-09-30", "Asia/Shanghai", "2026-09-30T15:59:59.999999"),
        ("2026-03-28", "Europe/Berlin", "2026-03-28T22:59:59.999999"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.999999"),  # 23 hours long
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.999999"),  # 25 hours long
        ("2026-11-01", "America/New_York", "2026-11-02T04:59:59.999999"),
        ("2026-04-23", "Africa/Cairo", "2026-04-23T21:59:59.999999"),  # the next day begins at one
        ("9999-12-31", "Asia/Shanghai", "9999-12-31T23:59:59.999999"),
    ],
)
def test_a_day_ends_in_the_workspaces_zone(day: str, zone: str, end: str) -> None:
    """With its last microsecond there, as UTC; also on days on which clocks are changed."""
    assert instant(D.fromisoformat(day), zone) == datetime.datetime.fromisoformat(end)


def test_an_instant_is_itself() -> None:
    """Whatever its offset."""
    moment = datetime.datetime(2026, 9, 30, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    assert instant(moment, "Europe/Berlin") == datetime.datetime(2026, 9, 30, 4)  # noqa: DTZ001 UTC without a zone


def test_the_day_of_an_instant_is_that_of_the_workspaces_zone() -> None:
    """17:00 UTC is the next day in Shanghai."""
    moment = datetime.datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert day_of(moment, "Asia/Shanghai") == D(2026, 10, 1)
    assert day_of(moment, "UTC") == D(2026, 9, 30)
    assert day_of(D(2026, 9, 30), "Asia/Shanghai") == D(2026, 9, 30)


ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Pacific/Kiritimati")


@settings(deadline=None)
@given(st.dates(D(1980, 1, 1), D(2100, 1, 1)), st.sampled_from(ZONES))
def test_the_end_of_a_day_is_on_that_day(day: D, zone: str) -> None:
    """And a microsecond later is the next."""
    end = instant(day, zone).replace(tzinfo=UTC)
    assert day_of(end, zone) == day
    assert day_of(end + datetime.timedelta(microseconds=1), zone) == day + datetime.timedelta(days=1)
