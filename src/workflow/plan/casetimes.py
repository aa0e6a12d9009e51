"""How long something takes in a person's cases: the rows that are timed, and what they come to for each person.

A row is a case that has come to what is asked for, or a stay in a state that is over. It counts in the period of the
day on which that was; one that isn't in time, on which the limit passed. `time.…` are the columns of such rows.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal

from workflow.checks.cases import TimeFact
from workflow.model.sizes import sum_type
from workflow.model.terms import Function
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TRUTH
from workflow.plan.building import YES, all_of, any_of, where_known
from workflow.plan.casesteps import Facts, Steps
from workflow.plan.kernels import UNKNOWN, Stopwatch
from workflow.plan.lowered import PERSON
from workflow.plan.machines import Went
from workflow.plan.nodes import WIDE, Aggregate, Filter, Fold, Lookup, Measure, Running, Take
from workflow.plan.occasions import instant
from workflow.plan.owners import NUMBER
from workflow.plan.stepwords import is_just, number
from workflow.worktime.calendars import ONE_DAY
from workflow.worktime.clocks import EPOCH, MICROSECOND
from workflow.worktime.spans import WorkTime, work_time

BY = ("case", "step.run")
SINCE, UNTIL, LENGTH = Column("step.instant", WIDE), Column("time.until", WIDE), Column("time.length", WIDE)
TOTAL = WIDE.sized(28, 0)
"""The type of a sum of lengths."""


def timed(steps: Steps, subjects: str) -> Facts:
    """The subjects with how long things take in their cases."""
    facts = steps.policy.time_facts
    if not facts:
        return Facts(subjects)
    builder, place = steps.builder, steps.policy.span
    take = (Take("kind", "case.kind", builder.cause("no-case", steps.policy.begins.span)),)
    rows = builder.add("timed", Lookup(steps.rows, steps.events, (("step.event", "event"),), take))
    steps = replace(steps, rows=rows)
    doubts = (Measure("doubts", Function.COUNT, COUNT),)
    in_doubt = all_of(steps.by_now, is_just("step.went", Went.DOUBTED))
    rows, unsure = steps.in_doubt(rows, "time.times", in_doubt, place)
    rows = steps.where(rows, "time.doubted", unsure, place)
    doubted = builder.add("doubted", Aggregate(rows, ("case.person",), doubts))
    told = [_Timing(steps, fact) for fact in facts]
    parts = [each.rows() for each in told]
    for each, rows in zip(told, parts, strict=True):
        subjects = each.summed_up(subjects, rows, doubted)
    names = (name for fact in facts for name in (f"{fact.name}.sum", f"{fact.name}.count", fact.name))
    counting = (builder.add("timed", Filter(part, "time.counts")) for part in parts)
    rows_told = (steps.of_fact(rows, fact.name) for rows, fact in zip(counting, facts, strict=True))
    return Facts(subjects, tuple(names), tuple(rows_told))


@dataclass(frozen=True, slots=True)
class _Timing:
    """One fact."""

    steps: Steps
    fact: TimeFact

    @property
    def time(self) -> WorkTime:
        """The working time of the policy's calendar."""
        calendar = self.steps.policy.calendar
        assert calendar is not None, "what counts working time is checked to have a calendar"
        return work_time(calendar, self.steps.policy.zone)

    def rows(self) -> str:
        """What is timed: `time.length`, whether it was in time as `time.good`, its day, and whether it counts."""
        rows = self._stays() if self.fact.stays else self._answers()
        if self.fact.takes == "share":
            return self._in_time(rows)
        rows = self._measured(rows)
        rows = self._derive(rows, "time.good", number(1))
        whose = Column("case.person" if self.fact.stays else "time.whose", PERSON)
        rows = self._derive(rows, "time.person", whose)
        known: Expression = self.steps.decided("time.date")
        if self.fact.working:
            beyond = Missing(self._beyond(), TRUTH)
            unknown = Apply(Op.LT, (LENGTH, number(0)), TRUTH)
            known = all_of(known, Apply(Op.IF, (unknown, beyond, YES), TRUTH))
        return self._derive(rows, "time.counts", known)

    # What is timed.

    def _answers(self) -> str:
        """Each case with the instant since which it is timed, and the first afterwards at which it has come to that."""
        builder, fact = self.steps.builder, self.fact
        begins = self._own((fact.since,)) if fact.since is not None else is_just("step.went", Went.BEGAN)
        enters = (self.steps.of_state(state, self.steps.enters) for state in fact.states)
        comes = any_of(*enters, self._own(fact.events))
        ends = [self.steps.of_state(state, self.steps.enters) for state in self.steps.policy.final]
        over = any_of(comes, *ends) if fact.takes == "share" else comes
        rows = self._derive(self._chosen(any_of(begins, over)), "time.comes", comes)
        rows = self._counted(rows, "time.begun", begins)
        first = all_of(begins, Apply(Op.EQ, (Column("time.begun", NUMBER), number(1)), TRUTH))
        rows = self._derive(rows, "time.first", first)
        later = all_of(Apply(Op.GE, (Column("time.begun", NUMBER), number(1)), TRUTH), over)
        later = all_of(later, Apply(Op.NOT, (Column("time.first", TRUTH),), TRUTH))
        rows = self._counted(rows, "time.nth", later)
        answer = all_of(later, Apply(Op.EQ, (Column("time.nth", NUMBER), number(1)), TRUTH))
        answers = self.steps.where(rows, "time.answer", answer, fact.span)
        starts = builder.add("timed", Filter(rows, "time.first"))
        on = tuple((name, name) for name in BY)
        none = builder.cause("not-come-to", fact.span, name=fact.name)
        taken = (
            ("step.instant", "time.until"),
            ("step.date", "time.date"),
            ("time.comes", "time.come to"),
            ("case.person", "time.whose"),
        )
        takes = tuple(Take(column, name, none) for column, name in taken)
        rows = builder.add("timed", Lookup(starts, answers, on, takes, found="time.come"))
        return rows if fact.takes == "share" else builder.add("timed", Filter(rows, "time.come"))

    def _stays(self) -> str:
        """Each stay that is over, with the instant at which the state was entered."""
        builder, fact = self.steps.builder, self.fact
        begins = is_just("step.went", Went.BEGAN)
        rows = self._chosen(any_of(begins, self.steps.moves))
        rows = self._counted(rows, "time.entered", any_of(begins, self.steps.moves))
        rows = self._counted(rows, "time.left", Apply(Op.NOT, (begins,), TRUTH))
        inside = any_of(*(self.steps.of_state(state, self.steps.stands_in) for state in fact.states))
        # A row leaves what the row before it has entered.
        rows = self._derive(rows, "time.until", SINCE)
        rows = self._derive(rows, "time.date", Column("step.date", DATE))
        left = self.steps.where(rows, "time.stays", all_of(Apply(Op.NOT, (begins,), TRUTH), inside), fact.span)
        none = builder.cause("not-come-to", fact.span, name=fact.name)
        on = (*((name, name) for name in BY), ("time.left", "time.entered"))
        return builder.add("timed", Lookup(left, rows, on, (Take("step.instant", "time.since", none),)))

    def _chosen(self, condition: Expression) -> str:
        """The steps that matter, in the cases themselves."""
        return self.steps.where(self.steps.rows, "time.matters", condition, self.fact.span)

    def _own(self, events: tuple[str, ...]) -> Expression:
        """Whether a step is what came of an event of these types in a case."""
        doubt = all_of(is_just("step.went", Went.DOUBTED), Apply(Op.LT, (Column("step.due", WIDE), number(0)), TRUTH))
        went = (Went.BEGAN, Went.MOVED, Went.STAYED, Went.REFUSED, Went.UNMOVED)
        own = any_of(doubt, *(is_just("step.went", each) for each in went))
        return all_of(own, any_of(*(is_just("case.kind", self.steps.machine.kind(event)) for event in events)))

    def _counted(self, rows: str, name: str, condition: Expression) -> str:
        """The rows with how many so far, in their case, a condition holds for."""
        rows = self._derive(rows, f"{name}.one", Apply(Op.IF, (condition, number(1), number(0)), COUNT))
        return self.steps.builder.add("timed", Running(rows, name, f"{name}.one", BY, ("step.turn",), NUMBER))

    # How long it takes.

    def _measured(self, rows: str) -> str:
        """The rows with the time that has passed; UNKNOWN where the calendar doesn't know it, or it isn't over."""
        since = Column("time.since", WIDE) if self.fact.stays else SINCE
        if self.fact.working:
            rows = self._watched(rows, since, 0)
            return self._derive(rows, "time.length", Column("watch.length", WIDE))
        passed = Apply(Op.SUB, (UNTIL, since), sum_type(WIDE, WIDE))
        missing = Apply(Op.IS_MISSING, (UNTIL,), TRUTH)
        return self._derive(rows, "time.length", Apply(Op.IF, (missing, number(UNKNOWN), passed), WIDE))

    def _watched(self, rows: str, since: Column, limit: int) -> str:
        """The rows with the working time that has passed, and when the limit of it has."""
        watch = Stopwatch(self.time, limit)
        fold = Fold(rows, "watch", BY, ("step.turn",), watch, (since.name, UNTIL.name))
        return self.steps.builder.add("timed", fold)

    def _in_time(self, rows: str) -> str:
        """The cases of which it is decided whether they came to it in time."""
        fact, occasion = self.fact, self.steps.occasion
        if fact.working:
            rows = self._watched(rows, SINCE, fact.within)
            rows = self._derive(rows, "time.length", Column("watch.length", WIDE))
            due: Expression = Column("watch.due", WIDE)
        else:
            rows = self._measured(rows)
            due = Apply(Op.ADD, (SINCE, Literal(Decimal(fact.within), WIDE)), sum_type(WIDE, WIDE))
        rows = self._derive(rows, "time.due", due)
        come, no_day = Column("time.come", TRUTH), Apply(Op.LT, (due, number(0)), TRUTH)
        before = Apply(Op.LT, (UNTIL, due), TRUTH)
        timely = all_of(come, any_of(no_day, before))
        good = all_of(timely, Column("time.come to", TRUTH))
        rows = self._derive(rows, "time.good", Apply(Op.IF, (good, number(1), number(0)), COUNT))
        passed = _between(due, self._instant(occasion.first - ONE_DAY), min(self._until, self._instant(occasion.last)))
        rows = self._whose(rows, good)
        # A case that has ended before the limit passed says nothing.
        counts: Expression = Apply(Op.IF, (timely, all_of(good, self.steps.decided("time.date")), passed), TRUTH)
        if fact.working:
            horizon = min(self._until, self._instant(occasion.last))
            early = Apply(Op.LT, (SINCE, Literal(Decimal(self.time.first), WIDE)), TRUTH)
            open_end = early if horizon <= self.time.last else YES
            not_known = Apply(Op.LT, (LENGTH, number(0)), TRUTH)
            lost = all_of(no_day, Apply(Op.IF, (come, not_known, open_end), TRUTH))
            counts = Apply(Op.IF, (lost, Missing(self._beyond(), TRUTH), counts), TRUTH)
        return self._derive(rows, "time.counts", counts)

    def _whose(self, rows: str, good: Expression) -> str:
        """The cases with the person for whom they count: whose one was when it came to that, or the limit passed."""
        begun, place = Column("case.person", PERSON), self.fact.span
        if not self.steps.machine.handing:
            return self._derive(rows, "time.person", begun)
        builder, took = self.steps.builder, is_just("step.went", Went.BEGAN)
        had = self._chosen(any_of(took, self._own(tuple(self.steps.machine.handing))))
        had = self._counted(had, "time.had", YES)
        had = self._counted(had, "time.before", Apply(Op.NOT, (took,), TRUTH))
        none = builder.cause("not-come-to", place, name=self.fact.name)
        on = tuple((name, name) for name in BY)
        then = (Take("step.instant", "time.then", none),)
        had = builder.add("timed", Lookup(had, had, (*on, ("time.had", "time.before")), then))
        had = builder.add("timed", Lookup(had, rows, on, (Take("time.due", "time.limit", none),)))
        limit, then_on = Column("time.limit", WIDE), Column("time.then", WIDE)
        since = any_of(took, Apply(Op.GT, (limit, SINCE), TRUTH))
        # What is due at the instant of a hand-over still is the other's.
        until = any_of(Apply(Op.IS_MISSING, (then_on,), TRUTH), Apply(Op.LE, (limit, then_on), TRUTH))
        had = self.steps.where(had, "time.has", all_of(since, until), place)
        rows = builder.add("timed", Lookup(rows, had, on, (Take("case.person", "time.owner", none),)))
        late = where_known(Column("time.owner", PERSON), begun)
        return self._derive(rows, "time.person", Apply(Op.IF, (good, Column("time.whose", PERSON), late), PERSON))

    @property
    def _until(self) -> int:
        """The last instant that counts."""
        return self._instant(self.steps.occasion.as_of)

    def _instant(self, moment: datetime.date) -> int:
        """The last instant of a day, or an instant."""
        last = instant(moment, self.steps.policy.zone).replace(tzinfo=datetime.UTC)
        return (last - EPOCH) // MICROSECOND

    def _beyond(self) -> int:
        """The cause of a length of time for which the calendar is too short."""
        calendar = self.steps.policy.calendar
        assert calendar is not None, "asked before"
        days = {"first": calendar.first.isoformat(), "last": calendar.last.isoformat()}
        return self.steps.builder.cause(
            "case-beyond-days", self.fact.span, name=self.fact.name, calendar=calendar.name, **days
        )

    # What it comes to.

    def summed_up(self, subjects: str, rows: str, doubted: str) -> str:
        """The subjects with the sum, the count, and the fact."""
        builder, fact = self.steps.builder, self.fact
        name, place = fact.name, fact.span
        none = builder.cause("nothing-timed", place, name=name)
        taken = Column("time.good", COUNT) if fact.takes == "share" else LENGTH
        function = Function.GREATEST if fact.takes == "longest" else Function.SUM
        of = WIDE if fact.takes == "longest" else NUMBER if fact.takes == "share" else TOTAL
        measures = (
            Measure(f"{name}.of all", function, of, value=taken.name, where="time.counts", empty=none),
            Measure(f"{name}.number", Function.COUNT, COUNT, where="time.counts"),
        )
        added = builder.add("times", Aggregate(rows, ("time.person",), measures))
        takes = tuple(Take(each.name, each.name, none) for each in measures)
        node = Lookup(subjects, added, (("person", "time.person"),), takes, found=f"{name}.there")
        step = builder.add("subjects", node)
        node = Lookup(step, doubted, (("person", "case.person"),), (), found=f"{name}.doubted")
        step = builder.add("subjects", node)
        doubt = builder.cause("case-in-doubt", place, name=name)
        in_doubt = Column(f"{name}.doubted", TRUTH)
        count = Apply(Op.IF, (Column(f"{name}.there", TRUTH), Column(f"{name}.number", COUNT), number(0)), COUNT)
        step = builder.derive(
            step, f"{name}.count", Apply(Op.IF, (in_doubt, Missing(doubt, COUNT), count), COUNT), place
        )
        total: Expression = Apply(Op.IF, (in_doubt, Missing(doubt, of), Column(f"{name}.of all", of)), of)
        step = builder.derive(step, f"{name}.sum", total, place)
        return builder.derive(step, name, self._value(Column(f"{name}.sum", of)), place, fact.type)

    def _value(self, total: Column) -> Expression:
        fact, count = self.fact, Column(f"{self.fact.name}.count", COUNT)
        if fact.takes == "share":
            return Apply(Op.DIV, (total, count), fact.type)
        if fact.takes == "longest":
            return Apply(Op.OF_COUNT, (total,), fact.type)
        mean = Apply(Op.DIV, (total, count), TOTAL)
        return Apply(Op.OF_COUNT, (mean,), fact.type)

    def _derive(self, rows: str, name: str, value: Expression) -> str:
        return self.steps.builder.derive(rows, name, value, self.fact.span)


def _between(value: Expression, after: int, through: int) -> Expression:
    """Whether an instant lies after one, and not after another."""
    low, high = (Literal(Decimal(each), WIDE) for each in (after, through))
    return all_of(Apply(Op.GT, (value, low), TRUTH), Apply(Op.LE, (value, high), TRUTH))
