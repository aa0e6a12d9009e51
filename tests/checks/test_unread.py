"""A policy that can't be read: its own mistake is told, and nothing that follows from not knowing what it offers."""

from __future__ import annotations

import pytest

from tests.checks.small import HEAD, told_of

OTHER = HEAD.replace("id: bonus", "id: sales-bonus")
PAYS = "pay:\n  p:\n    when: {} > 1\n    amount: 5 CNY\n"


@pytest.mark.parametrize("slip", ["measurs: {}\n", "cap: 【none】\n", "values:\n\ta: 1\n"])
@pytest.mark.parametrize(("folder", "kind"), [("incentives", "incentive"), ("tiers", "tiering"), ("goals", "goals")])
def test_its_facts_are_not_called_unknown(slip: str, folder: str, kind: str) -> None:
    """Whatever the kind, and wherever reading stops."""
    found = told_of(
        PAYS.format("sales_bonus.revenue"), files={f"{folder}/other.yaml": OTHER.replace("incentive", kind, 1) + slip}
    )
    assert found.mistakes
    assert {each.span.path for each in found.diagnostics} == {f"{folder}/other.yaml"}


def test_without_an_id_its_file_says_its_name() -> None:
    """And a fact of a policy that isn't there at all is a mistake as before."""
    lost = OTHER.replace("id: sales-bonus", "idd: sales-bonus")
    found = told_of(PAYS.format("sales_bonus.revenue"), files={"incentives/sales-bonus.v1.yaml": lost})
    assert {each.span.path for each in found.diagnostics} == {"incentives/sales-bonus.v1.yaml"}
    found = told_of(PAYS.format("another.revenue"), files={"incentives/sales-bonus.v1.yaml": lost})
    assert ("unknown-name", "another.revenue") in found.mistakes


def test_the_tier_of_a_tiering_that_is_not_read_is_not_unknown() -> None:
    """It is named by its subject."""
    found = told_of(
        PAYS.format("person.grade"),
        files={"tiers/grades.yaml": OTHER.replace("incentive", "tiering", 1) + "teirs: {}\n"},
    )
    assert {each.span.path for each in found.diagnostics} == {"tiers/grades.yaml"}
