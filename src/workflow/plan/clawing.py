"""Claw backs: a return takes back what was paid on its deal, in the period in which it comes back.

Of a clause that pays for each deal that is the deal's own line; else the line of the deal's period over the sum that it
was paid on. That period is the one decided now, or an earlier one whose results stand in the evidence as registers of
facts, so a look-up by the deal's day finds it. What a gate or a cap took then was not paid: a gate that was shut leaves
nothing of a line, and a cap that lost something its part, cut to the cent below.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workflow.checks.calculated import EventType
from workflow.checks.checked import CheckedIncentive, ClawBack
from workflow.checks.clauses import PayClause
from workflow.checks.clawback import Recovered, recovered
from workflow.checks.measures import in_currency
from workflow.model.sizes import product_type, quotient_type, sum_type, unified
from workflow.model.terms import THIS_PERIOD, Function
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round, Rounding
from workflow.model.types import COUNT, DATE, MAX_DIGITS, TRUTH, Kind, Type, summed
from workflow.plan.building import all_of, any_of
from workflow.plan.credits import within
from workflow.plan.ground import PayGround
from workflow.plan.limits import ELIGIBLE, SETTLED, has_gate, line_type, total_type
from workflow.plan.measuring import credited_type, of_deal, value_read
from workflow.plan.nodes import Aggregate, Emit, Field, Filter, Given, Lookup, Measure, Register, Running, Take
from workflow.plan.occasions import RESULTS, STEPS, Fact, Occasion
from workflow.plan.paying import beside
from workflow.plan.sharing import ROW, credit_of, may_double
from workflow.worktime.months import months_after

CLAW_BACK, CLAW_BACKS = "claw_back", "claw backs"
"""The name of the lines, and the output that says of each what was paid on its deal."""
REVERSAL, BELONGS = Column("credit.reversal", TRUTH), Column("credit.belongs", TRUTH)
DAY, IN_TIME = Column("credit.day", DATE), Column("claw_back.in time", TRUTH)
FIRST = Column("claw_back.first", TRUTH)
EVENT = Field("event", COUNT)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Source:
    """Where what was paid on deals is found: whether it is there; the line, and what limits have left of it; for a line
    of a period the sum it was paid on. `part` is the clause as it was then.
    """

    part: Recovered
    found: Column
    line: Column
    paid: Column
    base: Column


Part = tuple[str, str]
"""An output of a plan, and a column of it."""


def parts_paid(policy: CheckedIncentive, part: Recovered) -> tuple[Part, ...]:
    """Where the plan of a policy says what a clause paid, and on what."""
    return tuple(_words(policy, part).values())


_OF_CAP = {"capped": ".when", "before": ".before", "cap": ""}


def _words(policy: CheckedIncentive, part: Recovered) -> dict[str, Part]:
    """The same, by what each column says."""
    stem = f"pay.{part.clause.name}"
    if part.sum is None:
        steps = f"{STEPS} {part.clause.name}"
        found = {"when": (steps, f"{stem}.due"), "paid": (steps, stem)}
    else:
        found = {"when": (RESULTS, f"{stem}.when"), "paid": (RESULTS, stem), "base": (RESULTS, part.sum.name)}
    if has_gate(policy.limits):
        found["gate"] = (RESULTS, "pay.gate.when")
    for cap in policy.limits:
        if cap.kind == "cap" and not cap.carries:
            found |= {word: (RESULTS, f"pay.cap{column}") for word, column in _OF_CAP.items()}
    return found


def clauses_taken(policy: CheckedIncentive, occasion: Occasion) -> tuple[PayClause, ...]:
    """The clauses of which returns may take back: those of the policy, then those that only earlier versions had.

    One of these has another name here if a clause of today has taken its own.
    """
    found, names = {each.identity: each for each in policy.pay}, {each.name for each in policy.pay}
    for fact in reversed(occasion.facts.get(CLAW_BACK, ())):
        past = fact.due.policy
        for clause in past.pay if isinstance(past, CheckedIncentive) else ():
            name = clause.name if clause.name not in names else f"{clause.name}_then"
            found.setdefault(clause.identity, replace(clause, name=name))
    return tuple(found.values())


def taken_since(day: datetime.date, claw: ClawBack) -> datetime.date:
    """The first day of a deal of which a return on `day` still takes back: so much later is not before that day."""
    before = day - datetime.timedelta(days=claw.days)
    since = months_after(before, -claw.months)
    # Of a shorter month even the last day comes too early: 28 February and three months are 28 May, not the 31st.
    return since if since.day == before.day else since + datetime.timedelta(days=1)


def clawed_back(ground: PayGround, step: str, rows: str, event: EventType, steps: Mapping[str, str]) -> str:
    """The claw backs as lines, one a person and return, from the credited rows of the deals and their returns.

    Args:
        ground: what the policy stands on.
        step: the subjects with their lines.
        rows: the credited rows.
        event: the type of the deals.
        steps: of each clause that pays for each event, the step of the rows that it pays.
    """
    builder, claw, reversal = ground.builder, ground.policy.claw_back, ground.policy.reversal
    assert claw is not None, "only a policy that claws back does so"
    assert reversal is not None, "a claw back has returns"
    mine = all_of(REVERSAL, Column(within(THIS_PERIOD), TRUTH), BELONGS)
    rows = builder.derive(rows, "claw_back.counts", mine, claw.span)
    rows = builder.add("claw back", Filter(rows, "claw_back.counts", or_missing=True))
    rows = builder.derive(rows, IN_TIME.name, _in_time(ground, claw), claw.span)
    taking = _Taking(ground, claw, event, ground.events[reversal.event])
    rows = taking.with_first(rows)
    rows = taking.present(rows, step, steps)
    rows = taking.earlier(rows)
    measures: list[Measure] = []
    for part in taking.taken_back():
        rows, own = taking.taken(rows, part)
        measures += own
    by = ("person", "event", "event.id", "credit.of", DAY.name, IN_TIME.name)
    rows = builder.add("claw back", Aggregate(rows, by, tuple(measures)))
    told = [(each, each) for each in ("person", "event.id", DAY.name, IN_TIME.name, *(one.name for one in measures))]
    builder.emit(CLAW_BACKS, Emit(rows, (("credit.of", "deal"), *told), ("event", "person")))
    return _lines(ground, rows, step, [one for one in measures if one.name.endswith(".exact")])


def _in_time(ground: PayGround, claw: ClawBack) -> Expression:
    """Whether the return comes within the time that the policy says: asked of each day that it may come on."""
    first, last = ground.occasion.first, ground.occasion.last
    came = Column("event.day", DATE)
    days = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
    return any_of(
        *(
            all_of(
                Apply(Op.EQ, (came, Literal(day, DATE)), TRUTH),
                Apply(Op.GE, (DAY, Literal(taken_since(day, claw), DATE)), TRUTH),
            )
            for day in days
        )
    )


def _sold(first: datetime.date, last: datetime.date) -> Expression:
    """Whether the deal is of these days."""
    since, until = Literal(first, DATE), Literal(last, DATE)
    return all_of(Apply(Op.GE, (DAY, since), TRUTH), Apply(Op.LE, (DAY, until), TRUTH))


@dataclass(frozen=True, slots=True)
class _Taking:
    """Finding what was paid on the deals of returns. `sources` are by the clause's identity, the present one first."""

    ground: PayGround
    claw: ClawBack
    deals: EventType
    returns: EventType
    sources: dict[str, list[Source]] = field(default_factory=dict)

    def parts(self, policy: CheckedIncentive) -> tuple[Recovered, ...]:
        """The clauses of a version of which returns take back."""
        return recovered(policy, self.deals, self.returns)

    def taken_back(self) -> Iterator[Recovered]:
        """The clauses that take part: those of today, and those that a version had by which a deal may have been paid.

        What such a clause pays now, if it is still there, is paid for no deal, so its own version says what came back.
        """
        today = {part.clause.identity: part for part in self.parts(self.ground.policy)}
        for clause in clauses_taken(self.ground.policy, self.ground.occasion):
            if clause.identity in today:
                yield today[clause.identity]
            elif clause.identity in self.sources:
                yield replace(self.sources[clause.identity][-1].part, clause=clause)

    def with_first(self, rows: str) -> str:
        """The rows, each with whether it is the first of its person and return: a deal has one line of a person."""
        if not may_double(credit_of(self.ground.policy, self.deals)):
            return rows
        builder, turn, of = self.ground.builder, "claw_back.turn", summed(COUNT)
        one = Literal(Decimal(1), COUNT)
        rows = builder.derive(rows, "claw_back.one", one, self.claw.span)
        node = Running(rows, turn, "claw_back.one", ("credit.person", "event"), ROW, of)
        rows = builder.add("claw back", node)
        return builder.derive(rows, FIRST.name, Apply(Op.EQ, (Column(turn, of), one), TRUTH), self.claw.span)

    def present(self, rows: str, step: str, steps: Mapping[str, str]) -> str:
        """The rows with what the period decided now pays, for deals of its own days."""
        builder, policy, stem = self.ground.builder, self.ground.policy, "claw_back.now"
        now = Column(stem, TRUTH)
        own = _sold(self.ground.occasion.first, self.ground.occasion.last)
        rows = builder.derive(rows, now.name, own, self.claw.span)
        asked = dict.fromkeys(each for part in self.parts(policy) for each in parts_paid(policy, part))
        takes = tuple(Take(column, f"{stem}.{column}") for output, column in asked if output == RESULTS)
        whose = (("credit.person", "person"),)
        rows = builder.add("claw back", Lookup(rows, step, whose, (Take("person", "person"), *takes)))
        for part in self.parts(policy):
            found, words = now, _words(policy, part)
            if part.sum is None:
                found = Column(f"{stem}.{part.clause.name}.there", TRUTH)
                none = builder.cause("no-event")
                lines = tuple(Take(words[word][1], f"{stem}.{words[word][1]}", none) for word in ("when", "paid"))
                on = (("credit.person", "credit.person"), ("credit.event", "event"))
                node = Lookup(rows, steps[part.clause.name], on, lines, found=found.name)
                rows = builder.add("claw back", node)
            columns = {word: Column(f"{stem}.{name}", self._type(part, word)) for word, (_, name) in words.items()}
            rows = self._with_source(rows, part, found, columns)
        return rows

    def _type(self, part: Recovered, word: str) -> Type:
        """The type of a column of the present plan, by what it says."""
        if word == "before":
            return total_type(self.ground)
        if word == "base":
            assert part.sum is not None, "the line of a deal is paid on the deal"
            return part.sum.type
        return line_type(self.ground) if word in {"paid", "cap"} else TRUTH

    def earlier(self, rows: str) -> str:
        """The rows with what earlier periods paid, each found by the deal's day."""
        occasions: dict[str, list[Fact]] = {}
        for fact in self.ground.occasion.facts.get(CLAW_BACK, ()):
            occasions.setdefault(fact.due.facts, []).append(fact)
        for number, facts in enumerate(occasions.values(), 1):
            rows = self._of_occasion(rows, f"claw_back.{number}", facts)
        return rows

    def _of_occasion(self, rows: str, stem: str, facts: Sequence[Fact]) -> str:
        """The rows with what one earlier occasion paid."""
        due, past = facts[0].due, facts[0].due.policy
        assert isinstance(past, CheckedIncentive), "only what was paid is taken back"
        parts = self.parts(past)
        known = {(fact.output, fact.field.name): fact.field.type for fact in facts}
        told = {"name": ", ".join(part.clause.name for part in parts), "policy": due.policy.id, "period": due.period}
        undecided = self.ground.builder.cause("earlier-undecided", self.claw.span, **told)
        there = {}
        for output in dict.fromkeys(fact.output for fact in facts):
            own = [fact for fact in facts if fact.output == output]
            rows, there[output] = self._joined(rows, stem, own, undecided)
        for part in parts:
            words = _words(past, part)
            columns = {word: Column(f"{stem}.{each[1]}", known[each]) for word, each in words.items()}
            rows = self._with_source(rows, part, there[words["paid"][0]], columns)
        return rows

    def _joined(self, rows: str, stem: str, facts: Sequence[Fact], undecided: int) -> tuple[str, Column]:
        """The rows with what one register says of each, and whether it says anything: of its own days only."""
        builder, due, name = self.ground.builder, facts[0].due, facts[0].register
        by_event = facts[0].output != RESULTS
        givens, takes = [], []
        for each in (fact.field for fact in facts):
            givens.append(Given(each.name, each.type, undecided if each.maybe else None))
            takes.append(Take(each.name, f"{stem}.{each.name}", undecided))
        register = builder.add(name, Register(name, "person", tuple(givens), (EVENT,) if by_event else ()))
        whose = (("credit.person", "person"), *((("credit.event", EVENT.name),) if by_event else ()))
        there = Column(f"{stem}.{facts[0].output}", TRUTH)
        rows = builder.add("claw back", Lookup(rows, register, whose, tuple(takes), DAY.name, found=there.name))
        # A version may govern a part of its period only.
        inside = Column(f"{there.name}.own", TRUTH)
        return builder.derive(rows, inside.name, all_of(there, _sold(due.first, due.last)), self.claw.span), inside

    def _with_source(self, rows: str, part: Recovered, found: Column, told: Mapping[str, Column]) -> str:
        """The rows with the line of one version of a clause, and what a gate and a cap have left of it."""
        builder, place = self.ground.builder, self.claw.span
        nothing = Literal(NOTHING, line_type(self.ground))
        stem = f"{found.name}.{part.clause.name}"
        line: Expression = Apply(Op.IF, (told["when"], told["paid"], nothing), nothing.type)
        if "gate" in told:
            line = Apply(Op.IF, (told["gate"], nothing, line), nothing.type)
        own = paid = Column(f"{stem}.line", nothing.type)
        rows = builder.derive(rows, own.name, line, place)
        if "cap" in told:
            rows, paid = self._capped(rows, stem, own, told)
        base = told.get("base") or Column(f"{part.field}.own", self._amount(part.field))
        self.sources.setdefault(part.clause.identity, []).append(Source(part, found, own, paid, base))
        return rows

    def _capped(self, rows: str, stem: str, line: Column, told: Mapping[str, Column]) -> tuple[str, Column]:
        """The rows with what a cap has left of a line: its share of what the cap left of all, to the cent below."""
        builder, place, unit = self.ground.builder, self.claw.span, self.ground.policy.currency
        left = Apply(Op.ADD, (told["before"], told["cap"]), sum_type(told["before"].type, told["cap"].type))
        product = product_type(line.type, left.type, Kind.MONEY, unit)
        assert product is not None, "lines have few digits after the point"
        divided = quotient_type(product, told["before"].type, Kind.MONEY, unit)
        quotient = Apply(Op.DIV, (Apply(Op.MUL, (line, left), product), told["before"]), divided, place)
        share, paid = Column(f"{stem}.share", divided), Column(f"{stem}.paid", line.type)
        rows = builder.derive(rows, share.name, Apply(Op.IF, (told["capped"], quotient, line), divided), place)
        exact = beside(share, quotient)
        down = Apply(Op.IF, (told["capped"], Round(exact, Rounding.DOWN, line.type, place), line), line.type)
        return builder.derive(rows, paid.name, down, place), paid

    def _amount(self, name: str) -> Type:
        return in_currency(self.deals.fields[name].type, self.ground.policy.currency)

    def taken(self, rows: str, part: Recovered) -> tuple[str, tuple[Measure, ...]]:
        """The rows with what is taken back of one clause, and how to add up those of one return."""
        builder, place, unit = self.ground.builder, self.claw.span, self.ground.policy.currency
        stem, sources = f"claw_back.{part.clause.name}", self.sources[part.clause.identity]
        nothing = Literal(NOTHING, line_type(self.ground))
        lines = [(source.found, source.line) for source in sources], [(source.found, source.paid) for source in sources]
        values = {
            "returned": _chosen([(each.found, self._returned(each.part)) for each in sources], self._returned(part)),
            "line": _chosen(lines[0], nothing),
            "paid": _chosen(lines[1], nothing),
            "base": _chosen([(each.found, each.base) for each in sources], Literal(NOTHING, sources[0].base.type)),
        }
        for word, value in values.items():
            rows = builder.derive(rows, f"{stem}.{word}", value, place)
        returned, line, paid, base = (Column(f"{stem}.{word}", value.type) for word, value in values.items())
        product = product_type(returned.type, paid.type, Kind.MONEY, unit)
        assert product is not None, "an amount and a line have few digits after the point"
        divided = quotient_type(product, base.type, Kind.MONEY, unit)
        quotient = Apply(Op.DIV, (Apply(Op.MUL, (returned, paid), product), base), divided, place)
        pays = all_of(*(Apply(Op.NE, (each, Literal(NOTHING, each.type)), TRUTH) for each in (returned, paid)))
        cut = Column(f"{stem}.cut", divided)
        rows = builder.derive(rows, cut.name, Apply(Op.IF, (pays, quotient, Literal(NOTHING, divided)), divided), place)
        near = beside(cut, quotient)
        exact = Apply(Op.IF, (pays, near, Literal(NOTHING, near.type)), near.type)
        rows = builder.derive(rows, f"{stem}.part", exact, place)
        large = builder.cause("too-large", place, name=part.clause.name)
        whole = near.type.sized(MAX_DIGITS, near.type.scale)
        return rows, (
            Measure(returned.name, Function.SUM, summed(returned.type), returned.name, too_large=large),
            *(Measure(each.name, Function.GREATEST, each.type, each.name) for each in (line, paid, base)),
            Measure(f"{stem}.exact", Function.SUM, whole, f"{stem}.part", too_large=large),
        )

    def _returned(self, part: Recovered) -> Expression:
        """What a row gives back of what a version of a clause paid for; of a deal's own line the whole return, once."""
        if part.sum is None:
            first = FIRST if may_double(credit_of(self.ground.policy, self.deals)) else None
            applies, value = all_of(IN_TIME, first), Column(f"{part.field}.counted", self._amount(part.field))
        else:
            read = value_read(self.ground, part.sum)
            assert read is not None, "a sum reads a field"
            applies, value = all_of(IN_TIME, of_deal(part.sum)), Column(read, credited_type(self.ground, part.sum))
        return Apply(Op.IF, (applies, value, Literal(NOTHING, value.type)), value.type)


def _chosen(choices: Sequence[tuple[Column, Expression]], otherwise: Expression) -> Expression:
    """The first of these whose condition holds."""
    found = otherwise
    for condition, value in reversed(choices):
        found = Apply(Op.IF, (condition, value, found), unified(value.type, found.type))
    return found


def _lines(ground: PayGround, rows: str, step: str, parts: Sequence[Measure]) -> str:
    """The rows with their line: the parts of all clauses together, rounded once."""
    builder, claw = ground.builder, ground.policy.claw_back
    assert claw is not None
    taken = (ELIGIBLE, SETTLED) if ground.policy.limits else (ELIGIBLE,)
    takes = tuple(Take(each.name, each.name) for each in taken)
    rows = builder.add("claw back", Lookup(rows, step, (("person", "person"),), takes))
    total: Expression = Column(parts[0].name, parts[0].type)
    for part in parts[1:]:
        total = Apply(Op.ADD, (total, Column(part.name, part.type)), sum_type(total.type, part.type))
    when = all_of(*taken)
    decided = Apply(Op.IF, (when, total, total), total.type)
    line = Round(decided, ground.policy.rounding, line_type(ground), claw.span)
    return builder.derive(rows, "line.own", line, claw.span)
