"""Facts of other policies: of which policy, version and period, what they came to, and where that policy says it."""

from __future__ import annotations

from workflow.checks.checked import UsedFact
from workflow.ledger.account import Told
from workflow.plan.between import SET_BY
from workflow.report.cells import visible
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.telling import Telling


def tell_fact(telling: Telling, fact: UsedFact) -> int:
    """A fact, or what is gathered of several periods, with the line of the policy that decided it."""
    page, told = telling.page, _counting(telling, fact)
    words = {"name": visible(fact.name), "policy": visible(fact.policy)}
    known = telling.figures.known(fact.name) is not None
    if fact.how in {"sum", "average", "latest"}:
        number = _gathered(telling, fact, told)
    elif known and telling.figures.known(f"{fact.name}.set.event") is not None:
        number = _set_by_hand(telling, fact)
    elif told:
        words |= {"version": f"{told[0].version}", "period": visible(told[0].period)}
        words |= {"value": telling.figures.shown(fact.name, fact.type, LONG)} if known else {}
        key = f"fact-{fact.how}" if known else "fact-missing"
        number = page.step(page.say(key, **words), told[0].span, "" if known else "warning")
    else:
        number = page.step(page.say("missing", name=words["name"]), fact.span, "warning")
    if not known:
        telling.why(telling.reasons(fact.name))
    telling.refused(fact.name)
    return number


def _set_by_hand(telling: Telling, fact: UsedFact) -> int:
    """A fact in whose place somebody has set another for the last day served."""
    page, figures = telling.page, telling.figures
    words = {word: visible(str(figures.known(f"{fact.name}.set.{word}"))) for word in SET_BY}
    words |= {"name": visible(fact.name), "policy": visible(fact.policy)}
    return page.step(page.say("fact-set", value=figures.shown(fact.name, fact.type, LONG), **words), fact.span)


def _counting(telling: Telling, fact: UsedFact) -> tuple[Told, ...]:
    """Those that decide it: of what stands on the last day served, that of the newest period that had ended."""
    told = telling.part.facts.get(fact.name, ())
    spells = telling.part.spells
    if fact.how != "standing":
        return told
    day = spells[-1][1] if spells else telling.account.last
    ended = [(each.stands, each) for each in told if each.stands is not None and each.stands[0] <= day]
    newest = [each for stands, each in ended if stands == ended[0][0] and day <= stands[1]]
    return tuple(sorted(newest, key=lambda each: not each.there)[:1])


def _gathered(telling: Telling, fact: UsedFact, told: tuple[Told, ...]) -> int:
    """What is gathered, and below it what each period came to."""
    page, figures = telling.page, telling.figures
    words = {"name": visible(fact.name), "fact": visible(fact.fact), "policy": visible(fact.policy)}
    if figures.known(fact.name) is None:
        number = page.step(page.say(f"fact-{fact.how}-missing", **words), fact.span, "warning")
    else:
        value = figures.shown(fact.name, fact.type, LONG)
        number = page.step(page.say(f"fact-{fact.how}", value=value, **words), fact.span)
    for each in reversed(told):
        of = {"period": visible(each.period), "version": f"{each.version}"}
        if each.there:
            page.below(page.say("fact-part", value=figures.text(each.value, fact.of), **of), each.span)
        else:
            page.below(page.say("fact-part-nobody", **of), each.span)
    return number
