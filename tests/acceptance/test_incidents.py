"""Volvo IT's incidents replayed: the time in each state of each, and every breach, by a second computation.

It reads the file on its own, counts working time day by day, and takes over from a line when its time is up; it knows
nothing of the engines.
"""

from __future__ import annotations

import csv
import datetime
import functools
import gzip
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

import workflow
from tests.acceptance.exports import SHARED
from workflow.api import ENGINES

FILE = SHARED / "incidents-bpic2013" / "incidents.csv.gz"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"the incidents are not in {SHARED}")

ZONE = ZoneInfo("Europe/Stockholm")
UNTIL = datetime.datetime(2012, 12, 31, 23, 59, 59, 999999, ZONE).astimezone(datetime.UTC)
HOUR = datetime.timedelta(hours=1)
OFFICE = ((8, 12), (13, 17))
LIMITS = {"first": (40 * HOUR, "second"), "second": (80 * HOUR, "third")}
TARGETS = {"High": 16 * HOUR, "Major": 16 * HOUR, "Medium": 40 * HOUR, "Low": 80 * HOUR}
LEADS = ("began", "moved", "fired")
Instant = datetime.datetime
Row = Mapping[str, str]
Step = dict[str, object]


@functools.cache
def stretches(day: datetime.date) -> tuple[tuple[Instant, Instant], ...]:
    """The working hours of a day as instants."""
    if day.weekday() > 4:
        return ()
    return tuple((_at(day, opens), _at(day, closes)) for opens, closes in OFFICE)


def _at(day: datetime.date, hour: int) -> Instant:
    return Instant.combine(day, datetime.time(hour), ZONE).astimezone(datetime.UTC)


def days(begin: Instant, end: Instant) -> Iterator[datetime.date]:
    day, last = begin.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    while day <= last:
        yield day
        day += datetime.timedelta(days=1)


def worked(begin: Instant, end: Instant) -> datetime.timedelta:
    """The working time between two instants."""
    found = datetime.timedelta()
    for day in days(begin, end):
        for opens, closes in stretches(day):
            found += max(min(closes, end) - max(opens, begin), datetime.timedelta())
    return found


def after(begin: Instant, length: datetime.timedelta, limit: Instant) -> Instant | None:
    """When so much working time has passed; None if that is after `limit`."""
    for day in days(begin, limit):
        for opens, closes in stretches(day):
            here = closes - max(opens, begin)
            if here >= length and here > datetime.timedelta():
                due = max(opens, begin) + length
                return due if due <= limit else None
            length -= max(here, datetime.timedelta())
    return None


def state_of(row: Row) -> str:
    """The state that a row says."""
    if row["sub_status"].startswith("Wait"):
        return "waiting"
    if row["sub_status"] in {"Resolved", "Closed", "In Call", "Cancelled"}:
        return "resolved"
    return {"3rd": "third", "2nd": "second"}.get(row["support_line"][-3:], "first")


class Incident:
    """One incident, row after row."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Go through all of them."""
        self.spent: dict[str, datetime.timedelta] = defaultdict(datetime.timedelta)
        self.breach: tuple[str, Instant] | None = None
        self.used, self.target = datetime.timedelta(), TARGETS[rows[0]["impact"]]
        moments = [Instant.fromisoformat(row["time"]).astimezone(datetime.UTC) for row in rows]
        for row, begin, end in zip(rows, moments, [*moments[1:], UNTIL], strict=True):
            self._stay(state_of(row), begin, end)

    def _stay(self, state: str, begin: Instant, end: Instant) -> None:
        limit, later = LIMITS.get(state, (None, ""))
        due = after(begin, limit, end) if limit is not None else None
        if state == "resolved":
            archived = (begin.astimezone(ZONE) + datetime.timedelta(days=120)).astimezone(datetime.UTC)
            self.spent[state] += min(end, archived) - begin
            return
        until = due or end
        self.spent[state] += until - begin
        if state != "waiting":
            if self.breach is None:
                breached = after(begin, self.target - self.used, until)
                self.breach = None if breached is None else (state, breached)
            self.used += worked(begin, until)
        if due is not None:
            self._stay(later, due, end)


@pytest.fixture(scope="module")
def incidents() -> Mapping[str, Incident]:
    """All of them, by the second computation."""
    rows: dict[str, list[Row]] = defaultdict(list)
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["case"]].append(row)
    for of_case in rows.values():
        of_case.sort(key=lambda row: (Instant.fromisoformat(row["time"]), int(row["sequence"])))
    return {case: Incident(of_case) for case, of_case in rows.items()}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """All steps, by the policy."""
    root = desk(tmp_path_factory.mktemp("incidents"), FILE.read_bytes())
    found, dispositions = replayed(root, ENGINES[0])
    assert dispositions == {
        "incident.changed": 65_533,
        "incident.opened": 65_533,  # one in each case is the first row
    }
    return found


def desk(root: Path, rows: bytes) -> Path:
    """The workspace with some rows of the file; their owners are the people."""
    shutil.copytree(Path(__file__).parent / "incidents", root, dirs_exist_ok=True)
    (root / "records").mkdir()
    (root / "records" / FILE.name).write_bytes(rows)
    names = sorted({row["owner"] for row in csv.DictReader(gzip.decompress(rows).decode().splitlines())})
    people = "".join(f"{name},2010-01-01\n" for name in names)
    (root / "records" / "people.csv").write_text(f"Person,From\n{people}", encoding="utf-8")
    return root


def replayed(root: Path, engine: str) -> tuple[list[Step], Mapping[str, int]]:
    """The steps by one engine, and how many rows of each type there were."""
    out = root.parent / f"{root.name}-{engine}"
    result = workflow.evaluate(root, "2012-Q4", engine=engine, out=out)
    found: list[Step] = pq.read_table(out / "results" / "incident-desk.cases.parquet").to_pylist()
    return found, {name: sum(ends.values()) for name, ends in result.dispositions.items()}


def test_one_case_after_another_takes_the_same_steps(tmp_path: Path) -> None:
    """The machine of `transitions` and the arrays, on each incident whose number 40 divides."""
    header, *lines = gzip.decompress(FILE.read_bytes()).decode().splitlines()
    kept = [line for line in lines if int(line[2 : line.index(",")]) % 40 == 0]
    root = desk(tmp_path / "desk", gzip.compress("\n".join([header, *kept, ""]).encode()))
    by_arrays, by_machine = (replayed(root, engine)[0] for engine in ENGINES)
    assert len(by_arrays) > 2_000
    assert by_arrays == by_machine


def test_the_time_in_each_state_of_each_incident(steps: list[Step], incidents: Mapping[str, Incident]) -> None:
    """All 65,533 rows are replayed, none is lost or refused, and 7,554 incidents spend the same time in each state."""
    went = Counter(str(step["went"]) for step in steps)
    assert went["began"] == len(incidents) == 7_554
    assert went["moved"] == 65_533
    assert not went.keys() & {"refused", "unmoved", "doubted", "early", "late", "ambiguous", "beyond", "ran away"}
    spent: dict[str, dict[str, datetime.timedelta]] = defaultdict(lambda: defaultdict(datetime.timedelta))
    since: dict[str, tuple[str, Instant]] = {}
    for step in steps:
        if step["went"] in LEADS:
            case, now = str(step["case"]), _instant(step["time"])
            if case in since:
                state, begun = since[case]
                spent[case][state] += now - begun
            since[case] = str(step["to"]), now
    for case, (state, begun) in since.items():
        spent[case][state] += UNTIL - begun
    for case, incident in incidents.items():
        found = {state: time for state, time in spent[case].items() if state not in {"opened", "archived"} and time}
        assert found == {state: time for state, time in incident.spent.items() if time}, case


def test_each_breach_is_where_and_when_it_was(steps: list[Step], incidents: Mapping[str, Incident]) -> None:
    """By line and to the microsecond."""
    breaches = (step for step in steps if step["went"] == "breached")
    found = {str(step["case"]): (str(step["state"]), _instant(step["time"])) for step in breaches}
    expected = {case: incident.breach for case, incident in incidents.items() if incident.breach is not None}
    assert len(expected) > 500
    assert found == expected


def _instant(value: object) -> Instant:
    assert isinstance(value, Instant)
    return value.replace(tzinfo=datetime.UTC)
