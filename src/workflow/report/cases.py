"""Cases for people: where each stands, what its clocks show, what comes due next; of one case every step."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from workflow.diagnostics import in_order
from workflow.ledger.cases import Cases, CaseState, CaseStep, ClockState
from workflow.report.cells import padded, painted, visible, width
from workflow.report.diagnostics import as_data
from workflow.report.lengths import clock_hours
from workflow.report.refusals import refused_lines
from workflow.report.summary import title_in
from workflow.words import say

_ON_TIME = frozenset({"fired", "waived", "warned", "breached", "pending", "shown"})
_FOLLOWS = frozenset({"set", "cancelled", "started", "held", "resumed", "stopped", "asked"})
"""Steps that no event causes, and those that have the cause of the step before them."""


def as_text(cases: Cases, language: str, *, steps: bool = False, colour: bool = False) -> str:
    """The cases for people.

    Args:
        cases: what there is to say.
        language: one of `words.LANGUAGES`.
        steps: with every step of each.
        colour: with the escape sequences of a colour terminal; plain otherwise.
    """
    page = _Page(cases, language, steps=steps, colour=colour)
    return "\n".join(page.lines()).strip("\n") + "\n"


class _Page:
    """The lines of one language."""

    def __init__(self, cases: Cases, language: str, *, steps: bool, colour: bool) -> None:
        self._cases, self._language, self._steps, self._colour = cases, language, steps, colour
        self._zone = ZoneInfo(cases.zone)

    def lines(self) -> Iterator[str]:
        cases = self._cases
        for policy, title in cases.titles.items():
            words = {"title": visible(title_in(title, self._language) or policy), "period": visible(cases.period)}
            yield from (
                "",
                painted(self._say("head", **words, as_of=cases.as_of.isoformat()), "strong", colour=self._colour),
            )
            if cases.under is not None:
                yield self._say("under", version=f"{cases.under}")
            own = [row for row in cases.rows if row.policy == policy]
            for row in own:
                yield ""
                yield from self._case(row)
            over = cases.over.get(policy, 0)
            if over:
                yield from ("", self._say("over-one" if over == 1 else "over-many", count=over))
            elif not own:
                yield from ("", self._say("nobody"))
        if cases.refused:
            yield from ("", *refused_lines(cases.refused, self._language, colour=self._colour))

    def _case(self, row: CaseState) -> Iterator[str]:
        name = self._cases.names.get(row.person, row.person)
        title = title_in(row.title, self._language) or row.state
        case = row.case if row.run == 1 else f"{row.case}#{row.run}"
        words = {
            "case": visible(case),
            "person": visible(name),
            "state": visible(title),
            "since": self._when(row.since),
        }
        late = any(each.breached for each in row.clocks) and not row.ended
        line = self._say("ended" if row.ended else "level" if row.level else "row", **words, level=row.level)
        yield painted(line, "warning" if late else "", colour=self._colour)
        for clock in row.clocks:
            yield f"    {self._clock(clock)}"
        if row.waiting is not None:
            timer, due = row.waiting
            key = "next" if due is not None else "next-unknown"
            yield f"    {self._say(key, timer=visible(timer), due=self._when(due) if due is not None else '-')}"
        if self._steps:
            yield from self._table(row.steps)

    def _clock(self, clock: ClockState) -> str:
        words = {
            "clock": visible(title_in(clock.title, self._language) or clock.name),
            "used": clock_hours(clock.consumed),
        }
        unit = self._say("working" if clock.working else "elapsed")
        if clock.target is None:
            return self._say("clock", **words, unit=unit)
        key = "clock-breached" if clock.breached else "clock-left"
        left = clock_hours(abs(clock.target - clock.consumed))
        return self._say(key, **words, unit=unit, target=clock_hours(clock.target), left=left)

    def _table(self, steps: tuple[CaseStep, ...]) -> Iterator[str]:
        rows, timed, person = [], False, steps[0].person
        for each in steps:
            timed = timed if each.went in _FOLLOWS else each.went in _ON_TIME
            went = self._say(f"went-{each.went.replace(' ', '-')}")
            told = [self._way(each), *([] if timed or not each.event else [visible(each.event)])]
            if each.person != person and each.person is not None:
                told.append(self._say("handed", person=visible(self._cases.names.get(each.person, each.person))))
            of = each.of or ("" if timed else each.type)
            rows.append((self._when(each.time), went, visible(of), "  ".join(filter(None, told))))
            person = each.person
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "    " + "  ".join(padded(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip()

    def _way(self, step: CaseStep) -> str:
        told = []
        if step.to and step.state != step.to:
            told.append(f"{step.state} -> {step.to}" if step.state else f"-> {step.to}")
        if step.consumed is not None:
            told.append(
                clock_hours(step.consumed) + (f" / {clock_hours(step.target)}" if step.target is not None else "")
            )
        if step.due is not None and step.went in {"set", "cancelled", "pending"}:
            told.append(self._say("due", due=self._when(step.due)))
        return visible("  ".join(told))

    def _when(self, moment: datetime.datetime) -> str:
        shown = moment.astimezone(self._zone).replace(tzinfo=None)
        if shown.time() == datetime.time.max:
            return self._say("day-end", day=shown.date().isoformat())
        return str(shown) if shown.second or shown.microsecond else f"{shown:%Y-%m-%d %H:%M}"

    def _say(self, key: str, **args: object) -> str:
        return say(self._language, "report", f"cases-{key}", **args)


def document(cases: Cases, language: str, *, steps: bool = False) -> dict[str, object]:
    """The same for programs; keys never change. Lengths are in microseconds, instants in UTC."""
    return {
        "period": cases.period,
        "as_of": cases.as_of.isoformat(),
        **({} if cases.under is None else {"under": cases.under}),
        "cases": [_case_data(row, cases, language, steps=steps) for row in cases.rows],
        "refused": [as_data(row, language) for row in in_order(cases.refused)],
    }


def _case_data(row: CaseState, cases: Cases, language: str, *, steps: bool) -> dict[str, object]:
    waiting = None
    if row.waiting is not None:
        waiting = {"timer": row.waiting[0], "due": _iso(row.waiting[1])}
    told: dict[str, object] = {
        "policy": row.policy,
        "case": row.case,
        "run": row.run,
        "version": row.version,
        "person": row.person,
        "name": cases.names.get(row.person),
        "state": row.state,
        "title": title_in(row.title, language),
        "level": row.level,
        "ended": row.ended,
        "began": _iso(row.began),
        "since": _iso(row.since),
        "clocks": [
            {"clock": each.name, "consumed": each.consumed, "target": each.target, "breached": each.breached}
            for each in row.clocks
        ],
        "next": waiting,
    }
    return told | ({"steps": [_step_data(each) for each in row.steps]} if steps else {})


def _step_data(step: CaseStep) -> dict[str, object]:
    return {
        "time": _iso(step.time),
        "went": step.went,
        "version": step.version,
        "of": step.of or None,
        "state": step.state or None,
        "to": step.to or None,
        "event": step.event or None,
        "type": step.type or None,
        "person": step.person,
        "consumed": step.consumed,
        "target": step.target,
        "due": _iso(step.due),
    }


def _iso(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
