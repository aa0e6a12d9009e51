"""What tiers promise, checked: every word has a form in which its amount is said, the same in each tier, and is a fact.

Of `answer within` the fact is `answer_within`. What is promised so many times a month, quarter or year has one fact for
each of these, `visits_per_month`, so that nobody takes one for another; of a week, which fits in none of them, there is
a fact of its own.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from workflow.checks.calendars import working_day
from workflow.checks.context import Context, word_at
from workflow.checks.expressions.literals import length_of
from workflow.checks.naming import is_name
from workflow.checks.tiers import Promise, Service
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.leaves import Words
from workflow.model.sizes import unified
from workflow.model.tiering import Tiering
from workflow.model.typed import Literal
from workflow.model.types import MAX_DIGITS, QUOTIENT_SCALE, TEXT, TRUTH, Kind, literal_type, shifted
from workflow.syntax import ast, literals
from workflow.syntax.moments import MICROSECONDS
from workflow.words import Term

_OFTEN = re.compile(r"(?P<count>[0-9]{1,6}) per (?P<unit>week|month|quarter|year)")
_OFTEN_CHINESE = re.compile(r"每(?P<unit>周|月|季度|年) ?(?P<count>[0-9]{1,6}) ?次")
_UNITS = {"周": "week", "月": "month", "季度": "quarter", "年": "year"}
_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
_EXACT = decimal.Context(prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class _Said:
    """An amount as it is promised: of which form, and what formulas read, by the end of the fact's name."""

    form: str
    values: Mapping[str, Literal]


def check_services(context: Context, document: Document[Tiering]) -> Mapping[str, tuple[Service, ...]]:
    """By tier what it is promised."""
    block, known = context.inside(document.tree, "service"), document.content.tiers
    found, forms = {}, dict[str, tuple[str, Words]]()
    _check_facts(context, document)
    for tier, promised in document.content.service.items():
        if tier not in known:
            context.unknown("unknown-tier", word_at(tier, context.key_span(block, tier)), known)
        for name, leaf in promised.items():
            said = _said(leaf, working_day(context))
            if said is None:
                context.refuse("service-not-understood", leaf.span, found=leaf.text)
                continue
            if context.calendar is None and _counts_days(leaf):
                context.refuse("calendar-not-said", leaf.span, found=leaf.text, accepted=tuple(context.calendars))
            first, where = forms.setdefault(name, (said.form, leaf))
            if first != said.form:
                args = {"name": name, "found": Term(f"service-{said.form}"), "other": Term(f"service-{first}")}
                context.note(Diagnostic("service-forms-differ", leaf.span, args, related=(where.span,)))
        found[tier] = tuple(Service(name, " ".join(leaf.text.split())) for name, leaf in promised.items())
    return found


def _check_facts(context: Context, document: Document[Tiering]) -> None:
    """Every word is a name in formulas, and no measure, value or other word has that name."""
    written, block = document.content, context.inside(document.tree, "service")
    taken = {
        name: context.key_span(context.inside(document.tree, part), name)
        for part in ("measures", "values")
        for name in getattr(written, part)
    }
    words: dict[str, str] = {}
    for tier, promised in written.service.items():
        for word in promised:
            span, fact = context.key_span(context.inside(block, tier), word), _fact(word)
            if not is_name(fact):
                context.refuse("not-a-name", span, found=word)
            elif fact == "tier":
                context.refuse("reserved-name", span, found=word)
            elif fact in taken and words.get(fact) != word:
                context.note(Diagnostic("name-twice", span, {"found": word}, related=(taken[fact],)))
            taken.setdefault(fact, span)
            words.setdefault(fact, word)


def promises_of(document: Document[Tiering], day: int = MICROSECONDS["day"]) -> tuple[Promise, ...]:
    """What tiers are promised, as others may ask it.

    Args:
        document: the policy, whose mistakes are left out here.
        day: the working time of one working day; nothing but the amounts depends on it.
    """
    found: dict[str, dict[str, Literal]] = {}
    forms, spans = dict[str, str](), dict[str, Span]()
    for tier, word, leaf in _promised(document.content):
        said = _said(leaf, day)
        if said is not None and forms.setdefault(word, said.form) == said.form:
            for ending, value in said.values.items():
                found.setdefault(_fact(word) + ending, {})[tier] = value
                spans.setdefault(_fact(word) + ending, leaf.span)
    return tuple(
        Promise(name, unified(*(value.type for value in values.values())), values, spans[name])
        for name, values in found.items()
        if name != "tier"
    )


def _promised(written: Tiering) -> Iterator[tuple[str, str, Words]]:
    for tier in written.tiers:
        for word, leaf in written.service.get(tier, {}).items():
            yield tier, word, leaf


def _fact(word: str) -> str:
    """The name of a word in formulas, where blanks and hyphens would be signs."""
    return re.sub(r"[\s-]+", "_", word.strip())


def _said(leaf: Words, day: int) -> _Said | None:
    """What an amount says; a text stands in quotes, so that no slip of the pen is taken for one."""
    text, span = " ".join(leaf.text.split()), leaf.span
    if leaf.scalar.style in {"single", "double"}:
        return _Said("text", {"": Literal(text, TEXT, span)})
    often = _OFTEN.fullmatch(text) or _OFTEN_CHINESE.fullmatch(text)
    if often is not None:
        return _often(int(often["count"]), _UNITS.get(often["unit"], often["unit"]), span)
    length = literals.duration(text)
    if length is not None:
        tree = ast.Duration(length.value, length.unit, length.working, span)
        found = length_of(tree, day)
        forms = {Kind.WORKING: "working-time", Kind.ELAPSED: "time", Kind.MONTHS: "calendar-time"}
        return None if found is None else _Said(forms[found.type.kind], {"": found})
    return _measured(text, span)


def _counts_days(leaf: Words) -> bool:
    """Whether a length is said in working days."""
    length = literals.duration(leaf.text)
    return length is not None and length.working and length.unit == "days"


def _measured(text: str, span: Span) -> _Said | None:
    """A truth, or an amount with its unit."""
    truth, money, percent = literals.truth(text), literals.money(text), literals.percent(text)
    if truth is not None:
        return _Said("truth", {"": Literal(truth, TRUTH, span)})
    if money is not None:
        of = literal_type(Kind.MONEY, money.value, money.currency)
        return _Said(f"money:{money.currency}", {"": Literal(money.value, of, span)})
    if percent is not None:
        share = shifted(percent, -2)
        return _Said("percent", {"": Literal(share, literal_type(Kind.RATIO, share), span)})
    number = literals.number(text)
    return None if number is None else _Said("number", {"": _number(number, span)})


def _number(value: Decimal, span: Span) -> Literal:
    return Literal(value, literal_type(Kind.NUMBER, value), span)


def _often(count: int, unit: str, span: Span) -> _Said:
    """So many times a period, and so how many times in each other one."""
    if unit == "week":
        return _Said("often-weekly", {"_per_week": _number(Decimal(count), span)})
    place = Decimal(1).scaleb(-QUOTIENT_SCALE)
    times = {
        each: _EXACT.divide(Decimal(count * _A_YEAR[unit]), Decimal(parts)).quantize(place, context=_EXACT)
        for each, parts in _A_YEAR.items()
    }
    short = {each: value if value % 1 else value.quantize(Decimal(1)) for each, value in times.items()}
    return _Said("often", {f"_per_{each}": _number(value, span) for each, value in short.items()})
