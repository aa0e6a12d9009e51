"""Clocks: the end of a day, and the day of an instant, in zones that change at midnight too."""

from __future__ import annotations

import datetime
import zoneinfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from workflow.intake.zones import install, zone

EPOCH = datetime.datetime.fromisoformat("1970-01-01")
MICRO = datetime.timedelta(microseconds=1)


def end_of(name: str, day: str) -> datetime.datetime:
    """The last microsecond of a day, UTC."""
    days = (datetime.datetime.fromisoformat(day) - EPOCH).days
    return EPOCH + int(zone(name).end_of_day(np.array([days]))[0]) * MICRO


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Asia/Shanghai", "2026-07-01", "2026-07-01T15:59:59.999999"),
        ("UTC", "2026-07-01", "2026-07-01T23:59:59.999999"),
        ("America/New_York", "2026-03-08", "2026-03-09T03:59:59.999999"),
        # Clocks went from 24:00 to 01:00: the day ended an instant before they did.
        ("America/Sao_Paulo", "2017-10-14", "2017-10-15T02:59:59.999999"),
        # Clocks went from 24:00 back to 23:00: the day's last hour came twice.
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T02:59:59.999999"),
        # Samoa left out a day.
        ("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59.999999"),
    ],
)
def test_the_end_of_a_day(name: str, day: str, expected: str) -> None:
    """By hand, from the changes that were in force."""
    assert end_of(name, day) == datetime.datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "name", ["Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza"]
)
def test_days_agree_with_zoneinfo_hour_by_hour(name: str) -> None:
    """Every third hour of sixty years."""
    instants = [EPOCH + datetime.timedelta(hours=hour) for hour in range(0, 60 * 365 * 24, 3)]
    info = zoneinfo.ZoneInfo(name)
    expected = [(info.fromutc(instant.replace(tzinfo=info)).replace(tzinfo=None) - EPOCH).days for instant in instants]
    found = zone(name).day(np.array([(instant - EPOCH) // MICRO for instant in instants], np.int64))
    assert found.tolist() == expected


@pytest.mark.parametrize(
    "name", ["Asia/Shanghai", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia"]
)
@pytest.mark.parametrize("year", [1970, 2011, 2026])
def test_what_is_written_into_sql_agrees_with_the_zone(name: str, year: int) -> None:
    """Every twenty minutes of the years about a run's own, and beyond them: local times and instants alike."""
    step, first = 20 * 60 * 1_000_000, int((datetime.datetime(year - 5, 1, 1) - EPOCH) / MICRO)  # noqa: DTZ001
    times = np.arange(first, first + 10 * 366 * 72 * step, step, dtype=np.int64)
    with duckdb.connect() as connection:
        install(connection, [name], year)
        connection.register("given", pa.table({"t": times}))
        found = connection.execute("SELECT utc_0(t) AS utc, day_0(t) AS day FROM given").fetchnumpy()
    assert (found["utc"] == zone(name).utc(times)).all()
    assert (found["day"] == zone(name).day(times)).all()
