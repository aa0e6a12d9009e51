"""Random well-formed expressions over given fields: all operators, sizes up to 38 digits, causes for every failure."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from tests.engines import built_ins
from workflow.model.sizes import (
    DURATIONS,
    conversion_can_overflow,
    failures,
    product_type,
    quotient_type,
    sum_type,
    unified,
)
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op, Round, Rounding
from workflow.model.types import DATE, INSTANT, MAX_DIGITS, TEXT, TRUTH, Kind, Type, money, number, ratio
from workflow.plan.nodes import Derive, Field

CAUSES = 62
OWN_CAUSES = (14, 15, 16, 17, 30, 45, 61)
"""The causes that nodes declare for their own failures; evidence takes 1 to 13 and 20 to 22. 61 is the last."""
EXACT = Context(prec=60)
"""Decimals are never rounded on their way into a test."""
ELAPSED = Type(Kind.ELAPSED)
LEVEL = Type(Kind.ORDERED, values=("low", "mid", "high"))
TEXTS = (
    "2026-02-28",
    "2023-02-29",
    "12.50",
    "-1,000",
    "",
    "a",
    "A",
    "b",
    "é",
    "漢",
    "🙂",
    "O'Neil",
    'say "x"',
    "back\\slash",
)
_NUMERIC = (Kind.MONEY, Kind.RATIO, Kind.NUMBER)
_COMPARISONS = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE)


def value_of(rng: random.Random, of: Type) -> object:
    """A value of a type: often an edge of it."""
    if of.is_numeric:
        limit: int = 10**of.precision - 1
        units = rng.choice(
            (
                0,
                0,
                1,
                -1,
                limit,
                -limit,
                limit // 2,
                rng.randint(-limit, limit),
                rng.randint(-200, 200),
                _few(rng, limit),
                5 * 10 ** rng.randrange(of.precision),
            )
        )
        return EXACT.scaleb(Decimal(max(-limit, min(limit, units))), -of.scale)
    if of.kind is Kind.TIME:
        return rng.choice((0, 86_399_999_999, rng.randrange(86_400_000_000)))
    if of.kind in DURATIONS:
        return rng.choice((0, 1, -1, 10**18 - 1, 1 - 10**18, rng.randint(-(10**9), 10**9)))
    if of.kind is Kind.DATE:
        return datetime.date(2026, 1, 1) + datetime.timedelta(days=rng.randint(0, 200))
    if of.kind in (Kind.INSTANT, Kind.DATE_TIME):
        return datetime.datetime(2026, 1, 1) + datetime.timedelta(microseconds=rng.randint(0, 10**13))  # noqa: DTZ001
    if of.kind is Kind.TRUTH:
        return rng.random() < 0.5
    return rng.choice(of.values or TEXTS)


def _few(rng: random.Random, limit: int) -> int:
    """A number of few digits with zeros after them, such as people write."""
    zeros: int = 10 ** rng.randrange(len(str(limit)))
    return rng.randint(-999, 999) * zeros


@dataclass(frozen=True, slots=True)
class Formulas:
    """Makes expressions over the columns of one relation."""

    rng: random.Random
    fields: Sequence[Field]
    missing: tuple[int, ...] = OWN_CAUSES

    def of_kind(self, kind: Kind, depth: int = 3) -> Expression:
        """An expression of one kind."""
        if kind in _NUMERIC:
            return self.numeric(kind, depth)
        if kind is Kind.TRUTH:
            return self.truth(depth)
        luck = self.rng.random()
        if depth and luck < 0.35:
            made = self._built_in(kind, depth - 1)
            if made is not None:
                return made
        if kind in DURATIONS and depth and self.rng.random() < 0.4:
            op = self.rng.choice((Op.ADD, Op.SUB, Op.NEG, Op.MIN, Op.MAX))
            args = tuple(self.of_kind(kind, depth - 1) for _ in range(1 if op is Op.NEG else 2))
            return Apply(op, args, args[0].type)
        if depth and self.rng.random() < 0.2:
            then, otherwise = self.of_kind(kind, 0), self.of_kind(kind, 0)
            if then.type == otherwise.type:
                return Apply(Op.IF, (self.truth(depth - 1), then, otherwise), then.type)
        return self.leaf(kind)

    def _built_in(self, kind: Kind, depth: int) -> Expression | None:
        """A call that gives such a value, if a built-in does."""
        make: built_ins.Make = lambda of: self.of_kind(of, depth)  # noqa: E731 bound to the depth
        if kind is Kind.TEXT:
            return built_ins.text(self.rng, make)
        if kind in (Kind.DATE, Kind.TIME, Kind.DATE_TIME):
            return built_ins.moment(self.rng, kind, make)
        return built_ins.length(self.rng, kind, make) if kind in (Kind.MONTHS, Kind.ELAPSED) else None

    def leaf(self, kind: Kind) -> Expression:
        """A column, a literal, or rarely what is always missing."""
        columns = [field for field in self.fields if field.type.kind is kind]
        luck = self.rng.random()
        if columns and luck < 0.75:
            chosen = self.rng.choice(columns)
            return Column(chosen.name, chosen.type)
        of = self._some_type(kind)
        if luck > 0.97:
            return Missing(self.rng.choice(self.missing), of)
        value = value_of(self.rng, of)
        assert isinstance(value, Decimal | str | bool | datetime.date | int)
        return Literal(value, of)

    def _some_type(self, kind: Kind) -> Type:
        if kind in _NUMERIC:
            precision = self.rng.choice((1, 2, 4, 9, 18, 38))
            scale = self.rng.randint(0, min(precision, 12))
            return {Kind.MONEY: money("CNY"), Kind.RATIO: ratio(1, 0), Kind.NUMBER: number(1, 0)}[kind].sized(
                precision, scale
            )
        return {Kind.TRUTH: TRUTH, Kind.TEXT: TEXT, Kind.DATE: DATE, Kind.INSTANT: INSTANT, Kind.ORDERED: LEVEL}.get(
            kind, Type(kind)
        )

    def numeric(self, kind: Kind, depth: int) -> Expression:
        """A number of one kind."""
        if not depth or self.rng.random() < 0.25:
            return self.leaf(kind)
        if self.rng.random() < 0.15:
            if kind is Kind.NUMBER and self.rng.random() < 0.6:
                return built_ins.counted(self.rng, lambda of: self.of_kind(of, depth - 1))
            return built_ins.of_numbers(self.rng, lambda: self.numeric(kind, depth - 1)) or self.leaf(kind)
        make = self.rng.choice(
            (
                self._sum,
                self._sum,
                self._product,
                self._quotient,
                self._choice,
                self._rounded,
                self._negated,
                self._extreme,
            )
        )
        made = make(kind, depth - 1)
        return made if made is not None else self.leaf(kind)

    def _odd(self, of: Type) -> Type:
        """Now and then a size that is narrower than what can come, or has more digits after the point."""
        luck = self.rng.random()
        if luck < 0.08 and of.precision > of.scale:
            return replace(of, precision=self.rng.randint(max(of.scale, 1), of.precision))
        if luck < 0.14 and of.scale < MAX_DIGITS:
            scale = self.rng.randint(of.scale, min(of.scale + 6, MAX_DIGITS))
            return of.sized(max(of.precision, scale), scale)
        return of

    def _sum(self, kind: Kind, depth: int) -> Expression:
        a, b = self.numeric(kind, depth), self.numeric(kind, depth)
        return Apply(self.rng.choice((Op.ADD, Op.SUB)), (a, b), self._odd(sum_type(a.type, b.type)))

    def _product(self, kind: Kind, depth: int) -> Expression | None:
        a = self.numeric(kind, depth)
        b = self.numeric(self.rng.choice((Kind.NUMBER, Kind.RATIO)), depth)
        of = product_type(a.type, b.type, kind, a.type.unit)
        return None if of is None else Apply(Op.MUL, (a, b), self._odd(of))

    def _quotient(self, kind: Kind, depth: int) -> Expression | None:
        if kind is Kind.RATIO:
            like = self.rng.choice((Kind.MONEY, Kind.NUMBER))
            a, b = self.numeric(like, depth), self.numeric(like, depth)
        else:
            a, b = self.numeric(kind, depth), self.numeric(Kind.NUMBER, depth)
        if 12 + b.type.scale > MAX_DIGITS:
            return None
        of = quotient_type(a.type, b.type, kind, a.type.unit if kind is Kind.MONEY else "")
        if self.rng.random() < 0.1:
            of = of.sized(max(of.precision - 6, 8), self.rng.randint(0, 8))
        return Apply(Op.DIV, (a, b), of)

    def _choice(self, kind: Kind, depth: int) -> Expression:
        a, b = self.numeric(kind, depth), self.numeric(kind, depth)
        return Apply(Op.IF, (self.truth(depth), a, b), self._odd(unified(a.type, b.type)))

    def _rounded(self, kind: Kind, depth: int) -> Expression:
        a = self.numeric(kind, depth)
        scale = self.rng.randint(0, max(a.type.scale, 1))
        whole = a.type.precision - a.type.scale + self.rng.choice((0, 1, 1, 1))
        return Round(a, self.rng.choice(list(Rounding)), a.type.sized(max(whole + scale, 1), scale))

    def _negated(self, kind: Kind, depth: int) -> Expression:
        a = self.numeric(kind, depth)
        return Apply(Op.NEG, (a,), a.type)

    def _extreme(self, kind: Kind, depth: int) -> Expression:
        args = tuple(self.numeric(kind, depth) for _ in range(self.rng.randint(2, 3)))
        of = self._odd(unified(args[0].type, *(arg.type for arg in args[1:])))
        return Apply(self.rng.choice((Op.MIN, Op.MAX)), args, of)

    def truth(self, depth: int) -> Expression:
        """A condition."""
        if not depth or self.rng.random() < 0.15:
            return self.leaf(Kind.TRUTH)
        if self.rng.random() < 0.1:
            return built_ins.truth(self.rng, lambda of: self.of_kind(of, depth - 1))
        op = self.rng.choice((Op.AND, Op.OR, Op.NOT, Op.IF, Op.IS_MISSING, *_COMPARISONS, *_COMPARISONS))
        if op in (Op.AND, Op.OR):
            return Apply(op, tuple(self.truth(depth - 1) for _ in range(self.rng.randint(2, 3))), TRUTH)
        if op is Op.NOT:
            return Apply(op, (self.truth(depth - 1),), TRUTH)
        if op is Op.IF:
            return Apply(op, tuple(self.truth(depth - 1) for _ in range(3)), TRUTH)
        kind = self.rng.choice(
            (
                *_NUMERIC,
                *_NUMERIC,
                Kind.TEXT,
                Kind.DATE,
                Kind.INSTANT,
                Kind.ORDERED,
                Kind.ELAPSED,
                Kind.MONTHS,
                Kind.TIME,
            )
        )
        if op is Op.IS_MISSING:
            return Apply(op, (self.of_kind(kind, depth - 1),), TRUTH)
        return self._comparison(op, kind, depth - 1)

    def _comparison(self, op: Op, kind: Kind, depth: int) -> Expression:
        a, b = self.of_kind(kind, depth), self.of_kind(kind, depth)
        if kind is Kind.RATIO and self.rng.random() < 0.6:
            a = self._quotient(kind, min(depth, 1)) or a
            if self.rng.random() < 0.3:
                a, b = b, a
        for quotient, other in ((a, b), (b, a)):
            if isinstance(quotient, Apply) and quotient.op is Op.DIV:
                if quotient.args[1].type.scale + other.type.scale > MAX_DIGITS:
                    return self.leaf(Kind.TRUTH)
                break
        return Apply(op, (a, b), TRUTH)

    def derived(self, of: str, name: str, expression: Expression) -> Derive:
        """A column for the expression, converted to a size of its own, with the causes that it needs."""
        to = expression.type
        if to.is_numeric:
            luck = self.rng.random()
            scale = min(to.scale, 12) if luck < 0.8 else self.rng.randint(0, min(to.scale + 2, MAX_DIGITS))
            whole = max(to.precision - to.scale + self.rng.choice((0, 0, 1, -3)), 0)
            to = to.sized(max(whole + scale, 1), scale)
        own = failures(expression)
        large = own.too_large or conversion_can_overflow(expression.type, to)
        cause: Callable[[], int] = lambda: self.rng.choice(OWN_CAUSES)  # noqa: E731 one draw for each use
        causes = [cause() if fails else None for fails in (own.zero_division, large, own.undefined)]
        return Derive(of, name, expression, to, *causes)
