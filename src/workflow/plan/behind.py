"""What is behind a person's results: the days served, and the events that each measure takes."""

from __future__ import annotations

from workflow.checks.calculated import Group
from workflow.checks.crediting import share_type
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import TEXT, TRUTH
from workflow.plan.building import Builder, all_of, any_of
from workflow.plan.groups import group_of, groups_over
from workflow.plan.lowered import EVENTS, Lowered
from workflow.plan.nodes import Emit, Filter, Given, Lookup, Plan, Register
from workflow.plan.occasions import Fact
from workflow.plan.pruning import pruned
from workflow.plan.sharing import ROW

SPELLS = "spells asked"
"""The output of the days served."""


def events_behind(lowered: Lowered, person: str) -> Plan:
    """A plan for what is behind a person's results: `spells asked`, the days served, and `events TYPE asked`.

    Columns of the first: `overlap.from`, `overlap.through`, `spell.served`. Of the others, a row a credited row in the
    period: `event`, `event.id`, `event.day`, `credit.reversal`, `credit.seller`, those that tell the rows of an event
    apart, `credit.share` where shares differ, and for each measure of the type `NAME.counts` and, unless it is a count,
    the value that it takes from the row as `NAME.value`, of a share also the whole as `NAME.whole`.
    """
    builder = Builder(list(lowered.plan.steps), list(lowered.plan.causes))
    inside = None
    if lowered.policy.goes_on:
        inside = Apply(Op.EQ, (Column("period", TEXT), Literal(lowered.occasion.period, TEXT)), TRUTH)
    own = all_of(_is(lowered.subject, person), inside)
    step = builder.derive(lowered.spells, "spell.asked", own, lowered.policy.span)
    step = builder.add("spells of one", Filter(step, "spell.asked"))
    spell = tuple((name, name) for name in ("overlap.from", "overlap.through", "spell.served"))
    builder.emit(SPELLS, Emit(step, spell, ("overlap.from",)))
    wanted = [SPELLS]
    for event, rows in lowered.counted.items():
        step = _asked_rows(builder, lowered, event, rows, person)
        names = ["event", "event.id", "event.day", "credit.reversal", "credit.seller", *ROW]
        shared = share_type(lowered.policy.credit.get(event)) is not None
        columns = [(name, name) for name in (*names, *(("credit.share",) if shared else ()))]
        for measure in lowered.policy.looks:
            if measure.event == event:
                columns.append((f"{measure.name}.asked", f"{measure.name}.counts"))
                value = lowered.read[measure.name]
                columns += [(value, f"{measure.name}.value")] if value else []
                if value == f"{measure.field}.credited":
                    columns.append((f"{measure.field}.counted", f"{measure.name}.whole"))
        wanted.append(
            builder.add(f"{EVENTS} {event} asked", Emit(step, tuple(columns), ("event", "credit.person", *ROW)))
        )
    return pruned(builder.plan(), tuple(wanted))


def facts_behind(lowered: Lowered, person: str) -> tuple[Plan, dict[str, tuple[tuple[str, Fact], ...]]]:
    """A plan for the facts of other policies on which a person's results rest, each an output with its one column.

    Returns:
        The plan; and by the policy's own column, the output of each fact and the fact, the newest first.
    """
    builder, found = Builder(), dict[str, tuple[tuple[str, Fact], ...]]()
    for use in (each for each in lowered.policy.facts if each.of_period):
        own = []
        for fact in lowered.occasion.facts.get(use.name, ()):
            key, name = fact.due.policy.subject, fact.field.name
            absent = builder.cause("fact-withheld", use.span, policy=use.policy, name=use.fact, period=fact.due.period)
            given = Given(name, fact.field.type, absent if fact.field.maybe else None)
            step = builder.add(fact.register, Register(fact.register, key, (given,)))
            whose = Apply(Op.EQ, (Column(key, TEXT), Literal(person, TEXT)), TRUTH)
            step = builder.add(fact.register, Filter(builder.derive(step, "asked", whose, use.span), "asked"))
            # Of what stands by days there are several rows.
            output = builder.add(f"{use.name} asked", Emit(step, ((name, name),), (key, "from")))
            own.append((output, fact))
        found[use.name] = tuple(own)
    return builder.plan(), found


def _asked_rows(builder: Builder, lowered: Lowered, event: str, rows: str, person: str) -> str:
    """The credited rows of a person and of their groups, with `NAME.asked`: whether a measure of theirs takes it."""
    policy = lowered.policy
    whose: dict[Group | None, Expression] = {None: _is(lowered.credited, person)}
    for group in groups_over(policy, event):
        key, found = group_of(group).name, f"{group_of(group).name} asked"
        one = builder.add(
            "one",
            Filter(
                builder.derive(lowered.subjects, f"{found} of", _is(lowered.subject, person), policy.span),
                f"{found} of",
            ),
        )
        rows = builder.add(f"{event} asked", Lookup(rows, one, ((key, key),), (), found=found))
        whose[group] = Column(found, TRUTH)
    for measure in policy.looks:
        if measure.event == event:
            asked = all_of(whose[measure.among], Column(lowered.counts[measure.name], TRUTH))
            rows = builder.derive(rows, f"{measure.name}.asked", asked, measure.span)
    rows = builder.derive(rows, "event.asked", any_of(*whose.values()), policy.span)
    return builder.add(f"{event} asked", Filter(rows, "event.asked"))


def _is(whose: Column, person: str) -> Expression:
    """Whether a row is of a person."""
    return Apply(Op.EQ, (whose, Literal(person, whose.type)), TRUTH)
