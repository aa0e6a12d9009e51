"""The checker of case logs: sound logs pass, a log that somebody has changed is found out, states can be rebuilt."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from docs import build
from workflow import api
from workflow.checks.cases import CheckedEscalation
from workflow.diagnostics import MistakesFound
from workflow.ledger.logged import Logged, Problem, read_log
from workflow.ledger.verifying import rebuilt, verified
from workflow.model.calendar import Calendar

CASES = build.ROOT / "tests" / "golden" / "escalation"
HOUR = 3_600_000_000
CHINA = ZoneInfo("Asia/Shanghai")
END = datetime.datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=CHINA)


class Desk:
    """The golden case over the holidays: its workspace, its run's files, its log, policy and calendar."""

    def __init__(self, folder: Path) -> None:
        self.root, self.out = folder / "desk", folder / "out"
        shutil.copytree(CASES / "base", self.root)
        records = CASES / "good" / "a-complaint-climbs-over-the-holidays" / "records"
        shutil.copytree(records, self.root / "records", dirs_exist_ok=True)
        api.evaluate(self.root, "2026-Q4", as_of=datetime.date(2026, 12, 31), out=self.out)
        self.log = read_log(self.out / "results" / "complaint-desk.cases.jsonl")
        (policy,) = api.checked_workspace(self.root).policies
        assert isinstance(policy, CheckedEscalation)
        self.policy = policy
        self.files: list[Calendar] = [each.content for each in api.load(self.root).policies.calendars]

    def found(self, log: Iterable[Logged], until: datetime.datetime = END) -> tuple[Problem, ...]:
        """What is wrong with a log of it."""
        return verified(log, self.policy, self.files, until)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("verifying"))


def test_a_sound_log_passes(desk: Desk) -> None:
    assert len(desk.log) == 34
    assert desk.found(desk.log) == ()


def test_the_table_and_the_lines_say_the_same(desk: Desk) -> None:
    assert read_log(desk.out / "results" / "complaint-desk.cases.parquet") == desk.log


def test_lines_have_instants_as_text_and_lengths_as_numbers(desk: Desk) -> None:
    lines = (desk.out / "results" / "complaint-desk.cases.jsonl").read_text("utf-8").splitlines()
    breached = next(row for row in map(json.loads, lines) if row["went"] == "breached")
    assert (breached["time"], breached["date"]) == ("2026-10-08T08:00:00.000000Z", "2026-10-08")
    assert (breached["consumed"], breached["due"], breached["type"]) == (8 * HOUR, 8 * HOUR, "complaint.opened")


def test_a_folder_with_a_log_is_replaced_by_the_next_run(desk: Desk) -> None:
    names = {path.name for path in (desk.out / "results").iterdir()}
    api.evaluate(desk.root, "2026-Q4", as_of=datetime.date(2026, 12, 31), out=desk.out)
    assert {path.name for path in (desk.out / "results").iterdir()} == names


# Each of these changes the log in one way. A row is named by its case and turn, as in the golden case:
# C-1: 1 began 2 started 3 fired 4 warned 5 breached 6 fired 7 moved 8 moved 9 stopped 10 fired.
# C-2: 3 moved 4 cancelled 6 held 8 resumed 10 stopped 11 moved 12 cancelled 13 resumed 14 unmoved 20 late.
# C-3: 1 began 2 started 3 pending 4 shown.

Change = Callable[[list[Logged]], list[Logged]]


def put(case: str, at: int, **cells: object) -> Change:
    """A row with other cells."""

    def change(log: list[Logged]) -> list[Logged]:
        return [replace(row, **cells) if (row.case, row.turn) == (case, at) else row for row in log]  # type: ignore[arg-type]

    return change


def without(case: str, turn: int) -> Change:
    """The log without a row, counted anew as a careful forger does."""

    def change(log: list[Logged]) -> list[Logged]:
        rows = [row for row in log if (row.case, row.turn) != (case, turn)]
        return [replace(row, turn=row.turn - 1) if row.case == case and row.turn > turn else row for row in rows]

    return change


def twice(case: str, turn: int) -> Change:
    """The log with a row for a second time, counted anew."""

    def change(log: list[Logged]) -> list[Logged]:
        rows = [replace(row, turn=row.turn + 1) if row.case == case and row.turn > turn else row for row in log]
        at = next(at for at, row in enumerate(rows) if (row.case, row.turn) == (case, turn))
        return [*rows[: at + 1], replace(rows[at], turn=turn + 1), *rows[at + 1 :]]

    return change


def micros(*when: int) -> int:
    """An instant by the clocks in Shanghai, eight hours ahead of UTC."""
    return int(datetime.datetime(*when, tzinfo=datetime.UTC).timestamp()) * 1_000_000 - 8 * HOUR  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("change", "case", "turn", "what"),
    [
        pytest.param(put("C-1", 3, time=micros(2026, 10, 8, 11, 0) + 1), "C-1", 3, "time", id="fires too late"),
        pytest.param(put("C-1", 3, time=micros(2026, 10, 8, 11, 0) - 1), "C-1", 3, "time", id="fires too early"),
        pytest.param(put("C-1", 5, time=micros(2026, 10, 8, 16, 30)), "C-1", 5, "time", id="breaches later"),
        pytest.param(put("C-1", 8, time=micros(2026, 10, 10, 9, 30)), "C-1", 8, "time", id="goes back in time"),
        pytest.param(put("C-1", 8, time=micros(2026, 10, 12, 9, 0)), "C-1", 9, "time", id="another resolution"),
        pytest.param(put("C-1", 3, date=datetime.date(2026, 10, 7)), "C-1", 3, "date", id="another day"),
        pytest.param(without("C-1", 6), "C-1", 6, "step", id="a firing is missing"),
        pytest.param(without("C-1", 5), "C-1", 5, "step", id="a breach is missing"),
        pytest.param(without("C-1", 10), "C-1", 10, "step", id="the last firing is missing"),
        pytest.param(without("C-2", 4), "C-2", 4, "step", id="a cancelled timer is missing"),
        pytest.param(without("C-3", 3), "C-3", 3, "step", id="a pending timer is missing"),
        pytest.param(without("C-3", 4), "C-3", 4, "step", id="what a clock shows is missing"),
        pytest.param(twice("C-1", 5), "C-1", 6, "step", id="a second breach"),
        pytest.param(twice("C-2", 4), "C-2", 5, "step", id="cancelled though it doesn't run"),
        pytest.param(twice("C-3", 4), "C-3", 5, "step", id="more after the end"),
        pytest.param(put("C-1", 6, to="escalated"), "C-1", 6, "to", id="fires to another state"),
        pytest.param(put("C-1", 7, to="resolved"), "C-1", 7, "to", id="a move that the policy doesn't have"),
        pytest.param(put("C-1", 8, state="waiting"), "C-1", 8, "state", id="from another state"),
        pytest.param(put("C-1", 5, consumed=7 * HOUR), "C-1", 5, "consumed", id="a wrong consumed"),
        pytest.param(put("C-2", 8, consumed=55 * HOUR), "C-2", 8, "consumed", id="the pause counts"),
        pytest.param(put("C-1", 2, due=16 * HOUR), "C-1", 2, "due", id="no such target"),
        pytest.param(put("C-1", 2, due=24 * HOUR), "C-1", 4, "step", id="the other target warns later"),
        pytest.param(put("C-2", 4, due=micros(2026, 10, 12, 14, 0)), "C-2", 4, "due", id="cancelled due otherwise"),
        pytest.param(put("C-2", 11, went="unmoved", of=""), "C-2", 11, "step", id="unmoved where there is a move"),
        pytest.param(put("C-2", 14, went="refused"), "C-2", 14, "step", id="refused where there is no move"),
        pytest.param(put("C-2", 3, went="refused", of=""), "C-2", 3, "step", id="refused without a condition"),
        pytest.param(put("C-2", 20, went="moved", of="complaint.answered"), "C-2", 20, "step", id="moves on"),
        pytest.param(put("C-1", 4, turn=5), "C-1", 4, "turn", id="a gap in the turns"),
        pytest.param(put("C-1", 4, run=2), "C-1", 4, "run", id="another run"),
        pytest.param(put("C-1", 6, person="E2"), "C-1", 6, "person", id="somebody else's"),
        pytest.param(put("C-1", 6, went="ran away"), "C-1", 6, "step", id="goes on after it ran away"),
        pytest.param(put("C-1", 7, went="ambiguous"), "C-1", 7, "step", id="moves on after two moves at once"),
        pytest.param(put("C-1", 9, event="77"), "C-1", 9, "event", id="of another event"),
    ],
)  # fmt: skip
def test_a_changed_log_is_found_out(desk: Desk, change: Change, case: str, turn: int, what: str) -> None:
    """The first problem is where the log was changed, or where that can first be seen; no other case has one."""
    found = desk.found(change(list(desk.log)))
    assert found
    assert (found[0].case, found[0].turn, found[0].what) == (case, turn, what)
    assert {each.case for each in found} == {case}


def test_a_problem_says_what_would_be_right(desk: Desk) -> None:
    (found,) = desk.found(put("C-1", 3, time=micros(2026, 10, 8, 11, 30))(list(desk.log)))
    assert found == Problem("C-1", 3, "time", "2026-10-08T03:30:00+00:00", "2026-10-08T03:00:00+00:00")


def test_a_calendar_that_has_lost_its_last_days_is_found_out(desk: Desk) -> None:
    """The clock of C-1 runs into the 9th, which nobody knows any more; C-2 and C-3 begin where nothing is known."""
    (file,) = desk.files
    through = replace(file.valid.through, value=datetime.date(2026, 10, 8))
    cut = file.model_copy(update={"valid": file.valid.model_copy(update={"through": through})})
    found = verified(desk.log, desk.policy, [cut], END)
    assert [(each.case, each.turn, each.what) for each in found] == [
        ("C-1", 6, "step"), ("C-2", 3, "step"), ("C-3", 3, "step"),
    ]  # fmt: skip
    assert found[0].right.startswith("beyond resolution")


def test_states_at_fifty_instants_are_rebuilt(desk: Desk) -> None:
    """By hand, from the golden case: where each case is in between, and what its clock has consumed."""
    opened = datetime.datetime(2026, 9, 30, 16, tzinfo=CHINA)
    for step in range(50):
        at = opened + step * datetime.timedelta(hours=11)
        stands = {each.case: each for each in rebuilt(desk.log, desk.policy, desk.files, at)}
        expected = next((state for since, state in reversed(FIRST) if since <= at), None)
        assert (stands["C-1"].state if "C-1" in stands else None) == expected, at
        later = next((state for since, state in reversed(SECOND) if since <= at), None)
        assert (stands["C-2"].state if "C-2" in stands else None) == later, at


def day(month: int, number: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, month, number, hour, minute, tzinfo=CHINA)


FIRST = [
    (day(9, 30, 16), "open"),
    (day(10, 8, 11), "escalated"),
    (day(10, 9, 11), "director"),
    (day(10, 10, 10), "in_progress"),
    (day(10, 12, 10), "resolved"),
    (day(10, 17, 10), None),
]
SECOND = [
    (day(10, 12, 9, 30), "open"),
    (day(10, 12, 10, 30), "in_progress"),
    (day(10, 12, 11), "waiting"),
    (day(10, 14, 17), "in_progress"),
    (day(10, 14, 18, 30), "resolved"),
    (day(10, 16, 9), "escalated"),
    (day(10, 16, 10), "in_progress"),
    (day(10, 16, 11), "resolved"),
    (day(10, 21, 11), None),
]


@pytest.mark.parametrize("at", [day(10, 8, 15, 7), day(10, 9, 11), day(10, 13, 3), day(10, 16, 9, 30)])
def test_rebuilt_states_are_those_of_a_run_as_of_then(desk: Desk, at: datetime.datetime) -> None:
    """A run that looks from that instant knows nothing of what came later; the log does, and says the same."""
    run = api.cases(desk.root, "2026-Q4", as_of=at)
    begin = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    tick = datetime.timedelta(microseconds=1)
    expected = [
        (
            each.case,
            each.run,
            each.person,
            each.state,
            (each.began - begin) // tick,
            (each.since - begin) // tick,
            [(clock.name, clock.consumed, clock.target, clock.breached, clock.stopped) for clock in each.clocks],
            None if each.waiting is None or each.waiting[1] is None else (each.waiting[1] - begin) // tick,
        )
        for each in run.rows
    ]
    found = [
        (
            each.case,
            each.run,
            each.person,
            each.state,
            each.began,
            each.since,
            [(clock.name, clock.consumed, clock.target, clock.breached, clock.stopped) for clock in each.clocks],
            each.due,
        )
        for each in rebuilt(desk.log, desk.policy, desk.files, at)
    ]
    assert found
    assert found == expected


def test_a_run_folder_is_verified_as_it_stands(desk: Desk, tmp_path: Path) -> None:
    (sound,) = api.verify_cases(desk.root, desk.out)
    assert (sound.policy, sound.cases, sound.steps, sound.problems) == ("complaint-desk", 3, 34, ())
    changed = tmp_path / "changed"
    shutil.copytree(desk.out, changed)
    lines = changed / "results" / "complaint-desk.cases.jsonl"
    lines.write_text(lines.read_text("utf-8").replace("2026-10-08T08:00:00", "2026-10-08T08:00:01"), encoding="utf-8")
    (found,) = api.verify_cases(desk.root, changed)
    assert [(each.turn, each.what) for each in found.problems] == [(5, "time"), (5, "table")]


def test_a_damaged_line_is_named(desk: Desk, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(desk.out, changed)
    lines = changed / "results" / "complaint-desk.cases.jsonl"
    rows = lines.read_text("utf-8").splitlines()
    lines.write_text("\n".join([*rows[:6], "{", *rows[7:]]) + "\n", encoding="utf-8")
    with pytest.raises(MistakesFound) as refused:
        api.verify_cases(desk.root, changed)
    (found,) = refused.value.diagnostics
    assert (found.code, found.span.path, found.span.line) == ("damaged-case-log", str(lines), 7)


def test_a_folder_without_a_log_says_so(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(MistakesFound) as refused:
        api.verify_cases(desk.root, tmp_path)
    assert [each.code for each in refused.value.diagnostics] == ["no-case-log"]
