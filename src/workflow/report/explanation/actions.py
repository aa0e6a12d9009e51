"""An action: its condition, what it sets off, and by when."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.clauses import ActionClause
from workflow.checks.tiers import CheckedTiering
from workflow.plan.actions import condition_of, decision_of, had_of, recipient_of, row_of
from workflow.report.cells import visible
from workflow.report.explanation.conditions import lacks, tell_condition
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.ranks import out_of_rank, tell_rank
from workflow.report.explanation.telling import Telling
from workflow.report.summary import title_in
from workflow.words import Term, say


def tell_action(telling: Telling, action: ActionClause) -> None:
    """The steps of one action."""
    page, name = telling.page, decision_of(action)
    applies = telling.figures.known(name)
    own = title_in(action.title, page.language)
    entries = {each.clause for each in telling.part.actions} | {each.clause for each in telling.part.withheld}
    label = telling.labelled(action.name, own or title_in(telling.account.items.get(action.item, {}), page.language))
    if applies is not False and action.name not in entries:
        telling.begin(label, page.say("state-not-triggered"))
        page.step(page.say("once-a-period"), action.span)
    elif applies is None:
        telling.begin(label, page.say("state-withheld"), "warning")
        lacking = action.when is not None and lacks(telling, action.when)
        _tell_condition(telling, action, "undecided" if lacking else "holds")
        tell_rank(telling, action.rank, name, action.name)
        reasons = telling.reasons(name, action.when)
        undated = all(reason.code == "calendar-unknown" for reason in reasons)
        page.step(page.say("withheld-due" if undated else "withheld-action"), action.span, "warning")
        telling.why(reasons)
        telling.settles(reasons)
    elif applies:
        telling.begin(label, page.say("state-triggered"))
        _tell_condition(telling, action, "holds")
        tell_rank(telling, action.rank, name, action.name)
        _tell_row(telling, action)
        _tell_deed(telling, action)
    elif out_of_rank(telling, action.rank, name):
        telling.begin(label, page.say("state-not-triggered"))
        tell_rank(telling, action.rank, name, action.name)
    elif telling.figures.known(condition_of(action)):
        telling.begin(label, page.say("state-not-triggered"))
        _tell_condition(telling, action, "holds")
        tell_rank(telling, action.rank, name, action.name)
        _tell_row(telling, action)
        _tell_had(telling, action)
    elif action.in_a_row is not None and telling.figures.known(condition_of(action)) is None:
        # Whether it holds now isn't asked: there are fewer periods than the row needs.
        telling.begin(label, page.say("state-not-triggered"))
        _tell_row(telling, action)
    else:
        telling.begin(label, page.say("state-not-triggered"))
        missing = action.when is not None and lacks(telling, action.when)
        _tell_condition(telling, action, "not-triggered-anyway" if missing else "not-triggered")


def _tell_condition(telling: Telling, action: ActionClause, key: str) -> None:
    _tell_move(telling, action)
    if action.when is None:
        return
    tell_inputs(telling, action.name, (action.when,), repeated=False)
    tell_condition(telling, action.when, key)


def _tell_move(telling: Telling, action: ActionClause) -> None:
    """A step: of an action that a rise or a fall triggers, the tiers before and after, where they are sure."""
    policy, known, page = telling.part.policy, telling.figures.known, telling.page
    if not isinstance(policy, CheckedTiering) or action.name not in policy.moves or known("tier.confirmed") is None:
        return
    before, tier = known("tier.before"), visible(str(known("tier")))
    key = "tier-none-before" if before is None else "tier-stays" if before == known("tier") else "tier-moves"
    page.step(page.say(key, before=visible(str(before)), tier=tier), action.span)


def _tell_row(telling: Telling, action: ActionClause) -> None:
    """A step: for how many periods in a row the condition has held, and for how many it must."""
    if action.in_a_row is None:
        return
    page, count = telling.page, telling.figures.known(row_of(action))
    if not isinstance(count, Decimal):
        page.step(page.say("row-short", needed=action.in_a_row), action.span)
        return
    since, periods = telling.figures.known(f"{row_of(action)}.since"), page.counted("row-periods", int(count))
    key = "row" if count <= action.in_a_row else "row-before"
    page.step(page.say(key, count=periods, needed=action.in_a_row, since=visible(str(since))), action.span)


def _tell_had(telling: Telling, action: ActionClause) -> None:
    """A step: through which clause, and in which period, the person got the item already."""
    if action.once_per is None or not telling.figures.known(had_of(action)):
        return
    page, known = telling.page, telling.figures.known
    words = {"through": known(f"{had_of(action)}.through"), "period": known(f"{had_of(action)}.in")}
    page.step(
        page.say(
            "had", span=Term(f"span-{action.once_per}"), **{name: visible(str(word)) for name, word in words.items()}
        ),
        action.span,
    )


def _told(telling: Telling, action: ActionClause) -> str | None:
    """The id of the person who is told, where the register says who that is."""
    return None if action.told is None else str(telling.figures.known(recipient_of(action).name))


def _tell_deed(telling: Telling, action: ActionClause) -> None:
    """A step: what is set off, and the day by which it is due."""
    page = telling.page
    title = title_in(telling.account.items.get(action.item, {}), page.language)
    kind = say(page.language, "report", f"summary-kind-{action.kind}")
    words = {"kind": kind, "what": telling.labelled(action.item, title or _told(telling, action))}
    entry = next((each for each in telling.part.actions if each.clause == action.name), None)
    if action.due is None or entry is None or entry.due is None:
        page.step(page.say("deed", **words), action.span, "strong")
        return
    length, unit = action.due
    words |= {"due": page.counted(f"due-{unit.replace(' ', '-')}", length), "last": telling.account.last.isoformat()}
    key, calendar = "deed-due", telling.part.policy.calendar
    if unit == "working days":
        assert calendar is not None, "working days are checked to have a calendar"
        key = "deed-due-working"
        words |= {"close": calendar.close_of_work(entry.due), "calendar": calendar.name}
    page.step(page.say(key, day=entry.due.isoformat(), **words), action.span, "strong")
