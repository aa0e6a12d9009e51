"""Returns and other reversals: together they may take away what their original gave, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflow.intake.evidence import quoted
from workflow.intake.fates import EXCESS
from workflow.intake.rows import staged
from workflow.intake.taken import currency_of

if TYPE_CHECKING:
    import duckdb

# In the order of their time: the one that goes beyond the original, and those after it, can't all be right.
_EXCESS = """
SELECT place FROM (
    SELECT r.place, o.{amount} AS given,
        sum(r.{amount}) OVER (PARTITION BY r.{by} ORDER BY r.time, r.id ROWS UNBOUNDED PRECEDING) AS taken
    FROM {reversals} AS r JOIN {originals} AS o ON o.id = r.{by}
    WHERE r.fate = 'accepted' AND o.fate = 'accepted' AND r.{currency} = o.{currency}
) WHERE taken > given
"""
_SETTLED = """
CREATE TEMP TABLE {excess} AS {found};
CREATE TEMP VIEW {settled} AS
SELECT * REPLACE (
    CASE WHEN place IN (FROM {excess}) THEN 'quarantined' ELSE fate END AS fate,
    CASE WHEN place IN (FROM {excess}) THEN {why} ELSE why END AS why
) FROM {reversals}
"""


def settle(
    connection: duckdb.DuckDBPyConnection, reversals: str, originals: str, by: str, amounts: Sequence[str]
) -> str:
    """Put into quarantine the reversals that go beyond what their originals gave.

    Args:
        connection: the file in the making.
        reversals: the view of the reversing rows with their fates.
        originals: the view of the rows that they reverse.
        by: the field of a reversal that names the original's id.
        amounts: the fields of money that both have; amounts of different currencies aren't compared.

    Returns:
        The view of the reversing rows with their fates as they then are.
    """
    if not amounts:
        return reversals
    found = " UNION ".join(
        _EXCESS.format(
            amount=staged(amount),
            currency=staged(currency_of(amount)),
            by=staged(by),
            reversals=reversals,
            originals=originals,
        )
        for amount in amounts
    )
    name = reversals.strip('"')
    settled = quoted(f"settled {name}")
    connection.execute(
        _SETTLED.format(excess=quoted(f"excess {name}"), settled=settled, found=found, why=EXCESS, reversals=reversals)
    )
    return settled
