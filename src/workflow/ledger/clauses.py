"""The clauses of a policy as entries know them: made once a policy, since the rows of people are many."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.checks.calculated import Formula, Title
from workflow.checks.cases import CheckedEscalation
from workflow.checks.checked import CheckedIncentive, CheckedPolicy
from workflow.checks.clauses import ActionClause, Limit, PayClause
from workflow.checks.goalsetting import ATTAINMENT, OFFERED, CheckedGoals
from workflow.checks.ratings import RATING, SCORE, CheckedReview
from workflow.checks.tiers import CheckedTiering
from workflow.checks.uses import columns_in
from workflow.diagnostics import Span
from workflow.model.terms import Over
from workflow.model.typed import Column
from workflow.model.types import COUNT, DATE, TEXT, Kind, Type
from workflow.plan.actions import recipient_of, row_of
from workflow.plan.adjusting import ACCOUNTED, ADJUSTMENT, ADJUSTMENTS
from workflow.plan.attaining import ENTERED as GOALS_ENTERED
from workflow.plan.carrying import COLUMNS
from workflow.plan.clawing import CLAW_BACK, CLAW_BACKS, DAY, clauses_taken
from workflow.plan.due import due_day
from workflow.plan.escalations import CASE_ACTIONS
from workflow.plan.limits import CARRIED, compared_by
from workflow.plan.occasions import Occasion
from workflow.plan.reminding import escalate_of, remind_of
from workflow.plan.scoring import ENTERED
from workflow.worktime.due import Due


@dataclass(frozen=True, slots=True)
class Clause:
    """What all entries of one clause share.

    `identity` is its name in the ids of actions; `reads` are the columns of results that the clause reads, in its
    order, or with `record` those of that output, in the row of the line's event and person. `triggers` is the column of
    its condition, None where the plan's lines say what it pays. `rests` are the measures and values that it reads, or
    that these are calculated from, in the policy's order. Of a clause that pays for each event, `each` is its type, and
    `of_event` says in which column of its steps a value stands that it reads of the event. `to` is the column that says
    whom it goes to where that isn't the subject, or `role` a role; `turn` that of the number which tells one of a
    series from the others. What a step of a case triggers is `of_case`, and due so long `after` the day of the step;
    whom that goes to stands in the row of its `record`, and `of` is the version that says so, by which the case goes.
    """

    name: str
    identity: str
    kind: str
    span: Span
    reads: tuple[Column, ...]
    what: str | None = None
    due: datetime.date | None = None
    triggers: str | None = None
    record: str | None = None
    rests: tuple[Column, ...] = ()
    title: Title = field(default_factory=dict)
    each: str | None = None
    of_event: Mapping[str, str] = field(default_factory=dict)
    to: str | None = None
    role: str | None = None
    turn: str | None = None
    of_case: bool = False
    after: Due | None = None
    of: CheckedPolicy | None = None


def clauses_of(policy: CheckedPolicy, occasion: Occasion) -> tuple[Clause, ...]:
    """The clauses of a policy in its order: what may stand in lines of pay, then actions.

    Args:
        policy: the policy.
        occasion: the period, from whose last day what is due counts, and the versions that paid for earlier ones.
    """
    actions = [
        Clause(
            name=each.name,
            identity=each.identity,
            kind=each.kind,
            span=each.span,
            reads=(*_moved(policy, each), *_reads(each)),
            what=each.item,
            due=due_day(policy, each, occasion.whole[1]),
            triggers=f"action.{each.name}",
            title=each.title,
            to=recipient_of(each).name if each.told is not None else None,
            role=each.item if each.is_for_role else None,
        )
        for each in policy.actions
    ]
    own = _paid(policy, occasion) if isinstance(policy, CheckedIncentive) else ()
    own = (*_rated(policy), *_of_stages(policy)) if isinstance(policy, CheckedReview) else own
    own = _attained(policy) if isinstance(policy, CheckedGoals) else own
    own = tuple(_of_steps(policy)) if isinstance(policy, CheckedEscalation) else own
    made = (*own, *actions)
    return tuple(replace(each, rests=_rests(policy, each.reads)) for each in made)


def _rated(policy: CheckedReview) -> tuple[Clause, ...]:
    """The rating of a review, which is entered as its actions are."""
    reads = (Column("rating", policy.type), Column("score", SCORE))
    return (Clause(RATING, RATING, "rating", policy.span, reads, triggers=ENTERED, title=policy.title),)


def _of_steps(policy: CheckedEscalation) -> Iterator[Clause]:
    """What the steps of cases trigger."""
    reads = (Column("case", TEXT), Column("date", DATE))
    for version in (policy, *policy.others):
        for each in version.own_actions:
            yield Clause(
                each.name, each.name, each.kind, each.span, reads, each.item,
                record=CASE_ACTIONS, of_case=True, after=each.due, of=version,
                to="to" if each.told is not None else None, role=each.item if each.is_for_role else None,
            )  # fmt: skip


def _of_stages(policy: CheckedReview) -> Iterator[Clause]:
    """The reminders and escalations of a review's stages."""
    for stage in policy.stages if policy.opens is not None else ():
        own = stage.column
        opened, due = Column(f"{own}.opened", DATE), Column(f"{own}.due", DATE)
        dated = (opened, due) if stage.due is not None else (opened,)
        if stage.remind is not None:
            name, count = f"{stage.name}.reminder", Column(f"{own}.reminders", COUNT)
            to = f"{own}.actor" if stage.by.role is None else None
            yield Clause(
                name, name, "reminder", stage.span, (*dated, count), stage.name, triggers=remind_of(stage),
                title=stage.title, to=to, role=stage.by.role, turn=count.name,
            )  # fmt: skip
        if stage.overdue is not None:
            name, whom = f"{stage.name}.escalation", stage.overdue.to
            to = f"{own}.escalated to" if whom.role is None else None
            yield Clause(
                name, name, "escalation", stage.overdue.span, dated, stage.name, triggers=escalate_of(stage),
                title=stage.title, to=to, role=whom.role,
            )  # fmt: skip


def _attained(policy: CheckedGoals) -> tuple[Clause, ...]:
    """What the goals of each person come to, entered likewise."""
    reads = tuple(Column(name, of) for name, of in OFFERED.items())
    return (Clause(ATTAINMENT, ATTAINMENT, ATTAINMENT, policy.span, reads, triggers=GOALS_ENTERED, title=policy.title),)


def _paid(policy: CheckedIncentive, occasion: Occasion) -> tuple[Clause, ...]:
    """What may stand in its lines of pay, in their order."""
    told = tuple(Column(name, TEXT) for name in ACCOUNTED)
    return (
        *map(_clause, policy.pay),
        *(
            Clause(each.name, each.identity, "pay", each.span, _compared(each), title=each.title)
            for each in policy.limits
        ),
        Clause(CARRIED, CARRIED, "pay", policy.span, (Column(COLUMNS[0], TEXT),)),
        *_claw_back(policy, occasion),
        Clause(ADJUSTMENT, ADJUSTMENT, "pay", policy.span, told, record=ADJUSTMENTS),
    )


def _clause(clause: PayClause) -> Clause:
    """A clause of pay; one that is paid for each event reads of it what stands in its steps."""
    reads, counted, each = _reads(clause), clause.counted, None
    of_event: dict[str, str] = {}
    if counted is not None and counted.each is not None:
        each, quantity = counted.each, counted.quantity
        if quantity is not None:
            of_event[quantity.name] = f"pay.{clause.name}.on"
            if counted.over is not Over.EVENT:
                total = f"pay.{clause.name}.total"
                reads, of_event[total] = (*reads, Column(total, quantity.type)), total
        of_event = {column.name: column.name for column in reads} | of_event
    return Clause(
        clause.name, clause.identity, "pay", clause.span, reads, title=clause.title, each=each, of_event=of_event
    )


def _rests(policy: CheckedPolicy, reads: tuple[Column, ...]) -> tuple[Column, ...]:
    """The measures and values on which something rests that reads these."""
    names = {column.name for column in reads}
    for value in reversed(policy.values):  # Each stands behind those that it needs.
        if value.name in names:
            names.update(column.name for column in columns_in(value.expression))
    found = [Column(each.name, each.type) for each in policy.measures if each.name in names]
    return (*found, *(Column(each.name, each.type) for each in policy.values if each.name in names))


def _claw_back(policy: CheckedIncentive, occasion: Occasion) -> tuple[Clause, ...]:
    """The clause of what returns take back, if they do: which deal, of which day, and what was paid, of which line."""
    claw = policy.claw_back
    if claw is None:
        return ()
    money, words = Type(Kind.MONEY, unit=policy.currency), ("returned", "line", "paid", "base")
    parts = [
        Column(f"claw_back.{each.name}.{word}", money) for each in clauses_taken(policy, occasion) for word in words
    ]
    reads = (Column("deal", TEXT), DAY, *parts)
    return (Clause(CLAW_BACK, CLAW_BACK, "pay", claw.span, reads, record=CLAW_BACKS, title=claw.title),)


def _reads(clause: PayClause | ActionClause) -> tuple[Column, ...]:
    """Every named value that a clause reads, once, in the order in which it reads them."""
    parts: list[Formula] = [clause.when]
    if isinstance(clause, PayClause):
        parts += [clause.amount, clause.on, clause.rate]
        parts += [clause.table.by, clause.table.unit] if clause.table else []
        parts += clause.decision.inputs if clause.decision else ()
    parts += clause.rank.expressions if clause.rank is not None else ()
    if clause.rank is not None:
        parts.append(Column(f"{'pay' if isinstance(clause, PayClause) else 'action'}.{clause.name}.rank", COUNT))
    if isinstance(clause, ActionClause) and clause.in_a_row is not None:
        parts.append(Column(row_of(clause), COUNT))
    return _columns_of(parts)


def _moved(policy: CheckedPolicy, action: ActionClause) -> tuple[Column, ...]:
    """The tiers between which somebody moved, if that is what triggers an action."""
    if not isinstance(policy, CheckedTiering) or action.name not in policy.moves:
        return ()
    return (Column("tier.before", policy.type), Column("tier", policy.type))


def _compared(limit: Limit) -> tuple[Column, ...]:
    """Every named value that a limit reads, then what it compares."""
    return _columns_of([limit.condition, limit.amount, *compared_by(limit)])


def _columns_of(parts: Iterable[Formula]) -> tuple[Column, ...]:
    read: dict[str, Column] = {}
    for part in parts:
        for column in columns_in(part):
            read.setdefault(column.name, column)
    return tuple(read.values())
