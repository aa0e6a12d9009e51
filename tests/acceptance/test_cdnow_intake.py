"""CDNOW's purchases, which have no header, no ids and rows that are told twice, each counted."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.exports import SHARED, read, told
from workflow.intake import Intake, lines_of

FILE = SHARED / "customers-cdnow" / "CDNOW_sample.txt"

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason=f"CDNOW is not in {SHARED}")

FILES = {
    "catalogue/events.yaml": "events: {purchase.made: {fields: {customer: customer, pieces: number, amount: money}}}\n",
    "sources/purchases.yaml": """\
        source: purchases
        read: purchases*.txt
        columns: [master, customer, day, pieces, dollars]
        delimiter: blanks
        event: purchase.made
        id: by content
        changed: never
        delivered: {days: 1997-01-01..1998-06-30, rows: 6919}
        time: {column: day, form: YYYYMMDD}
        fields:
          customer: customer
          pieces: pieces
          amount: {column: dollars, currency: USD}
        """,
}


def rows() -> list[list[str]]:
    return [line.split() for line in FILE.read_text().splitlines() if line.strip()]


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """The file as it is."""
    return read(tmp_path_factory.mktemp("cdnow"), FILES, {"purchases.txt": FILE})


def test_every_purchase_counts(intake: Intake) -> None:
    """Also the 21 that say exactly what another says."""
    (counts,) = (each for each in intake.counts if each.source == "purchases")
    assert (counts.rows, counts.accepted) == (6919, 6919)
    assert sum(count - 1 for count in Counter(map(tuple, rows())).values()) == 21
    ids = [str(id_) for (id_,) in intake.evidence.rows("event purchase.made", ["event.id"])]
    assert (len(set(ids)), sum("-" in id_ for id_ in ids)) == (6919, 21)


def test_customers_and_sums_equal_the_file_by_decimal(intake: Intake) -> None:
    """Over all, and of each customer."""
    expected: dict[str, Decimal] = {}
    for _, customer, _, _, dollars in rows():
        expected[customer] = expected.get(customer, Decimal(0)) + Decimal(dollars)
    found: dict[str, Decimal] = {}
    for row in intake.evidence.rows("event purchase.made", ["customer", "amount"]):
        found[str(row[0])] = found.get(str(row[0]), Decimal(0)) + Decimal(str(row[1]))
    assert found == expected
    assert len(found) == 2357
    assert [(each.total, each.count) for each in intake.totals] == [(sum(expected.values()), 6919)]


def test_a_purchase_is_found_on_its_line(intake: Intake) -> None:
    """The line that an editor shows."""
    where = intake.evidence.path.parent
    events = told(intake, "event purchase.made", "event", "customer")
    lines = FILE.read_text().splitlines()
    for event, (_, line) in lines_of(intake.evidence, where, [int(str(event)) for event in list(events)[:50]]).items():
        assert lines[line - 1].split()[1] == events[Decimal(event)]


def test_rows_in_another_order_and_in_two_files_have_the_same_ids(intake: Intake, tmp_path: Path) -> None:
    """Reversed, and cut in the middle."""
    lines = FILE.read_text().splitlines(keepends=True)[::-1]
    (tmp_path / "one").write_text("".join(lines[:3000]))
    (tmp_path / "other").write_text("".join(lines[3000:]))
    dealt = read(tmp_path, FILES, {"purchases1.txt": tmp_path / "one", "purchases2.txt": tmp_path / "other"})
    columns = ["event.id", "event.day", "customer", "pieces", "amount"]
    assert sorted(map(str, dealt.evidence.rows("event purchase.made", columns))) == sorted(
        map(str, intake.evidence.rows("event purchase.made", columns))
    )
