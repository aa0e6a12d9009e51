"""Returns and other reversals: together they may take away what their original gave, no more, and never add to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflow.intake.cells import staged
from workflow.intake.evidence import quoted
from workflow.intake.fates import EXCESS, WRONG_WAY, Fates
from workflow.intake.taken import currency_of

if TYPE_CHECKING:
    import duckdb

# In the order of their time: the one that goes beyond the original, and those after it, can't all be right. One with
# the other sign would add to what the original gave, and counts for none of them.
_WRONG = """
SELECT place, CASE WHEN against THEN {wrong_way} ELSE {excess} END AS wrong FROM (
    SELECT *, sum(CASE WHEN NOT against THEN amount END) OVER (
        PARTITION BY original ORDER BY time, id ROWS UNBOUNDED PRECEDING) AS taken
    FROM (
        SELECT r.place, r.time, r.id, r.{by} AS original, r.{amount} AS amount, o.{amount} AS given,
            CASE WHEN o.{amount} < 0 THEN r.{amount} > 0 ELSE r.{amount} < 0 END AS against
        FROM {reversals} AS r JOIN {originals} AS o ON o.id = r.{by}
        WHERE r.fate = 'accepted' AND o.fate = 'accepted' AND r.{currency} = o.{currency}
    )
) WHERE against OR abs(taken) > abs(given)
"""
_SETTLED = """
CREATE TEMP TABLE {wrong} AS SELECT place, min(wrong) AS wrong FROM ({found}) GROUP BY place;
CREATE TEMP VIEW {settled} AS
SELECT r.* REPLACE (
    CASE WHEN w.wrong IS NOT NULL THEN 'quarantined' ELSE r.fate END AS fate, coalesce(w.wrong, r.why) AS why
) FROM {reversals} AS r LEFT JOIN {wrong} AS w ON w.place = r.place
"""


def settle(
    connection: duckdb.DuckDBPyConnection, reversals: Fates, originals: Fates, by: str, amounts: Sequence[str]
) -> Fates:
    """Put into quarantine the reversals that go beyond what their originals gave, or add to it.

    Args:
        connection: the file in the making.
        reversals: the fates of the reversing rows.
        originals: those of the rows that they reverse.
        by: the field of a reversal that names the original's id.
        amounts: the fields of money that both have; amounts of different currencies aren't compared.

    Returns:
        The fates of the reversing rows as they then are.
    """
    if not amounts:
        return reversals
    found = " UNION ".join(
        _WRONG.format(
            excess=EXCESS,
            wrong_way=WRONG_WAY,
            amount=staged(amount),
            currency=staged(currency_of(amount)),
            by=staged(by),
            reversals=reversals.view,
            originals=originals.view,
        )
        for amount in amounts
    )
    name = reversals.view.strip('"')
    settled = quoted(f"settled {name}")
    connection.execute(
        _SETTLED.format(wrong=quoted(f"wrong {name}"), settled=settled, found=found, reversals=reversals.view)
    )
    return Fates.of_rows(settled)
