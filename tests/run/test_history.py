"""Deciding occasions: several plans are in work at once, and nothing of what comes out tells which was done first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from workflow.plan.breaches import Breach
from workflow.run.duck import Cursors
from workflow.run.history import decide
from workflow.run.outcome import Opened, RunFailed


class Backwards:
    """An engine of which the plan that was begun last ends first; a plan is its name, and one with a `!` fails."""

    def __init__(self, plans: Sequence[str]) -> None:
        """Each waits for the one behind it."""
        self.ended = {plan: threading.Event() for plan in plans}
        self.behind = dict(pairwise(plans))

    @contextmanager
    def opened(self, _: object) -> Iterator[Any]:
        """Run plans."""
        yield SimpleNamespace(run=self.run, interrupt=lambda: None)

    def run(self, plan: str) -> str:
        """Wait, then end."""
        if plan in self.behind:
            assert self.ended[self.behind[plan]].wait(10), "the plan behind it is not in work"
        self.ended[plan].set()
        if plan.endswith("!"):
            raise RunFailed(next(iter(Breach)), plan)
        return plan.upper()


class Interrupted:
    """An engine whose plans have two statements: one after which a Ctrl-C comes, once, and one that takes long."""

    def __init__(self) -> None:
        """Nothing has ended."""
        self.ended_early: set[str] = set()
        self.all_begun = threading.Event()

    def plans(self) -> Iterator[str]:
        """More than are in work at once; whoever asks for another has begun these."""
        yield from "abc"
        self.all_begun.set()

    @contextmanager
    def opened(self, _: object) -> Iterator[Any]:
        """Run plans by cursors of the default engine."""
        with duckdb.connect() as connection:
            cursors = Cursors(connection)
            yield SimpleNamespace(run=partial(self.run, cursors), interrupt=cursors.interrupt)

    def run(self, cursors: Cursors, plan: str) -> None:
        """Say of a plan that it didn't come to its end."""
        with cursors.cursor() as own:
            own.execute("SELECT 1")
            if plan == "a":
                assert self.all_begun.wait(10)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            try:
                own.execute("SELECT sum(a.range * b.range % 7) FROM range(200000) a, range(10000) b").fetchone()
            except duckdb.InterruptException:
                self.ended_early.add(plan)
                raise


class InTurn:
    """An engine that can't be interrupted: its plans are the thread that runs them."""

    @contextmanager
    def opened(self, _: object) -> Iterator[Opened]:
        """Run plans."""
        thread: Any = lambda _: threading.current_thread()  # noqa: E731
        yield Opened(thread)


def decided(plans: Iterable[str], by: Any = None) -> list[Any]:
    """What comes out of plans that nobody reads, in the order of their policies."""
    needs: Any = (SimpleNamespace(due=plan, own=True, columns={}, reads={}) for plan in plans)
    lower: Any = lambda due, _: SimpleNamespace(plan=due, policy=SimpleNamespace(id=due))  # noqa: E731
    engine: Any = by or Backwards(list(plans))
    evidence: Any = None
    return [outcome for _, outcome in decide(needs, lower, engine, evidence)[0]]


def test_plans_that_nobody_reads_are_in_work_at_once() -> None:
    """The first waits for the second, and yet stands before it."""
    assert decided(["a", "b"]) == ["A", "B"]


def test_of_plans_that_fail_the_first_is_told() -> None:
    """Though the second fails before it."""
    with pytest.raises(RunFailed) as failed:
        decided(["a!", "b!"])
    assert failed.value.step == "a!"


def test_an_interrupt_ends_what_is_in_work() -> None:
    """Though it comes between two statements, and other plans wait for their turn."""
    engine = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        decided(engine.plans(), engine)
    assert "a" in engine.ended_early


def test_plans_that_cannot_be_interrupted_are_run_where_an_interrupt_comes() -> None:
    """Which is the main thread, for all of them."""
    assert decided(["a", "b"], InTurn()) == [threading.main_thread()] * 2
