"""The page of an explanation: headings, numbered steps with the policy's line at the right edge, rows below a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.diagnostics import Span
from workflow.report.cells import aligned, padded, painted, visible, width, wrapped
from workflow.words import say

CELLS = 100
"""The cells of a line; only an author's word that is longer by itself makes a line longer."""
_STEP, _BELOW = 5, 8
"""The indentation of a step's sentence, and of what stands below it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list below a step: its cells, where it was recorded or said, whether it is the one that counts."""

    cells: tuple[str, ...]
    place: str = ""
    chosen: bool = False


class Page:
    """Lines in the making, in one language."""

    def __init__(self, language: str, *, colour: bool) -> None:
        self.language = language
        self._colour = colour
        self._lines: list[str] = []
        self._number = 0

    def say(self, key: str, **args: object) -> str:
        """One of the explanation's sentences."""
        return say(self.language, "report", f"explain-{key}", **args)

    def counted(self, key: str, count: int, **args: object) -> str:
        """A sentence in the number that English wants: `KEY-one` or `KEY-many`."""
        return self.say(f"{key}-one" if count == 1 else f"{key}-many", count=count, **args)

    def text(self) -> str:
        """Everything written so far, without a line break at its end."""
        return "\n".join(self._lines)

    def space(self) -> None:
        """A blank line, never two in a row and none at the top."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def title(self, text: str) -> None:
        """The first line: whom the explanation is about."""
        self._put("", text, "", "strong")

    def policy(self, text: str, span: Span) -> None:
        """The heading of a policy, underlined."""
        self.space()
        self._put("", text, _place(span), "strong")
        self._lines.append("=" * CELLS)

    def heading(self, text: str, outcome: str = "", style: str = "strong") -> None:
        """The heading of a clause with what came of it at the right edge; its steps count from 1."""
        self.space()
        self._number = 0
        self._lines.append(painted(aligned(text, outcome, CELLS) if outcome else text, style, colour=self._colour))

    def sentence(self, text: str, span: Span | None = None, style: str = "") -> None:
        """A sentence that is no step."""
        self._put("", text, _place(span), style)

    def step(self, text: str, span: Span | None, style: str = "") -> int:
        """The next step; gives its number."""
        self._number += 1
        self._put(f"{self._number:>{_STEP - 2}}. ", text, _place(span), style)
        return self._number

    def below(self, text: str, span: Span | None = None, style: str = "") -> None:
        """A sentence below the last step."""
        self._put(" " * _BELOW, text, _place(span), style)

    def rows(
        self, rows: Sequence[Row], *, right: int, marked: bool = False, pause: tuple[int, str] | None = None
    ) -> None:
        """A list below the last step, in columns; column `right` is aligned to the right.

        `marked` leaves room for the → of the row that counts; `pause` is what stands after so many rows.
        """
        columns = [max(map(width, column)) for column in zip(*(row.cells for row in rows), strict=True)]
        for number, row in enumerate(rows):
            if pause is not None and number == pause[0]:
                self._lines.append(" " * (_BELOW + 2 * marked) + pause[1])
            cells = [
                " " * (columns[at] - width(cell)) + cell if at == right else padded(cell, columns[at])
                for at, cell in enumerate(row.cells)
            ]
            mark = ("→ " if row.chosen else "  ") if marked else ""
            line = " " * _BELOW + mark + "  ".join(cells)
            place = painted(row.place, "faint", colour=self._colour)
            self._lines.append(f"{line}  {place}" if place else line.rstrip())

    def _painted(self, text: str, style: str) -> str:
        return painted(text, style, colour=self._colour) if style else text

    def _put(self, lead: str, text: str, place: str, style: str) -> None:
        """Wrapped text after `lead`, the place at the right edge of its last line or, for want of room, of the next."""
        indent = width(lead)
        lines = wrapped(text, CELLS - indent)
        if len(lines) > 1 and indent + width(lines[-1]) + 2 + width(place) > CELLS:
            narrow = wrapped(text, max(CELLS - indent - 2 - width(place), CELLS // 3))
            lines = narrow if len(narrow) <= len(lines) + 1 else lines
        for number, line in enumerate(lines):
            shown = (" " * indent if number else lead) + self._painted(line, style)
            room = CELLS - indent - width(line) - width(place)
            if number + 1 < len(lines) or not place:
                self._lines.append(shown)
                continue
            where = painted(place, "faint", colour=self._colour)
            alone = " " * max(indent, CELLS - width(place)) + where
            self._lines += [shown + " " * room + where] if room > 1 else [shown, alone]


def _place(span: Span | None) -> str:
    return f"{visible(span.path)}:{span.line}" if span is not None and span.path else ""
