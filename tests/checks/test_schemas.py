"""The schema of a workspace's own events follows its catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

import workflow
from docs import build
from workflow.checks.builtin import recordable
from workflow.checks.schemas import event_schema


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """That of the example's catalogue."""
    example = workflow.check(build.ROOT / "policies").workspace
    assert example is not None
    found = event_schema(recordable(example))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


DEAL = {
    "id": "D-1",
    "type": "deal.won",
    "time": "2026-07-01T09:30:00+08:00",
    "recorded": "2026-07-02",
    "source": "crm",
    "seller": "E1001",
    "customer": "C001",
    "amount": "1234.50 CNY",
    "product": "cloud",
}
SURVEY = {"id": "Q-1", "type": "survey.answered", "time": "2026-07-01", "seller": "E1", "customer": "C1", "score": 4.5}


ADJUSTMENT = {
    "id": "A-1",
    "type": "pay.adjusted",
    "time": "2026-10-05",
    "person": "E1",
    "policy": "key-account-bonus",
    "period": "2026-Q3",
    "amount": "-250.00 CNY",
    "reason": "Deal D-7 was credited twice.",
    "by": "H1",
    "approved by": "H2",
}


@pytest.mark.parametrize("event", [DEAL, SURVEY, ADJUSTMENT])
def test_accepts_an_event(schema: Draft202012Validator, event: dict[str, Any]) -> None:
    """With all that its type declares."""
    assert schema.is_valid(event)


@pytest.mark.parametrize(
    "wrong",
    [
        DEAL | {"type": "deal.lost"},
        DEAL | {"amount": 1234.5},
        DEAL | {"amount": "1234.50"},
        DEAL | {"amount": "1234.56789 CNY"},
        DEAL | {"product": "clouds"},
        DEAL | {"time": "2026-07-01T09:30:00"},
        DEAL | {"sellr": "E1"},
        {name: value for name, value in DEAL.items() if name != "seller"},
        SURVEY | {"score": 6},
        SURVEY | {"score": "5"},
    ],
    ids=lambda event: str(event["type"]),
)
def test_refuses_an_event(schema: Draft202012Validator, wrong: dict[str, Any]) -> None:
    """Of an unknown type, with a wrong or missing value, with a field that its type has not, a time without offset."""
    assert not schema.is_valid(wrong)
