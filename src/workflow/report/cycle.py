"""The state of a review's cycle: a table of its stages, and person by person what is done, open, due and late."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from workflow.diagnostics import in_order
from workflow.ledger.cycle import Cycle, Head, StageState
from workflow.report.cells import padded, painted, visible, width, wrapped
from workflow.report.diagnostics import as_data
from workflow.report.refusals import refused_lines
from workflow.report.summary import reason_text, title_in
from workflow.words import say

COUNTED = ("waiting", "open", "open late", "done", "done late")
"""The columns of the table of stages."""
_CELLS = 100


def as_text(cycle: Cycle, language: str, *, colour: bool = False) -> str:
    """The state for people.

    Args:
        cycle: what there is to say.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.
    """
    page = _Page(cycle, language, colour=colour)
    told = itertools.chain.from_iterable(page.lines(head) for head in cycle.heads)
    return "\n".join((*told, *refused_lines(cycle.refused, language, colour=colour))).strip("\n") + "\n"


class _Page:
    """The lines of one language."""

    def __init__(self, cycle: Cycle, language: str, *, colour: bool) -> None:
        self._cycle, self._language, self._colour = cycle, language, colour

    def lines(self, head: Head) -> Iterator[str]:
        """A review: its head, the table of its stages, and its people."""
        title = title_in(head.title, self._language) or head.policy
        words = {"title": visible(title), "period": visible(head.period), "as_of": self._cycle.as_of.isoformat()}
        yield from ("", painted(self._say("head", **words), "strong", colour=self._colour), "")
        yield from self._table(head)
        rows = [row for row in self._cycle.rows if (row.policy, row.period) == (head.policy, head.period)]
        titles = dict(head.stages)
        for person, of_person in itertools.groupby(rows, key=lambda row: row.person):
            yield ""
            yield self._person(person)
            for row in of_person:
                yield from self._row(row, title_in(titles[row.stage], self._language) or row.stage)
        if not rows:
            yield from ("", self._say("nobody"))
        yield ""

    def _table(self, head: Head) -> Iterator[str]:
        counts = self._cycle.counts
        names = ["", *(self._say(f"count-{key.replace(' ', '-')}") for key in COUNTED)]
        table = [
            [visible(stage), *(str(counts[head.policy, head.period, stage].get(key, 0)) for key in COUNTED)]
            for stage, _ in head.stages
        ]
        widths = [max(map(width, column)) for column in zip(names, *table, strict=True)]
        for row in (names, *table):
            cells = (f"{' ' * (wide - width(cell))}{cell}" for cell, wide in zip(row[1:], widths[1:], strict=True))
            yield "  ".join((padded(row[0], widths[0]), *cells))

    def _person(self, person: str) -> str:
        name = self._cycle.names.get(person, person)
        return visible(person if name == person else self._say("person", name=name, person=person))

    def _row(self, row: StageState, title: str) -> Iterator[str]:
        """A stage of a person: a line, and below it what else there is to say."""
        stage = visible(title if title == row.stage else self._say("stage", title=title, stage=row.stage))
        told = [self._said(row), *self._more(row)]
        told += [reason_text(reason, self._language) for reason in row.missing]
        style = "warning" if row.state == "open" and row.late else ""
        lines = wrapped(self._say("row", stage=stage, told=self._say("comma").join(told)), _CELLS - 4)
        for number, line in enumerate(lines):
            yield painted(f"{'  ' if number == 0 else '      '}{line}", style, colour=self._colour)

    def _said(self, row: StageState) -> str:
        """Since when it is open, or done."""
        if row.state == "done":
            return self._say("done", day=_day(row.ended), event=visible(row.event or "-"))
        if row.state == "open":
            return self._say("open", day=_day(row.opened))
        return self._say("waits") if row.opened is None else self._say("opens", day=_day(row.opened))

    def _more(self, row: StageState) -> Iterator[str]:
        if row.reopened is not None:
            yield self._say("reopened", day=_day(row.reopened))
        if row.due is not None:
            when = _day(row.due) if row.close is None else f"{_day(row.due)} {row.close}"
            yield self._say("due", when=when)
        if row.late:
            yield self._late(row)
        if row.state == "open":
            yield self._whose(row)
        if row.reminders:
            yield self._counted("reminded", row.reminders)
        if row.escalated is not None:
            yield self._say("escalated", to=self._named(row.escalated_to), day=_day(row.escalated))

    def _late(self, row: StageState) -> str:
        if row.late_by is None:
            return self._say("late")
        if row.late_by == 0:
            return self._say("late-that-day")
        return self._counted("late-working-days" if row.unit == "working days" else "late-days", row.late_by)

    def _whose(self, row: StageState) -> str:
        if row.actor is None:
            return self._say("role", by=visible(row.by))
        return self._say(row.instead or "with", actor=self._named(row.actor), asked=self._named(row.asked))

    def _named(self, person: str | None) -> str:
        return visible(self._cycle.names.get(person or "", person or "-"))

    def _counted(self, key: str, count: int) -> str:
        return self._say(f"{key}-one" if count == 1 else f"{key}-many", count=count)

    def _say(self, key: str, **args: object) -> str:
        return say(self._language, "report", f"reviews-{key}", **args)


def document(cycle: Cycle, language: str) -> dict[str, object]:
    """The same for programs; keys never change."""
    return {
        "as_of": cycle.as_of.isoformat(),
        "reviews": [
            {
                "policy": head.policy,
                "period": head.period,
                "title": title_in(head.title, language),
                "stages": [
                    {"stage": stage, "title": title_in(title, language)}
                    | {
                        key.replace(" ", "_"): cycle.counts[head.policy, head.period, stage].get(key, 0)
                        for key in COUNTED
                    }
                    for stage, title in head.stages
                ],
            }
            for head in cycle.heads
        ],
        "rows": [_row_data(row, cycle, language) for row in cycle.rows],
        "refused": [as_data(row, language) for row in in_order(cycle.refused)],
    }


def _row_data(row: StageState, cycle: Cycle, language: str) -> dict[str, object]:
    return {
        "policy": row.policy,
        "period": row.period,
        "person": row.person,
        "name": cycle.names.get(row.person),
        "stage": row.stage,
        "state": row.state,
        "by": row.by,
        "actor": row.actor,
        "asked": row.asked,
        "instead": row.instead or None,
        "opened": _iso(row.opened),
        "due": _iso(row.due),
        "close": row.close,
        "late": row.late,
        "late_by": row.late_by,
        "unit": row.unit,
        "done": _iso(row.ended),
        "event": row.event,
        "reopened": _iso(row.reopened),
        "reminders": row.reminders,
        "escalated": _iso(row.escalated),
        "escalated_to": row.escalated_to,
        "missing": [reason.said(language) for reason in row.missing],
    }


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(day: datetime.date | None) -> str:
    return _iso(day) or "-"
