"""Random evidence: deals, and people with dated rows, with edges of all types."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

from tests.engines.formulas import ELAPSED, LEVEL, value_of
from tests.engines.held import written
from workflow.intake.evidence import Evidence
from workflow.model.types import DATE, INSTANT, TEXT, TRUTH, money, number, ratio
from workflow.plan.nodes import (
    EVENT_FIELDS,
    PART_FIELDS,
    Field,
    Given,
    Periods,
)

PEOPLE = ("ann", "Ann", "bo", "陈")
CNY = money("CNY")
DEAL = (
    Given("amount", CNY, 1),
    Given("gross", money("CNY", 18, 2)),
    Given("quota", CNY, 2),
    Given("huge", money("CNY", 38, 4), 3),
    Given("units", number(6, 0), 4),
    Given("weight", number(12, 3)),
    Given("score", number(38, 20), 5),
    Given("rate", ratio(9, 6), 6),
    Given("tiny", ratio(38, 30), 7),
    Given("seller", TEXT),
    Given("customer", TEXT, 8),
    Given("won", TRUTH, 9),
    Given("level", LEVEL, 10),
    Given("due", DATE, 11),
    Given("seen", INSTANT, 12),
    Given("took", ELAPSED, 13),
)
PARTS = (Given("splits.who", TEXT, 8), Given("splits.share", ratio(7, 6), 6))
PERSON = (Given("boss", TEXT, 20), Given("base", CNY, 21), Given("share", ratio(5, 4)), Given("grade", LEVEL, 22))
PERIODS = Periods(
    tuple((f"2026-Q{q}", datetime.date(2026, 3 * q - 2, 1), datetime.date(2026, 3 * q, 30)) for q in (1, 2, 3))
)


def evidence(rng: random.Random, path: Path) -> Evidence:
    """Recorded rows: deals, some of them in parts, and people with dated rows that never overlap."""
    deals = [_deal(rng, number) for number in range(rng.randint(0, 14))]
    return written(
        path,
        {
            "event deal": (_with(EVENT_FIELDS, DEAL), deals),
            "parts deal splits": (
                _with(PART_FIELDS, PARTS),
                [(deal[0], Decimal(n), *_values(rng, PARTS)) for deal in deals for n in range(1, rng.randint(1, 4))],
            ),
            "register people": (
                _with((Field("id", TEXT), Field("from", DATE), Field("through", DATE)), PERSON),
                [row for person in PEOPLE if rng.random() < 0.9 for row in _person(rng, person)],
            ),
        },
    )


def _with(always: tuple[Field, ...], given: tuple[Given, ...]) -> tuple[Field, ...]:
    return (*always, *(Field(each.name, each.type, each.absent is not None) for each in given))


def _values(rng: random.Random, given: tuple[Given, ...]) -> list[object]:
    values = []
    for each in given:
        value: object = None if each.absent is not None and rng.random() < 0.15 else value_of(rng, each.type)
        if each.name in ("seller", "boss") and value is not None:
            value = rng.choice(PEOPLE)
        values.append(value)
    return values


def _deal(rng: random.Random, number_of: int) -> tuple[object, ...]:
    moment = value_of(rng, INSTANT)
    return (Decimal(number_of), f"e{rng.randrange(9)}", value_of(rng, DATE), moment, moment, "crm", *_values(rng, DEAL))


def _person(rng: random.Random, person: str) -> list[tuple[object, ...]]:
    start = datetime.date(2025, 12, 1) + datetime.timedelta(days=rng.randint(0, 60))
    rows = []
    for _ in range(rng.randint(1, 3)):
        end = start + datetime.timedelta(days=rng.randint(0, 120))
        rows.append((person, start, end, *_values(rng, PERSON)))
        start = end + datetime.timedelta(days=rng.randint(1, 20))
    return rows
