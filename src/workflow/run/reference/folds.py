"""Nodes that go from row to row: the meaning of each kernel, one row after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflow.plan.kernels import UNKNOWN, Hysteresis, Standing
from workflow.plan.nodes import Fold
from workflow.run.reference.cells import Absent, Cell, Row
from workflow.run.reference.groups import ordered_groups
from workflow.run.reference.rows import Step

Numbers = dict[str, int]


def folded(step: Step, node: Fold) -> list[Row]:
    """Each row with what the kernel makes of it and of those before."""
    result: list[Row] = []
    for rows in ordered_groups(step, node):
        ladder = Ladder(node.kernel)
        for row in rows:
            given = {word: _number(row[name]) for word, name in zip(node.kernel.inputs, node.inputs, strict=True)}
            told = ladder.climbed(given)
            result.append(row | {f"{node.name}.{word}": Decimal(told[word]) for word in node.kernel.outputs})
    return result


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
        resumed = fresh and self.kernel.resumes
        carried = {word: given[f"resumed.{word}"] if resumed else 0 for word in self.kernel.carried}
        return {"tier": carried["earned"], **carried}

    def _decided(self, given: Numbers, last: Numbers) -> Numbers:
        present = last["earned"]
        told = {word: last[word] for word in self.kernel.carried} | {"before": last["tier"], "tier": present}
        sure = self._best(given, present, sure=True)
        outcomes = [self._outcome(given, last, best) for best in (self._best(given, present, sure=False), sure)]
        if outcomes[0] != outcomes[1]:
            return told | {"standing": Standing.UNCONFIRMED if present else Standing.UNDECIDED}
        told |= outcomes[1]
        return told | {"tier": told["earned"]}

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
