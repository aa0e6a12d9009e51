"""From an outcome to the ledger's entries: actions, and what is withheld, each with its reasons."""

from __future__ import annotations

import calendar
import datetime
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflow.checks.checked import ActionClause, CheckedIncentive, PayClause
from workflow.checks.uses import columns_in
from workflow.ledger.entries import Action, Reason, Withheld
from workflow.model.typed import Column, Expression
from workflow.model.types import Kind, Type, shifted
from workflow.plan.incentives import RESULTS
from workflow.plan.nodes import Plan, mask_of
from workflow.plan.occasions import Occasion
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


def entries(workspace: str, decided: tuple[Decided, ...], as_of: datetime.date) -> Book:
    """The entries of a run.

    Args:
        workspace: the workspace's name, a part of every action's identity.
        decided: the policies with their outcomes.
        as_of: the day up to whose end events counted; before a period's end its actions are only expected.

    Returns:
        Actions and withheld clauses.
    """
    actions: list[Action] = []
    withheld: list[Withheld] = []
    for each in decided:
        writer = _Writer(workspace, each, as_of)
        for person, row in writer.results().items():
            for found in writer.of_person(person, row):
                (actions if isinstance(found, Action) else withheld).append(found)  # type: ignore[arg-type]
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
class _Writer:
    workspace: str
    decided: Decided
    as_of: datetime.date

    def results(self) -> Mapping[str, Mapping[str, Any]]:
        """The row of each person."""
        return {row["person"]: row for row in self.decided.outcome.tables[RESULTS].to_pylist()}

    def of_person(self, person: str, row: Mapping[str, Any]) -> list[Action | Withheld]:
        """A person's entries: pay in the policy's order, then actions."""
        policy = self.decided.policy
        found = [self._paid(person, row, clause) for clause in policy.pay]
        found += [self._triggered(person, row, action) for action in policy.actions]
        return [each for each in found if each is not None]

    def _paid(self, person: str, row: Mapping[str, Any], clause: PayClause) -> Action | Withheld | None:
        name = f"pay.{clause.name}"
        applies = row[f"{name}.when"]
        if applies is False:
            return None
        mask = row.get(mask_of(f"{name}.when")) or 0
        if applies and row[name] is None:
            mask = row[mask_of(name)]
        if mask:
            return self._withheld(person, clause, mask)
        table = clause.table
        parts = [clause.when, clause.amount, clause.on, clause.rate, *((table.by, table.unit) if table else ())]
        because = self._because(row, parts)
        return self._action(person, clause, "pay", because, row[name])

    def _triggered(self, person: str, row: Mapping[str, Any], action: ActionClause) -> Action | Withheld | None:
        name = f"action.{action.name}"
        if row[name] is None:
            return self._withheld(person, action, row[mask_of(name)])
        return self._action(person, action, action.kind, self._because(row, [action.when])) if row[name] else None

    def _withheld(self, person: str, clause: PayClause | ActionClause, mask: int) -> Withheld:
        policy = self.decided.policy
        why = reasons(self.decided.plan, mask)
        period = self.decided.occasion.period
        return Withheld(policy.id, policy.version, clause.name, person, period, why, clause.span)

    def _action(
        self,
        person: str,
        clause: PayClause | ActionClause,
        kind: str,
        because: tuple[tuple[str, str], ...],
        amount: Decimal | None = None,
    ) -> Action:
        policy, occasion = self.decided.policy, self.decided.occasion
        parts = (self.workspace, policy.id, clause.identity, person, occasion.period)
        return Action(
            id="/".join(urllib.parse.quote(part, safe="") for part in parts),
            kind=kind,
            policy=policy.id,
            version=policy.version,
            clause=clause.name,
            subject=person,
            period=occasion.period,
            amount=amount,
            currency=policy.currency if amount is not None else None,
            what=clause.item if isinstance(clause, ActionClause) else None,
            due=_due(clause, occasion.last) if isinstance(clause, ActionClause) else None,
            expected=self.as_of < occasion.last,
            because=because,
            span=clause.span,
        )

    def _because(self, row: Mapping[str, Any], parts: list[Expression | None]) -> tuple[tuple[str, str], ...]:
        """Every named value that the clause reads, once, in the order in which it reads them."""
        read: dict[str, Column] = {}
        for part in parts:
            for column in columns_in(part):
                read.setdefault(column.name, column)
        known = [(name, row[name], column.type) for name, column in read.items() if row.get(name) is not None]
        return tuple((name, value_text(value, of)) for name, value, of in known)


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
