"""Values as text: exact where a reader calculates on, cut with `…` where one only compares.

A quotient is kept with 12 digits, but compared whole. So what is shown of one is cut from the exact quotient, and never
looks like a border that it doesn't reach.
"""

from __future__ import annotations

import datetime
import decimal
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflow.checks.calculated import CheckedMeasure, CheckedValue
from workflow.checks.cases import CaseFact, CheckedEscalation, TimeFact
from workflow.checks.checked import UsedFact
from workflow.ledger.account import Known, PolicyAccount
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import QUOTIENT_SCALE, Kind, Type
from workflow.report.cells import visible
from workflow.report.lengths import length_text
from workflow.report.money import PRECISION, amount_text
from workflow.words import say

SHORT, LONG = 2, 8
"""Digits after the point of what is compared, and of a result where it is shown first."""
Definition = CheckedMeasure | CheckedValue | UsedFact | CaseFact | TimeFact
"""What a name in a formula can stand for, where the policy says it."""
_UNIT = Fraction(1, 10**QUOTIENT_SCALE)


@dataclass(frozen=True, slots=True)
class Quotient:
    """A named value as the division it is."""

    dividend: Expression
    divisor: Expression
    exact: Fraction


@dataclass(frozen=True, slots=True)
class Figures:
    """The values of one policy's account, in one language."""

    part: PolicyAccount
    language: str

    def known(self, name: str) -> Known | None:
        """The value of that name; None where it is missing."""
        return self.part.values.get(name)

    def number(self, name: str) -> Decimal | None:
        """The same of a name that can only be a number."""
        value = self.known(name)
        assert value is None or isinstance(value, Decimal), name
        return value

    def stored(self, name: str, of: Type) -> str:
        """The value with every digit that calculations use."""
        return self.text(self.known(name), of)

    def shown(self, name: str, of: Type, digits: int = SHORT) -> str:
        """The value for a reader who compares: cut to so many digits after the point, with `…` where there are more."""
        value = self.known(name)
        if not isinstance(value, Decimal):
            return self.text(value, of)
        quotient = self.quotient(name)
        return self.cut(quotient.exact if quotient is not None else Fraction(value), of, digits)

    def text(self, value: Known | None, of: Type) -> str:
        """A value with all its digits, without needless zeros; in words where it is missing."""
        match value:
            case None:
                return say(self.language, "report", "explain-missing-value")
            case bool():
                return say(self.language, "report", "explain-yes" if value else "explain-no")
            case Decimal():
                return self._figure(value, of, max(0, _places(value) - (2 if of.kind is Kind.RATIO else 0)))
            case int():
                return length_text(value, of, self.language)
            case datetime.datetime():
                return value.isoformat(sep=" ")
            case datetime.date():
                return value.isoformat()
            case _:
                return f'"{visible(value)}"' if of.is_textual else visible(str(value))

    def cut(self, value: Fraction, of: Type, digits: int) -> str:
        """A number cut, not rounded, to so many digits after the point (of the percentage), `…` where it has more."""
        least = self.part.policy.minor_digits if of.kind is Kind.MONEY else 0
        digits = max(digits, least)
        shift = 2 if of.kind is Kind.RATIO else 0
        scaled = abs(value) * 10 ** (digits + shift)
        whole = scaled.numerator // scaled.denominator
        with decimal.localcontext(prec=PRECISION):
            found = Decimal(whole if value >= 0 else -whole).scaleb(-digits - shift)
        if whole != scaled:
            return self._figure(found, of, digits, "…")
        return self._figure(found, of, max(0, _places(found) - shift))

    def money(self, amount: Decimal) -> str:
        """An amount in the policy's currency, with all its digits."""
        return self.text(amount, Type(Kind.MONEY, unit=self.part.policy.currency))

    def amount(self, exact: Fraction, kept: Decimal | None = None) -> str:
        """An amount that is `exact` and was kept as `kept`: whole where that is all of it, else cut with `…`."""
        of = Type(Kind.MONEY, unit=self.part.policy.currency)
        return self.text(kept, of) if kept is not None and exact == kept else self.cut(exact, of, LONG)

    def quotient(self, name: str) -> Quotient | None:
        """The division that a name stands for, where both sides are known and its value is what they give."""
        sides = self._sides(name)
        stored = self.known(name)
        if sides is None or not isinstance(stored, Decimal):
            return None
        dividend, divisor = (self._plain(side) for side in sides)
        if dividend is None or not divisor:
            return None
        exact = dividend / divisor
        return Quotient(*sides, exact) if abs(exact - Fraction(stored)) <= _UNIT else None

    def _sides(self, name: str) -> tuple[Expression, Expression] | None:
        """Dividend and divisor as the plan lays them open: of an average, of a quotient, of another name for either."""
        if name in self.part.overrides:
            return None
        match self.definition(name):
            case CheckedMeasure(function="share"):
                return Column(f"{name}.sum", Type(Kind.NUMBER)), Column(f"{name}.count", Type(Kind.NUMBER))
            case CheckedMeasure(function="average") as measure:
                count = Type(Kind.NUMBER)
                return Column(f"{name}.sum", measure.type), Column(f"{name}.count", count)
            case UsedFact(how="average") as fact:
                return Column(f"{name}.sum", fact.type), Column(f"{name}.count", Type(Kind.NUMBER))
            case CheckedValue(expression=Apply(op=Op.DIV, args=(dividend, divisor))):
                return dividend, divisor
            case CheckedValue(expression=Column(name=other)):
                return self._sides(other)
            case _:
                return None

    def definition(self, name: str) -> Definition | None:
        """The measure, value or fact of that name; None for what is asked of the person or the period."""
        policy = self.part.policy
        known: tuple[Definition, ...] = (*policy.measures, *policy.values, *policy.facts)
        if isinstance(policy, CheckedEscalation):
            known = (*known, *policy.case_facts, *policy.time_facts)
        return next((each for each in known if each.name == name), None)

    def _plain(self, side: Expression) -> Fraction | None:
        """What a name or a literal is worth; None for what is missing or would have to be calculated."""
        value = self.known(side.name) if isinstance(side, Column) else getattr(side, "value", None)
        return Fraction(value) if isinstance(side, Column | Literal) and isinstance(value, Decimal) else None

    def _figure(self, value: Decimal, of: Type, digits: int, tail: str = "") -> str:
        """A number with so many digits after the point, in the form of its kind."""
        if of.kind is Kind.MONEY:
            return amount_text(value, of.unit, self.language, max(digits, self.part.policy.minor_digits)) + tail
        with decimal.localcontext(prec=PRECISION):
            shown = value.scaleb(2) if of.kind is Kind.RATIO else value
        return f"{shown:.{digits}f}{tail}" + ("%" if of.kind is Kind.RATIO else "")


def _places(value: Decimal) -> int:
    """Digits after the point, without zeros at the end."""
    exponent = value.normalize(decimal.Context(prec=PRECISION)).as_tuple().exponent
    assert isinstance(exponent, int), "an amount is a number"
    return max(0, -exponent)
