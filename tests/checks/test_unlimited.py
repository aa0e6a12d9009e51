"""Pay that nothing limits: told once a policy, unless the policy has a cap or says that none is meant."""

from __future__ import annotations

import pytest

from tests.checks.small import HEAD, MEASURES, POLICY, told, told_of

VALUES = "values:\n  attainment: revenue / quota\n  target: 5000 CNY\n"


def unlimited(body: str) -> list[tuple[str, object]]:
    """Where it is told, and of which clauses."""
    told_so = told({POLICY: HEAD + MEASURES + VALUES + body})
    return [
        (text, diagnostic.args["found"])
        for (code, text), diagnostic in zip(told_so.mistakes, told_so.diagnostics, strict=True)
        if code == "pay-unlimited"
    ]


def clause(*lines: str) -> str:
    """A policy with one clause of pay."""
    return "pay:\n  bonus:\n" + "".join(f"    {line}\n" for line in lines)


def test_it_is_told_once_with_all_clauses_that_grow() -> None:
    """At the first of them, with the names of all."""
    body = "pay:\n  fixed: {amount: 5 CNY}\n  one: {on: revenue, rate: 1%}\n  two: {on: revenue, rate: 2%}\n"
    assert unlimited(body) == [("one", ("one", "two"))]


@pytest.mark.parametrize(
    "lines",
    [
        ("on: revenue", "rate: 1%"),
        ("amount: deals * 20 CNY",),
        ("amount: revenue - 100 CNY",),
        ("amount: attainment * 100 CNY",),
        ("amount: if deals > 3 then revenue * 1% else 5 CNY",),
        ("for each: deal.won", "amount: 5 CNY"),
        ("on: revenue", "by: attainment", "mode: marginal", "tiers: [{from: 0%, rate: 1%}, {from: 100%, rate: 2%}]"),
        ("on: revenue", "by: attainment", "mode: whole", "tiers: [{from: 0%, rate: 1%}, {from: 100%, rate: 0%}]"),
    ],
)
def test_what_has_no_end(lines: tuple[str, ...]) -> None:
    """A rate of sales, a count times money, an amount for each event."""
    assert unlimited(clause(*lines)) == [("bonus", ("bonus",))]


@pytest.mark.parametrize(
    "lines",
    [
        ("when: deals > 3", "amount: 500 CNY"),
        ("amount: min(revenue * 1%, 5000 CNY)",),
        ("amount: 500 CNY - deals * 20 CNY",),
        ("amount: if deals > 3 then 10 CNY else 5 CNY",),
        ("on: target", "rate: 3%"),
        ("on: target", "by: attainment", "mode: interpolated", "points: [{at: 50%, pay: 0%}, {at: 120%, pay: 150%}]"),
        ("on: revenue", "by: attainment", "mode: marginal", "tiers: [{from: 0%, rate: 1%}, {from: 100%, rate: 0%}]"),
        ("by: attainment", "mode: whole", "tiers: [{from: 0%, amount: 5 CNY}, {from: 100%, amount: 9 CNY}]"),
    ],
)
def test_what_has_an_end(lines: tuple[str, ...]) -> None:
    """Fixed amounts, the smaller of two, what is taken from a fixed amount, a share of a fixed target, slices of which
    the last pays nothing.
    """
    assert unlimited(clause(*lines)) == []


@pytest.mark.parametrize("cap", ["cap: none\n", "cap: {at most: 60000 CNY, per: period, over: lost}\n"])
def test_what_says_so(cap: str) -> None:
    """A cap, or the word that none is meant."""
    assert unlimited(clause("on: revenue", "rate: 1%") + cap) == []


def test_another_word_is_no_cap() -> None:
    """Only `none` stands for it."""
    assert [code for code, _ in told_of(MEASURES + clause("amount: 5 CNY") + "cap: 5 CNY\n").mistakes] == [
        "wrong-shape"
    ]


@pytest.mark.parametrize("word", ["no", "无", "不封顶"])
def test_what_people_write_for_none(word: str) -> None:
    """It is told with the word, and `--fix` writes it."""
    said = told_of(MEASURES + clause("amount: 5 CNY") + f"cap: {word}\n")
    assert [code for code, _ in said.mistakes] == ["written-otherwise"]
    fix = said.only.fix
    assert fix is not None
    assert (fix.text, fix.safe) == ("none", True)
