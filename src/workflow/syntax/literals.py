"""The literals: what each kind of value looks like, defined once for YAML values, formulas and tables.

Each function takes a text and gives its value, or None where it isn't that literal. Full-width digits and signs are
read as what they mean. Nothing here calls `Decimal` or `int` on a text that hasn't matched a pattern of plain digits.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from workflow.syntax.ast import DurationUnit
from workflow.syntax.characters import fold

MOST_DIGITS = 38
"""Digits of a number, before and after its point together: what an exact decimal column can hold."""

MOST_CHARACTERS = 100
"""No literal is longer; what is longer isn't looked at."""

SCALES = {"": 0, "万": 4, "亿": 8}
"""Chinese units of number, as powers of ten."""

_UNITS: dict[str, tuple[DurationUnit, bool]] = {
    "year": ("years", False),
    "month": ("months", False),
    "week": ("weeks", False),
    "day": ("days", False),
    "hour": ("hours", False),
    "minute": ("minutes", False),
    "second": ("seconds", False),
    "working day": ("days", True),
    "working hour": ("hours", True),
    "working minute": ("minutes", True),
    "年": ("years", False),
    "个月": ("months", False),
    "周": ("weeks", False),
    "个星期": ("weeks", False),
    "星期": ("weeks", False),
    "天": ("days", False),
    "日": ("days", False),
    "个小时": ("hours", False),
    "小时": ("hours", False),
    "分钟": ("minutes", False),
    "秒钟": ("seconds", False),
    "秒": ("seconds", False),
    "个工作日": ("days", True),
    "工作日": ("days", True),
    "个工作小时": ("hours", True),
    "工作小时": ("hours", True),
    "个工作分钟": ("minutes", True),
    "工作分钟": ("minutes", True),
}

DIGITS = r"[0-9]+(?:\.[0-9]+)?"
NUMBER = rf"(?P<digits>{DIGITS})(?P<scale>[万亿]?)"
PERCENT = rf"(?P<percent>{DIGITS}) *%"
CURRENCY = r"(?P<currency>(?!AND|NOT)[A-Z]{3})(?![A-Za-z0-9_])"
MONEY = rf"{NUMBER} *{CURRENCY}"
DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_ENGLISH = "|".join(sorted((unit for unit in _UNITS if unit.isascii()), key=len, reverse=True)).replace(" ", " +")
_CHINESE = "|".join(sorted((unit for unit in _UNITS if not unit.isascii()), key=len, reverse=True))
DURATION = rf"(?P<count>{DIGITS})(?: +(?P<unit>{_ENGLISH})s?(?![A-Za-z0-9_])| *(?P<chinese>{_CHINESE}))"

_NUMBER = re.compile(rf"(?P<sign>-?){NUMBER}")
_PERCENT = re.compile(rf"(?P<sign>-?){PERCENT}")
_MONEY = re.compile(rf"(?P<sign>-?){MONEY}")
_DATE = re.compile(DATE)
_DURATION = re.compile(DURATION)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money: an exact value and its currency."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: so many units, of working time or of the calendar."""

    value: Decimal
    unit: DurationUnit
    working: bool


def _plain(text: str) -> str:
    return fold(text).strip() if len(text) <= MOST_CHARACTERS else ""


def exact(digits: str, scale: str = "", sign: str = "") -> Decimal | None:
    """The number that validated digits and a Chinese unit show, with their scale; None if it has too many digits."""
    whole, _, part = digits.partition(".")
    shift = SCALES[scale]
    whole, part = whole + part[:shift].ljust(shift, "0"), part[shift:]
    if len(whole.lstrip("0")) + len(part) > MOST_DIGITS:
        return None
    return Decimal(f"{sign}{whole}.{part}" if part else f"{sign}{whole}")


def number(text: str) -> Decimal | None:
    """`1.50`, `-3`, `10万`: with the scale that its digits show."""
    match = _NUMBER.fullmatch(_plain(text))
    return exact(match["digits"], match["scale"], match["sign"]) if match else None


def percent(text: str) -> Decimal | None:
    """`80%`: the number before the sign."""
    match = _PERCENT.fullmatch(_plain(text))
    return exact(match["percent"], "", match["sign"]) if match else None


def money(text: str) -> Amount | None:
    """`60000 CNY`, `10万 CNY`, `1.5亿 CNY`."""
    match = _MONEY.fullmatch(_plain(text))
    value = exact(match["digits"], match["scale"], match["sign"]) if match else None
    return Amount(value, match["currency"]) if match and value is not None else None


def date(text: str) -> datetime.date | None:
    """`2026-07-01`: a day that exists."""
    match = _DATE.fullmatch(_plain(text))
    try:
        return datetime.date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


def date_range(text: str) -> tuple[datetime.date, datetime.date] | None:
    """`2026-07-01..2026-09-30`: first and last day, both included, as written."""
    first, dots, last = _plain(text).partition("..")
    begin, end = date(first), date(last)
    return (begin, end) if dots and begin and end else None


def duration(text: str) -> Length | None:
    """`6 months`, `30 days`, `4 working hours`, `6个月`, `1个工作日`."""
    match = _DURATION.fullmatch(_plain(text))
    return length(match) if match else None


def length(match: re.Match[str]) -> Length | None:
    """The length of time that a match of `DURATION` shows."""
    value = exact(match["count"])
    unit, working = _UNITS[match["chinese"] or " ".join(match["unit"].split())]
    return Length(value, unit, working) if value is not None else None


def truth(text: str) -> bool | None:
    """`yes` or `no`, `true` or `false`, `是` or `否`."""
    return {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}.get(text.strip())


_CURRENCIES = {
    "¥": "CNY", "元": "CNY", "块": "CNY", "块钱": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY",
    "$": "USD", "美元": "USD", "usd": "USD", "€": "EUR", "欧元": "EUR", "eur": "EUR", "£": "GBP", "英镑": "GBP",
    "gbp": "GBP", "港元": "HKD", "港币": "HKD", "hkd": "HKD", "日元": "JPY", "jpy": "JPY", "jp¥": "JPY",
}  # fmt: skip
_SIGN = "[" + "".join(sign for sign in _CURRENCIES if not sign.isalnum() and len(sign) == 1) + "]"
_CODE = "|".join(sorted((name for name in _CURRENCIES if name.isalnum()), key=len, reverse=True))
GROUPED = r"[0-9]{1,3}(?:(?P<mark>[ ,'_])[0-9]{3})(?:(?P=mark)[0-9]{3})*|[0-9]{1,4}(?:,[0-9]{4})+|[0-9]+(?:_[0-9]+)+"
"""Whole numbers with marks between their groups: of three, of four as in Chinese, of any length with `_`."""

_NEARLY = re.compile(
    rf"(?P<sign>[-+]?) *(?P<before>{_SIGN}|[A-Z]{{3}}|{_CODE})? *"
    rf"(?:(?P<whole>{GROUPED}|[0-9]*)(?P<part>\.[0-9]*)?(?:[eE](?P<power>[+-]?[0-9]{{1,2}}))?)"
    rf" *(?P<scale>[万亿kKwW]?) *(?P<after>%|‰|per ?cent|{_SIGN}|[A-Z]{{3}}|{_CODE})?",
    re.IGNORECASE,
)
_SHORT = {"k": ("", 3), "w": ("万", 0)}


def nearly_number(text: str) -> str | None:
    """The number, percent or money that a text means which isn't one: `5000` for `5,000`, `5000 CNY` for `¥5000`.

    None where the text is a literal already, or where what is meant can't be told.
    """
    plain = _plain(text).removeprefix("百分之")
    match = _NEARLY.fullmatch(plain) if plain else None
    if not match or not any(sign.isdigit() for sign in plain):
        return None
    scale, power = _SHORT.get(match["scale"].lower(), (match["scale"], 0))
    whole = re.sub(r"[ ,'_]", "", match["whole"] or "") or "0"
    power += int(match["power"] or 0) - (match["after"] == "‰")
    digits = _moved(whole, (match["part"] or "")[1:], power)
    meant = f"{'-' if match['sign'] == '-' else ''}{digits}{scale}"
    names = [name for name in (match["before"], match["after"]) if name]
    if "百分之" in text or (names and names[-1][0] in "%‰pP"):
        meant, names = f"{meant}%", [name for name in names if name[0] not in "%‰pP"]
    codes = {_CURRENCIES.get(name.lower(), name.upper()) for name in names}
    meant = " ".join([meant, *codes])
    literal = any(read(meant) is not None for read in (number, percent, money))
    return meant if literal and meant != text.strip() and len(codes) <= 1 else None


def _moved(whole: str, part: str, power: int) -> str:
    """The digits with their point moved to the right, or to the left where `power` is negative."""
    if power < 0:
        whole = whole.rjust(1 - power, "0")
        whole, part = whole[:power], (whole[power:] + part).rstrip("0")
    else:
        whole, part = whole + part[:power].ljust(power, "0"), part[power:]
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole
