"""The strict grammar of quotes in a delimited file, so that a lost quote can't swallow the rows after it.

A quote may open a cell, stand doubled inside a quoted one, and close it before a delimiter, a line's end or the end of
the file. Anything else leaves in doubt where rows begin. Whether a position is inside quotes is then the parity of the
quotes before it, which whole chunks of bytes can be asked at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.diagnostics import Argument

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_QUOTE, _RETURN, _FEED = ord('"'), ord("\r"), ord("\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes a file unreadable: a code, the line it begins in, the line where it shows, the code's arguments."""

    code: str
    line: int
    shows: int
    args: Mapping[str, Argument] = field(default_factory=dict)


class Guard:
    """Follows a file's bytes, chunk by chunk, and keeps the first fault it meets."""

    def __init__(self, delimiter: str) -> None:
        """`delimiter` is one ASCII sign."""
        self.fault: Fault | None = None
        self._ends = (ord(delimiter), _RETURN, _FEED, _QUOTE)
        self._line = 1
        self._inside = False
        self._opened = 0
        self._before = _FEED
        self._kept = b""

    @property
    def line(self) -> int:
        """The line that has been reached."""
        return self._line

    def feed(self, data: bytes) -> None:
        """Look at the next bytes. A quote that ends them is kept back until the sign after it is known."""
        if self.fault is not None or not data:
            return
        data = self._kept + data
        self._kept = data[-1:] if data[-1] == _QUOTE else b""
        self._look(data[: len(data) - len(self._kept)], after=_QUOTE if self._kept else _FEED)

    def finish(self) -> None:
        """The file has ended: a quote that is still open is a fault."""
        if self.fault is None and self._kept:
            self._look(self._kept, after=_FEED)
        if self.fault is None and self._inside:
            self.fault = Fault("quote-unclosed", self._opened, self._line)

    def _look(self, data: bytes, after: int) -> None:
        """Check the quotes and signs of `data`; `after` stands for the sign that follows it."""
        if not data:
            return
        nul = data.find(b"\0")
        if nul >= 0:
            data = data[:nul]
        if b'"' in data:
            self._look_at_quotes(data, after)
        if nul >= 0 and self.fault is None:
            line = self._line_at(data, len(data))
            self.fault = Fault("nul-character", line, line)
        if self.fault is None:
            self._line = self._line_at(data, len(data))
            self._before = data[-1]

    def _look_at_quotes(self, data: bytes, after: int) -> None:
        import numpy as np

        signs = np.frombuffer(data, np.uint8)
        quotes = np.flatnonzero(signs == _QUOTE)
        opening = (np.arange(len(quotes)) + self._inside) % 2 == 0
        befores = np.where(quotes > 0, signs[quotes - 1], self._before)
        afters = np.where(quotes + 1 < len(signs), signs[np.minimum(quotes + 1, len(signs) - 1)], after)
        wrong = np.flatnonzero(np.where(opening, ~np.isin(befores, self._ends), ~np.isin(afters, self._ends)))
        seen = quotes[: wrong[0] + 1] if len(wrong) else quotes
        self._remember_opening(data, seen, opening[: len(seen)] & (befores[: len(seen)] != _QUOTE))
        if len(wrong):
            shows = self._line_at(data, int(seen[-1]))
            is_opening = bool(opening[wrong[0]])
            self.fault = Fault(
                "quote-misplaced" if is_opening else "quote-unclosed", shows if is_opening else self._opened, shows
            )
        self._inside ^= len(quotes) % 2 == 1

    def _remember_opening(self, data: bytes, quotes: NDArray[np.int64], begins: NDArray[np.bool_]) -> None:
        """Keep the line of the last quote that begins a cell; a doubled one only goes on with its cell."""
        if begins.any():
            self._opened = self._line_at(data, int(quotes[begins][-1]))

    def _line_at(self, data: bytes, position: int) -> int:
        """The line of a position in `data`; a line ends with LF, CR or both."""
        ends = data.count(b"\n", 0, position)
        if b"\r" in data:
            ends += data.count(b"\r", 0, position) - data.count(b"\r\n", 0, position)
        split = self._before == _RETURN and data[:1] == b"\n" and position > 0
        return self._line + ends - split
