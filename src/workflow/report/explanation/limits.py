"""Gate, floor and cap: what each compares, and what it adds to the lines before it or takes from them.

And what an earlier cap took, where it is carried.
"""

from __future__ import annotations

from workflow.checks.clauses import Limit
from workflow.diagnostics import Span
from workflow.model.typed import Literal
from workflow.plan.limits import CARRIED, CARRIED_ON
from workflow.report.cells import visible
from workflow.report.explanation.conditions import tell_condition
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.telling import Telling
from workflow.report.money import amount_text
from workflow.report.summary import line_title, title_in


def tell_limit(telling: Telling, limit: Limit) -> None:
    """The steps of one limit."""
    page, figures = telling.page, telling.figures
    applies, line = figures.known(f"pay.{limit.kind}.when"), figures.number(f"pay.{limit.kind}")
    label = telling.labelled(limit.kind, title_in(limit.title, page.language) or line_title(limit.kind, page.language))
    if applies is False:
        telling.begin(label, page.say("state-no-change"))
    elif applies is None or line is None:
        telling.begin(label, page.say("state-withheld"), "warning")
    else:
        telling.begin(label, amount_text(line, telling.part.policy.currency, page.language))
    if limit.condition is not None:
        _tell_gate(telling, limit)
    else:
        _tell_bound(telling, limit)
    if applies is None:
        reasons = telling.reasons(f"pay.{limit.kind}.when", limit.condition, limit.amount)
        telling.why(reasons)
        telling.settles(reasons)


def tell_carried(telling: Telling, span: Span) -> None:
    """The line of what the cap took in the period before, where there is one or may be."""
    page, figures, name = telling.page, telling.figures, f"pay.{CARRIED}"
    applies = figures.known(f"{name}.when")
    if applies is False or f"{name}.when" not in telling.part.values:
        return
    label = telling.labelled(CARRIED, line_title(CARRIED, page.language))
    period, line = visible(str(figures.known("carried.from"))), figures.number(name)
    if applies and line is not None:
        amount = amount_text(line, telling.part.policy.currency, page.language)
        telling.begin(label, amount)
        page.step(page.say("carried", period=period, amount=amount), span, "strong")
        return
    telling.begin(label, page.say("state-withheld"), "warning")
    page.step(page.say("carried-undecided", period=period), span, "warning")
    reasons = telling.reasons(f"{name}.when")
    telling.why(reasons)
    telling.settles(reasons)


def _tell_gate(telling: Telling, limit: Limit) -> None:
    """A step with the condition, and one with what that means for all lines."""
    page, figures = telling.page, telling.figures
    assert limit.condition is not None, "a gate asks something"
    shut = figures.known("gate.shut")
    tell_inputs(telling, limit.kind, (limit.condition,))
    key = "undecided" if shut is None else "holds" if shut is not limit.opens else "fails"
    tell_condition(telling, limit.condition, key)
    if shut is None:
        page.step(page.say("gate-undecided"), limit.span, "warning")
    elif shut:
        taken = figures.number("pay.gate.before")
        assert taken is not None, "a shut gate takes what is known"
        page.step(page.say("gate-shut", before=figures.money(taken)), limit.span, "strong")
    else:
        page.step(page.say("gate-open"), limit.span)


def _tell_bound(telling: Telling, limit: Limit) -> None:
    """The limit itself, what the lines before come to, and the difference."""
    page, figures, kind = telling.page, telling.figures, limit.kind
    assert limit.amount is not None, "a floor or a cap keeps an amount"
    tell_inputs(telling, kind, (limit.amount,))
    value = figures.stored(f"{kind}.limit", limit.amount.type)
    if isinstance(limit.amount, Literal):
        page.step(page.say(f"{kind}-fixed", value=value), limit.amount.span)
    else:
        words = {"formula": telling.written(limit.amount), "filled": telling.filled(limit.amount)}
        page.step(page.say(f"{kind}-formula", value=value, **words), limit.amount.span)
    bound, before = figures.number(f"{kind}.limit"), figures.number(f"pay.{kind}.before")
    if bound is None or before is None:
        page.step(page.say(f"{kind}-undecided"), limit.span, "warning")
        return
    words = {"before": figures.money(before), "limit": value}
    if figures.known(f"pay.{kind}.when"):
        exact = figures.number(f"pay.{kind}.exact")
        assert exact is not None, "what changes the total is known"
        key = f"{kind}-carries" if kind == "cap" and figures.number(CARRIED_ON) else f"{kind}-changes"
        page.step(page.say(key, change=figures.money(exact), **words), limit.span, "strong")
    else:
        page.step(page.say(f"{kind}-kept", **words), limit.span)
