"""The conditions in a state machine checked, and parted into what can be asked of one event and what counts events.

What is asked of one event is a formula like any other. How often something has happened in a case so far is known only
while it is replayed, so it may be compared with whole numbers and with nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from typing import Literal as Word

from workflow.checks.calculated import EventType
from workflow.checks.context import Context
from workflow.checks.formulas import Typing
from workflow.checks.measures import in_currency
from workflow.checks.scope import Scope
from workflow.checks.uses import columns_in
from workflow.diagnostics import Span
from workflow.model.leaves import Formula, Words
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, Kind, Type
from workflow.syntax import ast, literals
from workflow.syntax.formula import parse

Whose = Word["event", "begin"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition on the fields of the event that comes, or of the one with which the case began."""

    formula: Expression
    of: Whose


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether so many events of a type have come in the case, at least or at most."""

    event: str
    limit: int
    least: bool


@dataclass(frozen=True, slots=True)
class Both:
    """All of these."""

    of: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these."""

    of: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    of: Guard


Guard = Asked | Counted | Both | Either | Not


@dataclass(frozen=True, slots=True)
class GuardPlace:
    """What a condition may name: the fields of the case's first event, and what is counted by which name."""

    currency: str
    begins: EventType | None
    counts: Mapping[str, str]


def check_guard(context: Context, leaf: Formula | None, place: GuardPlace, event: EventType | None) -> Guard | None:
    """A condition; None where there is none, or after noting what is wrong with it.

    Args:
        context: takes the mistakes.
        leaf: the formula.
        place: what it may name besides.
        event: the event that comes; None of what comes due, or is asked when a clock starts.
    """
    if leaf is None or place.begins is None:
        return None  # Of an event that nobody knows, every field would be unknown.
    own = _fields(event, place.currency)
    first = {name: of for name, of in _fields(place.begins, place.currency).items() if name not in own}
    typing = Typing(Scope({**first, **own, **dict.fromkeys(place.counts, COUNT)}))
    formula = typing.condition(leaf)
    context.diagnostics.extend(typing.mistakes)
    if formula is None:
        return None
    return _Parting(context, leaf.span, frozenset(own), place.counts).parted(formula)


def check_equal(context: Context, leaf: Words, field: str, place: GuardPlace) -> Guard | None:
    """Whether a field of the event with which the case begins says just this; None after noting that it can't.

    Args:
        context: takes the mistakes.
        leaf: the value, as its field writes it: a word without quotes.
        field: the name of the field.
        place: what there is of that event.
    """
    fields = _fields(place.begins, place.currency)
    if field not in fields:
        return None
    typing = Typing(Scope(fields))
    value = _value(typing, leaf, fields[field])
    if value is None:
        context.refuse("no-plain-value", leaf.span, found=leaf.text, field=field)
        return None
    formula = typing.type(ast.Compare("=", ast.Name((field,), leaf.span), value, leaf.span, leaf.span))
    context.diagnostics.extend(typing.mistakes)
    return Asked(formula, "begin") if formula is not None else None


def _value(typing: Typing, leaf: Words, of: Type) -> ast.Expression | None:
    """The value that a word means in a field of a type; None where it means none."""
    if of.is_textual:
        return ast.Text(leaf.text, leaf.span)
    if of.kind is Kind.TRUTH:
        truth = literals.truth(leaf.text)
        return ast.YesNo(truth, leaf.span) if truth is not None else None
    tree, mistakes = parse(leaf.scalar, typing.scope.vocabulary)
    inner = tree.operand if isinstance(tree, ast.Negate) else tree
    return tree if not mistakes and isinstance(inner, _PLAIN) else None


_PLAIN = (ast.Number, ast.Percent, ast.Money, ast.Date, ast.At, ast.Duration)
"""What stands for a value as it is."""


def _fields(event: EventType | None, currency: str) -> dict[str, Any]:
    return {name: in_currency(field.type, currency) for name, field in event.fields.items()} if event else {}


@dataclass(frozen=True, slots=True)
class _Parting:
    context: Context
    span: Span
    own: frozenset[str]
    counts: Mapping[str, str]

    def parted(self, formula: Expression) -> Guard | None:
        names = {column.name for column in columns_in(formula)}
        if not names & self.counts.keys():
            if names <= self.own:
                return Asked(formula, "event")
            if not names & self.own:
                return Asked(formula, "begin")
        if isinstance(formula, Apply) and formula.op in {Op.AND, Op.OR, Op.NOT}:
            parts = [self.parted(each) for each in formula.args]
            known = tuple(each for each in parts if each is not None)
            if len(known) < len(parts):
                return None
            return Not(known[0]) if formula.op is Op.NOT else Both(known) if formula.op is Op.AND else Either(known)
        if not names & self.counts.keys():
            self.context.refuse("guard-of-two-events", self.span, found=tuple(sorted(names)))
            return None
        guard = self._counted(formula)
        if guard is None:
            self.context.refuse("count-not-compared", self.span, found=tuple(sorted(names & self.counts.keys())))
        return guard

    def _counted(self, formula: Expression) -> Guard | None:
        """A count compared with a whole number."""
        if not isinstance(formula, Apply) or formula.op not in _TURNED:
            return None
        op, (left, right) = formula.op, formula.args
        if isinstance(left, Literal):
            op, left, right = _TURNED[op], right, left
        if not isinstance(left, Column) or not isinstance(right, Literal) or not isinstance(right.value, Decimal):
            return None
        event, limit = self.counts[left.name], right.value
        if limit != int(limit):
            return None
        least, most = Counted(event, int(limit), least=True), Counted(event, int(limit), least=False)
        match op:
            case Op.GE:
                return least
            case Op.GT:
                return Not(most)
            case Op.LE:
                return most
            case Op.LT:
                return Not(least)
            case Op.EQ:
                return Both((least, most))
            case _:
                return Not(Both((least, most)))


_TURNED: Mapping[Op, Op] = {
    Op.EQ: Op.EQ,
    Op.NE: Op.NE,
    Op.LT: Op.GT,
    Op.LE: Op.GE,
    Op.GT: Op.LT,
    Op.GE: Op.LE,
}
"""The comparison with its sides turned round."""
