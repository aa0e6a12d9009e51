"""The entries of a run's ledger: what was decided, and because of what."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from workflow.diagnostics import Span
from workflow.model.types import MAX_DIGITS, SUM_DIGITS
from workflow.words import say


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is missing or happened: a key of the catalogue `run`, its arguments, and the policy's line.

    `because` is the reason behind it, in another policy.
    """

    code: str
    args: Mapping[str, str]
    span: Span
    because: Reason | None = None

    def said(self, language: str, shown: Callable[[str], str] = str) -> str:
        """It in words, with what is behind it; `shown` is what becomes of what authors wrote."""
        args = {name: type(arg)(shown(arg)) for name, arg in self.args.items()}
        told = say(language, "run", self.code, **args)
        if self.because is None:
            return told
        return say(language, "terms", "because-of", told=told, reason=self.because.said(language, shown))


@dataclass(frozen=True, slots=True)
class Action:
    """One action: a payment, training, coaching, an award ...

    `id` is made of workspace, policy, clause, subject and period only, so that a change of content is a revision of
    the same action. `kind` is `pay`, `training`, `coaching`, `award`, `task`, `nominate`, `support`, `notify` or,
    of a review, `rating`, `reminder` or `escalation`; a reminder's id ends with its number. `amount` is in
    `currency`, rounded to its minor unit; both are None where nothing is paid. `what` is the catalogue item, or the
    author's word for whoever is told, `due` a day, `to` whom it goes to where that isn't the subject. `expected`:
    its period has not ended at `as of`. `because` holds the values compared, as name and text. `event` is the id of
    the event that a line is paid for, where a clause pays for each event; it ends the action's own id. `refused` is
    the number of rows that name the person, at which the policy would have looked, and which aren't counted.
    """

    id: str
    kind: str
    policy: str
    version: int
    clause: str
    subject: str
    period: str
    amount: Decimal | None
    currency: str | None
    what: str | None
    due: datetime.date | None
    expected: bool
    because: tuple[tuple[str, str], ...]
    span: Span
    event: str | None = None
    refused: int = 0
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A clause that an unknown input would decide: nothing is paid or triggered until it is known. `event` and
    `refused` are as in actions.
    """

    policy: str
    version: int
    clause: str
    subject: str
    period: str
    reasons: tuple[Reason, ...]
    span: Span
    event: str | None = None
    refused: int = 0


EXACTLY = MAX_DIGITS + SUM_DIGITS
"""Digits in which sums of amounts are exact."""


def paid(actions: Iterable[Action]) -> dict[str, Decimal]:
    """What the actions pay in all, exactly, by currency."""
    sums: dict[str, Decimal] = {}
    with localcontext(prec=EXACTLY):
        for action in actions:
            if action.amount is not None and action.currency is not None:
                sums[action.currency] = sums.get(action.currency, Decimal(0)) + action.amount
    return sums


ACCEPTED = ("used", "filtered", "out of period", "unmatched")
"""What can become of an accepted event, by the plan's code; the least that any policy gives it applies."""
SET_ASIDE = ("superseded", "withdrawn", "duplicate", "quarantined", "not yet", "not selected")
"""What becomes of a row that is no accepted event."""
