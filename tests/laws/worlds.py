"""Worlds for laws: a small workspace with random people, deals, returns and quotas, under one of a few policies."""

from __future__ import annotations

import datetime
import itertools
import random
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from pyarrow import parquet

import workflow
from tests.checks.small import EVENTS, FILES, HEAD, PEOPLE, POLICY

FIRST = datetime.date(2026, 7, 1)
DAYS = 92
WHOLE = "delivered: 2026-01-01..2026-12-31\n"
RETURNS = """\
source: returns
read: records/returns*.csv
event: deal.returned
id: Id
changed: never
time: Day
fields: {deal: Deal, amount: {column: Amount, currency: CNY}}
"""
CELL = 'splits: {column: Splits, separators: [";", ":"]}'
CHANGED = "changed: {column: Changed}"
LIST = "      splits: {list of: {seller: person, share: percent}}\n"
CATALOGUE = EVENTS.replace(
    'fields: {seller: person, amount: money, product: {is: "one of [cloud, hardware]"}}',
    f"fields:\n      seller: person\n      amount: money\n      product: one of [cloud, hardware]\n{LIST}".rstrip("\n"),
)
HEADERS: Mapping[str, str] = {
    "deals": "Id,Seller,Amount,Product,Day,Splits,Changed",
    "returns": "Id,Deal,Amount,Day",
    "quotas": "Id,Seller,Amount,Period,Day",
    "surveys": "Id,Seller,Score,Day",
    "people": "Person,From,Through,Role,Supervisor,Rate",
}
MEASURES = """\
for: person.role = "rep"
measures:
  revenue: {sum: amount, of: deal.won}
  cloud:
    sum: amount
    of: deal.won
    where: product = "cloud"
  quota: {latest: amount, of: quota.set}
  csat: {average: score, of: survey.answered, answers needed: 2}
returns: {of: deal.returned, count: in own period}
values:
  attainment: revenue / quota
"""
ABOVE = "credit:\n  deal.won:\n    - {to: seller}\n    - {also to: supervisors above, share: 12.5%}\n"
SPLIT = "    - {to: splits}\n    - {to: seller}\n"
LEVELS = "    - {also to: supervisors above, shares: [5%, 12.5%], each level: of what lower levels left}\n"
CREDITS = ("", ABOVE, f"credit:\n  deal.won:\n{SPLIT}", f"credit:\n  deal.won:\n{SPLIT}{LEVELS}")
"""Whom events are credited to, from the simplest on."""
TABLE = "    tiers:\n      - {from: 0%, rate: 1%}\n      - {from: 33.3%, rate: 2.5%}\n      - {from: 100%, rate: 4%}\n"
BODIES = (
    f"""\
pay:
  p:
    on: revenue
    by: attainment
    mode: marginal
{TABLE}    prorate: days served
""",
    f"""\
pay:
  p:
    on: cloud
    by: attainment
    mode: whole
{TABLE}""",
    """\
pay:
  p: {on: revenue, by: attainment, mode: interpolated, points: [{at: 50%, pay: 1%}, {at: 150%, pay: 10%}]}
""",
    """\
pay:
  p:
    when: csat >= 3.5 or attainment > 80%
    amount: 500 CNY
  q: {on: cloud, rate: person.commission_rate}
""",
    """\
pay:
  p:
    amount: min(revenue * 3%, 400 CNY)
actions:
  a:
    when: attainment < 60% and csat is known
    training: basics
    due: 30 days
""",
)
"""What policies do; none of it counts deals, which a return doesn't take back."""


@dataclass(frozen=True, slots=True)
class World:
    """Rows of records by source, and what the policy says."""

    rows: Mapping[str, tuple[str, ...]]
    body: str

    def having(self, source: str, *rows: str) -> World:
        """With more rows."""
        return replace(self, rows={**self.rows, source: (*self.rows[source], *rows)})

    def written(self, folder: Path, files: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None) -> Path:
        """The world on disk; `files` are the rows by file name where a source has another than its own one."""
        texts = {**FILES, **_sources(), "catalogue/events.yaml": CATALOGUE, "catalogue/people.yaml": PEOPLE}
        texts[POLICY] = HEAD + MEASURES + self.body
        for source, rows in self.rows.items():
            parts = (files or {}).get(source, {source: rows})
            for name, part in parts.items():
                texts[f"records/{name}.csv"] = "".join(f"{row}\n" for row in (HEADERS[source], *part))
        for path, text in texts.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return folder


def _sources() -> dict[str, str]:
    """The sources, each of which may have several files."""
    found = {path: text for path, text in FILES.items() if path.startswith("sources/")}
    found["sources/returns.yaml"] = RETURNS
    found["sources/deals.yaml"] = found["sources/deals.yaml"].replace("changed: never", CHANGED)
    found["sources/deals.yaml"] = found["sources/deals.yaml"].replace("product: Product", f"product: Product, {CELL}")
    found["sources/people.yaml"] = found["sources/people.yaml"].replace(
        "from: From\n", "from: From\nthrough: Through\n"
    )
    return {
        path: text.replace(".csv", "*.csv", 1).replace("**", "*") + ("" if "people" in path else WHOLE)
        for path, text in found.items()
    }


def worlds() -> st.SearchStrategy[World]:
    """Some."""
    return st.builds(_world, st.integers(0, 2**32), st.sampled_from(BODIES), st.sampled_from(CREDITS))


def shared_worlds() -> st.SearchStrategy[World]:
    """Some in which everybody is there on every day, and nothing is refused or comes back."""
    return st.builds(_shared_world, st.integers(0, 2**32))


def _shared_world(seed: int) -> World:
    rng = random.Random(seed)
    people = [f"E{number}" for number in range(1, 5)]
    deals = []
    for number in range(rng.randint(1, 12)):
        amount, day = f"{rng.randint(1, 99_999) / 100:.2f}", FIRST + datetime.timedelta(days=rng.randint(0, DAYS - 1))
        deals.append(f"D{number},{rng.choice(people)},{amount},cloud,{day},{_splits(rng, people)},2026-09-01")
    rows = {
        "people": tuple(f"{person},2024-01-01,,rep,,1%" for person in people),
        "deals": tuple(deals),
        **dict.fromkeys(("returns", "quotas", "surveys"), ()),
    }
    return World(rows, BODIES[0])


def _splits(rng: random.Random, people: list[str]) -> str:
    """The parts of a deal, if it has any: shares of up to four digits after the point that total 100%."""
    chosen = rng.sample(people, rng.randint(0, len(people)))
    borders = sorted(rng.sample(range(1, 1_000_000), max(len(chosen) - 1, 0)))
    shares = [after - before for before, after in itertools.pairwise((0, *borders, 1_000_000))]
    return "; ".join(f"{who}:{share / 10_000:.4f}%" for who, share in zip(chosen, shares, strict=False))


def _world(seed: int, body: str, credit: str) -> World:
    rng = random.Random(seed)
    people = [f"E{number}" for number in range(1, rng.randint(2, 4))]
    deals = [_deal(rng, number, people) for number in range(rng.randint(0, 12))]
    again = [f"{row.rsplit(',', 1)[0]},2026-09-{rng.randint(10, 20)}" for row in deals if rng.random() < 0.2]
    rows = {
        "people": tuple(row for number, person in enumerate(people) for row in _person(rng, person, people[:number])),
        "deals": (*deals, *again, *[row for row in deals if rng.random() < 0.1]),
        "returns": tuple(_return(rng, row) for row in deals if rng.random() < 0.2),
        "quotas": tuple(f"Q{p},{p},{rng.choice((900, 1500, 3333.33))},2026-Q3,2026-06-01" for p in people[1:]),
        "surveys": tuple(
            f"S{n},{rng.choice(people)},{rng.randint(1, 5)},{_day(rng)}" for n in range(rng.randint(0, 6))
        ),
    }
    return World(rows, credit + body)


def _day(rng: random.Random) -> datetime.date:
    """A day in the quarter, or a few days around it."""
    return FIRST + datetime.timedelta(days=rng.randint(-5, DAYS + 5))


def _deal(rng: random.Random, number: int, people: list[str]) -> str:
    seller = rng.choice((*people, *people, "E99"))
    amount = rng.choice((f"{rng.randint(1, 99_999) / 100:.2f}", "500.00", "0.00", "1,5"))
    amount = f'"{amount}"' if "," in amount else amount
    splits = _splits(rng, people) if rng.random() < 0.5 else ""
    return f"D{number},{seller},{amount},{rng.choice(('cloud', 'hardware'))},{_day(rng)},{splits},2026-09-01"


def _return(rng: random.Random, deal: str) -> str:
    name = deal.split(",", maxsplit=1)[0]
    return f"R{name},{name},0.{rng.randint(0, 99):02},{_day(rng)}"


def _person(rng: random.Random, person: str, above: list[str]) -> list[str]:
    """One row, or two with a change within the quarter."""
    boss = rng.choice((*above, ""))
    rate = rng.choice(("5%", "1.25%", ""))
    if rng.random() < 0.5:
        return [f"{person},2024-01-01,,rep,{boss},{rate}"]
    change = FIRST + datetime.timedelta(days=rng.randint(1, DAYS - 2))
    last = change - datetime.timedelta(days=1)
    return [f"{person},2024-01-01,{last},rep,{boss},{rate}", f"{person},{change},,{rng.choice(('rep', 'lead'))},,2%"]


def revenue(world: World, credit: str) -> dict[str, Decimal]:
    """What each person is credited with under a credit clause, exactly."""
    with tempfile.TemporaryDirectory() as folder:
        root = replace(world, body=credit + world.body).written(Path(folder))
        workflow.evaluate(root, "2026-Q3", engine="reference", out=root / "out")
        rows = parquet.read_table(root / "out" / "results" / "bonus.parquet").to_pylist()
    return {row["person"]: row["revenue"] for row in rows}


def actions(root: Path, engine: str = "reference") -> bytes:
    """The bytes of a run's actions."""
    workflow.evaluate(root, "2026-Q3", engine=engine, out=root / "out")
    return (root / "out" / "actions.jsonl").read_bytes()
