"""Conditions: the values compared, whether they decide, and borders that 12 digits can't tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workflow.checks.uses import columns_in
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Round
from workflow.model.types import Type
from workflow.report.cells import visible
from workflow.report.explanation.telling import Telling


def tell_condition(telling: Telling, condition: Expression, key: str, style: str = "") -> None:
    """A step with the condition as written and with the values put in; `key` is the sentence that says what follows."""
    words = {"formula": telling.written(condition), "filled": telling.filled(condition)}
    telling.page.step(telling.page.say(key, **words), condition.span, style)
    telling.say_in_words(condition)
    tell_borders(telling, condition)


def tell_borders(telling: Telling, condition: Expression) -> None:
    """Below a step: of each border in a condition that a result only looks equal to, on which side it lies."""
    for name, of, border in _borders(condition):
        tell_near(telling, name, of, border)


def lacks(telling: Telling, condition: Expression) -> bool:
    """Whether a name in it is missing."""
    return any(telling.figures.known(column.name) is None for column in columns_in(condition))


def tell_near(telling: Telling, name: str, of: Type, border: Decimal) -> None:
    """Below a step: that a quotient only looks like a border at the digits it is kept with, and on which side it is."""
    figures, quotient = telling.figures, telling.figures.quotient(name)
    if quotient is None or figures.known(name) != border or quotient.exact == border:
        return
    sides = [
        figures.stored(side.name, side.type) if isinstance(side, Column) else telling.written(side)
        for side in (quotient.dividend, quotient.divisor)
    ]
    key = "near-below" if quotient.exact < border else "near-above"
    words = {"name": visible(name), "border": figures.text(border, of), "dividend": sides[0], "divisor": sides[1]}
    telling.page.below(telling.page.say(key, **words))


def _borders(expression: Expression) -> Iterator[tuple[str, Type, Decimal]]:
    """Every name that is compared with a literal number, and the number."""
    match expression:
        case Apply(op=op, args=(Column() as column, Literal(value=Decimal() as border))) if op in COMPARISONS:
            yield column.name, column.type, border
        case Apply(op=op, args=(Literal(value=Decimal() as border), Column() as column)) if op in COMPARISONS:
            yield column.name, column.type, border
        case Apply(args=args):
            for arg in args:
                yield from _borders(arg)
        case Round(value=value):
            yield from _borders(value)
        case _:
            return
