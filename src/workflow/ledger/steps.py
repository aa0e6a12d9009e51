"""The steps of a clause beside its lines: what is said of the event that each line is paid for."""

from __future__ import annotations

import bisect
from typing import Any

from workflow.ledger.rows import column_of


class Steps:
    """The steps of one clause that pays for each event, found by the lines that they lead to."""

    def __init__(self, table: Any, each: str, results: Any) -> None:
        """`table` holds the steps in the order of the people of `results`; `each` is the type of event paid for."""
        import pyarrow.compute as pc

        self._table, self._each = table, each
        rows = pc.index_in(column_of(table, "person"), value_set=column_of(results, "person"))
        # Whoever has no result has no line; the numbers stay in order.
        self._rows = pc.fill_null(pc.fill_null_forward(rows), 0).to_numpy(zero_copy_only=False)

    def beside(self, lines: Any, people: Any) -> Any:
        """The step of each of these lines, which stand in the order of their rows; null where there is none.

        Args:
            lines: rows of entries, with the row of results, and the id and type of the event.
            people: the person of each.
        """
        import pyarrow.compute as pc

        rows = column_of(lines, "row")
        first, last = (bisect.bisect(self._rows, at) for at in (rows[0].as_py() - 1, rows[-1].as_py()))
        steps = self._table.slice(first, last - first)
        sign = pc.if_else(column_of(steps, "credit.reversal"), "-", "+")
        known = pc.binary_join_element_wise(column_of(steps, "person"), column_of(steps, "event.id"), sign, "\n")
        sign = pc.if_else(pc.equal(column_of(lines, "of"), self._each), "+", "-")
        asked = pc.binary_join_element_wise(people, column_of(lines, "event"), sign, "\n")
        return steps.take(pc.index_in(asked, value_set=known, skip_nulls=True))
