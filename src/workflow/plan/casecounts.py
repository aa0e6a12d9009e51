"""What is counted of a person's cases: each step that a fact counts, in the period of its day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workflow.checks.cases import CaseFact, CheckedEscalation
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import all_of, any_of
from workflow.plan.casesteps import Facts, Steps
from workflow.plan.lowered import PERSON
from workflow.plan.machines import UNDECIDED, UNKNOWN, Went
from workflow.plan.nodes import WIDE, Aggregate, Filter, Lookup, Measure, Take
from workflow.plan.stepwords import is_just, number


def counted(steps: Steps, subjects: str) -> Facts:
    """The subjects with what is counted of their cases."""
    builder, facts, rows = steps.builder, steps.policy.case_facts, steps.rows
    if not facts:
        return Facts(subjects)
    for fact in facts:
        counts = all_of(steps.decided("step.date"), _counts(steps, fact))
        if fact.counts != "cases":
            doubt = Missing(builder.cause("case-in-doubt", fact.span, name=fact.name), TRUTH)
            rows, unsure = steps.in_doubt(rows, fact.name, _doubted(steps, fact), fact.span)
            counts = Apply(Op.IF, (unsure, doubt, counts), TRUTH)
        rows = builder.derive(rows, f"{fact.name}.counts", counts, fact.span)
    of_a_case = Apply(Op.GT, (Column("step.run", COUNT), number(0)), TRUTH)
    known = steps.where(rows, "step.of case", of_a_case, steps.policy.span)
    measures = tuple(
        Measure(f"{each.name}.of cases", Function.COUNT, COUNT, where=f"{each.name}.counts") for each in facts
    )
    of_cases = builder.add("counts", Aggregate(known, ("case.person",), measures))
    none = builder.cause("no-case", steps.policy.begins.span)
    takes = tuple(Take(f"{each.name}.of cases", f"{each.name}.of cases", none) for each in facts)
    step = builder.add("subjects", Lookup(subjects, of_cases, (("person", "case.person"),), takes, found="has cases"))
    for each in facts:
        found = Column(f"{each.name}.of cases", COUNT)
        value = Apply(Op.IF, (Column("has cases", TRUTH), found, number(0)), COUNT)
        step = builder.derive(step, each.name, value, each.span)
    told = tuple(_told(steps, known, each) for each in facts)
    return Facts(step, tuple(each.name for each in facts), told)


def _told(steps: Steps, known: str, fact: CaseFact) -> str:
    """The steps that a fact counts, as what is told of it."""
    builder, place = steps.builder, fact.span
    rows = builder.add("told", Filter(known, f"{fact.name}.counts"))
    rows = builder.derive(rows, "time.person", Column("case.person", PERSON), place)
    rows = builder.derive(rows, "time.date", Column("step.date", DATE), place)
    rows = builder.derive(rows, "time.length", Literal(Decimal(UNKNOWN), WIDE), place)
    return steps.of_fact(builder.derive(rows, "time.good", number(1), place), fact.name)


def _counts(steps: Steps, fact: CaseFact) -> Expression:
    """Whether a step is one that a fact counts: of a case that goes by another version what that says of it, and where
    it has no such fact its state or clock of the same name.
    """
    return any_of(*(each for version in steps.machine.versions for each in _counts_in(steps, version, fact)))


def _counts_in(steps: Steps, version: CheckedEscalation, fact: CaseFact) -> Iterator[Expression]:
    fact, machine = _said(version, fact), steps.machine
    if fact.counts == "cases":
        first = machine.state(version, version.states[0].name)
        yield all_of(is_just("step.went", Went.BEGAN), is_just("step.to", first))
    for state in version.states:
        if fact.counts == "entries" and state.name == fact.of:
            yield steps.enters(version, state.name)
        if fact.counts == "reopened" and state.name == fact.of:
            ends = (machine.state(version, each) for each in (*version.final, state.name))
            elsewhere = (Apply(Op.NOT, (is_just("step.to", each),), TRUTH) for each in ends)
            yield all_of(steps.moves, steps.stands_in(version, state.name), *elsewhere)
    for at, (of, clock) in enumerate(machine.clocks, 1):
        if fact.counts in {"breaches", "warnings"} and of is version and clock.name == fact.of:
            went = Went.BREACHED if fact.counts == "breaches" else Went.WARNED
            yield all_of(is_just("step.went", went), is_just("step.item", at))


def _doubted(steps: Steps, fact: CaseFact) -> Expression:
    """Whether from this step on it is unknown what a fact counts: a condition was unknown, or a clock's target."""
    doubts = [is_just("step.went", Went.DOUBTED)]
    for at, (version, clock) in enumerate(steps.machine.clocks, 1):
        if clock.name == _said(version, fact).of:
            asked = any_of(is_just("step.went", Went.STARTED), is_just("step.went", Went.ASKED))
            unknown = Apply(Op.EQ, (Column("step.due", WIDE), Literal(Decimal(UNDECIDED), WIDE)), TRUTH)
            doubts.append(all_of(asked, is_just("step.item", at), unknown))
    return all_of(steps.by_now, any_of(*doubts))


def _said(version: CheckedEscalation, fact: CaseFact) -> CaseFact:
    """What a version says of a fact; where it says nothing, what is asked."""
    return next((each for each in version.case_facts if each.name == fact.name), fact)
