"""What a policy says and can't mean: pay that falls when the result rises, and conditions that can never hold.

Both are warnings, and given only where they are sure. A result of which less is better has a table that falls from row
to row, and that is no slip: so a fall is told where the table is read by the very result that it pays on, or where the
same table also rises.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from workflow.checks.checked import CheckedIncentive
from workflow.checks.clauses import PayClause, Row, Table
from workflow.checks.context import Context
from workflow.checks.tables import border_text
from workflow.diagnostics import Diagnostic
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Value
from workflow.model.types import Kind

MIRRORED = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE, Op.EQ: Op.EQ}
"""The comparison that means the same with its sides exchanged."""


def check_payouts(context: Context, policy: CheckedIncentive) -> None:
    """Warn of tables whose pay falls when the result rises, and of conditions that can never hold."""
    for clause in policy.pay:
        if clause.table is not None:
            _check_falls(context, policy, clause, clause.table)
    conditions = [clause.when for clause in policy.pay] + [action.when for action in policy.actions]
    conditions += [limit.condition for limit in policy.limits] + [measure.where for measure in policy.measures]
    for condition in conditions:
        if condition is not None and impossible(condition):
            context.refuse("never-holds", condition.span)


def impossible(condition: Expression) -> bool:
    """Whether a condition surely never holds: its literals leave no room, whatever the named values are."""
    if isinstance(condition, Apply) and condition.op is Op.OR:
        return all(impossible(each) for each in condition.args)
    bounds: dict[str, list[tuple[Op, Value]]] = {}
    for part in _conjuncts(condition):
        if isinstance(part, Apply) and part.op is Op.OR and impossible(part):
            return True
        if isinstance(part, Apply) and part.op in MIRRORED:
            left, right = part.args
            if isinstance(left, Column) and isinstance(right, Literal):
                bounds.setdefault(left.name, []).append((part.op, right.value))
            elif isinstance(left, Literal) and isinstance(right, Column):
                bounds.setdefault(right.name, []).append((MIRRORED[part.op], left.value))
    return any(_no_room(each) for each in bounds.values())


def _conjuncts(condition: Expression) -> Iterator[Expression]:
    if isinstance(condition, Apply) and condition.op is Op.AND:
        for part in condition.args:
            yield from _conjuncts(part)
    else:
        yield condition


def _no_room(bounds: list[tuple[Op, Value]]) -> bool:
    """Whether no value is within all of these bounds; two that can't be compared leave room."""
    return any(_apart(one, other) for one, other in itertools.permutations(bounds, 2))


def _apart(one: tuple[Op, Value], other: tuple[Op, Value]) -> bool:
    """Whether what lies above the one bound, or on it, can't lie below the other, or on that."""
    (above, low), (below, high) = one, other
    if above is Op.EQ and below is Op.EQ:
        return low != high
    if above not in {Op.GT, Op.GE, Op.EQ} or below not in {Op.LT, Op.LE, Op.EQ}:
        return False
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return False
    return low > high or (low == high and Op.GT in {above, below}) or (low == high and Op.LT in {above, below})


def _check_falls(context: Context, policy: CheckedIncentive, clause: PayClause, table: Table) -> None:
    """Two points between which more of the result pays less: the sides of a border, or the ends of a straight line."""
    if table.mode is Mode.MARGINAL or not all(isinstance(row.gives, Literal) for row in table.rows):
        return
    paid_on = table.yields is not Yields.AMOUNT and _is_paid_on(policy, clause, table)
    rises = any(_number(one.gives) < _number(other.gives) for one, other in itertools.pairwise(table.rows))
    code = "pay-falls-between" if table.mode is Mode.INTERPOLATED else "pay-falls"
    for place in range(1, len(table.rows)):
        here, earlier = table.rows[place], table.rows[place - 1]
        since = earlier if table.mode is Mode.INTERPOLATED else here
        one, other = _paid(earlier, since, paid_on=paid_on), _paid(here, here, paid_on=paid_on)
        if _number(other) < _number(one) and _number(here.border) > 0 and (paid_on or rises):
            shown = (one, other) if one.type.kind is Kind.MONEY else (earlier.gives, here.gives)
            words = {"before": border_text(shown[0]), "after": border_text(shown[1]), "other": border_text(here.border)}
            words |= {"one": border_text(since.border)} if since is earlier else {}
            context.note(Diagnostic(code, here.span, words, related=(earlier.span,)))


def _paid(row: Row, at: Row, *, paid_on: bool) -> Literal:
    """What a row gives at a border: as it stands, or times the border where that is what is paid on."""
    value = _number(row.gives) * (_number(at.border) if paid_on else 1)
    of = at.border.type if paid_on else row.gives.type
    return Literal(Decimal(f"{value.normalize():f}"), of)


def _is_paid_on(policy: CheckedIncentive, clause: PayClause, table: Table) -> bool:
    """Whether the table is read by what it pays on, or by a value that is this divided by something."""
    if clause.on is None:
        return False
    by = table.by
    value = next((each.expression for each in policy.values if isinstance(by, Column) and each.name == by.name), by)
    if isinstance(value, Apply) and value.op is Op.DIV:
        value = value.args[0]
    return isinstance(value, Column) and value.name == clause.on.name


def _number(expression: Expression) -> Decimal:
    assert isinstance(expression, Literal)
    assert isinstance(expression.value, Decimal)
    return expression.value
