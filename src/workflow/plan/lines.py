"""Lines of pay: of clauses, for a whole period or for each event, of limits, and of adjustments by hand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.builtin import ADJUSTED
from workflow.checks.clauses import PayClause
from workflow.diagnostics import Span
from workflow.model.typed import Apply, Column, Expression, Literal, Missing, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type
from workflow.plan.adjusting import ADJUSTMENT
from workflow.plan.carrying import lines_of_limits
from workflow.plan.ground import PayGround
from workflow.plan.limits import EXACT_DIGITS, line_type
from workflow.plan.nodes import Emit, Filter, Union
from workflow.plan.paying import exact_type

LINES = "lines"
"""The output: a row a line of pay."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What lines say of themselves: their clause, its number in the order of lines, and its place."""

    clause: str
    number: int
    span: Span


def emit_lines(ground: PayGround, subjects: str, events: Mapping[str, str], made: Sequence[tuple[str, str]]) -> None:
    """The output: a row for each clause and limit that pays a subject, or might; of `for each`, one for each event; and
    one for each line that is made for an event by hand or by a claw back.

    `events` are the rows of the clauses that pay for each event. `line.event` is the event that a line is made for and
    `line.type` its type; both are missing where it is made for a whole period. `made` are the steps of other lines of
    events, in `line.own`, with their name.
    """
    builder, clauses = ground.builder, ground.policy.pay
    told = _Told(ground, by_event=bool(events) or bool(made))
    rows: list[str] = []
    for number, clause in enumerate(clauses):
        said = _Said(clause.name, number, clause.span)
        if clause.name in events:
            rows += told.of_events(clause, said, events[clause.name], subjects)
        else:
            rows.append(told.of_period(subjects, said, Column(f"pay.{clause.name}.exact", exact_type(clause))))
    over = lines_of_limits(ground)
    for number, (name, span, exact) in enumerate(over, len(clauses)):
        rows.append(told.of_period(subjects, _Said(name, number, span), exact))
    for number, (name, step) in enumerate(made, len(clauses) + len(over)):
        rows.append(told.made(step, _Said(name, number, ground.policy.span)))
    if not rows:
        return
    together = rows[0] if len(rows) == 1 else builder.add("pay", Union(tuple(rows)))
    own = ("line.event", "line.type") if told.by_event else ()
    columns = ("person", "clause", "clause.number", *own, "line.exact", "line.amount")
    order = ("person", "clause.number", *(("line.day", "line.number") if told.by_event else ()))
    builder.emit(LINES, Emit(together, tuple((name, name) for name in columns), order))


@dataclass(frozen=True, slots=True)
class _Told:
    """Rows as lines; `by_event`: some line of the policy is made for an event."""

    ground: PayGround
    by_event: bool

    def of_period(self, subjects: str, said: _Said, exact: Expression) -> str:
        """A line for each subject to whom a clause or a limit applies, or may."""
        kept = self.ground.builder.add("pay", Filter(subjects, f"pay.{said.clause}.when", or_missing=True))
        return self._line(self._for_event(kept, said, None), said, exact, self._paid(said, "when"))

    def of_events(self, clause: PayClause, said: _Said, rows: str, subjects: str) -> list[str]:
        """A line for each event, and one for each subject of whom it isn't known whether there are more."""
        assert clause.counted is not None
        reversal, of = self.ground.policy.reversal, _text(clause.counted.event)
        if reversal is not None and reversal.of == clause.counted.each:
            of = Apply(Op.IF, (Column("credit.reversal", TRUTH), _text(reversal.event), of), TEXT)
        step = self._for_event(rows, said, of, Column("event.day", DATE))
        exact = Column(f"pay.{clause.name}.exact", exact_type(clause))
        paid = self._line(step, said, exact, self._paid(said, "due"))
        still = self.ground.builder.add("pay", Filter(subjects, f"pay.{clause.name}.open", or_missing=True))
        total = Column(f"pay.{clause.name}", line_type(self.ground))
        return [paid, self._line(self._for_event(still, said, None), said, total, self._paid(said, "when"))]

    def made(self, step: str, said: _Said) -> str:
        """A line for each adjustment, or for each return that takes something back."""
        own, reversal = Column("line.own", line_type(self.ground)), self.ground.policy.reversal
        of = ADJUSTED if said.clause == ADJUSTMENT or reversal is None else reversal.event
        return self._line(self._for_event(step, said, _text(of)), said, own, own)

    def _paid(self, said: _Said, condition: str) -> Expression:
        """The line; where it may not be paid it is missing, with the reasons for that."""
        line = Column(f"pay.{said.clause}", line_type(self.ground))
        return Apply(Op.IF, (Column(f"pay.{said.clause}.{condition}", TRUTH), line, line), line.type)

    def _for_event(self, step: str, said: _Said, of: Expression | None, day: Expression | None = None) -> str:
        """The rows with the event that each is made for; `of` is its type, None where there is no event.

        Those with a `day` stand in the order of their days, the others before them in that of their numbers.
        """
        builder = self.ground.builder
        if not self.by_event:
            return step
        none = Missing(builder.cause("no-event"), TEXT)
        step = builder.derive(step, "line.event", none if of is None else Column("event.id", TEXT), said.span)
        step = builder.derive(step, "line.type", none if of is None else of, said.span)
        begin = Literal(datetime.date.min, DATE)
        step = builder.derive(step, "line.day", begin if day is None else day, said.span)
        number = Literal(Decimal(0), COUNT) if of is None else Column("event", COUNT)
        return builder.derive(step, "line.number", number, said.span)

    def _line(self, step: str, said: _Said, exact: Expression, amount: Expression) -> str:
        """Rows as lines: the clause, its number, the amount before rounding and the amount."""
        builder = self.ground.builder
        of = Type(Kind.MONEY, EXACT_DIGITS + 12, 12, self.ground.policy.currency)
        step = builder.derive(step, "clause", Literal(said.clause, TEXT), said.span)
        step = builder.derive(step, "clause.number", Literal(Decimal(said.number), COUNT), said.span)
        step = builder.derive(step, "line.exact", exact, said.span, of)
        return builder.derive(step, "line.amount", amount, said.span)


def _text(word: str) -> Expression:
    return Literal(word, TEXT)
