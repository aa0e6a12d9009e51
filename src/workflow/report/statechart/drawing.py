"""A chart as a drawing, for any browser.

The states stand below each other in the policy's order. To the right of each stand the ways out of it, a row each; what
leads to one state runs together on one line in that state's colour, dashed where only time leads there, and enters it
beside its title. Lines that don't meet share a lane. So no text lies on another, however many ways there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from workflow.report.cells import width, wrapped
from workflow.report.statechart.chart import Arrow, Box, Chart
from workflow.report.svg import opening

CELL, ROW, GAP, PAD, LANE, BEND = 7, 22, 22, 12, 14, 6
"""Measures of the drawing: a cell of text, a line of it, what lies between boxes, around them and between lanes, and
how far before a corner a line begins to bend."""
MOST = 60
"""A label of more cells is broken."""
_LEAST = 16
_COLOURS = ("#1f6fb2", "#b2501f", "#2e7d4f", "#8a3fa0", "#a08000", "#b0305f", "#3f5fa0", "#5f6f1f")
_FILLS = ("#eef4fb", "#fff3d6", "#ffe2c4", "#ffd0c4")
_END = "#ececec"


@dataclass(frozen=True, slots=True)
class _Exit:
    """A way out of a box: where its row ends, and the lines of its label."""

    arrow: Arrow
    bottom: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box with its place, and its ways out."""

    box: Box
    top: int
    high: int
    exits: tuple[_Exit, ...]

    @property
    def entry(self) -> int:
        """The height at which ways come in."""
        return self.top + ROW // 2


def as_svg(chart: Chart) -> str:
    """The chart as a drawing."""
    placed = _placed(chart)
    right = PAD + max(_LEAST, *(width(line) for box in chart.boxes for line in box.lines)) * CELL + 2 * PAD
    labels = max((width(line) for each in placed for way in each.exits for line in way.lines), default=0)
    lanes = _lanes(placed)
    first = right + labels * CELL + 3 * PAD
    at = {name: first + lane * LANE for name, lane in lanes.items()}
    wide = max(first + (max(lanes.values(), default=0) + 1) * LANE, MOST * CELL) + PAD
    notes = [line for note in chart.notes for line in wrapped(note, (wide - 2 * PAD) // CELL)]
    bottom = placed[-1].top + placed[-1].high + GAP
    high = bottom + len(notes) * ROW + PAD
    colours = {box.name: _COLOURS[number % len(_COLOURS)] for number, box in enumerate(chart.boxes)}
    lines = [opening(wide, high), f"<title>{escape(chart.title)}</title>"]
    lines += ['<rect width="100%" height="100%" fill="#fff"/>', _text(PAD, PAD + 14, chart.title, bold=True)]
    lines += _beginning(chart, placed[0])
    tops = {each.box.name: each.entry for each in placed}
    for each in placed:
        lines += [_way(way, right, at, tops, colours) for way in each.exits if way.arrow.to is not None]
    lines += [_head(right, tops[name], colours[name]) for name in at]
    for each in placed:
        lines += _box(each, right)
        lines += [line for way in each.exits for line in _label(way, right)]
    lines += [_text(PAD, bottom + number * ROW + 14, note) for number, note in enumerate(notes)]
    return "\n".join((*lines, "</svg>")) + "\n"


def _placed(chart: Chart) -> tuple[_Placed, ...]:
    """The boxes from top to bottom: each as high as its own lines, and the rows of the ways out of it, need."""
    found, top = [], PAD + 3 * ROW + GAP
    for box in chart.boxes:
        exits, row = list[_Exit](), 1
        for arrow in (each for each in chart.arrows if each.of == box.name):
            lines = tuple(wrapped(arrow.label, MOST))
            row += len(lines)
            exits.append(_Exit(arrow, top + row * ROW, lines))
        high = max(len(box.lines), row) * ROW + ROW // 2
        found.append(_Placed(box, top, high, tuple(exits)))
        top += high + GAP
    return tuple(found)


def _lanes(placed: Sequence[_Placed]) -> dict[str, int]:
    """The lane of each state to which ways lead: the shortest lines are innermost, those that don't meet share one."""
    rows: dict[str, list[int]] = {}
    for each in placed:
        for way in each.exits:
            if way.arrow.to is not None:
                rows.setdefault(way.arrow.to, []).append(way.bottom)
    spans = {each.box.name: [each.entry, *rows[each.box.name]] for each in placed if each.box.name in rows}
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[str, int] = {}
    for name in sorted(spans, key=lambda name: max(spans[name]) - min(spans[name])):
        top, bottom = min(spans[name]), max(spans[name])
        free = (lane for lane, own in enumerate(taken) if all(bottom < one or other < top for one, other in own))
        lane = next(free, len(taken))
        taken += [[]] if lane == len(taken) else []
        taken[lane].append((top, bottom))
        lanes[name] = lane
    return lanes


def _way(way: _Exit, right: int, lanes: Mapping[str, int], tops: Mapping[str, int], colours: Mapping[str, str]) -> str:
    """The line of a way: out of its box, along the lane of the state to which it leads, and in there."""
    to = str(way.arrow.to)
    lane, begin, end = lanes[to], way.bottom, tops[to]
    down = BEND if end > begin else -BEND
    stroke = f'stroke="{colours[to]}" stroke-width="1.5"' + (' stroke-dasharray="6 3"' if way.arrow.timed else "")
    return (
        f'<path d="M{right},{begin} H{lane - BEND} Q{lane},{begin} {lane},{begin + down} V{end - down} '
        f'Q{lane},{end} {lane - BEND},{end} H{right + 8}" fill="none" {stroke}/>'
    )


def _head(right: int, top: int, colour: str) -> str:
    """The point of an arrow into a box."""
    return f'<path d="M{right + 1},{top} l9,-4 v8 z" fill="{colour}"/>'


def _beginning(chart: Chart, first: _Placed) -> list[str]:
    """The dot from which a case comes, and its event."""
    left, top = 4 * PAD, PAD + 2 * ROW
    return [
        f'<circle cx="{left}" cy="{top}" r="6" fill="#333"/>',
        f'<path d="M{left},{top} V{first.top - 8}" stroke="#333" stroke-width="1.5"/>',
        f'<path d="M{left},{first.top - 1} l-4,-9 h8 z" fill="#333"/>',
        _text(left + PAD, top + 4, chart.begins),
    ]


def _box(placed: _Placed, right: int) -> list[str]:
    """A state, its title above what is said of it; with a second border where the case ends."""
    box, top = placed.box, placed.top
    fill = _END if box.final else _FILLS[min(box.level, len(_FILLS) - 1)]
    wide = right - PAD
    lines = [
        f'<rect x="{PAD}" y="{top}" width="{wide}" height="{placed.high}" rx="8" fill="{fill}" stroke="#555"/>',
    ]
    if box.final:
        inner = f'x="{PAD + 3}" y="{top + 3}" width="{wide - 6}" height="{placed.high - 6}" rx="6"'
        lines.append(f'<rect {inner} fill="none" stroke="#555"/>')
    return lines + [
        _text(2 * PAD, top + number * ROW + 16, line, bold=not number) for number, line in enumerate(box.lines)
    ]


def _label(way: _Exit, right: int) -> list[str]:
    """The label of a way, above its line."""
    top = way.bottom - (len(way.lines) - 1) * ROW - 4
    return [_text(right + PAD, top + number * ROW, line) for number, line in enumerate(way.lines)]


def _text(left: int, bottom: int, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{left}" y="{bottom}"{weight}>{escape(text)}</text>'
