"""What the chapters of an explanation share: the account, the page, the values as text, and what was shown already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflow.checks.calculated import CheckedMeasure, CheckedValue
from workflow.checks.cases import CaseFact, TimeFact
from workflow.checks.uses import columns_in
from workflow.diagnostics import Span
from workflow.ledger.account import Account, PolicyAccount
from workflow.ledger.entries import Reason
from workflow.model.terms import Function
from workflow.model.typed import Expression
from workflow.report.cells import visible
from workflow.report.diagnostics import message
from workflow.report.explanation import formulas
from workflow.report.explanation.figures import Figures
from workflow.report.explanation.page import Page
from workflow.report.summary import instead_text, reason_text, title_in
from workflow.report.uncounted import through_text
from workflow.words import has

_ADDED_UP = frozenset({Function.SUM, Function.COUNT})
"""The functions for which nothing recorded is 0 once everything has been delivered."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One policy of an account in the telling.

    `shown` says, of each measure and value told already, in which clause and step; `blamed` holds the causes that the
    present clause has told. Both grow while telling.
    """

    account: Account
    part: PolicyAccount
    page: Page
    figures: Figures
    shown: dict[str, tuple[str, int]] = field(default_factory=dict)
    blamed: list[Reason] = field(default_factory=list)

    def begin(self, label: str, outcome: str, style: str = "strong") -> None:
        """The heading of the next clause."""
        self.blamed.clear()
        self.page.heading(label, outcome, style)

    def written(self, expression: Expression) -> str:
        """A formula as its author wrote it."""
        return formulas.written(self.account.texts, expression)

    def words(self, span: Span) -> str:
        """What its author wrote at a place."""
        return formulas.words_at(self.account.texts, span)

    def filled(self, expression: Expression) -> str:
        """The same with the values put in."""
        return formulas.filled(self.account.texts, expression, self.figures)

    def say_in_words(self, expression: Expression) -> None:
        """Below a step: its formula as a plain sentence."""
        said = formulas.in_words(self.account.texts, expression, self.page.language)
        if said is not None:
            self.page.below(self.page.say("in-words", sentence=said))

    def reasons(self, name: str, *formulas: Expression | None) -> tuple[Reason, ...]:
        """Why a value is missing.

        The plan lays a compared quotient open, so a division by zero in it is told of the clause's own column; what the
        author knows is the name in the formula, whose reasons then stand in its place.
        """
        own = self.part.causes.get(name, ())
        told = [reason for reason in own if reason.args.get("name") != name]
        if len(told) < len(own):
            for column in (column for formula in formulas for column in columns_in(formula)):
                told += [reason for reason in self.part.causes.get(column.name, ()) if reason not in told]
        return tuple(told) or own

    def named(self, definition: CheckedMeasure | CheckedValue | CaseFact | TimeFact) -> str:
        """A measure, value or fact by its name, with its title if it has one."""
        title = title_in(definition.title, self.page.language)
        return f"`{visible(definition.name)}`" + (self.page.say("bracketed", text=visible(title)) if title else "")

    def event(self, name: str) -> str:
        """The title of an event type in brackets, or nothing."""
        title = title_in(self.account.event_titles.get(name, {}), self.page.language)
        return self.page.say("bracketed", text=visible(title)) if title else ""

    def labelled(self, name: str, title: str | None) -> str:
        """A clause as readers and as the policy call it."""
        if not title:
            return f"`{visible(name)}`"
        return self.page.say("labelled", title=visible(title), name=visible(name))

    def why(self, reasons: Sequence[Reason]) -> None:
        """Below a step: what is missing, each with the policy's line, and each once a clause."""
        for reason in reasons:
            if reason in self.blamed:
                continue
            self.blamed.append(reason)
            self.page.below(
                self.page.say("why", reason=reason_text(reason, self.page.language)), reason.span, "warning"
            )
            if told := instead_text(reason, self.part.instead, self.page.language):
                self.page.below(self.page.say("instead", told=told), style="warning")

    def refused(self, name: str) -> None:
        """Below a step: each row that names the person and isn't counted, since it was refused, and why.

        They are those at which a measure of this name would have looked, or on which a fact of this name rests.
        """
        for each in self.part.refused.get(name, ()):
            row, words = each.row, {"reason": message(each.diagnostic, self.page.language)}
            key = "refused-row" if row.id is None else "refused-row-of"
            told = self.page.say(key, **words, **({} if row.id is None else {"id": visible(row.id)}))
            if through := [one for one in each.through if one.column == name]:
                told = self.page.say("refused-through", told=told, through=through_text(through, self.page.language))
            self.page.below(told, each.span, "warning")

    def settles(self, reasons: Sequence[Reason]) -> None:
        """Below a step: what would settle each of the causes."""
        for reason in dict.fromkeys(self._remedy(reason) for reason in reasons):
            self.page.below(self.page.say("settled", remedy=reason))

    def _remedy(self, reason: Reason) -> str:
        args = {name: visible(arg) for name, arg in reason.args.items()}
        key = f"settles-{reason.code}"
        adds_up = any(
            each.name == reason.args.get("name") and each.function in _ADDED_UP for each in self.part.policy.measures
        )
        if adds_up and has("report", f"explain-{key}-added"):
            key += "-added"
        return self.page.say(key, **args)


def place_of(*candidates: Expression | None, otherwise: Span) -> Span:
    """The line of the first of them that somebody wrote."""
    return next((each.span for each in candidates if each is not None and each.span.path), otherwise)
