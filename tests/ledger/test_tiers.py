"""How many are in which tier, from period to period, and the list of them."""

from __future__ import annotations

from pathlib import Path

from tests.golden.cases import cases
from tests.ledger.test_workbook import sheets
from workflow import api
from workflow.ledger.tiers import CHANGES, Tiered


def evaluated(name: str, into: Path, *periods: str) -> list[tuple[Tiered, list[str]]]:
    """What a golden case's tiering comes to in some periods, and its rows of tiers.csv."""
    root = next(case for case in cases("good") if case.folder.name == name).workspace(into / "workspace")
    found = []
    for period in periods:
        (tiered,) = api.evaluate(root, period, out=into / period, engine="reference").tiers
        found.append((tiered, (into / period / "tiers.csv").read_text(encoding="utf-8").splitlines()[1:]))
    return found


def test_what_a_period_ends_with_the_next_begins_with(tmp_path: Path) -> None:
    """Q2: C1 and C2 key, C4 comes; Q3: C1 falls, C4 rises, C3 comes back. 2 - 1 + 1 = 2 key, 0 + 1 = 1 standard."""
    (before, _), (after, rows) = evaluated("a-fall-waits-and-goes-one-tier", tmp_path, "2026-Q2", "2026-Q3")
    assert [(each.name, each.now) for each in before.tiers] == [("key", 2), ("standard", 0), ("prospect", 1)]
    assert [each.before for each in after.tiers] == [each.now for each in before.tiers]
    assert [each.now for each in after.tiers] == [2, 1, 1]
    assert [after.changes[word] for word in CHANGES] == [1, 1, 1, 1, 0]
    assert rows == [
        "customer-tier,1,C1,2026-Q3,standard,2026-10-01,,key,falls,,0",
        "customer-tier,1,C2,2026-Q3,key,2026-04-01,,key,stays,,0",
        "customer-tier,1,C3,2026-Q3,prospect,2026-10-01,,,first tier,,0",
        "customer-tier,1,C4,2026-Q3,key,2026-10-01,,prospect,rises,,0",
    ]


def test_the_workbook_holds_the_same_list(tmp_path: Path) -> None:
    root = next(case for case in cases("good") if case.folder.name == "a-tier-set-by-hand").workspace(tmp_path / "w")
    api.evaluate(root, "2026-Q2", out=tmp_path / "out", workbook=True, language="zh-CN", engine="reference")
    head, first, *_ = sheets(tmp_path / "out" / "workbook.xlsx")["等级"]
    assert [text for _, text in head.values()][4:8] == ["等级", "起", "止", "此前"]
    cells = ["customer-tier", "1", "C1", "2026-Q2", "key", "2026-02-01", "2026-07-01", "key", "不变", "S1", "0"]
    assert [text for _, text in first.values()] == cells


def test_refused_rows_about_a_customer_stand_beside_his_tier(tmp_path: Path) -> None:
    """Nobody knows what C2 bought by it."""
    root = next(case for case in cases("good") if case.folder.name == "tiers-by-balance").workspace(tmp_path / "w")
    with (root / "records" / "purchases.csv").open("a", encoding="utf-8") as file:
        file.write("P9,C2,E1,1000 or so,CNY,cloud,2026-03-11 10:00\n")
    result = api.evaluate(root, "2026-03", out=tmp_path / "out", engine="reference")
    assert [row.row.id for row in result.uncounted["C2"]] == ["P9"]
    rows = (tmp_path / "out" / "tiers.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.rpartition(",")[2] for row in rows] == ["0", "1"]


def test_who_set_a_tier_stands_in_the_list_with_its_days(tmp_path: Path) -> None:
    ((_, rows),) = evaluated("a-tier-set-by-hand", tmp_path, "2026-Q2")
    assert rows[0] == "customer-tier,1,C1,2026-Q2,key,2026-02-01,2026-07-01,key,stays,S1,0"
    assert rows[2] == "customer-tier,1,C3,2026-Q2,standard,2026-05-01,2026-12-31,key,falls,S4,0"


def test_tiers_of_each_event_are_listed_by_their_days(tmp_path: Path) -> None:
    """From the first day of the period on, days of one tier in a row together; the last goes on."""
    ((tiered, rows),) = evaluated("a-return-undoes-a-rise", tmp_path, "2026-Q2")
    assert [row for row in rows if ",C1," in row] == [
        "customer-tier,1,C1,2026-Q2,silver,2026-04-01,2026-04-09,silver,stays,,0",
        "customer-tier,1,C1,2026-Q2,gold,2026-04-10,2026-04-27,silver,rises,,0",
        "customer-tier,1,C1,2026-Q2,silver,2026-04-28,,gold,falls,,0",
    ]
    assert (tiered.changes["rises"], tiered.changes["stays"]) == (0, 2)  # of the period as a whole
