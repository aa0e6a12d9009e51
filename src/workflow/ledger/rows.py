"""The rows that entries are made of: what is paid or might be, and what is triggered, person after person.

A row says which person, which clause, which amount or which causes; `book` makes entries of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from workflow.ledger.clauses import Clause
from workflow.plan.lines import LINES
from workflow.plan.lowered import RESULTS
from workflow.plan.nodes import mask_of
from workflow.run.outcome import Outcome


def rows_of(outcome: Outcome, clauses: Sequence[Clause], digits: int) -> Any:
    """All entries of a policy whose money has so many digits: lines in their order, then actions, person by person."""
    import pyarrow as pa
    import pyarrow.compute as pc

    money, results = pa.decimal128(38, digits), outcome.tables[RESULTS]
    number, text = pa.int64(), pa.string()
    types = (number, number, text, text, money, number)
    schema = pa.schema(list(zip(("row", "clause", "event", "of", "amount", "mask"), types, strict=True)))
    parts = [_paid(outcome, clauses).cast(schema)] if LINES in outcome.tables else []
    for number, clause in enumerate(clauses):
        if clause.triggers is None:
            continue
        rows = pc.indices_nonzero(pc.fill_null(results[clause.triggers], True))
        masks = _masks(results, clause.triggers).take(rows)
        none = pa.nulls(len(rows), pa.string())
        nothing = {"event": none, "of": none, "amount": pa.nulls(len(rows), money)}
        columns = {"row": rows, "clause": pa.array([number] * len(rows), pa.int64()), **nothing, "mask": masks}
        parts.append(pa.table(columns).cast(schema))
    if not parts:
        return schema.empty_table()
    together = pa.concat_tables(parts)
    # A stable order: the lines of a person stand as the plan gave them.
    return together.take(pc.sort_indices(column_of(together, "row")))


def _paid(outcome: Outcome, clauses: Sequence[Clause]) -> Any:
    """The lines of pay."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lines, results = outcome.tables[LINES], outcome.tables[RESULTS]
    names = pa.array([clause.name for clause in clauses if clause.triggers is None], pa.string())
    return pa.table(
        {
            "row": pc.index_in(lines["person"], value_set=column_of(results, "person")),
            "clause": pc.index_in(lines["clause"], value_set=names),
            **{name: paid_for(lines, column) for name, column in (("event", "line.event"), ("of", "line.type"))},
            "amount": lines["line.amount"],
            "mask": _masks(lines, "line.amount"),
        }
    )


def paid_for(lines: Any, name: str) -> Any:
    """What a column says of the event that each line is paid for; null in a line that is paid once a period."""
    import pyarrow as pa

    if name not in lines.column_names:
        return pa.nulls(lines.num_rows, pa.string())
    return lines[name]


def _masks(table: Any, name: str) -> Any:
    """The masks of a column; 0 where it is always known."""
    import pyarrow as pa

    if mask_of(name) in table.column_names:
        return table[mask_of(name)]
    return pa.array([0] * table.num_rows, pa.int64())


def column_of(table: Any, name: str) -> Any:
    """A column as one array."""
    import pyarrow as pa

    column = table[name]
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])


def by_clause(table: Any) -> Iterator[tuple[int, Any, Any]]:
    """The rows of each clause: its place among the clauses, the rows' places in the table, and the rows."""
    import pyarrow.compute as pc

    for number in sorted(pc.unique(table["clause"]).to_pylist()):
        at = pc.indices_nonzero(pc.equal(table["clause"], number))
        yield number, at, table.take(at)
