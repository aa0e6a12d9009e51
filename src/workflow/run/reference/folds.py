"""Nodes that go from row to row: the meaning of each kernel, one row after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from workflow.plan.kernels import UNKNOWN, Hysteresis, Standing, Stopwatch
from workflow.plan.machines import Replay
from workflow.plan.nodes import Fold
from workflow.run.reference.cells import Absent, Cell, Row
from workflow.run.reference.groups import ordered_groups
from workflow.run.reference.machines import replayed
from workflow.run.reference.rows import Step

Numbers = dict[str, int]


def folded(step: Step, node: Fold) -> list[Row]:
    """Each row with what the kernel makes of it and of those before; or the rows that it gives instead."""
    result: list[Row] = []
    for rows in ordered_groups(step, node):
        if isinstance(node.kernel, Replay):
            result += _steps(node, node.kernel, rows)
            continue
        if isinstance(node.kernel, Stopwatch):
            result += (_timed(node, node.kernel, row) for row in rows)
            continue
        ladder = (DailyLadder if node.kernel.at_events else Ladder)(node.kernel)
        for row in rows:
            given = {word: _number(row[name]) for word, name in zip(node.kernel.inputs, node.inputs, strict=True)}
            told = ladder.climbed(given)
            result.append(row | {f"{node.name}.{word}": Decimal(told[word]) for word in node.kernel.outputs})
    return result


def _steps(node: Fold, kernel: Replay, rows: Sequence[Row]) -> Iterator[Row]:
    """The steps of one case."""
    given = [{word: _number(row[name]) for word, name in zip(kernel.inputs, node.inputs, strict=True)} for row in rows]
    for step in replayed(kernel, given):
        own = {name: rows[0][name] for name in node.by}
        yield own | {f"{node.name}.{word}": Decimal(step[word]) for word in kernel.outputs}


def _timed(node: Fold, kernel: Stopwatch, row: Row) -> Row:
    """A row with the working time between its instants, and when the limit has passed."""
    since, until = (_number(row[name]) for name in node.inputs)
    told = {
        "length": kernel.time.between(since, until) if UNKNOWN not in (since, until) else None,
        "due": kernel.time.after(since, kernel.limit) if since != UNKNOWN else None,
    }
    known = {word: Decimal(UNKNOWN if value is None else value) for word, value in told.items()}
    return row | {f"{node.name}.{word}": value for word, value in known.items()}


def _number(cell: Cell) -> int:
    if isinstance(cell, Absent):
        return UNKNOWN
    assert isinstance(cell, bool | Decimal)
    return int(cell)


@dataclass(slots=True)
class Ladder:
    """One customer's way up and down the tiers."""

    kernel: Hysteresis
    last: Numbers | None = None
    turn: int = 0

    def climbed(self, given: Numbers) -> Numbers:
        """What one period comes to."""
        if self.last is None or given["turn"] != self.turn + 1:
            self.last = self._begun(given, fresh=self.last is None)
        told = self._decided(given, self.last)
        if given["set"] > 0:
            told |= {"tier": given["set"], "standing": Standing.SET}
        self.last, self.turn = told, given["turn"]
        return told

    def _begun(self, given: Numbers, *, fresh: bool) -> Numbers:
        resumed = fresh and self.kernel.resumes and given["resumed.earned"] != UNKNOWN
        return {word: given[f"resumed.{word}"] if resumed else 0 for word in ("tier", *self.kernel.carried)}

    def _decided(self, given: Numbers, last: Numbers) -> Numbers:
        present = last["earned"]
        told = {word: last[word] for word in self.kernel.carried} | {"before": last["tier"], "tier": present}
        sure = self._best(given, present, sure=True)
        bests = (self._best(given, present, sure=False), sure)
        outcomes = [told | self._outcome(given, last, best) for best in bests]
        if outcomes[0] != outcomes[1]:
            return told | {"standing": Standing.UNCONFIRMED if present else Standing.UNDECIDED}
        return outcomes[1] | {"tier": outcomes[1]["earned"]}

    def _best(self, given: Numbers, present: int, *, sure: bool) -> int:
        """The best tier whose conditions hold: surely, or if all that is unknown held."""
        accepted = (1,) if sure else (1, UNKNOWN)
        for tier in range(1, self.kernel.tiers):
            words = ("enter", "stay") if present and tier >= present else ("enter",)
            if any(given[f"{word}.{tier}"] in accepted for word in words):
                return tier
        return self.kernel.tiers

    def _outcome(self, given: Mapping[str, int], last: Mapping[str, int], best: int) -> Numbers:
        """What changes if this is the best tier."""
        present, turn, begins = last["earned"], given["turn"], {"since": given["turn"], "until": given["until"]}
        if not present:
            return {"earned": best, **begins, "below": 0, "first": turn, "standing": Standing.ENTERED}
        if best < present:
            return {"earned": best, **begins, "below": 0, "standing": Standing.ENTERED}
        past = turn > last["until"]
        if best == present:
            return {"until": given["until"] if past else last["until"], "below": 0, "standing": Standing.STAYED}
        if turn - last["first"] <= self.kernel.protect:
            return {"below": 0, "standing": Standing.PROTECTED}
        if not past:
            return {"below": 0, "standing": Standing.HELD}
        below = last["below"] + 1
        if below <= self.kernel.grace:
            return {"below": below, "standing": Standing.IN_GRACE}
        lowest = min(best, present + self.kernel.most) if self.kernel.most else best
        return {"earned": lowest, **begins, "below": 0, "standing": Standing.FELL}


@dataclass(slots=True)
class DailyLadder(Ladder):
    """The same, looked at on days before the end of a period too.

    `start` is what the period began with: the tier, the day through which it is held, and the tier that was shown.
    """

    start: Numbers = field(default_factory=dict)

    def climbed(self, given: Numbers) -> Numbers:
        """What one day, or the end of a period, comes to."""
        if self.last is None or given["turn"] not in {self.turn, self.turn + 1}:
            self.last = self._begun(given, fresh=self.last is None)
            self.turn = given["turn"] - 1
        if given["turn"] != self.turn:
            self.start = {"earned": self.last["earned"], "until": self.last["until"], "shown": self.last["tier"]}
            self.turn = given["turn"]
        told = self._decided(given, self.last) | {"before": self.start["shown"]}
        if given["set"] > 0:
            told |= {"tier": given["set"], "standing": Standing.SET}
        self.last = told
        return told

    def _outcome(self, given: Mapping[str, int], last: Mapping[str, int], best: int) -> Numbers:
        """What changes if this is the best tier."""
        present, begun, ends = last["earned"], self.start["earned"], bool(given["ends"])
        here = {"since": given["day"], "until": given["until"]}
        settled = {"below": 0} if ends else {}
        if not present or best < present:
            first = {} if present else {"first": given["turn"]}
            return {"earned": best, **here, **settled, **first, "standing": Standing.ENTERED}
        if best == present:
            anew = {"until": given["until"]} if ends and given["day"] > last["until"] else {}
            return {**anew, **settled, "standing": Standing.STAYED}
        if not begun or best < begun:
            return {"earned": best, **here, **settled, "standing": Standing.UNDONE}
        return self._below(given, last, best)

    def _below(self, given: Mapping[str, int], last: Mapping[str, int], best: int) -> Numbers:
        """The same where the best is no better than the tier with which the period began."""
        kernel, present, begun, ends = self.kernel, last["earned"], self.start["earned"], bool(given["ends"])
        back: Numbers = {}
        if present < begun:
            back = {"earned": begun, "since": given["day"], "until": self.start["until"]}
        held = given["day"] <= self.start["until"]
        settled = {"below": 0} if ends else {}
        undone = {**back, "standing": Standing.UNDONE} if back else {}
        if best == begun:
            anew = {"until": given["until"]} if ends and not held else {}
            return {**undone, **anew, **settled}
        if present <= begun:
            if given["turn"] - last["first"] <= kernel.protect:
                return {"standing": Standing.PROTECTED, **undone, **settled}
            if held:
                return {"standing": Standing.HELD, **undone, **settled}
            if kernel.grace and not ends:
                return {"standing": Standing.WAITS, **undone}
            below = last["below"] + 1
            if below <= kernel.grace:
                return {**back, "below": below, "standing": Standing.IN_GRACE}
        lowest = min(best, begun + kernel.most) if kernel.most else best
        if lowest <= present:
            return {**settled, "standing": Standing.WAITS}
        fallen = {"earned": lowest, "since": given["day"], "until": given["until"]}
        return {**fallen, **settled, "standing": Standing.FELL}
