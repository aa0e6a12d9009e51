"""Control totals: what the sender of files declares of them is compared with what they hold.

A file that was cut off looks like a quiet month. Whoever sends it may say how many rows it has and what they total, in
the source or by recorded `source.delivered` events; if the files then hold something else, nothing is run.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workflow.checks.builtin import DELIVERED
from workflow.diagnostics import Diagnostic
from workflow.intake.cells import staged
from workflow.intake.evidence import quoted
from workflow.intake.staging import Staged
from workflow.model.types import MAX_DIGITS, Kind

if TYPE_CHECKING:
    import duckdb

_NEWEST = """
SELECT source, "from", through, rows, total FROM "event source.delivered" WHERE "from" <= through
QUALIFY row_number() OVER (
    PARTITION BY source, "from", through ORDER BY "event.time" DESC, "event.recorded" DESC, "event.id" DESC
) = 1
ORDER BY ALL
"""
# A row whose day or amount can't be read may belong to what was declared, or not.
_HELD = """
SELECT count(*) FILTER (WHERE {within}), count(*) FILTER (WHERE {doubtful}), sum({amount}) FILTER (WHERE {within}),
    count(*) FILTER (WHERE ({within} OR {doubtful}) AND verdict <> 0 AND {amount} IS NULL)
FROM {table} WHERE source = {source}
"""


@dataclass(frozen=True, slots=True)
class _Declared:
    """What was declared of a source's rows, within days if it was a recorded event that declared it."""

    days: tuple[datetime.date, datetime.date] | None
    rows: Decimal | None
    total: Decimal | None


def wrong_deliveries(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[tuple[str, Sequence[Staged]]]
) -> tuple[Diagnostic, ...]:
    """What differs from its declaration, for each source; `tables` are staged ones with their sources."""
    notices: dict[str, list[_Declared]] = {}
    sources = {each.source.name: (table, each) for table, group in tables for each in group}
    if any(each.source.event == DELIVERED for _, each in sources.values()):
        for name, first, last, rows, total in connection.execute(_NEWEST).fetchall():
            notices.setdefault(name, []).append(_Declared((first, last), rows, total))
    found: list[Diagnostic] = []
    for name, (table, each) in sorted(sources.items()):
        rows = None if each.source.rows is None else Decimal(each.source.rows)
        said = [_Declared(None, rows, each.source.total)]
        for declared in said + (notices.get(name, []) if each.source.event is not None else []):
            found += _differences(connection, table, each, declared)
    return tuple(found)


def _differences(
    connection: duckdb.DuckDBPyConnection, table: str, staged_source: Staged, declared: _Declared
) -> Iterator[Diagnostic]:
    """What differs from one declaration."""
    if declared.rows is None and declared.total is None:
        return
    source = staged_source.source
    amount = next((staged(each.name) for each in source.fields if each.type.kind is Kind.MONEY and each.cell), None)
    within, doubtful = "true", "false"
    if declared.days is not None:
        within, doubtful = "day BETWEEN DATE '{}' AND DATE '{}'".format(*declared.days), "day IS NULL"
    sql = _HELD.format(
        within=within,
        doubtful=doubtful,
        amount=f"CAST({amount} AS DECIMAL({MAX_DIGITS}, 6))" if amount else "CAST(0 AS DECIMAL(38, 6))",
        table=quoted(table),
        source=staged_source.index,
    )
    rows, doubts, total, unread = connection.execute(sql).fetchall()[0]
    doubts += len(staged_source.broken) if declared.days is not None else 0
    rows += 0 if declared.days is not None else len(staged_source.broken)
    if declared.rows is not None and not rows <= declared.rows <= rows + doubts:
        args = {"source": source.name, "found": str(rows), "declared": f"{declared.rows:f}"}
        yield Diagnostic("delivered-rows-differ", source.span, args)
    total = total or Decimal(0)
    certain = not (doubts or unread or staged_source.broken)
    if declared.total is not None and certain and total != declared.total:
        args = {"source": source.name, "found": _plain(total), "declared": _plain(declared.total)}
        yield Diagnostic("delivered-total-differs", source.span, args)


def _plain(amount: Decimal) -> str:
    """An amount with at least two digits after the point, and no more zeros than that."""
    text = f"{amount:f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0'):0<2}"
