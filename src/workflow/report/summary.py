"""Who gets what for a period and why: the text and the JSON of `workflow evaluate`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from workflow.diagnostics import Diagnostic, Span, in_order
from workflow.ledger.entries import ACCEPTED, SET_ASIDE, Action, Reason, Withheld, paid
from workflow.ledger.instead import NOTHING
from workflow.ledger.said import said
from workflow.ledger.tiers import Tiered
from workflow.ledger.uncounted import NotCounted, Uncounted
from workflow.ledger.unmatched import Unmatched
from workflow.ledger.unmet import Unmet
from workflow.report.cells import aligned, painted, table, visible, wrapped
from workflow.report.diagnostics import as_data, counted, rendered, summary
from workflow.report.lengths import known_text
from workflow.report.money import amount_text
from workflow.report.refusals import MOST_PLACES, refused_lines
from workflow.report.tiers import tier_blocks, tier_data
from workflow.report.titles import title_in as title_in  # noqa: PLC0414 whoever tells a title finds it here
from workflow.report.uncounted import rows_data, told_rows
from workflow.words import has, say

_CELLS = 88


class Evaluated(Protocol):
    """What evaluating a period gives."""

    @property
    def actions(self) -> Sequence[Action]:
        """Everything that is paid or triggered."""

    @property
    def withheld(self) -> Sequence[Withheld]:
        """The clauses that an unknown input would decide."""

    @property
    def dispositions(self) -> Mapping[str, Mapping[str, int]]:
        """For each type of event, how many met which end."""

    @property
    def unmatched(self) -> Sequence[Unmatched]:
        """The events that went to nobody."""

    @property
    def refused(self) -> tuple[Diagnostic, ...]:
        """The rows of data that couldn't be used."""

    @property
    def uncounted(self) -> Uncounted:
        """By person: those that name them, without which their pay isn't final."""

    @property
    def instead(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """By policy, person and type of event: periods of another kind for which some are recorded."""

    @property
    def unmet(self) -> Sequence[Unmet]:
        """The conditions that nothing met."""

    @property
    def tiers(self) -> Sequence[Tiered]:
        """How many subjects each tiering has in each tier."""

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """What is paid, by currency."""

    @property
    def as_of(self) -> datetime.date | None:
        """What happened later isn't counted."""

    @property
    def known_by(self) -> datetime.date | None:
        """What was recorded later isn't counted, by the workspace's clocks; None where no record says when."""

    @property
    def reader(self) -> str | None:
        """The role whom it is for."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Warnings about the policies."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The files that were read, by path."""

    @property
    def names(self) -> Mapping[str, str]:
        """The names of people, by id."""

    @property
    def titles(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """The titles of clauses by language, by policy and clause."""


def as_text(result: Evaluated, period: str, language: str, *, colour: bool = False) -> str:
    """The summary for people: each person's lines, totals, what became of the events, refused rows, warnings."""
    page = _Page(result, language, colour=colour)
    blocks = [
        [page.heading(period)],
        *page.people(),
        page.totals(),
        *tier_blocks(result.tiers, language),
        page.dispositions(),
    ]
    blocks += [page.unmet(), page.unmatched(), refused_lines(result.refused, language, colour=colour)]
    text = "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
    if result.diagnostics:
        text += "\n" + rendered(result.diagnostics, result.texts, language=language, colour=colour)
        text += summary(result.diagnostics, files=len(result.texts), language=language) + "\n"
    return text


class _Page:
    """One summary: the result, and the language and colours it is written in."""

    def __init__(self, result: Evaluated, language: str, *, colour: bool) -> None:
        self._result = result
        self._language = language
        self._colour = colour

    def _say(self, key: str, **args: object) -> str:
        return say(self._language, "report", f"summary-{key}", **args)

    def _money(self, amount: Decimal, currency: str) -> str:
        return amount_text(amount, currency, self._language)

    def _paint(self, text: str, style: str) -> str:
        return painted(text, style, colour=self._colour)

    def heading(self, period: str) -> str:
        """The period, and the two moments that decide what counted."""
        as_of, known_by, reader = self._result.as_of, self._result.known_by, self._result.reader
        moments = [self._say("as-of", moment=as_of.isoformat())] if as_of is not None else []
        moments += [self._say("known-by", moment=known_text(known_by))] if known_by is not None else []
        moments += [self._say("for", reader=reader)] if reader is not None else []
        return "   ".join((self._paint(visible(period), "strong"), *moments))

    def people(self) -> Iterator[list[str]]:
        """A block for each subject that gets something, or from whom something is withheld."""
        lines: dict[str, list[Action | Withheld]] = {}
        everything: tuple[Action | Withheld, ...] = (*self._result.actions, *self._result.withheld)
        for line in everything:
            lines.setdefault(line.subject, []).append(line)
        for subject in sorted({*lines, *self._result.uncounted}):
            yield self._person(subject, lines.get(subject, ()))

    def _person(self, subject: str, lines: Sequence[Action | Withheld]) -> list[str]:
        name = self._result.names.get(subject)
        head = f"{visible(name)} ({visible(subject)})" if name else visible(subject)
        sums = paid(line for line in lines if isinstance(line, Action))
        refused = self._result.uncounted.get(subject, ())
        partial = (bool(refused) or any(isinstance(line, Withheld) for line in lines)) and bool(sums)
        total = " + ".join(self._money(amount, currency) for currency, amount in sums.items())
        total = self._say("partial", amount=total) if partial else total
        block = [self._paint(aligned(head, total, _CELLS) if total else head, "strong")]
        block += self._uncounted(refused) if refused else []
        for line in lines:
            block += self._action(line) if isinstance(line, Action) else self._withheld(line)
        return block

    def _uncounted(self, rows: Sequence[NotCounted]) -> list[str]:
        """The refused rows about a person, each with its reason and its place."""
        key = "one-uncounted" if len(rows) == 1 else "many-uncounted"
        lines = [self._paint(f"  {self._say(key, count=len(rows))}", "warning")]
        for told, span in told_rows(rows[:MOST_PLACES], self._language):
            lines += self._reason(told, span)
        if len(rows) > MOST_PLACES:
            lines.append(f"      {self._say('more', count=len(rows) - MOST_PLACES)}")
        return lines

    def _action(self, action: Action) -> list[str]:
        title = self._of_event(self._title(action.policy, action.clause, action.what), action.event)
        if action.kind != "pay":
            title = self._say("item", kind=self._say(f"kind-{action.kind}"), what=title)
        if action.to is not None and action.to != action.what:
            title = self._say("goes-to", title=title, to=visible(self._result.names.get(action.to, action.to)))
        if action.due is not None:
            title = self._say("due", title=title, day=action.due.isoformat())
        if action.expected:
            title = self._say("expected", title=title)
        money = ""
        if action.amount is not None and action.currency is not None:
            money = self._money(action.amount, action.currency)
        because = [f"{visible(said(name, self._language))} {visible(value)}" for name, value in action.because]
        line = aligned(f"  {title}", money, _CELLS) if money else f"  {title}"
        return [line, *self._reason(self._say("semicolon").join(because), action.span)]

    def _withheld(self, withheld: Withheld) -> list[str]:
        title = self._of_event(self._title(withheld.policy, withheld.clause), withheld.event)
        lines = [self._paint(aligned(f"  {title}", self._say("withheld"), _CELLS), "warning")]
        for reason in withheld.reasons:
            event = reason.args.get("event", "")
            there = {event: self._result.instead.get((withheld.policy, withheld.subject, event), ())}
            told = (reason_text(reason, self._language), instead_text(reason, there, self._language))
            lines += self._reason(self._say("semicolon").join(filter(None, told)), reason.span)
        return lines if withheld.reasons else [*lines, *self._reason("", withheld.span)]

    def _reason(self, text: str, span: Span) -> list[str]:
        where = f"{visible(span.path)}:{span.line}" if span.path else ""
        lines = [f"      {line}" for line in wrapped(text, _CELLS - 6)] if text else []
        return [*lines, self._paint(f"      {where}", "faint")] if where else lines

    def _title(self, policy: str, clause: str, what: str | None = None) -> str:
        title = title_in(self._result.titles.get((policy, clause), {}), self._language)
        return visible(title or what or line_title(clause, self._language) or f"{policy}.{clause}")

    def _of_event(self, title: str, event: str | None) -> str:
        """The title of a line, with the id of the event that it is paid for."""
        return title if event is None else self._say("of-event", title=title, event=visible(event))

    def totals(self) -> list[str]:
        """What is paid in all, and how much is still open."""
        lines = [
            self._paint(aligned(self._say("total"), self._money(amount, currency), _CELLS), "strong")
            for currency, amount in self._result.totals.items()
        ]
        if not self._result.actions and not self._result.withheld:
            lines.append(self._say("nobody"))
        for key, count in (("open", len(self._result.withheld)), ("not-final", len(self._result.uncounted))):
            lines += [self._say(f"one-{key}" if count == 1 else f"many-{key}", count=count)] if count else []
        return lines

    def dispositions(self) -> list[str]:
        """What became of the events: a row a type, a column for each end that was met."""
        counted_by = self._result.dispositions
        met = {end for counts in counted_by.values() for end, count in counts.items() if count}
        ends = [end for end in (*ACCEPTED, *SET_ASIDE) if end in met]
        if not ends:
            return []
        head = [self._say("events"), *(self._say(f"end-{end.replace(' ', '-')}") for end in ends)]
        rows = [[visible(type_), *(str(counts.get(end, 0)) for end in ends)] for type_, counts in counted_by.items()]
        return table([head, *rows])

    def unmet(self) -> list[str]:
        """The conditions that nothing met, each with how many there were to be asked."""
        return [line for each in self._result.unmet for line in self._unmet(each)]

    def _unmet(self, each: Unmet) -> list[str]:
        from workflow.report.explanation.formulas import words_at  # It needs this page's own words.

        words = {"of": visible(each.of), "event": visible(each.event), "count": each.count}
        told = self._say(f"unmet-{each.key}", condition=words_at(self._result.texts, each.where), **words)
        place = f"{visible(each.where.path)}:{each.where.line}"
        return [*(self._paint(line, "warning") for line in wrapped(told, _CELLS)), self._paint(f"  {place}", "faint")]

    def unmatched(self) -> list[str]:
        """The events that went to nobody, by type: how many, and of the first of them why."""
        found = self._result.unmatched
        lines = [self._say("unmatched")] if found else []
        for type_ in dict.fromkeys(each.type for each in found):
            rows = [each for each in found if each.type == type_]
            lines.append(f"  {visible(type_)}: {counted(self._language, 'event', sum(each.count for each in rows))}")
            for row in rows[:MOST_PLACES]:
                words = {name: visible(arg) for name, arg in row.args.items()}
                reason = say(self._language, "terms", row.why, **words, count=row.count)
                lines += [f"      {each}" for each in self._whose(row, reason)]
            if (rest := sum(each.count for each in rows[MOST_PLACES:])) > 0:
                lines.append(f"      {self._say('more', count=rest)}")
        return [*lines, f"  {self._say('unmatched-file')}"] if any(each.id for each in found) else lines

    def _whose(self, row: Unmatched, reason: str) -> list[str]:
        """An event's id and why it went to nobody."""
        told = reason if row.id is None else self._say("unmatched-event", id=visible(row.id), reason=reason)
        return wrapped(told, _CELLS - 6)


def line_title(clause: str, language: str) -> str | None:
    """What readers call a line that no clause of the author's makes: a limit, an adjustment; None for a clause."""
    key = f"summary-line-{clause}"
    return say(language, "report", key) if has("report", key) else None


def reason_text(reason: Reason, language: str) -> str:
    """A reason in words; what authors wrote is made visible."""
    return reason.said(language, visible)


def instead_text(reason: Reason, there: Mapping[str, tuple[str, ...]], language: str) -> str:
    """What is recorded of an event for periods of another kind, where nothing of it counts; empty where nothing is."""
    event = reason.args.get("event", "")
    if reason.code != NOTHING or not there.get(event):
        return ""
    return say(language, "report", "summary-instead", event=visible(event), periods=there[event])


def document(result: Evaluated, period: str, language: str) -> dict[str, object]:
    """The same for programs: amounts are texts, so that no program reads them as floats; keys never change."""
    return {
        "period": period,
        "as_of": result.as_of and result.as_of.isoformat(),
        "known_by": result.known_by and result.known_by.isoformat(),
        **({} if result.reader is None else {"for": result.reader}),
        "actions": [_action_data(action, result, language) for action in result.actions],
        "withheld": [_withheld_data(line, result, language) for line in result.withheld],
        "totals": {currency: str(amount) for currency, amount in result.totals.items()},
        "dispositions": {type_: dict(counts) for type_, counts in result.dispositions.items()},
        "unmatched": [
            {
                "type": each.type,
                "id": each.id,
                "person": each.person,
                "reason": say(language, "terms", each.why, **each.args, count=each.count),
                "events": each.count,
            }
            for each in result.unmatched
        ],
        "refused": [as_data(row, language) for row in in_order(result.refused)],
        "uncounted": rows_data(result.uncounted, language),
        "unmet": [
            {"of": each.of, "event": each.event, "count": each.count, "file": each.where.path, "line": each.where.line}
            for each in result.unmet
        ],
        "tiers": tier_data(result.tiers),
        "diagnostics": [as_data(diagnostic, language) for diagnostic in in_order(result.diagnostics)],
    }


def _withheld_data(line: Withheld, result: Evaluated, language: str) -> dict[str, object]:
    return {
        "policy": line.policy,
        "version": line.version,
        "clause": line.clause,
        "title": title_in(result.titles.get((line.policy, line.clause), {}), language),
        "subject": line.subject,
        "name": result.names.get(line.subject),
        "period": line.period,
        "event": line.event,
        "refused_rows": line.refused,
        "reasons": [_reason_data(reason, language) for reason in line.reasons],
        "recorded_for": {
            event: list(periods)
            for (policy, person, event), periods in result.instead.items()
            if (policy, person) == (line.policy, line.subject)
        },
        "file": line.span.path or None,
        "line": line.span.line or None,
    }


def _action_data(action: Action, result: Evaluated, language: str) -> dict[str, object]:
    return {
        "id": action.id,
        "kind": action.kind,
        "policy": action.policy,
        "version": action.version,
        "clause": action.clause,
        "title": title_in(result.titles.get((action.policy, action.clause), {}), language),
        "subject": action.subject,
        "name": result.names.get(action.subject),
        "period": action.period,
        "amount": None if action.amount is None else str(action.amount),
        "currency": action.currency,
        "what": action.what,
        "event": action.event,
        "due": action.due and action.due.isoformat(),
        "to": action.to,
        "expected": action.expected,
        "refused_rows": action.refused,
        "because": [{"name": name, "value": value} for name, value in action.because],
        "file": action.span.path or None,
        "line": action.span.line or None,
    }


def _reason_data(reason: Reason, language: str) -> dict[str, object]:
    return {
        "code": reason.code,
        "message": reason.said(language),
        "file": reason.span.path or None,
        "line": reason.span.line or None,
    }
