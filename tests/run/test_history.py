"""Deciding occasions: several plans are in work at once, and nothing of what comes out tells which was done first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from workflow.plan.breaches import Breach
from workflow.run.history import decide
from workflow.run.outcome import RunFailed


class Backwards:
    """An engine of which the plan that was begun last ends first; a plan is its name, and one with a `!` fails."""

    def __init__(self, plans: Sequence[str]) -> None:
        """Each waits for the one behind it."""
        self.ended = {plan: threading.Event() for plan in plans}
        self.behind = dict(pairwise(plans))

    @contextmanager
    def opened(self, _: object) -> Iterator[Callable[[str], str]]:
        """Run plans."""
        yield self.run

    def run(self, plan: str) -> str:
        """Wait, then end."""
        if plan in self.behind:
            assert self.ended[self.behind[plan]].wait(10), "the plan behind it is not in work"
        self.ended[plan].set()
        if plan.endswith("!"):
            raise RunFailed(next(iter(Breach)), plan)
        return plan.upper()


def decided(plans: Sequence[str]) -> list[Any]:
    """What comes out of plans that nobody reads, in the order of their policies."""
    needs: Any = [SimpleNamespace(due=plan, own=True, columns={}, reads={}) for plan in plans]
    lower: Any = lambda due, _: SimpleNamespace(plan=due, policy=SimpleNamespace(id=due))  # noqa: E731
    engine: Any = Backwards(plans)
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
