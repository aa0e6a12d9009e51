"""The rows that entries are made of: what is paid or might be, and what is triggered, person after person.

A row says which person, which clause, which amount or which causes; `book` makes entries of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workflow.ledger.clauses import Clause
from workflow.ledger.entries import Reason
from workflow.plan.escalations import CASE_ACTIONS
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
    types = (number, number, text, text, money, number, pa.date32())
    schema = pa.schema(list(zip(("row", "clause", "event", "of", "amount", "mask", "day"), types, strict=True)))
    parts = [_paid(outcome, clauses).cast(schema)] if LINES in outcome.tables else []
    if CASE_ACTIONS in outcome.tables:
        parts.append(_of_cases(outcome, clauses, money).cast(schema))
    for number, clause in enumerate(clauses):
        if clause.triggers is None or clause.of_case:
            continue
        rows = pc.indices_nonzero(pc.fill_null(results[clause.triggers], True))
        masks = _masks(results, clause.triggers).take(rows)
        none = pa.nulls(len(rows), pa.string())
        nothing = {"event": none, "of": none, "amount": pa.nulls(len(rows), money)}
        columns = {"row": rows, "clause": pa.array([number] * len(rows), pa.int64()), **nothing, "mask": masks}
        columns["day"] = pa.nulls(len(rows), pa.date32())
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
            "day": pa.nulls(lines.num_rows, pa.date32()),
        }
    )


def _of_cases(outcome: Outcome, clauses: Sequence[Clause], money: Any) -> Any:
    """What steps of cases trigger; the step stands in the place of an event. Nobody can tell whom nobody knows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table, results = outcome.tables[CASE_ACTIONS], outcome.tables[RESULTS]
    numbers = pa.array([number for number, clause in enumerate(clauses) if clause.of_case], pa.int64())
    rows = pc.index_in(table["person"], value_set=column_of(results, "person"))
    nothing = pa.nulls(table.num_rows, money)
    found = {
        "row": rows,
        "clause": numbers.take(pc.cast(table["clause"], pa.int64())),
        "event": table["event.id"],
        "of": pa.array(["case"] * table.num_rows, pa.string()),
        "amount": nothing,
        "mask": _masks(table, "to"),
        "day": table["date"],
    }
    # Whoever isn't there in the period has no results; his cases are listed with all others.
    return pa.table(found).filter(pc.is_valid(rows))


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


def told_in(
    row: Mapping[str, Any], reasons: Callable[[int], tuple[Reason, ...]]
) -> tuple[Mapping[str, Any], Mapping[str, tuple[Reason, ...]]]:
    """The values of a row of an output, and why those are missing that are."""
    values = {name: value for name, value in row.items() if not name.endswith("?")}
    masks = {name: row.get(mask_of(name)) or 0 for name in values}
    return values, {name: reasons(mask) for name, mask in masks.items() if mask}
