"""A clause that is counted by events: what each of them, or each month, adds to a total, and what that is paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from workflow.checks.clauses import Counted, PayClause, Table
from workflow.checks.uses import columns_read
from workflow.ledger.account import Evident, Step
from workflow.model.terms import Mode
from workflow.model.typed import Column, Literal
from workflow.model.types import Kind, Type
from workflow.report.cells import visible
from workflow.report.explanation.decisions import tell_rows_below
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.page import Row
from workflow.report.explanation.telling import Telling
from workflow.report.money import amount_text

MOST, ENDS = 12, 5
"""So many steps are told whole; of more, so many from either end."""


def tell_counted(telling: Telling, clause: PayClause, counted: Counted) -> None:
    """The steps of a clause that is counted by events, in the order in which its total runs on."""
    page = telling.page
    fields = telling.account.event_fields.get(counted.each or "", frozenset())
    named = [each for each in columns_read(clause) if each.name not in fields and not each.name.startswith("person.")]
    tell_inputs(telling, clause.name, [each for each in named if telling.figures.definition(each.name) is not None])
    over = page.say(f"over-{counted.over.replace(' ', '-')}")
    if counted.each is not None:
        key = "counted-each" if clause.table is not None else "counted-each-alone"
        words = {"event": visible(counted.each), "title": telling.event(counted.each)}
        page.step(page.say(key, over=over, **words), clause.span)
    else:
        page.step(page.say("counted-over", over=over), clause.span)
    steps = telling.part.steps.get(clause.name, ())
    few = len(steps) <= MOST
    told: set[Evident] = set()
    for at, step in enumerate(steps):
        one = _Telling(telling, clause, counted, step)
        if step.opening is not None and step.opening not in told:
            told.add(step.opening)
            one.tell_opening(step.opening)
        if few or not ENDS <= at < len(steps) - ENDS:
            one.tell()
        elif at == ENDS:
            page.step(page.say("counted-rest", count=len(steps) - 2 * ENDS), clause.span)


class _Telling:
    """One step in the telling; its values stand before those of the person."""

    def __init__(self, telling: Telling, clause: PayClause, counted: Counted, step: Step) -> None:
        part = telling.part
        own = replace(part, values={**part.values, **step.values}, causes={**part.causes, **step.causes})
        self._telling, self._clause, self._counted, self._step = telling, clause, counted, step
        self._page, self._stem = telling.page, f"pay.{clause.name}"
        self._figures = Figures(own, telling.page.language)

    def tell_opening(self, opening: Evident) -> None:
        """Where the total began, as somebody recorded it; what came up to then is in it."""
        quantity, table = self._counted.quantity, self._clause.table
        assert quantity is not None, "what has an opening has a total"
        words = {
            "id": visible(opening.id),
            "day": opening.day.isoformat(),
            "name": visible(quantity.name),
            "value": self._figures.stored(f"{self._stem}.opening", quantity.type),
            "reason": visible(str(self._step.values[f"{self._stem}.opening.reason"])),
        }
        key = "step-opening-kept" if table is not None and table.rest is not None else "step-opening"
        place = f"{visible(opening.file)}:{opening.line}"
        self._page.step(self._page.say(key, **words) + self._page.say("step-place", place=place), self._clause.span)

    def tell(self) -> None:
        """The step: what is added, what that gives, and what is paid."""
        page, clause = self._page, self._clause
        place = f"{visible(self._step.event.file)}:{self._step.event.line}" if self._step.event is not None else ""
        page.step(self._added() + (page.say("step-place", place=place) if place else ""), clause.span)
        full = self._figures.number(f"{self._stem}.full")
        if full is None or (self._counted.each is not None and self._figures.known(f"{self._stem}.when") is None):
            page.below(page.say("step-withheld"), clause.span, "warning")
            causes = (f"{self._stem}.when", f"{self._stem}.full")
            self._telling.why([reason for name in causes for reason in self._step.causes.get(name, ())])
            return
        if clause.table is not None and clause.table.mode is Mode.MARGINAL:
            self._tell_slices(clause.table)
        if clause.decision is not None:
            own = replace(self._telling, part=self._figures.part, figures=self._figures)
            tell_rows_below(own, self._stem, clause.decision)
        self._tell_difference(full)

    def _added(self) -> str:
        """Which event or stretch it is, and from where to where the total goes."""
        quantity, step = self._counted.quantity, self._step
        words: dict[str, object] = {}
        if step.event is not None:
            words |= {"id": visible(step.event.id), "day": step.event.day.isoformat()}
        else:
            words["since"] = str(step.values[f"{self._stem}.since"])
        if quantity is None:
            return self._page.say("step-fixed", **words)
        words |= {"name": visible(quantity.name), "total": self._figures.text(self._total(""), quantity.type)}
        before = self._total(".before")
        if f"{self._stem}.total.before" not in step.values:
            return self._page.say("step-alone", **words)
        words["before"] = self._figures.text(before, quantity.type)
        if step.event is None:
            return self._page.say("step-stretch", **words)
        words["added"] = self._figures.text(self._figures.number(f"{self._stem}.on"), quantity.type)
        return self._page.say("step-adds", **words)

    def _total(self, suffix: str) -> Decimal | None:
        return self._figures.number(f"{self._stem}.total{suffix}")

    def _tell_slices(self, table: Table) -> None:
        """The slices that this step adds to, or takes from."""
        borders = table.rest.rows if table.rest is not None else table.rows
        kept = self._figures.number(f"{self._stem}.kept") if table.rest is not None else None
        if table.rest is not None and kept is not None:
            before = self._figures.number(f"{self._stem}.kept.before") or Decimal(0)
            self._page.below(
                self._page.say("step-kept", before=self._figures.money(before), kept=self._figures.money(kept))
            )
        scale = table.rest.scale if table.rest is not None else Decimal(1)
        lines = []
        for at, row in enumerate(borders):
            part = Fraction(self._part("through", at)) - Fraction(self._part("earlier", at))
            if part:
                since = self._telling.figures.text(_number(row.border), row.border.type)
                until = borders[at + 1] if at + 1 < len(borders) else None
                label = self._page.say("slice-last", since=since)
                if until is not None:
                    end = self._telling.figures.text(_number(until.border), until.border.type)
                    label = self._page.say("slice", since=since, until=end)
                rate = self._rate(row.gives)
                cells = (label, self._figures.amount(part / Fraction(scale)), f"× {rate}")
                lines.append(Row(cells, f"{visible(row.span.path)}:{row.span.line}"))
        if lines:
            self._page.rows(lines, right=1)

    def _part(self, side: str, at: int) -> Decimal:
        name = f"{self._stem}.{side}.part.{at + 1}"
        return self._figures.number(name) or Decimal(0) if name in self._step.values else Decimal(0)

    def _rate(self, gives: object) -> str:
        if isinstance(gives, Literal):
            return self._figures.text(_number(gives), gives.type)
        if isinstance(gives, Column):
            return self._figures.stored(gives.name, gives.type)
        return "…"

    def _tell_difference(self, full: Decimal) -> None:
        """What is given for the total, less what is given for the total before; and the line, if it is one."""
        page, figures, stem = self._page, self._figures, self._stem
        rest = self._clause.table.rest if self._clause.table is not None else None
        through, earlier = figures.number(f"{stem}.through"), figures.number(f"{stem}.earlier")
        rate = figures.number(f"{stem}.rate")
        words = {"full": figures.money(full)}
        if rate is not None and self._clause.on is not None:
            words["rate"] = figures.text(rate, Type(Kind.RATIO))
            page.below(page.say("step-rate", **words))
        elif earlier is not None and through is not None and rest is None:
            words |= {"through": figures.money(through), "earlier": figures.money(earlier)}
            page.below(page.say("step-less", **words))
        else:
            page.below(page.say("step-gives", **words))
        line = figures.number(stem)
        if self._counted.each is not None and line is not None:
            amount = amount_text(line, self._telling.part.policy.currency, page.language)
            page.below(page.say("paid", amount=amount), style="strong")


def _number(expression: object) -> Decimal:
    assert isinstance(expression, Literal)
    assert isinstance(expression.value, Decimal)
    return expression.value
