"""Tables: which row was reached, what each slice gives, between which points a rate lies."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

from workflow.checks.clauses import PayClause, Row, Table
from workflow.model.terms import Mode, Yields
from workflow.model.typed import Column, Expression, Literal
from workflow.report.cells import visible
from workflow.report.explanation.amounts import tell_product
from workflow.report.explanation.conditions import tell_near
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.page import Row as Line
from workflow.report.explanation.telling import Telling
from workflow.report.money import PRECISION


def tell_table(telling: Telling, clause: PayClause, table: Table) -> None:
    """The steps from the result that a table is read by to the amount before proration."""
    gives = [row.gives for row in table.rows]
    tell_inputs(telling, clause.name, (table.by, table.unit, clause.on, *gives, table.below))
    reached = telling.figures.number(f"pay.{clause.name}.full.row")
    if reached is None:
        sentence = telling.page.say("table-missing", by=visible(table.by_name))
        telling.page.step(sentence, clause.span, "warning")
        return
    reading = _Reading(telling, clause, table, int(reached))
    reading.tell_row()
    if table.mode is Mode.MARGINAL and reached:
        reading.tell_slices()
    elif table.mode is not Mode.MARGINAL and clause.on is not None and (reached or table.below is not None):
        tell_product(telling, clause, clause.on, f"pay.{clause.name}.full.rate", table.rate_type)


class _Reading:
    """A table that was read; `reached` is the row, 0 below the lowest."""

    def __init__(self, telling: Telling, clause: PayClause, table: Table, reached: int) -> None:
        self._telling, self._clause, self._table, self._reached = telling, clause, table, reached
        self._figures, self._page = telling.figures, telling.page

    def tell_row(self) -> None:
        """A step: the row or the points that the result lies at, and on which side of a border that looks equal."""
        row = self._table.rows[max(self._reached, 1) - 1]
        words = {
            "by": visible(self._table.by_name),
            "value": self._value(),
            "border": self._border(row),
        }
        key, more = self._sentence(row)
        self._page.step(self._page.say(f"table-{key}", **words, **more), row.span)
        for each in self._table.rows:
            border = _number(each.border)
            if border is not None:
                tell_near(self._telling, self._table.by_name, self._table.by.type, border)

    def _value(self) -> str:
        """The result that the table is read by; of one that is turned, after a step that says so, its size."""
        by, on = self._table.by, self._clause.on
        base = self._figures.number(on.name) if on is not None else None
        if not self._clause.below_zero or on is None or base is None or base >= 0:
            return self._figures.shown(self._table.by_name, by.type)
        words = {"on": visible(on.name), "base": self._figures.stored(on.name, on.type)}
        self._page.step(self._page.say("table-below-zero", **words), self._clause.span)
        value = self._figures.number(self._table.by_name)
        if not self._table.follows or value is None:
            return self._figures.shown(self._table.by_name, by.type)
        return self._figures.text(-value, by.type)

    def _sentence(self, row: Row) -> tuple[str, dict[str, str]]:
        """The key of the sentence about the row reached, and what it says besides the result and the border."""
        table = self._table
        if self._reached == 0:
            given = {"rate": self._given(table.below)} if table.below is not None else {}
            return ("below-rate", given) if given else ("below", given)
        on = visible(self._clause.on.name) if self._clause.on is not None else ""
        if table.mode is Mode.INTERPOLATED:
            return self._between(row)
        if table.mode is Mode.MARGINAL:
            return "marginal", {"on": on}
        rate = self._figures.text(self._figures.known(f"pay.{self._clause.name}.full.rate"), table.rate_type)
        return ("amount", {"amount": rate}) if table.yields is Yields.AMOUNT else ("whole", {"rate": rate, "on": on})

    def _between(self, row: Row) -> tuple[str, dict[str, str]]:
        """The points beside the result, and the straight line between them."""
        rate = self._figures.number(f"pay.{self._clause.name}.full.rate")
        words = {"rate": self._figures.text(rate, self._table.rate_type)}
        if self._reached == len(self._table.rows):
            return "last", words
        by = self._figures.number(self._table.by_name)
        if by == _number(row.border):
            return "point", words
        above = self._table.rows[self._reached]
        low, high = self._given(row.gives), self._given(above.gives)
        since, until = self._border(row), self._border(above)
        result = self._figures.stored(self._table.by_name, self._table.by.type)
        words |= {"until": until, "low": low, "high": high}
        words["line"] = f"{low} + ({high} − {low}) × ({result} − {since}) / ({until} − {since})"
        return "between", words

    def tell_slices(self) -> None:
        """Below the row's step: what of the base lies between which borders, and what it gives; then their sum."""
        figures, page, table = self._figures, self._page, self._table
        if table.unit is not None:
            value = figures.stored(table.unit.name, table.unit.type)
            page.below(page.say("slices-unit", unit=visible(table.unit.name), value=value))
        lines = [self._slice(number) for number in range(self._reached)]
        free = self._free()
        if free:
            label = page.say("slice-below", border=self._border(table.rows[0]))
            lines.insert(0, Line((label, figures.money(free), page.say("slice-free"))))
        page.rows(lines, right=1)
        full = figures.number(f"pay.{self._clause.name}.full")
        if self._reached > 1 and full is not None:
            page.step(page.say("slices-sum", value=figures.money(full)), self._clause.span)

    def _slice(self, number: int) -> Line:
        """The row of a slice: its borders, what lies between them, and that times its rate."""
        row, page = self._table.rows[number], self._page
        part = self._figures.number(f"pay.{self._clause.name}.full.part.{number + 1}") or Decimal(0)
        since = self._border(row)
        if number + 1 < len(self._table.rows):
            label = page.say("slice", since=since, until=self._border(self._table.rows[number + 1]))
        else:
            label = page.say("slice-last", since=since)
        rate = self._rate(number)
        times = f"× {self._given(row.gives)}" if rate is None else f"× {self._figures.text(rate, row.gives.type)}"
        if rate is not None:
            times += f" = {self._figures.amount(Fraction(part) * Fraction(rate))}"
        return Line((label, self._figures.money(part), times), f"{visible(row.span.path)}:{row.span.line}")

    def _rate(self, number: int) -> Decimal | None:
        """The rate of a slice, where it stands in the policy or in the result."""
        gives = self._table.rows[number].gives
        if number + 1 == self._reached:
            return self._figures.number(f"pay.{self._clause.name}.full.rate")
        return self._figures.number(gives.name) if isinstance(gives, Column) else _number(gives)

    def _free(self) -> Decimal:
        """What of the base lies below the lowest row: the base less all slices."""
        on = self._figures.number(self._clause.on.name) if self._clause.on is not None else None
        assert on is not None, "slices are of something"
        numbers = range(1, len(self._table.rows) + 1)
        parts = [self._figures.number(f"pay.{self._clause.name}.full.part.{number}") for number in numbers]
        with decimal.localcontext(prec=PRECISION):
            return on - sum((part for part in parts if part is not None), Decimal(0))

    def _border(self, row: Row) -> str:
        return self._given(row.border)

    def _given(self, expression: Expression) -> str:
        """What stands in a row: a number, the value of a name, or a formula as written."""
        if isinstance(expression, Column):
            return self._figures.stored(expression.name, expression.type)
        number = _number(expression)
        return self._telling.written(expression) if number is None else self._figures.text(number, expression.type)


def _number(expression: Expression) -> Decimal | None:
    value = expression.value if isinstance(expression, Literal) else None
    return value if isinstance(value, Decimal) else None
