"""A clause of pay: what it needs, whether its condition holds, the amount, and the paid line."""

from __future__ import annotations

from workflow.checks.clauses import Limit, PayClause
from workflow.model.typed import Column, Expression, Literal
from workflow.report.cells import visible
from workflow.report.explanation.amounts import tell_line, tell_product
from workflow.report.explanation.conditions import lacks, tell_condition
from workflow.report.explanation.counted import tell_counted
from workflow.report.explanation.decisions import inputs_of, tell_decision
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.ranks import out_of_rank, tell_rank
from workflow.report.explanation.tables import tell_table
from workflow.report.explanation.telling import Telling
from workflow.report.money import amount_text
from workflow.report.summary import title_in


def tell_pay(telling: Telling, clause: PayClause, limits: tuple[Limit, ...]) -> None:
    """The steps of one clause of pay; `limits` are those of its policy."""
    page, figures = telling.page, telling.figures
    applies, paid = figures.known(f"pay.{clause.name}.when"), figures.number(f"pay.{clause.name}")
    asked = figures.known(f"pay.{clause.name}.asked") if limits else applies
    label = telling.labelled(clause.name, title_in(clause.title, page.language))
    if applies is False:
        telling.begin(label, page.say("state-not-paid"))
        if asked is False:
            _tell_refusal(telling, clause)
        else:
            page.step(page.say("taken-by-gate"), next(limit.span for limit in limits if limit.kind == "gate"))
        return
    if applies is None or paid is None:
        telling.begin(label, page.say("state-withheld"), "warning")
    else:
        telling.begin(label, amount_text(paid, telling.part.policy.currency, page.language))
    if clause.counted is not None and clause.counted.each is not None:
        tell_counted(telling, clause, clause.counted)
        if paid is None:
            telling.why(telling.reasons(f"pay.{clause.name}"))
        return
    if clause.when is not None:
        tell_inputs(telling, clause.name, (clause.when,))
        undecided = asked is None and (clause.rank is None or lacks(telling, clause.when))
        tell_condition(telling, clause.when, "undecided" if undecided else "holds")
    tell_rank(telling, clause.rank, f"pay.{clause.name}", clause.name)
    _tell_amount(telling, clause)
    tell_line(telling, clause)


def _tell_refusal(telling: Telling, clause: PayClause) -> None:
    """Why nothing is paid, after what no other clause has shown."""
    if out_of_rank(telling, clause.rank, f"pay.{clause.name}"):
        tell_rank(telling, clause.rank, f"pay.{clause.name}", clause.name)
        return
    if clause.counted is not None and clause.counted.each is not None:
        words = {"event": visible(clause.counted.each), "title": telling.event(clause.counted.each)}
        telling.page.step(telling.page.say("counted-none", **words), clause.span)
        return
    if clause.when is None:
        telling.page.step(telling.page.say("not-covered"), telling.part.policy.served_span)
        return
    tell_inputs(telling, clause.name, (clause.when,), repeated=False)
    tell_condition(telling, clause.when, "not-paid-anyway" if lacks(telling, clause.when) else "not-paid")


def _tell_amount(telling: Telling, clause: PayClause) -> None:
    if clause.counted is not None:
        tell_counted(telling, clause, clause.counted)
    elif clause.table is not None:
        tell_table(telling, clause, clause.table)
    elif clause.decision is not None:
        name = f"pay.{clause.name}.full"
        tell_inputs(telling, clause.name, (clause.on, *inputs_of(telling, name, clause.decision)))
        tell_decision(telling, clause, clause.decision)
    elif clause.rate is not None:
        assert clause.on is not None, "a rate is one of something"
        tell_inputs(telling, clause.name, (clause.on, clause.rate))
        name = f"pay.{clause.name}.rate"
        if not isinstance(clause.rate, Column | Literal):
            _tell_formula(telling, clause.rate, name, "rate")
        tell_product(telling, clause, clause.on, name, clause.rate.type)
    elif clause.amount is not None:
        tell_inputs(telling, clause.name, (clause.amount,))
        key = "amount" if clause.rank is None or clause.rank.ties != "split" else "share"
        _tell_formula(telling, clause.amount, f"pay.{clause.name}.full", key)


def _tell_formula(telling: Telling, formula: Expression, name: str, key: str) -> None:
    """A step: an amount or a rate as its formula, with the numbers put in, and its value."""
    page, value = telling.page, telling.figures.stored(name, formula.type)
    if isinstance(formula, Literal):
        page.step(page.say(f"{key}-fixed", value=value), formula.span)
        return
    words = {"formula": telling.written(formula), "filled": telling.filled(formula)}
    style = "" if telling.figures.known(name) is not None else "warning"
    page.step(page.say(key, value=value, **words), formula.span, style)
