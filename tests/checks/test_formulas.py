"""Formulas: which units may meet, what comes out, and what is said where they can't."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.syntax.texts import found, mended, under, written
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic
from workflow.model.leaves import Formula
from workflow.model.typed import Apply, Column, Expression, Literal, Op
from workflow.model.types import DATE, INSTANT, TEXT, TRUTH, Kind, Type, money, number, ratio

SCOPE = Scope(
    {
        "n": number(10, 2),
        "r": ratio(14, 12),
        "m": money("CNY"),
        "u": money("USD"),
        "t": TEXT,
        "y": TRUTH,
        "d": DATE,
        "i": INSTANT,
        "p": Type(Kind.PERSON),
        "product": Type(Kind.TEXT, values=("cloud", "services", "hardware")),
        "person.role": TEXT,
    },
    {"销售额": "m", "达成率": "r"},
    frozenset({"broken"}),
)
"""A number, a ratio, money of two currencies, a text, a yes or no, a date, an instant, a person ..."""
NAMES = ("n", "r", "m", "u", "t", "y", "d", "i", "p")


def read(formula: str) -> tuple[Expression | None, list[Diagnostic]]:
    """The typed formula, and what is wrong with it."""
    typing = Typing(SCOPE)
    return typing.formula(Formula(written(formula))), typing.mistakes


def typed(formula: str) -> Expression:
    """The expression of a formula without mistakes."""
    expression, mistakes = read(formula)
    assert expression is not None, mistakes
    return expression


def kind(formula: str) -> str:
    """The letter of what comes out: a name of NAMES; or the code of the one mistake."""
    expression, mistakes = read(formula)
    if expression is None:
        return ",".join(mistake.code for mistake in mistakes)
    letters = {(SCOPE.names[name].kind, SCOPE.names[name].unit): name for name in NAMES}
    return letters[expression.type.kind, expression.type.unit]


def slip(formula: str) -> tuple[str, str]:
    """The code and the underlined words of the one mistake."""
    ((code, under),) = found("a: |-\n  " + formula, tuple(read(formula)[1]))
    return code, under


def repaired(formula: str) -> str:
    """The formula with its one repair made."""
    return mended("a: |-\n  " + formula, tuple(read(formula)[1])).removeprefix("a: |-\n  ")


SUMS = """
    n r m u
  n n - - -
  r - r - -
  m - - m -
  u - - - u
"""
PRODUCTS = """
    n r m u
  n n n m u
  r n r m u
  m m m - -
  u u u - -
"""
QUOTIENTS = """
    n r m u
  n r n - -
  r r r - -
  m m m r -
  u u u - r
"""
EQUALITIES = """
    n r m u t y d i p
  n y - - - - - - - -
  r - y - - - - - - -
  m - - y - - - - - -
  u - - - y - - - - -
  t - - - - y - - - -
  y - - - - - y - - -
  d - - - - - - y - -
  i - - - - - - - y -
  p - - - - - - - - y
"""
ORDERS = """
    n r m u t y d i p
  n y - - - - - - - -
  r - y - - - - - - -
  m - - y - - - - - -
  u - - - y - - - - -
  t - - - - y - - - -
  y - - - - - # - - -
  d - - - - - - y - -
  i - - - - - - - y -
  p - - - - - - - - #
"""
"""Left by right: the letter of what comes out, `-` for unlike units, `#` for what has no order."""
CODES = {"-": "unlike-units", "#": "no-order"}
GRIDS = {"+": SUMS, "-": SUMS, "*": PRODUCTS, "/": QUOTIENTS, "=": EQUALITIES, "!=": EQUALITIES}
GRIDS |= dict.fromkeys(("<", "<=", ">", ">="), ORDERS)


def cells() -> list[tuple[str, str]]:
    """Each pair of a grid as a formula, with what comes of it."""
    pairs = []
    for operator, grid in GRIDS.items():
        heads, *rows = (line.split() for line in grid.strip("\n").split("\n") if line.strip())
        for left, *row in rows:
            pairs += [(f"{left} {operator} {right}", cell) for right, cell in zip(heads, row, strict=True)]
    return pairs


@pytest.mark.parametrize(("formula", "cell"), cells())
def test_units_that_meet(formula: str, cell: str) -> None:
    """Every pair of kinds under every operator gives what the grid says, or its one message."""
    assert kind(formula) == CODES.get(cell, cell)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
@pytest.mark.parametrize("other", ["t", "y", "p", '"a"', "true"])
def test_only_quantities_are_calculated_with(operator: str, other: str) -> None:
    """A text, a day, a person beside an operator is underlined, on either side."""
    assert slip(f"n {operator} {other}") == ("not-a-quantity", other)
    assert slip(f"{other} {operator} n") == ("not-a-quantity", other)


@pytest.mark.parametrize("operator", ["+", "-"])
@pytest.mark.parametrize("other", ["d", "i", "2026-07-01", "6 months", "5 days"])
def test_a_number_is_no_length_of_time(operator: str, other: str) -> None:
    """Days are added to a date as `5 days`, never as 5."""
    assert slip(f"n {operator} {other}") == ("unlike-units", f"n {operator} {other}")
    assert slip(f"{other} {operator} n") == ("unlike-units", f"{other} {operator} n")


@pytest.mark.parametrize(
    ("formula", "comes"),
    [
        ("m * 2", "m"),
        ("2 * m", "m"),
        ("m / 2", "m"),
        ("r * 2", "r"),
        ("2 * r", "r"),
        ("r / 2", "r"),
        ("n / 2", "n"),
        ("m * 50%", "m"),
        ("50% * r", "r"),
        ("n / (2 * 6)", "n"),
        ("(1 + 1) * r", "r"),
        ("n + 20 / (-5 - 3)", "n"),
        ("-m", "m"),
        ("-r * 2", "r"),
    ],
)
def test_a_literal_number_scales_and_keeps_the_kind(formula: str, comes: str) -> None:
    """A bare number has no unit of its own."""
    assert kind(formula) == comes


@pytest.mark.parametrize("formula", ["m + 0", "0 + m", "m - 0", "0 - m", "max(m, 0 CNY)", "if y then m else 0"])
def test_zero_stands_beside_any_unit(formula: str) -> None:
    """Nothing is nothing of everything."""
    assert kind(formula) == "m"


@pytest.mark.parametrize("formula", ["m > 0", "0 < m", "r = 0", "r between 0 and 1%", "n >= 0", "m in [0..5 CNY]"])
def test_zero_is_compared_with_any_unit(formula: str) -> None:
    """A bare 0 takes the unit of the other side."""
    assert kind(formula) == "y"


def test_zero_takes_the_other_sides_unit() -> None:
    """So engines compare like with like."""
    compared = typed("m > 0")
    assert isinstance(compared, Apply)
    assert compared.args[1].type == money("CNY", 1, 0)


@pytest.mark.parametrize(
    ("formula", "meant"),
    [
        ("r >= 80", "r >= 80%"),
        ("r >= 0.8", "r >= 80%"),
        ("r >= 1", "r >= 100%"),
        ("1.5 < r", "150% < r"),
        ("r between 60 and 80%", "r between 60% and 80%"),
        ("r + 5", "r + 5%"),
    ],
)
def test_a_bare_number_beside_a_percentage(formula: str, meant: str) -> None:
    """The repair is the percentage that was most likely meant."""
    assert repaired(formula) == meant


def test_both_meanings_of_a_bare_number_are_shown() -> None:
    """`80%` and `0.8%`: only the author knows."""
    (mistake,) = read("r >= 0.8")[1]
    assert (mistake.code, mistake.args["one"], mistake.args["other"]) == ("ratio-against-number", "0.8%", "80%")


def test_a_bare_number_beside_money_gets_the_currency() -> None:
    """`> 5` on money is no money."""
    assert slip("m > 5") == ("money-against-number", "5")
    assert repaired("m > 5") == "m > 5 CNY"
    assert repaired("u > 5") == "u > 5 USD"


def test_two_currencies_do_not_meet() -> None:
    """Both sides are named with their unit."""
    (mistake,) = read("m + u")[1]
    assert (mistake.args["left"], mistake.args["right"]) == ("money:CNY", "money:USD")
    assert kind("m > 5 USD") == "unlike-units"


def test_a_word_must_be_one_that_the_column_can_hold() -> None:
    """The nearest is offered, in its quotes."""
    assert slip('product = "clowd"') == ("not-one-of", '"clowd"')
    assert repaired('product = "clowd"') == 'product = "cloud"'
    assert kind('product = "cloud"') == "y"
    assert kind('"services" != product') == "y"


def test_a_word_is_compared_with_a_person() -> None:
    """An id is written as a text."""
    assert kind('p = "E1001"') == "y"


@pytest.mark.parametrize(
    ("formula", "meant"),
    [
        ("n between 3 and 4", "n >= 3 and n <= 4"),
        ("n in [3..4)", "n >= 3 and n < 4"),
        ("n in (3..4]", "n > 3 and n <= 4"),
        ('product in ("cloud", "services")', 'product = "cloud" or product = "services"'),
        ("n in (1, 2, 3)", "n = 1 or n = 2 or n = 3"),
    ],
)
def test_a_range_or_a_list_means_its_comparisons(formula: str, meant: str) -> None:
    """`between` includes both ends; a round bracket excludes its own."""
    assert shape(typed(formula)) == shape(typed(meant))


def shape(expression: Expression) -> object:
    """An expression without its places."""
    match expression:
        case Apply(op=op, args=args, type=of):
            return (op, of, *map(shape, args))
        case Literal(value=value, type=of):
            return (value, of)
    return getattr(expression, "name", None)


def test_is_known_is_not_missing() -> None:
    """Both are always decided."""
    assert shape(typed("n is known")) == shape(typed("not(n is missing)"))


@pytest.mark.parametrize("formula", ["m", "n + 1", "销售额", '"yes"', "if y then n else 2"])
def test_a_condition_is_a_yes_or_no(formula: str) -> None:
    """Anything else where a condition is needed is refused whole."""
    typing = Typing(SCOPE)
    assert typing.condition(Formula(written(formula))) is None
    assert [mistake.code for mistake in typing.mistakes] == ["not-a-condition"]


@pytest.mark.parametrize("formula", ["m and y", "y or n", "not(t)", "if n then 1 else 2", "not(y and r)"])
def test_conditions_are_joined_and_nothing_else(formula: str) -> None:
    """`and`, `or`, `not` and `if` take a yes or no."""
    assert kind(formula) == "not-a-condition"


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("if y then m else n", "unlike-branches"),
        ("if y then t else m", "unlike-branches"),
        ("min(m, u)", "unlike-branches"),
        ("min(m, 5)", "unlike-branches"),
        ("max(r, t)", "unlike-branches"),
        ("min(p, p)", "not-a-quantity"),
        ("mix(n, n)", "unknown-function"),
        ("n ** n", "power-not-possible"),
        ("n ** (n + 1)", "power-not-possible"),
        ("n ** (2 + 0.5)", "power-not-possible"),
        ("n ** -(8 * 8 + 1)", "power-not-possible"),
        ("date(i)", "no-calendar-in-an-instant"),
        ("string(i)", "no-calendar-in-an-instant"),
        ("i - date(2026, 7, 1)", "no-calendar-in-an-instant"),
        ("floor(n, null)", "left-out-null"),
        ("string join(null)", "wrong-arguments"),
        ('@"2026-07-01T10:00:00+14:01"', "not-a-moment"),
        ('@"2026-07-01T10:00:00+05:60"', "not-a-moment"),
        ('p at least "x"', "no-order"),
        ("9999999999999999999999999", "literal-too-large"),
        ("unheard", "unknown-name"),
        ("person.manager", "manager-means-two"),
        ("broken + t", ""),
    ],
)
def test_is_refused(formula: str, code: str) -> None:
    """With one code; a name whose own definition is broken makes no second mistake."""
    assert kind(formula) == code


@pytest.mark.parametrize(
    ("formula", "meant"),
    [
        ('"true" and y', "true and y"),
        ('y or "false"', "y or false"),
        ('not("false")', "not(false)"),
        ('time("10:30:00.1234567") in [time("10:30:00")..time("11:00:00")]',
         'time("10:30:00.123456") in [time("10:30:00")..time("11:00:00")]'),
        ('@"PT0.999999999S" > @"PT0S"', '@"PT0.999999S" > @"PT0S"'),
    ],
)  # fmt: skip
def test_what_is_meant_is_offered(formula: str, meant: str) -> None:
    """A yes or no in quotes, and digits finer than a microsecond, are mistakes with one repair."""
    assert len(read(formula)[1]) == 1
    assert repaired(formula) == meant
    assert typed(meant).type == TRUTH


def test_every_mistake_of_a_formula_is_told() -> None:
    """Those of both sides."""
    codes = [mistake.code for mistake in read("unheard + min(m, u) and strange > 1")[1]]
    assert codes == ["unknown-name", "unlike-branches", "unknown-name"]


def test_a_synonym_is_its_name() -> None:
    """销售额 means the column that it was declared for."""
    assert shape(typed("销售额 / m >= 100%")) == shape(typed("m / m >= 100%"))


def test_names_are_offered_by_likeness() -> None:
    """Also the synonyms."""
    assert repaired("person.rol = t") == "person.role = t"
    assert repaired("达成 >= 100%") == "达成率 >= 100%"


@pytest.mark.parametrize(
    ("formula", "precision", "scale"),
    [
        ("n + 0.125", 12, 3),
        ("m * 0.5", 19, 5),
        ("m * 50%", 20, 6),
        ("m / m", 30, 12),
        ("m * r", 32, 16),
        ("if y then n else 0.125", 11, 3),
        ("min(n, 0.125)", 11, 3),
    ],
)
def test_digits_of_a_result(formula: str, precision: int, scale: int) -> None:
    """`+` keeps the larger scale and adds a digit, `*` adds both, a quotient has twelve after the point."""
    of = typed(formula).type
    assert (of.precision, of.scale) == (precision, scale)


def test_a_negative_literal_is_a_literal() -> None:
    """So it can be a default or a border."""
    assert shape(typed("-5 CNY")) == (Decimal(-5), money("CNY", 1, 0))


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_literal_keeps_all_its_digits(sign: str) -> None:
    """24 before the point and 12 after it; Python's own arithmetic would round to 28."""
    long = "123456789" * 2 + "123456.123456789123"
    assert shape(typed(f"{sign}{long}")) == (Decimal(sign + long), number(36, 12))
    share = typed(f"{sign}{long}%")
    assert isinstance(share, Literal)
    assert str(share.value) == f"{sign}{long[:22]}.{long[22:24]}{long[25:]}"


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("0.1234567891234", "literal-too-fine"),
        ("-0.1234567891234", "literal-too-fine"),
        ("0.1234567891234 CNY", "literal-too-fine"),
        ("--0.1234567891234%", "literal-too-fine"),
        ("1" * 25, "literal-too-large"),
        ("-" + "1" * 25, "literal-too-large"),
        ("d > 1.5 months", "length-not-possible"),
        ("d > 0.0000001 seconds", "length-not-possible"),
        ("d > 40000 years", None),
        ("d > 100000000000000000000 months", "length-not-possible"),
        ("d > 40000000 weeks", "length-not-possible"),
    ],
)
def test_literals_beyond_exact_arithmetic_are_refused(formula: str, code: str | None) -> None:
    """Also below a minus, and lengths that would have to be cut."""
    codes = [each.code for each in read(formula)[1]]
    assert (code in codes) if code is not None else ("length-not-possible" not in codes)


def test_a_product_of_too_many_digits_says_so() -> None:
    """Its units are in order."""
    assert [each.code for each in read("0.123456789012 * 0.123456789012 * 0.123456789012 * 0.123456789012")[1]] == [
        "too-many-digits"
    ]


def test_durations_are_whole_units() -> None:
    """Months for calendars, microseconds for the rest."""
    assert shape(typed("2 years")) == (24, Type(Kind.MONTHS))
    assert shape(typed("90 minutes")) == (5_400_000_000, Type(Kind.ELAPSED))
    assert shape(typed("2 working hours")) == (7_200_000_000, Type(Kind.WORKING))
    eight_hours = Typing(replace(SCOPE, working_day=28_800_000_000))
    days = eight_hours.formula(Formula(written("2 working days")))
    assert isinstance(days, Literal)
    assert (days.value, days.type.kind) == (57_600_000_000, Kind.WORKING)


def test_all_comparisons_turn_up_under_their_operator() -> None:
    """The six signs are six operators."""
    signs = ("=", "!=", "<", "<=", ">", ">=")
    ops = [typed(f"n {sign} 1") for sign in signs]
    assert [each.op for each in ops if isinstance(each, Apply)] == [Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE]
    assert all(one != other for one, other in itertools.combinations(ops, 2))


@pytest.mark.parametrize(
    "formula", ["round half up(m, -2)", "modulo(n, 3)", "d + 1 day", "2 ** 3", "median([n, 1])", "d.month", "d - d"]
)
def test_what_is_composed_has_the_place_of_the_whole(formula: str) -> None:
    """Explanations quote a formula by its place."""
    expression = typed(formula)
    assert under("a: |-\n  " + formula, expression.span) == formula


def test_a_name_whose_part_is_asked_keeps_its_own_place() -> None:
    """Its value is filled in for the name, not for the part."""
    expression = typed("d.month = 7")
    (name,) = set(columns(expression))
    assert under("a: |-\n  d.month = 7", name.span) == "d"


def columns(expression: Expression) -> list[Column]:
    """Every name in an expression."""
    if isinstance(expression, Apply):
        return [column for arg in expression.args for column in columns(arg)]
    return [expression] if isinstance(expression, Column) else []
