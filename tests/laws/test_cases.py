"""Laws of replayed cases, of machines and logs at random: what comes later changes nothing, due instants are exact."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from tests.engines.machines import BEGIN, HOUR, TIME, a_log, a_machine
from workflow.plan.machines import FAILURES, UNKNOWN, Went
from workflow.run.reference.machines import replayed

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
            assert step["consumed"] >= step["due"]
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
            if step["went"] in (Went.BEGAN, Went.MOVED):
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
    kernels = [a_machine(dice) for _ in range(50)]
    steps = [step for kernel in kernels for step in replayed(kernel, a_log(dice, kernel.until))]
    assert {Went(step["went"]) for step in steps} >= set(Went) - {Went.AMBIGUOUS, Went.RAN_AWAY, Went.EARLY}
    assert min(step["instant"] for step in steps) >= BEGIN - HOUR
    assert UNKNOWN < 0
