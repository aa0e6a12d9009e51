"""Refused rows at the name of those whom they are about: what is wrong with each, and in which results it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workflow.diagnostics import Span
from workflow.ledger.uncounted import NotCounted, Through, Uncounted
from workflow.report.cells import visible
from workflow.report.diagnostics import as_data, message
from workflow.words import say


def through_text(through: Iterable[Through], language: str) -> str:
    """Through which policies and periods rows would have changed a result that rests on theirs."""
    pairs = dict.fromkeys((each.policy, each.period) for each in through)
    told = (say(language, "report", "through", policy=visible(policy), period=visible(of)) for policy, of in pairs)
    return say(language, "report", "through-all", results=tuple(told))


def told_rows(rows: Sequence[NotCounted], language: str) -> Iterator[tuple[str, Span]]:
    """Each row's reason, said once for those after another that have the same, and its place."""
    before = ""
    for each in rows:
        told = message(each.diagnostic, language)
        if not each.own:
            told += say(language, "report", "summary-semicolon") + through_text(each.through, language)
        yield "" if told == before else told, each.span
        before = told


def rows_data(uncounted: Uncounted, language: str) -> Mapping[str, list[object]]:
    """The same for programs, by person."""
    return {person: [_row_data(row, language) for row in rows] for person, rows in uncounted.items()}


def _row_data(row: NotCounted, language: str) -> Mapping[str, object]:
    through = [{"policy": each.policy, "period": each.period, "column": each.column} for each in row.through]
    return {**as_data(row.diagnostic, language), **({"through": through} if through else {})}
