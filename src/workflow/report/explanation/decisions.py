"""Tables of several dimensions: which row counts and by which of its cells, or which rows are collected."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.calculated import CheckedValue, Decision
from workflow.checks.clauses import PayClause
from workflow.checks.uses import columns_in
from workflow.diagnostics import Span
from workflow.model.typed import Column, Literal
from workflow.plan.deciding import rows_told
from workflow.report.cells import visible
from workflow.report.explanation.amounts import tell_product
from workflow.report.explanation.conditions import tell_borders
from workflow.report.explanation.telling import Telling


def tell_decision(telling: Telling, clause: PayClause, decision: Decision) -> None:
    """The steps from the row that counts to the amount before proration."""
    name = f"pay.{clause.name}.full.rate"
    told = telling.figures.stored(name, decision.type)
    _tell_rows(telling, f"pay.{clause.name}.full", decision, told, clause.span)
    if clause.on is not None:
        tell_product(telling, clause, clause.on, name, decision.type)


def tell_decided_value(telling: Telling, value: CheckedValue, decision: Decision) -> int:
    """The step of a value that a table decides; gives its number."""
    page, figures = telling.page, telling.figures
    label = telling.named(value)
    if figures.known(value.name) is None:
        number = page.step(page.say("decided-missing", label=label), value.span, "warning")
        inherited = {(each.code, each.span) for column in decision.inputs for each in telling.reasons(column.name)}
        telling.why([each for each in telling.reasons(value.name) if (each.code, each.span) not in inherited])
        return number
    told = figures.stored(value.name, value.type)
    number = page.step(page.say("decided", label=label, value=told), value.span)
    earlier = telling.shown.get(decision.rows_of or "")
    if earlier is not None:
        page.below(page.say("decided-earlier", clause=visible(earlier[0]), step=f"{earlier[1]}"))
        return number
    tell_rows_below(telling, decision.rows_of or value.name, decision)
    others = [each for each in _outputs(telling, decision) if each.name != value.name]
    if others:
        words = ({"name": visible(each.name), "value": figures.stored(each.name, each.type)} for each in others)
        told = page.say("decision-and").join(page.say("decided-output", **each) for each in words)
        page.below(page.say("decided-besides", outputs=told))
    return number


def shown_with(telling: Telling, name: str) -> tuple[str, ...]:
    """What the step of a value shows besides: the row that other outputs of its table share, and those as they stand.

    One that the row gives by a formula, or that somebody has set by hand, has a step of its own.
    """
    value = telling.figures.definition(name)
    decision = value.expression if isinstance(value, CheckedValue) else None
    if not isinstance(decision, Decision) or decision.rows_of is None:
        return ()
    rows = _rows(telling, decision.rows_of, decision)
    if not rows:
        return ()
    plain = (
        each.name
        for each in _outputs(telling, decision)
        if each.name not in telling.part.overrides and telling.figures.known(each.name) is not None
        if isinstance(each.expression, Decision)
        if all(isinstance(each.expression.rows[row].gives, Literal) for row in rows)
    )
    return (decision.rows_of, *plain)


def _outputs(telling: Telling, decision: Decision) -> list[CheckedValue]:
    """All outputs of the table that a value is decided by, if they share its rows."""
    return [
        each
        for each in telling.part.policy.values
        if isinstance(each.expression, Decision) and each.expression.rows_of is not None
        if each.expression.rows_of == decision.rows_of
    ]


def tell_rows_below(telling: Telling, name: str, decision: Decision) -> None:
    """Below a step: each row of the table that counts, by which of its cells."""
    for row in _rows(telling, name, decision):
        telling.page.below(_row(telling, decision, row), decision.rows[row].span)


def _tell_rows(telling: Telling, name: str, decision: Decision, told: str, place: Span) -> None:
    """A step: the row that counts; or all that do, one below another."""
    page = telling.page
    rows = _rows(telling, name, decision)
    if telling.figures.known(f"{name}.rate") is None:
        page.step(page.say("decision-missing"), place, "warning")
        return
    if len(rows) == 1:
        row = rows[0]
        page.step(_row(telling, decision, row) + page.say("decision-gives", value=told), decision.rows[row].span)
        _tell_borders(telling, decision)
        return
    page.step(page.say("decision-collected", count=f"{len(rows)}", value=told), place)
    for row in rows:
        page.below(_row(telling, decision, row), decision.rows[row].span)
    _tell_borders(telling, decision)


def _tell_borders(telling: Telling, decision: Decision) -> None:
    """On which side a result lies that only looks equal to a border."""
    told = {test for row in decision.rows for test in row.tests if test is not None}
    for test in sorted(told, key=lambda test: test.span):
        tell_borders(telling, test)


def _rows(telling: Telling, name: str, decision: Decision) -> list[int]:
    """The rows that count, from 0; none where it isn't known which."""
    names = rows_told(name, decision)
    if len(names) > 1 or names[0].endswith(".1"):
        return [row for row, each in enumerate(names) if telling.figures.known(each) is True]
    number = telling.figures.known(names[0])
    return [int(number) - 1] if isinstance(number, Decimal) and number else []


def inputs_of(telling: Telling, name: str, decision: Decision) -> tuple[Column, ...]:
    """The names that a table asks, and those that the rows that count give."""
    gives = [decision.rows[row].gives for row in _rows(telling, name, decision)]
    return (*decision.inputs, *(column for each in gives for column in columns_in(each)))


def _row(telling: Telling, decision: Decision, row: int) -> str:
    """`Row 3 applies: attainment, 92%, is [80%..100%) …`."""
    page = telling.page
    tests = []
    for column, cell in zip(decision.inputs, decision.cells[row], strict=True):
        if cell is None:
            continue
        words = {"name": visible(column.name), "cell": telling.words(cell)}
        words["value"] = telling.figures.shown(column.name, column.type)
        tests.append(page.say("decision-test", **words))
    if not tests:
        return page.say("decision-row-any", row=f"{row + 1}")
    return page.say("decision-row", row=f"{row + 1}", tests=page.say("decision-and").join(tests))
