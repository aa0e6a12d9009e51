"""`Fold` over arrays: a kernel takes one step in all groups at once, then the next step.

Rows stand group after group, each group in its order. What this gives must be what `run.reference.folds` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflow.plan.kernels import UNKNOWN, Hysteresis, Standing

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from workflow.columns.folds import Folding

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
    Truths = np.ndarray[tuple[int], np.dtype[np.bool_]]
    Columns = Mapping[str, Numbers]


def made_of(folding: Folding, batches: pa.RecordBatchReader) -> pa.Table:
    """What is kept of rows that stand in their groups and order: their columns that are read, and the outputs."""
    import pyarrow as pa

    parts: list[pa.Table] = []
    rest = batches.schema.empty_table()
    for batch in batches:
        rows = pa.concat_tables([rest, pa.Table.from_batches([batch])])
        starts = _starts(folding, rows)
        # The last group may go on in the next batch.
        whole = int(starts[-1]) if len(starts) else 0
        parts.append(_made(folding, rows.slice(0, whole)))
        rest = rows.slice(whole)
    return pa.concat_tables([*parts, _made(folding, rest)])


def _made(folding: Folding, rows: pa.Table) -> pa.Table:
    import pyarrow as pa

    named = zip(folding.kernel.inputs, folding.inputs, strict=True)
    outputs = folded(folding.kernel, {word: rows[name].to_numpy() for word, name in named}, _starts(folding, rows))
    made = rows.drop_columns([*folding.by, *folding.inputs])
    for word, name in folding.gives:
        made = made.append_column(name, pa.array(outputs[word]))
    return made if folding.keep is None else made.filter(made[folding.keep]).drop_columns([folding.keep])


def _starts(folding: Folding, rows: pa.Table) -> Numbers:
    """The first row of each group."""
    import numpy as np
    import pyarrow.compute as pc

    begins = np.zeros(rows.num_rows, np.bool_)
    begins[:1] = True
    for name in folding.by if rows.num_rows else ():
        column = rows[name].combine_chunks()
        begins[1:] |= pc.not_equal(column.slice(1), column.slice(0, rows.num_rows - 1)).to_numpy(zero_copy_only=False)
    return np.flatnonzero(begins)


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
    ladders = _Ladders(kernel, len(starts))
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
            last = {word: given[f"resumed.{word}"] for word in kernel.carried}
            last["tier"] = last["earned"]
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

        hoped, sure = (
            self._outcome(given, last, self._best(given, last["earned"], sure=sure)) for sure in (False, True)
        )
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
