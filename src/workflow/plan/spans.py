"""Subjects by periods: the rows of a plan that looks at all periods from the first one on.

A row is a subject and a period, `period.turn` the period's number, 1 the first. Of a register without days everybody is
there in each period; of a dated one, those who have a row on one of its days, and for whom `for` holds; where the
policy asks no register, whoever an event names, from the period of the first one on.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.calculated import CheckedField
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.heads import REGISTERS
from workflow.checks.measures import in_currency
from workflow.checks.periods import all_periods
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH
from workflow.plan.building import YES, Builder, renamed, surely
from workflow.plan.nodes import (
    Aggregate,
    EachPeriod,
    Expand,
    Filter,
    Given,
    Lookup,
    Measure,
    Periods,
    Register,
    Take,
    Union,
)
from workflow.plan.occasions import Occasion
from workflow.plan.windows import Days

TURN, ASKED = Column("period.turn", COUNT), Column("period.asked", TRUTH)
ELIGIBLE = Column("subject.eligible", TRUTH)
_DAYS = COUNT.sized(COUNT.precision * 2, 0)


@dataclass(frozen=True, slots=True)
class Spans:
    """The periods of a plan, oldest first, the last of them the one that is asked about; and where they stand.

    `register` is the step of the subjects' register, None where the policy stands on none; `dated`, whether somebody
    may be in it on some days only; `undated`, whether its rows name no days. `known` are its columns. The company's
    year begins with `year_starts`, a month and a day. `listed` are the days of all periods of the kind that there are,
    oldest first; `followed`, whether a later version goes on from this one.
    """

    builder: Builder
    policy: CheckedPolicy
    occasions: tuple[Occasion, ...]
    periods: str
    register: str | None
    dated: bool
    known: dict[str, CheckedField]
    year_starts: tuple[int, int]
    undated: bool = False
    listed: tuple[Days, ...] = ()
    followed: bool = False

    @property
    def apart(self) -> tuple[str, ...]:
        """What tells rows of one subject and one period apart, as far as the plan proves it."""
        return () if self.dated or self.undated else ("from",)

    @property
    def key(self) -> str:
        """The column that names the subject."""
        return self.policy.subject


def spans_of(
    builder: Builder, policy: CheckedPolicy, workspace: CheckedWorkspace, occasions: tuple[Occasion, ...]
) -> Spans:
    """The periods, and the register with the days on which each subject serves."""
    rows = tuple((each.period, each.first, each.last) for each in occasions)
    periods = builder.add("periods", Periods(rows))
    name = REGISTERS[policy.subject]
    followed = any(each.id == policy.id and each.version > policy.version for each in workspace.policies)
    listed = tuple((first, last) for _, first, last in all_periods(workspace)[policy.each].periods)
    sources = [source for source in workspace.sources if source.register == name]
    known = dict(workspace.registers[name])
    if not sources:
        return Spans(
            builder, policy, occasions, periods, None, True, known, workspace.year_starts, False, listed, followed
        )
    fields, told = [], [source for source in sources if source.since is not None] or sources
    for field in known.values():
        sure = field.required and all(
            any(each.name == field.name and each.required for each in source.fields) for source in told
        )
        absent = None if sure else builder.cause("unknown-of-person", field.span, name=field.name)
        fields.append(Given(field.name, in_currency(field.type, policy.currency), absent))
    undated = all(source.since is None and source.until is None for source in sources)
    register = builder.add(name, Register(name, policy.subject, tuple(fields), undated=undated))
    own = {f"{policy.subject}.{each.name}": Column(each.name, each.type) for each in fields}
    served = renamed(policy.served, own) if policy.served is not None else YES
    register = builder.derive(register, "spell.served", served, policy.served_span)
    dated = policy.served is not None or any(source.since is not None for source in sources)
    return Spans(
        builder, policy, occasions, periods, register, dated, known, workspace.year_starts, undated, listed, followed
    )


def day_after(day: datetime.date) -> datetime.date:
    """The day from which a tier holds that is decided with a period of that last day."""
    return day + datetime.timedelta(days=1) if day < datetime.date.max else day


def by_start(occasions: Sequence[Occasion], values: Sequence[Expression]) -> Expression:
    """What holds of each period, asked of its row."""
    found = values[-1]
    for occasion, value in reversed(tuple(zip(occasions[:-1], values[:-1], strict=True))):
        begins = Apply(Op.LE, (Column("period.start", DATE), Literal(occasion.first, DATE)), TRUTH)
        found = Apply(Op.IF, (begins, value, found), value.type) if value != found else found
    return found


def subjects(spans: Spans, named: Sequence[str], asked: Sequence[str]) -> tuple[str, str]:
    """The subjects by periods, with what the policy asks of each, as of the last day served; before it the step of the
    stretches of days on which they serve.

    Args:
        spans: the periods.
        named: steps of rows that name a subject and a day as `from`, for a policy without a register.
        asked: the register's columns that are read.
    """
    builder, place = spans.builder, spans.policy.served_span
    spells, step = _dated(spans) if spans.register is not None and spans.dated else _always(spans, named)
    if spans.register is not None and spans.dated:
        for name, days_of in (("period.start", 0), ("period.end", 1)):
            of_period = [Literal((each.first, each.last)[days_of], DATE) for each in spans.occasions]
            step = builder.derive(step, name, _by_name(spans, of_period), place)
    turns = [Literal(Decimal(number), COUNT) for number in range(1, len(spans.occasions) + 1)]
    step = builder.derive(step, TURN.name, by_start(spans.occasions, turns), place)
    asked_first = Literal(spans.occasions[-1].first, DATE)
    asked_now = Apply(Op.EQ, (Column("period.start", DATE), asked_first), TRUTH)
    step = builder.derive(step, ASKED.name, asked_now, place)
    days = [Literal(Decimal((each.last - each.first).days + 1), COUNT) for each in spans.occasions]
    step = builder.derive(step, "period.days", by_start(spans.occasions, days), place)
    if asked:
        assert spans.register is not None, "what isn't there is not asked"
        nobody = builder.cause("not-served", place)
        of = tuple(Take(name, f"{spans.key}.{name}", nobody) for name in asked)
        on = ((spans.key, spans.key),)
        step = builder.add("subjects", Lookup(step, spans.register, on, of, "subject.last day"))
    return spells, step


def _by_name(spans: Spans, values: Sequence[Expression]) -> Expression:
    """What holds of each period, asked by its name."""
    found = values[-1]
    for occasion, value in reversed(tuple(zip(spans.occasions[:-1], values[:-1], strict=True))):
        is_it = Apply(Op.EQ, (Column("period", TEXT), Literal(occasion.period, TEXT)), TRUTH)
        found = Apply(Op.IF, (is_it, value, found), value.type)
    return found


def _always(spans: Spans, named: Sequence[str]) -> tuple[str, str]:
    """Everybody, in each period: of the register, or of those whom events name, from the first such day on."""
    builder, place, step = spans.builder, spans.policy.served_span, spans.register
    if step is None:
        step = builder.derive(_named(spans, named), "spell.served", YES, place)
    step = builder.add("subjects", Expand(step, EachPeriod(spans.periods)))
    spells = step
    step = builder.derive(step, "days_served", Column("overlap.days", COUNT), place)
    step = builder.derive(step, "subject.last day", Column("overlap.through", DATE), place)
    return spells, builder.derive(step, ELIGIBLE.name, YES, place)


def _dated(spans: Spans) -> tuple[str, str]:
    """Who has a row on a day of the period on which `for` holds."""
    builder, place, key = spans.builder, spans.policy.served_span, spans.key
    assert spans.register is not None
    step = builder.add("spells", Expand(spans.register, EachPeriod(spans.periods)))
    step = builder.add("spells", Filter(step, "spell.served", or_missing=True))
    spells = step
    step = builder.derive(step, "spell.surely", surely(Column("spell.served", TRUTH)), place)
    doubt = builder.cause("not-served", place)
    measures = (
        Measure("subject.days", Function.SUM, _DAYS, "overlap.days", "spell.served"),
        Measure("subject.last day", Function.GREATEST, DATE, "overlap.through", "spell.served", empty=doubt),
        Measure("subject.sure spells", Function.COUNT, COUNT, where="spell.surely"),
    )
    step = builder.add("subjects", Aggregate(step, (key, "period"), measures))
    step = builder.derive(step, "days_served", Column("subject.days", _DAYS), place, COUNT)
    zero = Literal(Decimal(0), COUNT)
    sure = Apply(Op.GT, (Column("subject.sure spells", COUNT), zero), TRUTH)
    perhaps = Apply(Op.GT, (Column("days_served", COUNT), zero), TRUTH)
    return spells, builder.derive(step, ELIGIBLE.name, Apply(Op.OR, (sure, perhaps), TRUTH), place)


def _named(spans: Spans, named: Sequence[str]) -> str:
    """Everybody whom an event names, from the first such day on."""
    builder, place = spans.builder, spans.policy.span
    rows = builder.add("named", Union(tuple(named)))
    first = Measure("from", Function.LEAST, DATE, "from")
    rows = builder.add("named", Aggregate(rows, (spans.key,), (first,)))
    return builder.derive(rows, "through", Literal(datetime.date.max, DATE), place)
