"""Whether a policy may pay any amount: nothing in it, and no cap over it, says where its pay ends.

A warning, one a policy, given only where it is sure: an author who means it says `cap: none`.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.checks.calculated import Band, Decision, Formula
from workflow.checks.checked import CheckedIncentive
from workflow.checks.clauses import PayClause, Table
from workflow.checks.context import Context
from workflow.model.files import Document
from workflow.model.incentive import Incentive
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Apply, Column, Literal, Missing, Op, Round

_GROWING = frozenset({"sum", "count"})
"""The measures that every further event may raise; what the others find lies among the events themselves."""


def check_unlimited(context: Context, document: Document[Incentive], policy: CheckedIncentive) -> None:
    """Warn of a policy that has no cap, and of which a clause grows with the result without an end."""
    if any(key.text == "cap" for key, _ in document.tree.items):
        return
    values = {value.name: value.expression for value in policy.values}
    growing = {measure.name for measure in policy.measures if measure.function in _GROWING}
    found = [clause for clause in policy.pay if not _ends(clause, _Results(values, growing))]
    if found:
        context.refuse("pay-unlimited", found[0].span, found=tuple(clause.name for clause in found))


class _Results:
    """The named results of a policy: which of them can't grow without an end."""

    def __init__(self, values: Mapping[str, Formula], growing: set[str]) -> None:
        self._values = values
        self._growing = growing

    def end(self, expression: Formula) -> bool:
        """Whether an expression can't give more than its literals and what registers hold allow."""
        match expression:
            case None | Literal() | Missing() | Band():
                return True
            case Column():
                return self._named(expression.name)
            case Round():
                return self.end(expression.value)
            case Decision():
                return all(self.end(row.gives) for row in expression.rows)
            case Apply(op=Op.IF):
                return all(map(self.end, expression.args[1:]))
            case Apply(op=Op.MIN):
                return any(map(self.end, expression.args))
            case Apply(op=Op.DIV | Op.SUB):
                # What is divided by, or taken away, makes it less as it grows.
                return self.end(expression.args[0])
            case _:
                return all(map(self.end, expression.args))

    def _named(self, name: str) -> bool:
        if name in self._values:
            return self.end(self._values[name])
        return name not in self._growing


def _ends(clause: PayClause, results: _Results) -> bool:
    """Whether a clause pays at most so much a period, whatever the results are."""
    if clause.each is not None:
        return False
    if clause.amount is not None:
        return results.end(clause.amount)
    if clause.table is not None:
        return _table_ends(clause, clause.table, results)
    if clause.decision is not None and not results.end(clause.decision):
        return False
    return results.end(clause.on) and results.end(clause.rate)


def _table_ends(clause: PayClause, table: Table, results: _Results) -> bool:
    """A table of amounts ends with its last row; so do slices, where the last row gives nothing."""
    if not all(results.end(row.gives) for row in table.rows):
        return False
    last = table.rows[-1].gives
    nothing_more = table.mode is Mode.MARGINAL and isinstance(last, Literal) and last.value == 0
    return table.yields is Yields.AMOUNT or nothing_more or results.end(clause.on)
