"""What each node gives, by hand-made plans whose results were worked out by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.engines.plans import (
    ABSENT_A,
    ABSENT_B,
    AMOUNT,
    CAUSES,
    EMPTY,
    LARGE,
    NOWHERE,
    RATE,
    apply,
    compare,
    day,
    events,
    literal,
    out,
    plan,
    result,
)
from workflow.intake.evidence import Evidence
from workflow.model.terms import Function
from workflow.model.typed import Column, Op
from workflow.model.types import COUNT, DATE, TEXT, TRUTH, Kind, Type, money, ratio, summed
from workflow.plan.nodes import (
    PART_FIELDS,
    Aggregate,
    Derive,
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Events,
    Expand,
    Field,
    Filter,
    Given,
    Lookup,
    Measure,
    Periods,
    Plan,
    Register,
    Running,
    Step,
    Take,
    Union,
)
from workflow.run.outcome import Engine

D = Decimal
SELLER, VALUE, WON = Given("seller", TEXT), Given("value", AMOUNT, ABSENT_A), Given("won", TRUTH, ABSENT_B)
DEALS = (SELLER, VALUE, WON)
OF = Given("of", COUNT, ABSENT_A)
ROWS = [
    ("a", "10", True),
    ("a", "2.5", False),
    ("a", None, False),
    ("b", "7", None),
    ("b", "1", True),
    ("c", "4", False),
]
BIG = summed(AMOUNT)
PERCENT = ratio(4, 2)


def aggregated(engine: Engine, folder: Path, *measures: Measure) -> list[tuple[object, ...]]:
    """The measures by seller, over ROWS."""
    node = Aggregate("deals", ("seller",), measures)
    names = [measure.name for measure in measures]
    order = out("groups", "seller", *names, order=("seller",))
    return result(engine, plan(DEALS, ("groups", node), ("out", order)), events(folder, DEALS, ROWS), "seller", *names)


def test_filter(engine: Engine, tmp_path: Path) -> None:
    """Rows stay where the condition is true, and if asked where it is missing."""
    for or_missing, kept in ((False, [1, 5]), (True, [1, 4, 5])):
        folder = tmp_path / str(or_missing)
        folder.mkdir()
        of = plan(DEALS, ("kept", Filter("deals", "won", or_missing=or_missing)), ("out", out("kept", "event")))
        assert result(engine, of, events(folder, DEALS, ROWS), "event") == [(D(i),) for i in kept]


def test_sum_is_missing_with_a_value(engine: Engine, tmp_path: Path) -> None:
    """A value that takes part and is missing makes the sum missing; so does an undecided row, with its causes."""
    measures = (
        Measure("all", Function.SUM, BIG, "value"),
        Measure("won_only", Function.SUM, BIG, "value", "won"),
        Measure("none_is_missing", Function.SUM, BIG, "value", "won", empty=EMPTY),
    )
    assert aggregated(engine, tmp_path, *measures) == [
        ("a", {ABSENT_A}, D(10), D(10)),
        ("b", D(8), {ABSENT_B}, {ABSENT_B}),
        ("c", D(4), D(0), {EMPTY}),
    ]


def test_count(engine: Engine, tmp_path: Path) -> None:
    """Rows are counted, whatever their values; an undecided one makes the count missing."""
    measures = Measure("all", Function.COUNT, COUNT), Measure("won_only", Function.COUNT, COUNT, where="won")
    assert aggregated(engine, tmp_path, *measures) == [("a", D(3), D(1)), ("b", D(2), {ABSENT_B}), ("c", D(1), D(0))]


def test_least_and_greatest(engine: Engine, tmp_path: Path) -> None:
    """The extremes of what takes part, missing where there is nothing or something is missing."""
    measures = (
        Measure("least", Function.LEAST, AMOUNT, "value"),
        Measure("greatest", Function.GREATEST, AMOUNT, "value", "won", empty=EMPTY),
    )
    assert aggregated(engine, tmp_path, *measures) == [
        ("a", {ABSENT_A}, D(10)),
        ("b", D(1), {ABSENT_B}),
        ("c", D(4), {EMPTY}),
    ]


def test_latest_only_looks_at_the_last_row(engine: Engine, tmp_path: Path) -> None:
    """Rows whose condition is false don't count; of the others only the last one decides."""
    measures = (
        Measure("last", Function.LATEST, AMOUNT, "value", order=("event",)),
        Measure("last_won", Function.LATEST, AMOUNT, "value", "won", ("event",), EMPTY),
    )
    assert aggregated(engine, tmp_path, *measures) == [
        ("a", {ABSENT_A}, D(10)),
        ("b", D(1), D(1)),
        ("c", D(4), {EMPTY}),
    ]


def test_no_rows_no_groups(engine: Engine, tmp_path: Path) -> None:
    """Without keys all rows are one group, and no rows are none."""
    node = Aggregate("deals", (), (Measure("n", Function.COUNT, COUNT),))
    of = plan(DEALS, ("groups", node), ("out", out("groups", "n", order=("n",))))
    assert result(engine, of, events(tmp_path, DEALS, []), "n") == []


def test_sum_too_large(engine: Engine, tmp_path: Path) -> None:
    """A sum of 39 digits is missing; one that goes beyond 38 on the way and comes back is exact."""
    wide = Given("value", money("CNY", 38, 0))
    most = "9" * 38
    given = (SELLER, wide)
    node = Aggregate("deals", ("seller",), (Measure("sum", Function.SUM, wide.type, "value", too_large=LARGE),))
    of = plan(given, ("groups", node), ("out", out("groups", "seller", "sum", order=("seller",))))
    rows = [("a", most), ("a", "1"), ("b", most), ("b", "1"), ("b", "-2")]
    assert result(engine, of, events(tmp_path, given, rows), "sum") == [({LARGE},), (D("9" * 37 + "8"),)]


def test_lookup_as_of_a_day(engine: Engine, tmp_path: Path) -> None:
    """The row in force on the day is found; without one the columns have the lookup's cause."""
    given = (SELLER, Given("on", DATE, ABSENT_A))
    people = ((Field("rate", RATE, maybe=True),), [
        ("a", day("2026-01-01"), day("2026-06-30"), D("0.01")),
        ("a", day("2026-07-01"), day("9999-12-31"), None),
    ])  # fmt: skip
    rows = [
        ("a", day("2026-06-30")),
        ("a", day("2026-07-01")),
        ("a", day("2025-12-31")),
        ("b", day("2026-07-01")),
        ("a", None),
    ]
    evidence = events(tmp_path, given, rows, {"people": people})
    node = Lookup("deals", "people", (("seller", "id"),), (Take("rate", "r", NOWHERE),), "on", found="there")
    steps = ("people", Register("people", "id", (Given("rate", RATE, ABSENT_B),))), ("found", node)
    of = plan(given, *steps, ("out", out("found", "r", "there")))
    assert result(engine, of, evidence, "r", "there") == [
        (D("0.01"), True), ({ABSENT_B}, True), ({NOWHERE}, False), ({NOWHERE}, False), ({NOWHERE}, False),
    ]  # fmt: skip


def test_each_period(engine: Engine, tmp_path: Path) -> None:
    """A row for each period that a dated row overlaps, with the days of both."""
    people = ((), [("a", day("2026-03-30"), day("2026-04-02")), ("b", day("2026-05-01"), day("2026-04-01"))])
    evidence = events(tmp_path, (), [], {"people": people})
    quarters = (("Q1", day("2026-01-01"), day("2026-03-31")), ("Q2", day("2026-04-01"), day("2026-06-30")))
    names = ("id", "period", "overlap.from", "overlap.through", "overlap.days")
    steps = (
        ("people", Register("people", "id", ())),
        ("periods", Periods(quarters)),
        ("each", Expand("people", EachPeriod("periods"))),
    )
    of = plan((), *steps, ("out", out("each", *names, order=("id", "period"))))
    assert result(engine, of, evidence, *names) == [
        ("a", "Q1", day("2026-03-30"), day("2026-03-31"), D(2)),
        ("a", "Q2", day("2026-04-01"), day("2026-04-02"), D(2)),
    ]


def test_each_period_of_a_register_without_days(engine: Engine, tmp_path: Path) -> None:
    """Everybody is there in each period, all of its days; by the key alone the order is total."""
    always = day("0001-01-01"), day("9999-12-31")
    evidence = events(tmp_path, (), [], {"people": ((), [("b", *always), ("a", *always)])})
    quarters = (("Q1", day("2026-01-01"), day("2026-03-31")), ("Q2", day("2026-04-01"), day("2026-06-30")))
    names = ("id", "period", "overlap.from", "overlap.through", "overlap.days")
    steps = (
        ("people", Register("people", "id", (), undated=True)),
        ("periods", Periods(quarters)),
        ("each", Expand("people", EachPeriod("periods"))),
    )
    of = plan((), *steps, ("out", out("each", *names, order=("id", "period"))))
    q1, q2 = (("Q1", *quarters[0][1:], D(90)), ("Q2", *quarters[1][1:], D(91)))
    assert result(engine, of, evidence, *names) == [("a", *q1), ("a", *q2), ("b", *q1), ("b", *q2)]


def test_many_periods(engine: Engine, tmp_path: Path) -> None:
    """Each day of three years may be a period."""
    days = [day("2026-01-01") + datetime.timedelta(days=i) for i in range(1000)]
    node = Periods(tuple((str(one), one, one) for one in days))
    of = plan((), ("days", node), ("out", out("days", "period", order=("period",))))
    assert len(result(engine, of, events(tmp_path, (), []), "period")) == 1000


BOSSES = {"a": "b", "b": "c", "c": "d", "d": "b", "e": "gone", "f": None, "g": "g"}


@pytest.mark.parametrize(
    ("levels", "above"),
    [
        (None, {"a": ["b", "c", "d"], "d": ["b", "c"], "e": [], "f": [], "g": [], "nobody": []}),
        (1, {"a": ["b"], "d": ["b"], "e": [], "f": [], "g": [], "nobody": []}),
    ],
)
def test_each_superior(engine: Engine, tmp_path: Path, levels: int | None, above: dict[str, list[str]]) -> None:
    """The line upwards ends at the top, at somebody who isn't there, at a circle, or at the last level asked."""
    always = day("2026-01-01"), day("9999-12-31")
    register = ((Field("boss", TEXT, maybe=True),), [(person, *always, boss) for person, boss in BOSSES.items()])
    evidence = events(tmp_path, (SELLER,), [(person,) for person in above], {"people": register})
    steps = (
        ("people", Register("people", "id", (Given("boss", TEXT, ABSENT_A),))),
        ("line", Expand("deals", EachSuperior("people", "id", "boss", "seller", "event.day", levels))),
    )
    of = plan(
        (SELLER,),
        *steps,
        ("out", out("line", "seller", "superior.person", "superior.level", order=("seller", "superior.level"))),
    )
    wanted = [(p, boss, D(i)) for p, bosses in sorted(above.items()) for i, boss in enumerate(bosses, start=1)]
    assert result(engine, of, evidence, "seller", "superior.person", "superior.level") == wanted


@pytest.mark.parametrize("lacking", [(), ("b",)])
def test_each_superior_with_a_rate(engine: Engine, tmp_path: Path, lacking: tuple[str, ...]) -> None:
    """Each with his own and the greatest of all below, who sold included; one that is missing is so from there on."""
    always, held = (day("2026-01-01"), day("9999-12-31")), {"a": "2", "b": "5", "c": "3", "d": "8"}
    rates = {person: None if person in lacking else Decimal(rate) for person, rate in held.items()}
    fields = (Field("boss", TEXT, maybe=True), Field("rate", COUNT, maybe=True))
    register = (fields, [(person, *always, boss, rates[person]) for person, boss in list(BOSSES.items())[:4]])
    evidence = events(tmp_path, (SELLER,), [("a",)], {"people": register})
    given = (Given("boss", TEXT, ABSENT_A), Given("rate", COUNT, ABSENT_B))
    climb = EachSuperior("people", "id", "boss", "seller", "event.day", rate="rate")
    names = ("superior.person", "superior.rate", "superior.below")
    of = plan(
        (SELLER,),
        ("people", Register("people", "id", given)),
        ("line", Expand("deals", climb)),
        ("out", out("line", *names, order=("superior.level",))),
    )
    unknown = frozenset({ABSENT_B})
    wanted: list[tuple[object, ...]] = [("b", D(5), D(2)), ("c", D(3), D(5)), ("d", D(8), D(5))]
    if lacking:
        wanted = [("b", unknown, D(2)), ("c", D(3), unknown), ("d", D(8), unknown)]
    assert result(engine, of, evidence, *names) == wanted


def test_each_part(engine: Engine, tmp_path: Path) -> None:
    """A row for each part of the event; none where it has none, or where nobody knows which event is meant."""
    path = events(tmp_path, (SELLER, OF), [("a", "1"), ("b", "3"), ("c", None), ("d", "1")]).path
    parts = [("1", "1", "x", "0.6"), ("1", "2", "y", "0.4"), ("2", "1", "z", "1")]
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            'CREATE TABLE "parts deal splits" (event DECIMAL(10, 0), "part.number" DECIMAL(10, 0), '
            '"splits.who" VARCHAR, "splits.share" DECIMAL(7, 6))'
        )
        connection.executemany('INSERT INTO "parts deal splits" VALUES (?, ?, ?, ?)', parts)
    fields = (*PART_FIELDS, Field("splits.who", TEXT), Field("splits.share", ratio(7, 6)))
    evidence = Evidence(path, {"event deal": (), "parts deal splits": fields})
    steps = (
        ("parts", Events("deal", (Given("splits.who", TEXT), Given("splits.share", ratio(7, 6))), "splits")),
        ("each", Expand("deals", EachPart("parts", "of"))),
    )
    chosen = ("seller", "part.number", "splits.who", "splits.share")
    of = plan((SELLER, OF), *steps, ("out", out("each", *chosen, order=("seller", "part.number"))))
    wanted = [(who, D(n), x, D(share)) for who in ("a", "d") for n, x, share in ((1, "x", "0.6"), (2, "y", "0.4"))]
    assert result(engine, of, evidence, *chosen) == wanted


def test_each_day_within(engine: Engine, tmp_path: Path) -> None:
    """A row for each row of the same key whose day lies within, both ends included; what is missing finds nothing, nor
    is it found. What is missing there is missing here, for its own causes.
    """
    fields = (
        Given("seller", TEXT, ABSENT_B),
        VALUE,
        Given("since", DATE, ABSENT_A),
        Given("until", DATE, ABSENT_A),
    )
    january, end, later = day("2026-01-01"), day("2026-01-31"), day("2026-02-28")
    rows = [
        ("a", "1", january, end),
        ("a", None, end, later),
        ("b", "3", end, january),
        ("b", "4", None, end),
        (None, "5", january, end),
    ]
    by = EachWithin("deals", (("seller", "seller"),), "since", "since", "until", (("value", "its"), ("event", "other")))
    of = plan(
        fields, ("each", Expand("deals", by)), ("out", out("each", "event", "other", "its", order=("event", "other")))
    )
    assert result(engine, of, events(tmp_path, fields, rows), "event", "other", "its") == [
        (D(1), D(1), D(1)),
        (D(1), D(2), {ABSENT_A}),
        (D(2), D(2), {ABSENT_A}),
    ]


def test_running_total(engine: Engine, tmp_path: Path) -> None:
    """The sum so far; missing from the first missing value on, also in a group of its own."""
    node = Running("deals", "so_far", "value", ("seller",), ("event",), BIG)
    of = plan(DEALS, ("run", node), ("out", out("run", "so_far")))
    found = result(engine, of, events(tmp_path, DEALS, ROWS), "so_far")
    assert found == [(D(10),), (D("12.5"),), ({ABSENT_A},), (D(7),), (D(8),), (D(4),)]


def test_union(engine: Engine, tmp_path: Path) -> None:
    """Rows of both; what can be missing in one can be missing in the whole, with no cause where it is known."""
    steps = (
        ("left", Derive("deals", "x", Column("value", AMOUNT), AMOUNT)),
        ("right", Derive("deals", "x", literal("1", AMOUNT), AMOUNT)),
        ("both", Union(("left", "right"))),
    )
    groups = Aggregate("both", ("event",), (Measure("sum", Function.SUM, BIG, "x"),))
    of = plan((SELLER, VALUE), *steps, ("groups", groups), ("out", out("groups", "sum")))
    rows = [row[:2] for row in ROWS[:3]]
    assert result(engine, of, events(tmp_path, (SELLER, VALUE), rows), "sum") == [(D(11),), (D("3.5"),), ({ABSENT_A},)]


def test_order_of_text(engine: Engine, tmp_path: Path) -> None:
    """Rows come by code point: capitals, small letters, Chinese; columns that differ in case differ."""
    rows = [(text,) for text in ("b", "A", "", "陈", "é", "a", "Z", "🙂")]
    steps = (("named", Derive("deals", "Seller", literal("same", TEXT), TEXT)),)
    of = plan((SELLER,), *steps, ("out", out("named", "seller", "Seller", order=("seller",))))
    found = result(engine, of, events(tmp_path, (SELLER,), rows), "seller", "Seller")
    assert found == [(text, "same") for text in ("", "A", "Z", "a", "b", "é", "陈", "🙂")]


def test_masks_are_columns(engine: Engine, tmp_path: Path) -> None:
    """An output has a mask, 0 where the value is known, after each column that can be missing and after no other."""
    of = plan(DEALS, ("out", out("deals", "event", "value")))
    (found,) = engine.run(of, events(tmp_path, DEALS, ROWS)).tables.values()
    assert found.column_names == ["event", "value", "value?"]
    assert found.column("value?").to_pylist() == [0, 0, 1 << ABSENT_A, 0, 0, 0]


def test_truth_of_three_values(engine: Engine, tmp_path: Path) -> None:
    """`and` and `or` are decided as soon as known operands decide, else missing with all causes."""
    given = (Given("p", TRUTH, ABSENT_A), Given("q", TRUTH, ABSENT_B))
    p, q = Column("p", TRUTH), Column("q", TRUTH)
    steps = (
        ("s1", Derive("deals", "both", apply(Op.AND, TRUTH, p, q), TRUTH)),
        ("s2", Derive("s1", "either", apply(Op.OR, TRUTH, p, q), TRUTH)),
    )
    of = plan(given, *steps, ("out", out("s2", "both", "either")))
    rows = [(True, None), (False, None), (None, None), (None, True), (None, False)]
    a, b = ABSENT_A, ABSENT_B
    assert result(engine, of, events(tmp_path, given, rows), "both", "either") == [
        ({b}, True), (False, {b}), ({a, b}, {a, b}), ({a}, True), (False, {a}),
    ]  # fmt: skip


def test_levels_are_ordered_by_place(engine: Engine, tmp_path: Path) -> None:
    """`at least` on an ordered kind goes by the catalogue's order, not by the letters."""
    level = Type(Kind.ORDERED, values=("prospect", "standard", "key"))
    given = (Given("level", level),)
    node = Derive("deals", "x", compare(Op.GE, Column("level", level), literal("standard", level)), TRUTH)
    of = plan(given, ("d", node), ("out", out("d", "x")))
    rows = [("prospect",), ("standard",), ("key",)]
    assert result(engine, of, events(tmp_path, given, rows), "x") == [(False,), (True,), (True,)]


def test_two_outputs(engine: Engine, tmp_path: Path) -> None:
    """Each `Emit` is a table by its step's name."""
    of = plan(DEALS, ("one", out("deals", "event")), ("two", out("deals", "value")))
    assert list(engine.run(of, events(tmp_path, DEALS, ROWS)).tables) == ["one", "two"]


def test_plan_without_outputs(engine: Engine, tmp_path: Path) -> None:
    """A plan that puts nothing out gives nothing."""
    of = Plan((Step("periods", Periods(())),), CAUSES)
    assert engine.run(of, events(tmp_path, (), [])).tables == {}
