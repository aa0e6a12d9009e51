"""From an outcome to the ledger's entries: actions, and what is withheld, each with its reasons."""

from __future__ import annotations

import calendar
import datetime
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflow.checks.checked import ActionClause, CheckedIncentive, CheckedWorkspace, PayClause
from workflow.checks.uses import columns_in
from workflow.ledger.entries import Action, Reason, Withheld
from workflow.model.typed import Column, Expression
from workflow.model.types import Kind, Type, shifted
from workflow.plan.incentives import RESULTS
from workflow.plan.nodes import Plan, mask_of
from workflow.plan.occasions import Occasion, instant
from workflow.run.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """One policy's part of a run: what was checked, planned and found."""

    policy: CheckedIncentive
    plan: Plan
    occasion: Occasion
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Book:
    """All entries of a run, in the order policy, person, clause."""

    actions: tuple[Action, ...]
    withheld: tuple[Withheld, ...]


def entries(rules: CheckedWorkspace, decided: tuple[Decided, ...], as_of: datetime.date) -> Book:
    """The entries of a run.

    Args:
        rules: the workspace, whose name is a part of every action's identity, and whose zone says when days end.
        decided: the policies with their outcomes.
        as_of: the day up to whose end, or the instant up to which, events counted; before a period's last instant its
            actions are only expected.

    Returns:
        Actions and withheld clauses.
    """
    actions: list[Action] = []
    withheld: list[Withheld] = []
    for each in decided:
        expected = instant(as_of, rules.zone) < instant(each.occasion.last, rules.zone)
        lines = _lines_of(rules.id, each, expected=expected)
        for row in each.outcome.tables[RESULTS].to_pylist():
            shown: dict[str, str] = {}
            for line in lines:
                if line.applies(row):
                    mask = line.mask(row)
                    if mask:
                        withheld.append(line.withheld(row, mask))
                    else:
                        actions.append(line.action(row, shown))
    return Book(tuple(actions), tuple(withheld))


def reasons(plan: Plan, mask: int) -> tuple[Reason, ...]:
    """The causes that a mask names, in the plan's order."""
    found = [cause for index, cause in enumerate(plan.causes) if mask >> index & 1]
    return tuple(Reason(cause.code, dict(cause.args), cause.span) for cause in found)


def value_text(value: object, of: Type) -> str:
    """A value as every reader can parse it again: `1234.5 CNY`, `83.12%`, `2026-07-01`; without needless zeros."""
    if isinstance(value, Decimal):
        shown = shifted(value, 2) if of.kind is Kind.RATIO else value
        digits = f"{shown:f}"
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        return f"{digits}%" if of.kind is Kind.RATIO else f"{digits} {of.unit}" if of.unit else digits
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


@dataclass(frozen=True, slots=True)
class _Line:
    """What all entries of one clause share, worked out once: the rows of people are many.

    `when` is the column of the condition, `amount` that of the paid line (None: nothing is paid), `reads` what the
    clause reads, in its order; `before` and `after` stand around the person in the identity. `why` keeps the reasons of
    masks.
    """

    decided: Decided
    clause: PayClause | ActionClause
    kind: str
    when: str
    amount: str | None
    reads: tuple[Column, ...]
    before: str
    after: str
    due: datetime.date | None
    expected: bool
    why: dict[int, tuple[Reason, ...]]

    def applies(self, row: Mapping[str, Any]) -> bool:
        """Whether the clause pays or triggers something for the person, or might."""
        return row[self.when] is not False

    def mask(self, row: Mapping[str, Any]) -> int:
        """The causes for which the clause is withheld; 0 if it isn't."""
        if row[self.when] is None:
            return int(row[mask_of(self.when)])
        return int(row[mask_of(self.amount)]) if self.amount is not None and row[self.amount] is None else 0

    def withheld(self, row: Mapping[str, Any], mask: int) -> Withheld:
        """The entry of a clause that an unknown input would decide."""
        if mask not in self.why:
            self.why[mask] = reasons(self.decided.plan, mask)
        policy, period = self.decided.policy, self.decided.occasion.period
        return Withheld(
            policy.id, policy.version, self.clause.name, row["person"], period, self.why[mask], self.clause.span
        )

    def action(self, row: Mapping[str, Any], shown: dict[str, str]) -> Action:
        """The entry of a clause that applies; `shown` keeps the texts of the person's values."""
        policy, person = self.decided.policy, row["person"]
        amount = None if self.amount is None else row[self.amount]
        return Action(
            id=f"{self.before}{urllib.parse.quote(person, safe='')}{self.after}",
            kind=self.kind,
            policy=policy.id,
            version=policy.version,
            clause=self.clause.name,
            subject=person,
            period=self.decided.occasion.period,
            amount=amount,
            currency=None if amount is None else policy.currency,
            what=self.clause.item if isinstance(self.clause, ActionClause) else None,
            due=self.due,
            expected=self.expected,
            because=self._because(row, shown),
            span=self.clause.span,
        )

    def _because(self, row: Mapping[str, Any], shown: dict[str, str]) -> tuple[tuple[str, str], ...]:
        """Every known value that the clause reads."""
        found = []
        for column in self.reads:
            name = column.name
            if name not in shown and row.get(name) is not None:
                shown[name] = value_text(row[name], column.type)
            if name in shown:
                found.append((name, shown[name]))
        return tuple(found)


def _lines_of(workspace: str, decided: Decided, *, expected: bool) -> tuple[_Line, ...]:
    """The policy's clauses: pay in the policy's order, then actions."""
    policy, occasion = decided.policy, decided.occasion
    why: dict[int, tuple[Reason, ...]] = {}
    found = []
    clauses: tuple[PayClause | ActionClause, ...] = (*policy.pay, *policy.actions)
    for clause in clauses:
        paid = isinstance(clause, PayClause)
        name = f"pay.{clause.name}" if paid else f"action.{clause.name}"
        parts = (workspace, policy.id, clause.identity)
        line = _Line(
            decided=decided,
            clause=clause,
            kind="pay" if isinstance(clause, PayClause) else clause.kind,
            when=f"{name}.when" if paid else name,
            amount=name if paid else None,
            reads=_reads(clause),
            before="".join(f"{urllib.parse.quote(part, safe='')}/" for part in parts),
            after=f"/{urllib.parse.quote(occasion.period, safe='')}",
            due=_due(clause, occasion.last) if isinstance(clause, ActionClause) else None,
            expected=expected,
            why=why,
        )
        found.append(line)
    return tuple(found)


def _reads(clause: PayClause | ActionClause) -> tuple[Column, ...]:
    """Every named value that a clause reads, once, in the order in which it reads them."""
    parts: list[Expression | None] = [clause.when]
    if isinstance(clause, PayClause):
        parts += [clause.amount, clause.on, clause.rate]
        parts += [clause.table.by, clause.table.unit] if clause.table else []
    read: dict[str, Column] = {}
    for part in parts:
        for column in columns_in(part):
            read.setdefault(column.name, column)
    return tuple(read.values())


def _due(clause: ActionClause, last: datetime.date) -> datetime.date | None:
    """The day by which it is due, counted from the period's last day; a day that a month lacks is its last."""
    if clause.due is None:
        return None
    count, unit = clause.due
    if unit == "days":
        return last + datetime.timedelta(days=count)
    month = last.month - 1 + count
    year, month = last.year + month // 12, month % 12 + 1
    return datetime.date(year, month, min(last.day, calendar.monthrange(year, month)[1]))
