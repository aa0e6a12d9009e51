"""`Fold` over arrays: a kernel takes one step in all groups at once, then the next step.

Rows stand group after group, each group in its order. What this gives must be what `run.reference.folds` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workflow.intake.ahead import ahead, made_ahead
from workflow.plan.kernels import UNKNOWN, Hysteresis, Standing, Stopwatch
from workflow.plan.machines import Replay
from workflow.run.stopwatches import timed

BLOCK = 30_000
"""So many groups are folded at a time."""
SPARSE = 4
"""Rows are sorted by slots if there are at most so many slots a row."""

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from workflow.columns.folds import Folding

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
    Truths = np.ndarray[tuple[int], np.dtype[np.bool_]]
    Columns = Mapping[str, Numbers]


def made_of(folding: Folding, batches: pa.RecordBatchReader) -> pa.Table:
    """What is kept of rows in any order: their columns that are read, and the outputs.

    Of rows that nobody wants in the end only what the kernel needs is held until all have come.
    """
    import pyarrow as pa

    if isinstance(folding.kernel, Replay):
        return _steps_of(folding, folding.kernel, batches.read_all())
    keep = () if folding.keep is None else (folding.keep,)
    ours = list(dict.fromkeys((*folding.by, *folding.order, *folding.inputs, *keep)))
    needed, kept = [batches.schema.empty_table().select(ours)], [batches.schema.empty_table().select(folding.read)]
    for batch in ahead(iter(batches)):
        rows = pa.Table.from_batches([batch])
        needed.append(rows.select(ours))
        kept.append((rows if folding.keep is None else rows.filter(rows[folding.keep])).select(folding.read))
    given, made = pa.concat_tables(needed), pa.concat_tables(kept)
    del needed, kept
    for name, column in _in_blocks(folding, folding.kernel, given).items():
        made = made.append_column(name, pa.array(column))
    return made


def _steps_of(folding: Folding, kernel: Replay, rows: pa.Table) -> pa.Table:
    """The steps of the rows, some cases at a time, each with the columns that name its case."""
    import numpy as np
    import pyarrow as pa

    from workflow.run.replay.cases import replayed

    order, starts = _sorted(folding, rows)
    named = zip(kernel.inputs, folding.inputs, strict=True)
    given = {word: rows[name].to_numpy()[order] for word, name in named}
    ends = np.append(starts, len(order))
    parts = [rows.slice(0, 0).select(folding.read)]
    for _, name in folding.gives:
        parts[0] = parts[0].append_column(name, pa.array([], pa.int64()))
    for first in range(0, len(starts), BLOCK):
        last = min(first + BLOCK, len(starts))
        begin, end = int(ends[first]), int(ends[last])
        block = {word: column[begin:end] for word, column in given.items()}
        steps = replayed(kernel, block, starts[first:last] - begin, {word for word, _ in folding.gives})
        part = rows.select(folding.read).take(pa.array(order[starts[first:last]][steps["group"]]))
        for word, name in folding.gives:
            part = part.append_column(name, pa.array(steps[word], pa.int64()))
        parts.append(part)
    return pa.concat_tables(parts)


def _in_blocks(folding: Folding, kernel: Hysteresis | Stopwatch, rows: pa.Table) -> dict[str, Numbers]:
    """The outputs of the rows that are kept; some groups at a time, as what fits in a processor's cache is quicker."""
    import numpy as np

    order, starts = _sorted(folding, rows)
    given = {word: rows[name].to_numpy() for word, name in zip(kernel.inputs, folding.inputs, strict=True)}
    kept = np.ones(len(order), np.bool_) if folding.keep is None else _true(rows[folding.keep])
    places = np.cumsum(kept) - 1
    outputs = {name: np.empty(np.count_nonzero(kept), np.int64) for _, name in folding.gives}
    ends = np.append(starts, len(order))

    def block(first: int) -> tuple[Numbers, dict[str, Numbers]]:
        """What is kept of some groups, and the places where it stands."""
        last = min(first + BLOCK, len(starts))
        begin = int(ends[first])
        rows_of = order[begin : int(ends[last])]
        own = {word: column[rows_of] for word, column in given.items()}
        told = timed(kernel, own) if isinstance(kernel, Stopwatch) else folded(kernel, own, starts[first:last] - begin)
        wanted = kept[rows_of]
        return places[rows_of[wanted]], {name: told[word][wanted] for word, name in folding.gives}

    for at, told in made_ahead(block, range(0, len(starts), BLOCK)):
        for name, column in told.items():
            outputs[name][at] = column
    return outputs


def _true(column: pa.ChunkedArray) -> Truths:
    """Whether a truth is yes."""
    import pyarrow.compute as pc

    truths: Truths = pc.fill_null(column, fill_value=False).to_numpy()
    return truths


def _sorted(folding: Folding, rows: pa.Table) -> tuple[Numbers, Numbers]:
    """The rows group after group, each group in its order, as places; and the first of each group.

    Groups may stand in any order, so that their names, texts mostly, needn't be sorted.
    """
    import numpy as np

    whole = np.zeros(rows.num_rows, np.int64), 1
    group, groups = _numbered([whole, *(_codes(rows[name], ordered=False) for name in folding.by)])
    turn, turns = _dense(*_numbered([_codes(rows[name], ordered=True) for name in folding.order]))
    if groups * turns <= SPARSE * rows.num_rows:
        # Each row has a slot of its own, and most slots have a row.
        of = _of_size(groups * turns)
        slots = np.full(groups * turns, -1, of)
        slots[group.astype(of, copy=False) * turns + turn] = np.arange(rows.num_rows, dtype=of)
        order = slots[slots >= 0]
    else:
        order = np.lexsort((turn, group))
    ranked = group[order]
    begins = np.ones(rows.num_rows, np.bool_)
    begins[1:] = ranked[1:] != ranked[:-1]
    return order, np.flatnonzero(begins)


Codes = tuple["Numbers", int]
"""A number for each row, from 0 on, and one more than the greatest that there may be."""


def _numbered(columns: Sequence[Codes]) -> Codes:
    """One number for the numbers of several columns, the first the weightiest."""
    import numpy as np

    numbers, count = columns[0]
    for own, more in columns[1:]:
        if count * more > np.iinfo(np.int64).max:
            numbers, count = _dense(numbers, count)
        numbers, count = numbers.astype(_of_size(count * more), copy=False) * more + own, count * more
    return numbers, count


def _of_size(count: int) -> type[np.signedinteger[Any]]:
    """Whole numbers for so many: those of half the size, if they do."""
    import numpy as np

    return np.int32 if count <= np.iinfo(np.int32).max else np.int64


def _dense(numbers: Numbers, count: int) -> Codes:
    """The same order without the numbers that no row has."""
    import numpy as np

    if count > SPARSE * len(numbers):
        found, numbers = np.unique(numbers, return_inverse=True)
        return numbers, len(found)
    there = np.zeros(count, np.bool_)
    there[numbers] = True
    return (np.cumsum(there, dtype=_of_size(count)) - 1)[numbers], int(np.count_nonzero(there))


def _codes(column: pa.ChunkedArray, *, ordered: bool) -> Codes:
    """A number for each value, the same for equal ones; `ordered`: the greater for the greater."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = pc.dictionary_encode(column).chunks
    # INVARIANT: the chunks of a column are encoded by one dictionary.
    assert len({len(chunk.dictionary) for chunk in chunks}) <= 1
    codes = np.concatenate([np.empty(0, np.int32), *(chunk.indices.to_numpy() for chunk in chunks)])
    values = chunks[0].dictionary if chunks else pa.array([], column.type)
    if ordered:
        places = np.empty(len(values), np.int32)
        places[pc.sort_indices(values).to_numpy()] = np.arange(len(values), dtype=np.int32)
        codes = places[codes]
    return codes, max(len(values), 1)


def folded(kernel: Hysteresis, given: Columns, starts: Numbers) -> dict[str, Numbers]:
    """The outputs of a kernel.

    Args:
        kernel: which.
        given: its inputs by name, a number a row; a truth that is missing is UNKNOWN.
        starts: the first row of each group, ascending; the first is 0.
    """
    import numpy as np

    rows = len(given["turn"])
    lengths = np.diff(np.append(starts, rows))
    # The longest groups first: those that still have a row at some step stand at the beginning.
    longest = np.argsort(-lengths, kind="stable")
    begins, lengths = starts[longest], lengths[longest]
    ladders = (_DailyLadders if kernel.at_events else _Ladders)(kernel, len(starts))
    outputs = {word: np.zeros(rows, np.int64) for word in kernel.outputs}
    for step in range(int(lengths[0]) if rows else 0):
        going = int(np.searchsorted(-lengths, -step, side="left"))
        at = begins[:going] + step
        told = ladders.climbed({word: column[at] for word, column in given.items()}, fresh=step == 0)
        for word, column in told.items():
            outputs[word][at] = column
    return outputs


class _Ladders:
    """The ways of all groups up and down the tiers; a step takes the first so many of them on."""

    def __init__(self, kernel: Hysteresis, groups: int) -> None:
        import numpy as np

        self.kernel = kernel
        self.turn = np.zeros(groups, np.int64)
        self.last = {word: np.zeros(groups, np.int64) for word in ("tier", *kernel.carried)}

    def climbed(self, given: Columns, *, fresh: bool) -> dict[str, Numbers]:
        """What one period comes to in each group that has a row for it."""
        import numpy as np

        kernel, going = self.kernel, len(given["turn"])
        last = {word: column[:going].copy() for word, column in self.last.items()}
        if fresh and kernel.resumes:
            last = _resumed(kernel, given)
        elif not fresh:
            goes_on = given["turn"] == self.turn[:going] + 1
            last = {word: np.where(goes_on, column, 0) for word, column in last.items()}
        told = self._decided(given, last)
        is_set = given["set"] > 0
        told["tier"] = np.where(is_set, given["set"], told["earned"])
        told["standing"] = np.where(is_set, int(Standing.SET), told["standing"])
        self.turn[:going] = given["turn"]
        for word, column in self.last.items():
            column[:going] = told[word]
        return told

    def _decided(self, given: Columns, last: Columns) -> dict[str, Numbers]:
        import numpy as np

        sure = self._outcome(given, last, self._best(given, last["earned"], sure=True))
        if all(given[word].min() != UNKNOWN for word in self.kernel.truths):
            return sure | {"before": last["tier"]}
        hoped = self._outcome(given, last, self._best(given, last["earned"], sure=False))
        differ = np.zeros(len(given["turn"]), np.bool_)
        for word in sure:
            differ |= hoped[word] != sure[word]
        kept = np.where(last["earned"] != 0, int(Standing.UNCONFIRMED), int(Standing.UNDECIDED))
        told = {word: np.where(differ, last[word], sure[word]) for word in self.kernel.carried}
        return told | {"before": last["tier"], "standing": np.where(differ, kept, sure["standing"])}

    def _best(self, given: Columns, present: Numbers, *, sure: bool) -> Numbers:
        """The best tier whose conditions hold: surely, or if all that is unknown held."""
        import numpy as np

        def holds(column: Numbers) -> Truths:
            return np.equal(column, 1) if sure else np.not_equal(column, 0)

        assert UNKNOWN not in {0, 1}
        best = np.full(len(present), self.kernel.tiers, np.int64)
        for tier in range(self.kernel.tiers - 1, 0, -1):
            stays = holds(given[f"stay.{tier}"]) & (present != 0) & (present <= tier)
            best[holds(given[f"enter.{tier}"]) | stays] = tier
        return best

    def _outcome(self, given: Columns, last: Columns, best: Numbers) -> dict[str, Numbers]:
        """What this being the best tier comes to."""
        import numpy as np

        kernel, present, turn = self.kernel, last["earned"], given["turn"]
        past, none = turn > last["until"], present == 0
        up = none | (best < present)
        stays = ~up & (best == present)
        new = ~up & ~stays & (turn - last["first"] <= kernel.protect)
        held = ~up & ~stays & ~new & ~past
        below = np.where(up | stays | new | held, 0, last["below"] + 1)
        waits = (below > 0) & (below <= kernel.grace)
        falls = below > kernel.grace
        lowest = np.minimum(best, present + kernel.most) if kernel.most else best
        begins = up | falls
        why = (up, stays, new, held, waits)
        codes = (Standing.ENTERED, Standing.STAYED, Standing.PROTECTED, Standing.HELD, Standing.IN_GRACE)
        return {
            "earned": np.where(up, best, np.where(falls, lowest, present)),
            "below": np.where(falls, 0, below),
            "since": np.where(begins, turn, last["since"]),
            "until": np.where(begins | (stays & past), given["until"], last["until"]),
            "first": np.where(none, turn, last["first"]),
            "standing": np.select(why, [int(code) for code in codes], int(Standing.FELL)),
        }


def _resumed(kernel: Hysteresis, given: Columns) -> dict[str, Numbers]:
    """What the first row of each group goes on from."""
    import numpy as np

    none = given["resumed.earned"] == UNKNOWN
    return {word: np.where(none, 0, given[f"resumed.{word}"]) for word in ("tier", *kernel.carried)}


class _DailyLadders(_Ladders):
    """The same, looked at on days before the end of a period too; `start` is what the period began with."""

    def __init__(self, kernel: Hysteresis, groups: int) -> None:
        import numpy as np

        super().__init__(kernel, groups)
        self.start = {word: np.zeros(groups, np.int64) for word in ("earned", "until", "tier")}

    def climbed(self, given: Columns, *, fresh: bool) -> dict[str, Numbers]:
        """What one day, or the end of a period, comes to in each group that has a row for it."""
        import numpy as np

        going = len(given["turn"])
        last = {word: column[:going].copy() for word, column in self.last.items()}
        turn = self.turn[:going]
        if fresh:
            none = {word: column * 0 for word, column in last.items()}
            last = _resumed(self.kernel, given) if self.kernel.resumes else none
        else:
            goes_on = (given["turn"] == turn) | (given["turn"] == turn + 1)
            last = {word: np.where(goes_on, column, 0) for word, column in last.items()}
        begins = fresh | (given["turn"] != turn)
        for word, column in self.start.items():
            column[:going] = np.where(begins, last[word], column[:going])
        told = self._decided(given, last) | {"before": self.start["tier"][:going].copy()}
        is_set = given["set"] > 0
        told["tier"] = np.where(is_set, given["set"], told["earned"])
        told["standing"] = np.where(is_set, int(Standing.SET), told["standing"])
        turn[:] = given["turn"]
        for word, column in self.last.items():
            column[:going] = told[word]
        return told

    def _outcome(self, given: Columns, last: Columns, best: Numbers) -> dict[str, Numbers]:
        """What this being the best tier comes to."""
        import numpy as np

        kernel, present, ends, day = self.kernel, last["earned"], given["ends"] == 1, given["day"]
        going = len(present)
        begun, through = self.start["earned"][:going], self.start["until"][:going]
        up = (present == 0) | (best < present)
        same = ~up & (best == present)
        free = ~up & ~same & ((begun == 0) | (best < begun))
        rest = ~up & ~same & ~free
        back, held = rest & (present < begun), day <= through
        level, above = rest & (best == begun), rest & (best > begun) & (present <= begun)
        new = above & (given["turn"] - last["first"] <= kernel.protect)
        kept = above & ~new & held
        counted = last["below"] + 1
        waits = above & ~new & ~kept & ~ends & (kernel.grace > 0)
        grace = above & ~new & ~kept & ends & (counted <= kernel.grace)
        falls = rest & ~level & ~new & ~kept & ~waits & ~grace
        lowest = np.minimum(best, begun + kernel.most) if kernel.most else best
        fell = falls & (lowest > present)
        undone = free | (back & ~grace & ~fell)
        begins, returns = up | free | fell, back & ~fell
        anew = ends & ((same & (day > last["until"])) | (level & ~held))
        until = np.where(returns, through, last["until"])
        codes = {
            Standing.ENTERED: up,
            Standing.STAYED: same,
            Standing.UNDONE: undone,
            Standing.PROTECTED: new,
            Standing.HELD: kept,
            Standing.IN_GRACE: grace,
            Standing.FELL: fell,
        }
        return {
            "earned": np.select([up | free, fell, returns], [best, lowest, begun], present),
            "below": np.where(grace, counted, np.where(ends, 0, last["below"])),
            "since": np.where(begins | returns, day, last["since"]),
            "until": np.where(begins | anew, given["until"], until),
            "first": np.where(present == 0, given["turn"], last["first"]),
            "standing": np.select(list(codes.values()), [int(code) for code in codes], int(Standing.WAITS)),
        }
