"""What nothing uses: a measure or a value that no clause needs is most likely a slip, and so a warning."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.checked import CheckedIncentive
from workflow.checks.context import Context
from workflow.model.typed import Column, Expression, Literal, Missing, Round


def columns_in(expression: Expression | None) -> Iterator[Column]:
    """Every column that an expression reads, in order."""
    match expression:
        case None | Literal() | Missing():
            return
        case Column():
            yield expression
        case Round():
            yield from columns_in(expression.value)
        case _:
            for operand in expression.args:
                yield from columns_in(operand)


def check_uses(context: Context, policy: CheckedIncentive) -> None:
    """Warn of every measure and value that leads to no pay and no action."""
    used: set[str] = set()
    for clause in policy.pay:
        table = clause.table
        parts: list[Expression | None] = [clause.when, clause.amount, clause.on, clause.rate]
        if table is not None:
            parts += [table.by, table.unit, table.below, *(row.gives for row in table.rows)]
        used.update(column.name for part in parts for column in columns_in(part))
    for action in policy.actions:
        used.update(column.name for column in columns_in(action.when))
    for value in reversed(policy.values):
        if value.name in used:
            used.update(column.name for column in columns_in(value.expression))
    places = [(each.name, each.span) for each in policy.measures] + [(each.name, each.span) for each in policy.values]
    for name, span in places:
        if name not in used:
            context.refuse("unused", span, found=name)
