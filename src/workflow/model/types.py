"""Types with units, and the exact size of every number.

A numeric type says how many digits it can need in all (`precision`) and after the point (`scale`); both engines
compute in these sizes and nothing else, so they give the same digits. The rules are those of the language reference:
`+ -` keep the larger scale, `*` adds the scales, a quotient, an average and a share have 12 digits, half even; what
does not fit in 38 digits is missing, "too large".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

MAX_DIGITS = 38
"""The digits of the widest decimal that the engines have."""
QUOTIENT_SCALE = 12
"""Digits after the point of a quotient, an average, a share and, at most, of a named value."""
SUM_DIGITS = 10
"""Digits that a sum may grow by: no run adds more than 10**10 rows, so a sum within them can't overflow."""


class Kind(StrEnum):
    """What a value is, and so what may be done with it."""

    NUMBER = "number"
    RATIO = "ratio"
    MONEY = "money"
    MONTHS = "calendar duration"
    ELAPSED = "elapsed duration"
    WORKING = "working duration"
    DATE = "date"
    TIME = "time of day"
    DATE_TIME = "date and time"
    INSTANT = "instant"
    TEXT = "text"
    TRUTH = "yes or no"
    PERSON = "person"
    CUSTOMER = "customer"
    ID = "id"
    EVENT = "event"
    PERIOD = "period"
    ORDERED = "ordered"


NUMERIC = frozenset({Kind.NUMBER, Kind.RATIO, Kind.MONEY})
TEXTUAL = frozenset({Kind.TEXT, Kind.PERSON, Kind.CUSTOMER, Kind.ID, Kind.EVENT, Kind.PERIOD, Kind.ORDERED})


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value.

    `precision` and `scale` belong to numeric kinds; `unit` is the currency of money; `values` are the words a text
    may be (`one of`), lowest first where the kind is ordered. Durations are whole numbers of months (calendar),
    microseconds (elapsed), and microseconds of working time (working); a time of day is the microseconds since
    midnight. A date and time is what a clock on a wall shows, in no zone; an instant is the same everywhere.
    """

    kind: Kind
    precision: int = 0
    scale: int = 0
    unit: str = ""
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Sizes outside the engines' decimals are a bug of ours: the checker refuses them first."""
        if self.kind in NUMERIC:
            assert 0 <= self.scale <= self.precision <= MAX_DIGITS, self

    @property
    def is_numeric(self) -> bool:
        """Whether it is stored as a decimal."""
        return self.kind in NUMERIC

    @property
    def is_textual(self) -> bool:
        """Whether it is stored as text."""
        return self.kind in TEXTUAL

    def sized(self, precision: int, scale: int) -> Type:
        """The same kind and unit with other sizes, cut to the widest decimal there is."""
        return replace(self, precision=min(precision, MAX_DIGITS), scale=scale)


TRUTH = Type(Kind.TRUTH)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
TIME = Type(Kind.TIME)
DATE_TIME = Type(Kind.DATE_TIME)
INSTANT = Type(Kind.INSTANT)
COUNT = Type(Kind.NUMBER, SUM_DIGITS, 0)
"""A number of rows or days."""


def number(precision: int, scale: int) -> Type:
    """A bare number of `precision` digits in all, `scale` of them after the point."""
    return Type(Kind.NUMBER, precision, scale)


def ratio(precision: int, scale: int) -> Type:
    """A quotient of like units; 1 is 100%."""
    return Type(Kind.RATIO, precision, scale)


def money(currency: str, precision: int = 18, scale: int = 4) -> Type:
    """An amount of `currency`; an event's amount has 14 digits before and 4 after the point unless declared."""
    return Type(Kind.MONEY, precision, scale, currency)


def literal_type(kind: Kind, value: Decimal, unit: str = "") -> Type:
    """The type of a literal: the digits that it shows."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "a literal is a number"
    scale = max(0, -exponent)
    return Type(kind, max(len(digits) + max(exponent, 0), scale, 1), scale, unit)


def shifted(value: Decimal, places: int) -> Decimal:
    """The value times ten to the `places`, exactly; `scaleb` would round it to the digits of the caller's context."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "a value is a number"
    return Decimal((sign, digits, exponent + places))


def likely_percent(bare: Decimal) -> str | None:
    """What a number without its sign means as a percent: `80` is 80%, `0.8` too; 1 or 2 may be either, so nothing."""
    size = abs(bare)
    if 1 <= size <= 2:  # noqa: PLR2004 between these both readings are likely
        return None
    return f"{shifted(bare, 2) if 0 < size < 1 else bare:f}%"


def number_form(of: Type) -> str:
    """What the text of a number of that size looks like, as a pattern that every engine reads alike."""
    before, after = of.precision - of.scale, of.scale
    whole = rf"0*[0-9]{{1,{before}}}" if before else "0+"
    return rf"-?{whole}(\.[0-9]{{1,{after}}}0*)?" if after else rf"-?{whole}(\.0+)?"


def summed(of: Type) -> Type:
    """The type of a sum over events."""
    return of.sized(of.precision + SUM_DIGITS, of.scale)


def named(of: Type) -> Type:
    """The type of a value once it has a name: at most 12 digits after the point, half even."""
    if not of.is_numeric or of.scale <= QUOTIENT_SCALE:
        return of
    return replace(of, precision=of.precision - (of.scale - QUOTIENT_SCALE), scale=QUOTIENT_SCALE)
