"""The rows of files that couldn't be used: how many for each reason, where the first of them stand, and what helps."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.diagnostics import Diagnostic, in_order
from workflow.report.cells import painted, visible
from workflow.report.diagnostics import counted, message
from workflow.words import say

MOST_PLACES = 5
"""So many places are told of each reason."""


def refused_lines(refused: Iterable[Diagnostic], language: str, *, colour: bool = False) -> list[str]:
    """A head, and the refused rows by reason and cure; no lines where nothing was refused.

    Args:
        refused: what is wrong with each row.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.
    """
    alike: dict[tuple[str, str | None], list[Diagnostic]] = {}
    for each in in_order(refused):
        alike.setdefault((each.code, message(each, language, ".help")), []).append(each)
    lines = [say(language, "report", "summary-refused")] if alike else []
    for (code, cure), rows in alike.items():
        lines.append(f"  {painted(code, 'warning', colour=colour)}: {counted(language, 'row', len(rows))}")
        lines += [f"      {cure}"] if cure else []
        for row in rows[:MOST_PLACES]:
            where = f"{visible(row.span.path)}:{row.span.line}" if row.span.path else ""
            lines.append(f"      {where}  {message(row, language)}")
        if len(rows) > MOST_PLACES:
            lines.append(f"      {say(language, 'report', 'summary-more', count=len(rows) - MOST_PLACES)}")
    return lines
