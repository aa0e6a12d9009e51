"""Laws of replayed cases, of machines and logs at random: what comes later changes nothing, nor does who looks when,
nor where and how often a row is recorded; due instants are exact.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import workflow
from tests.engines.machines import BEGIN, HOUR, TIME, Row, a_log, a_machine, columns
from tests.golden.cases import cases
from workflow.plan.machines import FAILURES, UNKNOWN, Era, Replay, Timer, Went
from workflow.run.reference.cases import machine_of
from workflow.run.reference.machines import Group, Step, replayed
from workflow.run.replay import cases as bulk
from workflow.worktime.lengths import Length

ENDS = (Went.PENDING, Went.SHOWN)
"""What is told of the end of a replay only."""


@pytest.mark.parametrize("seed", range(4))
def test_a_replay_up_to_any_instant_is_the_beginning_of_the_whole(seed: int) -> None:
    """Of 100 machines, at the instants of all steps and a microsecond before each."""
    dice = random.Random(seed)
    for _ in range(100):
        kernel = a_machine(dice)
        log = a_log(dice, kernel.until)
        whole = [step for step in replayed(kernel, log) if step["went"] not in ENDS]
        moments = sorted({step["instant"] for step in whole})
        for until in dice.sample([*moments, *(moment - 1 for moment in moments)], min(8, 2 * len(moments))):
            known = [row for row in log if row["instant"] <= until]
            found = [step for step in replayed(replace(kernel, until=until), known) if step["went"] not in ENDS]
            assert found == [step for step in whole if step["instant"] <= until]


def lasting(steps: Sequence[Step]) -> list[Step]:
    """Those that aren't of the end of a replay, without their numbers."""
    return [{**step, "turn": 0} for step in steps if step["went"] not in ENDS]


def in_two(kernel: Replay, log: Sequence[Row], at: int) -> list[Step]:
    """The steps of a replay that ends at an instant, and of another one that has nothing but what stood there then."""
    first = Group(kernel, machine_of(kernel))
    for row in (each for each in log if each["instant"] <= at):
        first.until(row["instant"])
        first.event(row)
    first.until(at)
    second = Group(kernel, machine_of(kernel))
    # All but the era, which is the policy's.
    second.case = copy.deepcopy(first.case, {id(each): each for each in kernel.eras})
    for word in ("run", "number", "fired", "at_once", "fired_at", "failed"):
        setattr(second, word, getattr(first, word))
    second.replay([each for each in log if each["instant"] > at])
    return [*first.steps, *second.steps]


def in_two_at_once(kernel: Replay, logs: Sequence[Sequence[Row]], at: int) -> list[Step]:
    """The same of all groups together, over arrays: only up to an instant, and then from there."""
    given, starts = columns(kernel, logs)
    arrays = {name: np.array(column, np.int64) for name, column in given.items()}
    replaying = bulk._Cases(replace(kernel, until=at), arrays, np.array(starts, np.int64))
    ends = replaying.ends
    known = [sum(row["instant"] <= at for row in log) for log in logs if log]
    replaying.ends = np.array(starts, np.int64) + np.array(known, np.int64)
    for until, last in ((at, replaying.ends), (kernel.until, ends)):
        replaying.kernel, replaying.ends = replace(kernel, until=until), last
        going = np.flatnonzero(~replaying.failed)
        while len(going):
            going = replaying.further(going)
    found = replaying.log.told(kernel.outputs)
    return [{name: int(found[name][at]) for name in kernel.outputs} for at in range(len(found["run"]))]


def test_a_log_cut_in_two_and_resumed_is_the_whole() -> None:
    """Of 60 machines, at instants of their steps and between: whoever looks meanwhile, and goes on from what stands."""
    dice = random.Random(21)
    for _ in range(60):
        kernel = a_machine(dice)
        logs = [log for log in (a_log(dice, kernel.until) for _ in range(3)) if log]
        whole = [replayed(kernel, log) for log in logs]
        moments = sorted({step["instant"] for steps in whole for step in steps}) or [BEGIN]
        for at in (dice.choice(moments), dice.choice(moments) - 1, dice.choice(moments) + HOUR):
            cut = min(at, kernel.until)
            for log, steps in zip(logs, whole, strict=True):
                assert lasting(in_two(kernel, log, cut)) == lasting(steps)
            assert lasting(in_two_at_once(kernel, logs, cut)) == [each for steps in whole for each in lasting(steps)]


def test_rows_in_any_order_and_recorded_twice_give_the_same_log(tmp_path: Path) -> None:
    """Of forty complaints at random: turned about, a third of them in another file too, the same bytes."""
    rows: list[str] = []
    dice, told = random.Random(3), ("acknowledged", "waiting", "answered", "resolved", "resolved", "reopened")
    for number in range(1, 41):
        hours = sorted(dice.randrange(80 * 24) for _ in range(dice.randint(1, 7)))
        for turn, hour in enumerate(hours):
            moment = datetime.datetime(2026, 9, 20, 8, dice.choice((0, 30))) + datetime.timedelta(hours=hour)  # noqa: DTZ001 as clocks show it
            who = f"opened,C-{number},{dice.choice(('E1', 'E2'))},{dice.choice(('high', 'low'))}"
            rows.append(f"{len(rows)},{moment:%Y-%m-%d %H:%M},{f'{dice.choice(told)},C-{number},,' if turn else who}\n")
    (case,) = (each for each in cases("good") if each.folder.name == "a-complaint-climbs-over-the-holidays")
    found = []
    for name, files in (("one", [rows]), ("two", [dice.sample(rows, len(rows)), dice.sample(rows, len(rows) // 3)])):
        root = case.workspace(tmp_path / name)
        for source in (root / "sources").glob("*.yaml"):
            text = source.read_text(encoding="utf-8")
            source.write_text(text.replace("complaints.csv", "complaints*.csv"), encoding="utf-8")
        for file, part in enumerate(files):
            text = "".join(("No,Time,What,Complaint,Seller,Severity\n", *part))
            (root / "records" / f"complaints{file or ''}.csv").write_text(text, encoding="utf-8")
        workflow.evaluate(root, "2026-Q4", as_of=datetime.date(2026, 12, 28), out=root / "out")
        logs = sorted((root / "out" / "results").glob("*.cases.*"))
        found.append([each.read_bytes() for each in (*logs, root / "out" / "actions.jsonl")])
        assert len(logs) == 2
    assert found[0] == found[1]
    assert len(found[0][1]) > 10_000


def test_timers_that_lead_round_at_one_instant_end_their_case_at_once() -> None:
    """Two that count from an event of two days ago: the first that fires again is named."""
    dice, day = random.Random(2), Length(24 * HOUR, "elapsed")
    kernel = replace(
        a_machine(dice), states=3, final=(), moves=(), clocks=(), eras=(Era(),),
        timers=(Timer(1, Length(48 * HOUR, "elapsed"), 2), Timer(2, day, 3, since=1), Timer(3, day, 2, since=1)),
    )  # fmt: skip
    log = [{**dict.fromkeys(kernel.inputs, UNKNOWN), "event": 1, "instant": BEGIN, "kind": 1}]
    whole = replayed(kernel, log)
    assert [(step["went"], step["item"], step["state"]) for step in whole] == [
        (Went.BEGAN, 0, 0), (Went.FIRED, 1, 1), (Went.FIRED, 2, 2), (Went.FIRED, 3, 3), (Went.RAN_AWAY, 2, 2),
    ]  # fmt: skip
    assert lasting(in_two_at_once(kernel, [log], BEGIN)) == lasting(whole)


def test_a_case_that_fails_for_firing_at_one_instant_never_comes_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that bound it would fire there until the other one ends it; all else is the same."""
    dice, seen = random.Random(31), 0
    logs = [(kernel, a_log(dice, kernel.until)) for kernel in (a_machine(dice) for _ in range(150))]
    found = [replayed(kernel, log) for kernel, log in logs]
    monkeypatch.setattr(Replay, "most_at_once", 10**9)
    for (kernel, log), steps in zip(logs, found, strict=True):
        unbound = replayed(kernel, log)
        if steps and steps[-1]["went"] == Went.RAN_AWAY:
            assert unbound[: len(steps) - 1] == steps[:-1]
            assert (unbound[-1]["went"], unbound[-1]["instant"]) == (Went.RAN_AWAY, steps[-1]["instant"])
            seen += len(unbound) > len(steps)
        else:
            assert unbound == steps
    assert seen


@pytest.mark.parametrize("seed", range(2))
def test_a_clock_breaches_at_the_first_instant_at_which_its_target_is_consumed(seed: int) -> None:
    """A microsecond earlier it isn't: told by a replay that ends there."""
    dice, seen = random.Random(100 + seed), 0
    for _ in range(200):
        kernel = a_machine(dice)
        log = a_log(dice, kernel.until)
        for step in replayed(kernel, log):
            if step["went"] != Went.BREACHED or not step["due"]:
                continue
            # More it is only where the target was asked again, and lay behind the clock already.
            asked = kernel.clocks[step["item"] - 1].asks or kernel.migrations
            assert step["consumed"] >= step["due"] if asked else step["consumed"] == step["due"]
            before = replace(kernel, until=step["instant"] - 1)
            shown = replayed(before, [row for row in log if row["instant"] <= before.until])
            read = [each["consumed"] for each in shown if (each["went"], each["item"]) == (Went.SHOWN, step["item"])]
            # Where its event comes at that very instant, it had nothing consumed a microsecond earlier.
            assert all(consumed < step["due"] for consumed in read)
            seen += bool(read)
    assert seen > 5


def test_what_is_due_lies_so_much_working_time_after_its_entry() -> None:
    """Of timers that fire: the time worked from the entry is what the timer says, and a microsecond earlier less."""
    dice, seen = random.Random(7), 0
    for _ in range(300):
        kernel = a_machine(dice)
        steps = replayed(kernel, a_log(dice, kernel.until))
        entry: int | None = None
        for step in steps:
            if step["went"] in (Went.BEGAN, Went.MOVED, Went.MIGRATED):
                entry = step["instant"]
            timer = kernel.timers[step["item"] - 1] if step["went"] in (Went.FIRED, Went.WAIVED) else None
            if timer is not None and timer.after.unit == "working" and not timer.since and not timer.moment:
                plain = timer.every is None and entry is not None and timer.after.count
                if plain and entry is not None and TIME.between(entry, step["instant"]) is not None:
                    assert TIME.between(entry, step["instant"]) == timer.after.count
                    earlier = TIME.between(entry, step["instant"] - 1)
                    assert earlier is not None
                    assert earlier < timer.after.count
                    seen += 1
            if timer is not None and timer.to and step["went"] == Went.FIRED:
                entry = step["instant"]
    assert seen > 20


def test_nothing_follows_once_a_case_has_failed() -> None:
    """And a case that ends is told so by one step only."""
    dice = random.Random(11)
    for _ in range(200):
        kernel = a_machine(dice)
        steps = replayed(kernel, a_log(dice, kernel.until))
        failed = [number for number, step in enumerate(steps) if step["went"] in FAILURES]
        assert failed in ([], [len(steps) - 1])
        assert all(step["instant"] <= kernel.until for step in steps)
        assert [step["turn"] for step in steps] == list(range(1, len(steps) + 1))
        assert all(a["instant"] <= b["instant"] for a, b in itertools.pairwise(steps))


def test_the_logs_are_not_all_empty() -> None:
    """So that the laws say something."""
    dice = random.Random(1)
    kernels = [a_machine(dice) for _ in range(100)]
    steps = [step for kernel in kernels for step in replayed(kernel, a_log(dice, kernel.until))]
    assert {Went(step["went"]) for step in steps} >= set(Went) - {
        Went.AMBIGUOUS,
        Went.RAN_AWAY,
        Went.EARLY,
        Went.NO_MAPPING,
    }
    assert min(step["instant"] for step in steps) >= BEGIN - HOUR
    assert UNKNOWN < 0
