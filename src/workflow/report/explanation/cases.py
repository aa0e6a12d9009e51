"""A case told step by step: what happened and why, what was asked, what followed, and how its clocks stood."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from workflow.checks.cases import CheckedClock, CheckedMove, CheckedTarget, CheckedTimer
from workflow.diagnostics import Span
from workflow.ledger.account import PolicyAccount
from workflow.ledger.caseaccount import AskedGuard, CaseAccount, CaseAccounts, CaseTurn, ShownClock, ToldStep
from workflow.report.cells import visible
from workflow.report.explanation.casewords import CaseWords
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.page import Page
from workflow.report.lengths import clock_hours

_FOLLOWS = frozenset({"set", "cancelled", "started", "held", "resumed", "stopped", "asked", "shown"})
"""What a happening brings along; its cause is the step that is none of these."""
_ENDS = frozenset({"pending", "shown"})
_CLOCKED = frozenset({"started", "held", "resumed", "stopped", "asked"})


def render_case(accounts: CaseAccounts, language: str, *, colour: bool) -> str:
    """Every step of a case, with its cause and the values that decided.

    Args:
        accounts: the case, under each escalation that has one of that id.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.

    Returns:
        The text, without a line break at its end.
    """
    page = Page(language, colour=colour)
    words = {"case": visible(accounts.case), "period": visible(accounts.period)}
    page.title(page.say("case", **words, as_of=accounts.as_of.isoformat()))
    for account in accounts.accounts:
        _Telling(accounts, account, page).tell()
    return page.text()


class _Telling:
    """One policy's part."""

    def __init__(self, accounts: CaseAccounts, account: CaseAccount, page: Page) -> None:
        self.accounts, self.account, self.page = accounts, account, page
        self.words = CaseWords(accounts.titles, account.types, accounts.texts, page.language)
        self.figures = Figures(PolicyAccount(account.policy, {}, {}, {}, (), ()), page.language)
        self.zone = ZoneInfo(accounts.zone)

    def tell(self) -> None:
        """The policy's head, run after run, and that both ways of replaying agree."""
        page, account = self.page, self.account
        page.policy(self.words.policy(account.policy), account.policy.span)
        run, person = -1, None
        for turn in account.turns:
            if turn.run != run:
                self._begin(turn)
            handed = turn.run == run and turn.person != person
            self._turn(turn, handed=handed)
            run, person = turn.run, turn.person
        page.space()
        count = sum(len(turn.steps) for turn in account.turns)
        page.sentence(page.counted("case-agrees", count), style="faint")

    def _begin(self, turn: CaseTurn) -> None:
        """The heading of a run: whose case it is, and by which version it goes."""
        page, case = self.page, visible(self.account.case)
        if not turn.run:
            page.heading(page.say("case-before", case=case))
            return
        version = f"{turn.version.version}" if turn.version is not None else ""
        shown = case if turn.run == 1 else f"{case}#{turn.run}"
        page.heading(page.say("case-of", case=shown, person=self._named(turn.person), version=version))

    # A happening.

    def _turn(self, turn: CaseTurn, *, handed: bool) -> None:
        causes = [each for each in turn.steps if each.step.went not in _FOLLOWS | _ENDS]
        if causes:
            only = handed and causes[0].step.went == "unmoved"
            sentence, place, style = self._cause(turn, causes[0], "-handed" if only else "")
            handed = handed and not only
            when = self._when(causes[0].step.time)
            self.page.step(self.page.say("case-when", when=when, what=sentence), place, style)
        else:
            self.page.step(self.page.say("case-stands", as_of=self.accounts.as_of.isoformat()), None)
        if causes and causes[0].item is None and turn.event is not None and turn.event.reason:
            self._below("case-reason", None, reason=visible(turn.event.reason), by=self._named(turn.event.by))
        for told in causes:
            if isinstance(told.item, CheckedMove):
                self._below("case-move", told.item.span, state=self._state(turn, told.item.state))
        for guard in turn.asked:
            self._asked(turn, guard)
        for each in turn.actions:
            what = self.words.action(each.action)
            if each.adrift is None:
                self._below("case-triggers", each.action.span, what=what, who=self._named(each.to))
            else:
                self._below("case-adrift", each.action.span, what=what, who=self._named(each.adrift))
        for told in turn.steps:
            self._followed(turn, told)
        for timer, due in turn.begun:
            self._below("case-timer", timer.span, timer=self._timer(turn, timer), due=self._due(due))
        self._clocks(turn)
        if handed:
            self._below("case-handed", None, person=self._named(turn.person))

    def _cause(self, turn: CaseTurn, told: ToldStep, also: str) -> tuple[str, Span | None, str]:
        """What happened, and `also` that it was handed over; where it is recorded or written, and how it looks."""
        step, item = told.step, told.item
        words = {"state": self._state(turn, step.state), "to": self._state(turn, step.to, level=True)}
        words |= {"version": f"{step.version}", "person": self._named(turn.person)}
        key = f"case-{step.went.replace(' ', '-')}{also}"
        if isinstance(item, CheckedClock):
            return self.page.say(key, clock=self.words.clock(item), **words), item.span, "warning"
        if isinstance(item, CheckedTimer):
            goes = "-on" if step.went == "fired" and item.to is not None else ""
            timer = self.words.timer(item)
            return self.page.say(f"{key}-timer{goes}", timer=timer, **words), item.span, ""
        event = turn.event
        assert event is not None, "what nothing was due for, an event has caused"
        place = Span(event.file, event.line, 1, event.line, 1)
        called = self.page.say("case-event", title=self.words.event(event.type), type=event.type, id=visible(event.id))
        style = "strong" if step.went in {"began", "moved"} else ""
        return self.page.say(key, event=called, **words), place, style

    def _asked(self, turn: CaseTurn, asked: AskedGuard) -> None:
        """A condition as it is written, the values of what it reads, and what it came to."""
        of = asked.of
        when = of.when if isinstance(of, CheckedTarget) else (of.when,) if of.when is not None else ()
        values = [
            self.page.say("case-value", name=visible(name), value=self.figures.text(value, kind))
            for name, value, kind in asked.values
        ]
        key = {True: "case-holds", False: "case-fails", None: "case-unknown"}[asked.held]
        written = self.page.say("case-condition", condition=self.words.condition(when))
        told = {"condition": written, "values": tuple(values)}
        if asked.clock is not None:
            told["condition"] = self.page.say("case-target", clock=self.words.clock(asked.clock), **told)
        elif isinstance(of, CheckedMove) and sum(isinstance(each.of, CheckedMove) for each in turn.asked) > 1:
            told["condition"] = self.page.say("case-to", to=self._state(turn, of.to or of.state), **told)
        self._below(key, when[0] if when else of.span, **told)

    def _followed(self, turn: CaseTurn, told: ToldStep) -> None:
        """What the happening brought along."""
        step, item = told.step, told.item
        if isinstance(item, CheckedTimer) and step.went in {"cancelled", "pending"}:
            timer = self._timer(turn, item)
            self._below(f"case-{step.went}", item.span, timer=timer, due=self._due(step.due))
        elif isinstance(item, CheckedClock) and step.went in _CLOCKED:
            target = "" if step.target is None else clock_hours(step.target)
            key = f"case-{step.went}"
            if step.went in {"started", "asked"} and step.target is None:
                unknown = any(each.clock == item and each.held is None for each in turn.asked)
                key += "-open" if unknown else "-none"
            used = clock_hours(step.consumed or 0)
            self._below(key, item.span, clock=self.words.clock(item), used=used, target=target, unit=self._unit(item))

    def _clocks(self, turn: CaseTurn) -> None:
        """What clocks show, but where the happening has just said so."""
        said = [each.item for each in turn.steps if each.step.went in _CLOCKED and isinstance(each.item, CheckedClock)]
        for shown in turn.clocks:
            if shown.clock not in said:
                self.page.below(self._shown(shown), None)

    def _shown(self, shown: ShownClock) -> str:
        words = {
            "clock": self.words.clock(shown.clock),
            "used": clock_hours(shown.consumed),
            "unit": self._unit(shown.clock),
        }
        told = self.page.say("case-shows", **words)
        if shown.target is not None:
            left = shown.target - shown.consumed
            key = "case-shows-left" if left > 0 else "case-shows-over" if left else "case-shows-full"
            told = self.page.say(key, **words, target=clock_hours(shown.target), left=clock_hours(abs(left)))
        return told if shown.runs else self.page.say("case-shows-held", shown=told)

    # Words.

    def _named(self, person: str | None) -> str:
        return self.page.say("case-nobody") if person is None else visible(self.accounts.names.get(person, person))

    def _below(self, key: str, span: Span | None, **args: object) -> None:
        self.page.below(self.page.say(key, **args), span)

    def _state(self, turn: CaseTurn, name: str, *, level: bool = False) -> str:
        if not name or turn.version is None:
            return ""
        # What a case comes from where it goes over to another version may be a state of the one before only.
        versions = (turn.version, *self.account.policy.versions)
        version, found = next((of, each.level) for of in versions for each in of.states if each.name == name)
        title = self.words.state(version, name)
        return self.page.say("case-level", state=title, level=f"{found}") if level and found else title

    def _timer(self, turn: CaseTurn, timer: CheckedTimer) -> str:
        told = self.words.timer(timer)
        if timer.to is None:
            return told
        return self.page.say("case-timer-to", timer=told, to=self._state(turn, timer.to))

    def _unit(self, clock: CheckedClock) -> str:
        return self.page.say("case-working" if clock.working else "case-elapsed")

    def _due(self, due: datetime.datetime | None) -> str:
        return self.page.say("case-due-unknown") if due is None else self._when(due)

    def _when(self, moment: datetime.datetime) -> str:
        shown = moment.astimezone(self.zone).replace(tzinfo=None)
        if shown.time() == datetime.time.max:
            return self.page.say("case-day-end", day=shown.date().isoformat())
        return str(shown) if shown.second or shown.microsecond else f"{shown:%Y-%m-%d %H:%M}"
