"""Tables of several dimensions: every cell in its column's unit, every input with its row."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.small import MEASURES, Told, measured, told_of
from workflow.checks.calculated import Decision
from workflow.checks.sweep import MOST_STEPS, Dimension, impossible, sweep
from workflow.diagnostics import Diagnostic
from workflow.model.terms import Hit
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import TRUTH, Kind, Type


def table(rows: str, hit: str = "unique") -> Told:
    """A clause that pays what a table gives, by the quota reached and the role."""
    head = f"pay:\n  p:\n    on: revenue\n    hit: {hit}\n    table: |\n"
    values = "values:\n  attainment: revenue / quota\n"
    return measured(values + head + textwrap.indent(textwrap.dedent(rows).strip("\n") + "\n", " " * 6))


def decision(found: Told) -> Decision:
    """The checked table."""
    read = found.policy.pay[0].decision
    assert read is not None
    return read


def test_a_table_keeps_its_columns_and_rows() -> None:
    """A column for each name but the last; `-` is no test."""
    read = decision(table("attainment | person.role | rate\n< 80% | - | 1%\n>= 80% | - | 2%"))
    assert [column.name for column in read.inputs] == ["attainment", "person.role"]
    assert [[test is None for test in row.tests] for row in read.rows] == [[False, True], [False, True]]
    assert read.hit is Hit.UNIQUE
    assert [row.gives.value for row in read.rows if isinstance(row.gives, Literal)] == [
        Decimal("0.01"),
        Decimal("0.02"),
    ]


def errors(found: Told) -> list[Diagnostic]:
    """The mistakes; that other measures are unused is none."""
    return [each for each in found.diagnostics if each.severity == "error"]


GAPS = {
    "attainment | rate\n>= 80% | 2%": "attainment = 79%",
    "attainment | rate\n< 80% | 2%": "attainment = 80%",
    "attainment | rate\n< 80% | 2%\n> 80% | 1%": "attainment = 80%",
    "attainment | rate\n< 80% | 2%\n>= 80.5% | 1%": "attainment = 80%",
    'person.role | rate\n"a", "b" | 1%': 'person.role = "…"',
    'person.role | rate\nnot("a", "b") | 1%': 'person.role = "a"',
    'attainment | person.role | rate\n< 80% | - | 1%\n>= 80% | "a" | 2%': 'attainment = 80%, person.role = "…"',
    "attainment | rate\nis missing | 1%\n< 80% | 2%\n": "attainment = 80%",
    "attainment | rate\nis known | 1%": "attainment is missing",
    "revenue | rate\n<= 9999.99 CNY | 1%\n>= 10000 CNY | 2%": "revenue = 9999.995 CNY",
    "days_served | rate\n< 30 | 1%\n> 30 | 2%": "days_served = 30",
}


@pytest.mark.parametrize("rows", GAPS)
def test_a_gap_has_an_example(rows: str) -> None:
    """The header is underlined, and a value that finds no row is named."""
    found = table(rows)
    assert [each.code for each in errors(found)] == ["no-row-applies"]
    assert errors(found)[0].args["example"] == GAPS[rows]


@pytest.mark.parametrize(
    "rows",
    [
        "days_served | rate\n0 | 0\n[1..29] | 1%\n>= 30 | 2%",
        "attainment | rate\n- | 1%",
        'person.role | rate\n"a" | 1%\nnot("a") | 2%',
        "attainment | rate\nis missing | 0\n< 0% | 0\n[0%..1%) | 1%\n>= 1% | 2%",
        "period.start | rate\n< 2026-07-01 | 1%\n>= 2026-07-01 | 2%",
        'attainment | person.role | rate\n< 80% | "a" | 1%\n>= 80% | "a" | 2%\n- | not("a") | 3%',
    ],
)
def test_a_table_without_gaps_and_overlaps_is_good(rows: str) -> None:
    """Whatever the columns are."""
    assert errors(table(rows)) == []


@pytest.mark.parametrize(
    ("hit", "rows", "expected"),
    [
        ("unique", "attainment | rate\n<= 80% | 1%\n>= 80% | 2%", ("two-rows-apply", "attainment = 80%")),
        ("any", "attainment | rate\n<= 80% | 1%\n>= 80% | 2%", ("rows-disagree", "attainment = 80%")),
        (
            "priority",
            "priority | attainment | rate\n1 | <= 80% | 1%\n1 | >= 80% | 2%",
            ("two-rows-apply", "attainment = 80%"),
        ),
    ],
)
def test_an_overlap_has_an_example(hit: str, rows: str, expected: tuple[str, str]) -> None:
    """The later row is underlined, the earlier one named beside it."""
    found = table(rows, hit)
    assert [(each.code, each.args["example"]) for each in errors(found)] == [expected]
    assert errors(found)[0].span.line == errors(found)[0].related[0].line + 1


@pytest.mark.parametrize(
    ("hit", "rows"),
    [
        ("any", "attainment | rate\n<= 80% | 1%\n>= 80% | 1%"),
        ("first", "attainment | rate\n<= 80% | 1%\n- | 2%"),
        ("priority", "priority | attainment | rate\n2 | - | 1%\n1 | >= 80% | 2%"),
        ("collect sum", "attainment | rate\n>= 80% | 1%\n>= 90% | 2%"),
        ("collect max", "attainment | rate\n- | 1%\n>= 90% | 2%"),
    ],
)
def test_hit_policies_allow_what_they_decide(hit: str, rows: str) -> None:
    """An overlap that has a meaning, and with `collect sum` a gap."""
    assert errors(table(rows, hit)) == []


def test_the_order_of_asking() -> None:
    """By the number of priority, by what is smallest or largest, else as written."""
    rows = "attainment | rate\n- | 1%\n>= 90% | 3%\n>= 95% | 2%"
    assert decision(table(rows, "collect min")).order == (0, 2, 1)
    assert decision(table(rows, "collect max")).order == (1, 2, 0)
    ranked = "priority | attainment | rate\n3 | - | 1%\n1 | >= 90% | 3%\n2 | >= 95% | 2%"
    assert decision(table(ranked.replace(">= 95%", "< 10%"), "priority")).order == (1, 2, 0)


@pytest.mark.parametrize(
    ("hit", "rows", "code"),
    [
        ("first", "attainment | rate\n- | 1%\n>= 80% | 2%", "row-masked"),
        ("first", "attainment | rate\n< 80% | 1%\n>= 70% | 3%\n[75%..90%) | 2%", "row-masked"),
        ("unique", "attainment | rate\n- | 1%\n(80%..80%) | 2%", "row-never-applies"),
        ("unique", "revenue / quota | rate\n- | 1%", "header-no-name"),
        ("unique", "attainment | amount\n- | 5000", "not-the-currency-paid"),
        ("unique", "attainment | rate\n- | 5", "not-a-rate"),
        ("unique", "revenue | rate\n< 5000 | 1%\n>= 5000 CNY | 2%", "money-against-number"),
        ("unique", 'attainment | rate\n"a" | 1%', "unlike-units"),
        ("unique", "person.role | rate\n< 5 | 1%", "unlike-units"),
        ("priority", "attainment | rate\n- | 1%", "priority-column"),
        ("priority", "priority | attainment | rate\nfirst | - | 1%", "priority-column"),
        ("collect max", "attainment | rate\n- | person.commission_rate", "collect-of-formulas"),
        ("collect count", "attainment | rate\n- | 1%", "count-pays-nothing"),
        ("collect", "attainment | rate\n- | 1%", "hit-gives-a-list"),
        ("unique", "attainment | value\n- | 1%", "table-output"),
    ],
)
def test_what_a_table_cannot_say(hit: str, rows: str, code: str) -> None:
    """One mistake for one slip."""
    assert [each.code for each in errors(table(rows, hit))] == [code]


def test_too_many_places_are_refused() -> None:
    """A sweep is bounded, and says so: here the borders of each column stand in another order of the rows."""
    columns = ["revenue", "quota", "attainment", "days_served", "csat"]
    units = [" CNY", " CNY", "%", "", ""]
    steps = [1, 7, 11, 13, 17]
    numbers = [[at * step % 59 for step in steps] for at in range(59)]
    cells = [[f">= {number}{unit}" for number, unit in zip(row, units, strict=True)] for row in numbers]
    rows = "\n".join(" | ".join([*row, "1%"]) for row in cells)
    found = measured(
        "values:\n  attainment: revenue / quota\npay:\n  p:\n    on: revenue\n    hit: collect sum\n    table: |\n"
        + textwrap.indent(" | ".join([*columns, "rate"]) + "\n" + rows + "\n", " " * 6)
    )
    assert [(each.code, each.args) for each in errors(found)] == [("table-too-intricate", {"limit": MOST_STEPS})]


# ---- Against a look at every place ---------------------------------------------------------------------------------

NUMBERS: dict[str, Callable[[int], bool]] = {
    "-": lambda _: True,
    "< 50%": lambda x: x < 50,
    "<= 50%": lambda x: x <= 50,
    ">= 50%": lambda x: x >= 50,
    "> 100%": lambda x: x > 100,
    "[50%..100%)": lambda x: 50 <= x < 100,
    "(50%..100%]": lambda x: 50 < x <= 100,
    "not(100%)": lambda x: x != 100,
    "< 50%, > 100%": lambda x: x < 50 or x > 100,
}
WORDS: dict[str, Callable[[str], bool]] = {
    "-": lambda _: True,
    '"a"': lambda y: y == "a",
    '"a", "b"': lambda y: y in ("a", "b"),
    'not("a")': lambda y: y != "a",
    'not("b")': lambda y: y != "b",
}
PLACES = list(itertools.product((49, 50, 75, 100, 101), ("a", "b", "c")))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(NUMBERS)), st.sampled_from(sorted(WORDS))), min_size=1, max_size=6))
def test_a_sweep_finds_what_a_look_at_every_place_finds(rows: list[tuple[str, str]]) -> None:
    """A gap exactly where some place has no row, an overlap exactly where one has two."""
    applying = [[NUMBERS[one](x) and WORDS[other](y) for one, other in rows] for x, y in PLACES]
    expected = set()
    if any(sum(place) == 0 for place in applying):
        expected.add("no-row-applies")
    if any(sum(place) > 1 for place in applying):
        expected.add("two-rows-apply")
    written = "\n".join(f"{one} | {other} | 1%" for one, other in rows)
    assert {each.code for each in errors(table(f"attainment | person.role | rate\n{written}"))} == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(NUMBERS)), st.sampled_from(sorted(WORDS))), min_size=1, max_size=6))
def test_masked_rows_are_those_that_are_first_nowhere(rows: list[tuple[str, str]]) -> None:
    """With `hit: first`, in order of the rows."""
    first = {
        next(at for at, row in enumerate([*rows, ("-", "-")]) if NUMBERS[row[0]](x) and WORDS[row[1]](y))
        for x, y in PLACES
    }
    written = "\n".join(f"{one} | {other} | 1%" for one, other in [*rows, ("-", "-")])
    found = errors(table(f"attainment | person.role | rate\n{written}", "first"))
    masked = [each.span.line for each in found]
    assert {each.code for each in found} <= {"row-masked"}
    assert len(masked) == len(rows) + 1 - len(first)


def outputs(rows: str, gives: str = "[rate, kicker]", hit: str = "unique", more: str = "") -> Told:
    """A value whose table has several outputs, and clauses that read two of them."""
    head = f"values:\n  attainment: revenue / quota\n  terms:\n    hit: {hit}\n    gives: {gives}\n{more}    table: |\n"
    pay = "pay:\n  p:\n    on: revenue\n    rate: terms.rate\n  q:\n    amount: terms.kicker\n"
    return measured(head + textwrap.indent(textwrap.dedent(rows).strip("\n") + "\n", " " * 6) + pay)


GIVES_TWO = "attainment | rate | kicker\n< 80% | 1% | 0\n>= 80% | 2% | 500 CNY"


def test_each_output_is_a_value_of_its_own_type() -> None:
    """All share the columns that are asked; a bare 0 has the unit of the other rows."""
    rate, kicker = (each for each in outputs(GIVES_TWO).policy.values if each.name.startswith("terms."))
    assert (rate.name, kicker.name) == ("terms.rate", "terms.kicker")
    assert (rate.type.kind, kicker.type.kind) == (Kind.RATIO, Kind.MONEY)
    assert isinstance(rate.expression, Decision)
    assert isinstance(kicker.expression, Decision)
    assert rate.expression.inputs == kicker.expression.inputs
    assert rate.expression.rows_of == kicker.expression.rows_of == "terms"


def test_collect_min_and_max_choose_the_row_of_each_output_by_itself() -> None:
    """The row with the smallest rate isn't the one with the smallest amount."""
    found = outputs("attainment | rate | kicker\n- | 1% | 9 CNY\n- | 2% | 5 CNY", hit="collect min")
    read = [each.expression for each in found.policy.values if each.name.startswith("terms.")]
    assert [(each.order, each.rows_of) for each in read if isinstance(each, Decision)] == [
        ((0, 1), None),
        ((1, 0), None),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("attainment | rate | kicker\n<= 80% | 1% | 1 CNY\n>= 80% | 1% | 1 CNY", []),
        ("attainment | rate | kicker\n<= 80% | 1% | 1 CNY\n>= 80% | 1% | 2 CNY", ["rows-disagree"]),
    ],
)
def test_rows_that_overlap_agree_in_all_outputs(rows: str, expected: list[str]) -> None:
    """With `hit: any` it is not enough that one output is the same."""
    assert [each.code for each in errors(outputs(rows, hit="any"))] == expected


def test_a_gap_is_told_once_for_all_outputs() -> None:
    """The sweep is about the rows, and so runs once a table."""
    found = outputs("attainment | rate | kicker\n>= 80% | 1% | 1 CNY")
    assert [(each.code, each.args["example"]) for each in errors(found)] == [("no-row-applies", "attainment = 79%")]


@pytest.mark.parametrize(
    ("gives", "hit", "rows", "more", "expected"),
    [
        ("[rate, kickr]", "unique", GIVES_TWO, "", "gives-no-column"),
        ("[rate, rate]", "unique", GIVES_TWO, "", "name-twice"),
        ("[row, rate]", "unique", GIVES_TWO, "", "reserved-name"),
        ("[rate-a, rate]", "unique", GIVES_TWO, "", "not-a-name"),
        ("[rate, kicker]", "collect count", GIVES_TWO, "", "gives-without-results"),
        ("[rate, kicker]", "unique", "rate | kicker\n1% | 1 CNY", "", "gives-asks-nothing"),
        ("[rate, kicker]", "unique", GIVES_TWO, "    if missing: 0\n", "default-of-outputs"),
    ],
)
def test_gives_names_the_last_columns(gives: str, hit: str, rows: str, more: str, expected: str) -> None:
    """What else it says is one mistake, and what reads the outputs is none."""
    found = errors(outputs(rows, gives, hit, more))
    assert [each.code for each in found] == [expected]


def test_a_formula_has_no_outputs() -> None:
    """`gives` belongs to a table."""
    found = measured("values:\n  a: {value: revenue, gives: x}\npay:\n  p: {amount: a}\n")
    assert [each.code for each in errors(found)] == ["gives-without-results"]


def test_an_output_that_nothing_reads_is_a_warning() -> None:
    """The others are used, so the table isn't named."""
    rows = '{hit: first, gives: [rate, kicker], table: "gone"}'
    body = f"values:\n  terms: {rows}\npay:\n  p:\n    on: revenue\n    rate: terms.rate\n"
    found = told_of(MEASURES + body, files={"tables/gone.csv": "revenue,rate,kicker\n-,1%,5\n"})
    unused = {each.args["found"] for each in found.diagnostics if each.code == "unused"}
    assert {name for name in unused if str(name).startswith("terms")} == {"terms.kicker"}


LEVEL = Column("level", Type(Kind.ORDERED, values=("low", "middle", "high")))


def asks(op: Op, word: str) -> Expression:
    """`at least` or `at most` a level."""
    return Apply(op, (LEVEL, Literal(word, LEVEL.type)), TRUTH)


def test_the_sweep_knows_the_order_of_levels() -> None:
    """`at most "low"` and `at least "high"` leave out what lies between; by their letters it would be other words."""
    found = sweep([Dimension(LEVEL, (asks(Op.LE, "low"), asks(Op.GE, "high")), aware=False)], [0, 1])
    assert (found.gaps, found.overlaps) == ([('level = "middle"',)], {})
    found = sweep([Dimension(LEVEL, (asks(Op.LE, "middle"), asks(Op.GE, "middle")), aware=False)], [0, 1])
    assert (found.gaps, found.overlaps) == ([], {(0, 1): ('level = "middle"',)})
    assert impossible(Dimension(LEVEL, (Apply(Op.NOT, (asks(Op.GE, "low"),), TRUTH),), aware=False), 0)
