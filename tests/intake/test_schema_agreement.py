"""The JSON Schema of an event and intake accept and refuse the same lines."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflow.checks.calculated import CheckedField, EventType, ListField
from workflow.checks.catalogue import PLAIN
from workflow.checks.mapping import Cell, FieldMapping, ListMapping, SourceMapping
from workflow.checks.schemas import event_schema
from workflow.diagnostics import NOWHERE
from workflow.intake import Moment, take_in
from workflow.model.types import Kind, Type

FIELDS = {
    "seller": (PLAIN["person"], True),
    "customer": (PLAIN["customer"], False),
    "amount": (PLAIN["money"], True),
    "refund": (Type(Kind.MONEY, 20, 6), False),
    "margin": (PLAIN["percent"], False),
    "score": (PLAIN["number"], False),
    "channel": (Type(Kind.TEXT, values=("direct", "partner")), False),
    "note": (PLAIN["text"], False),
    "urgent": (PLAIN["yes or no"], False),
    "due": (PLAIN["date"], False),
    "seen": (PLAIN["time"], False),
}
DECLARED = {name: CheckedField(name, of, must, NOWHERE, {}) for name, (of, must) in FIELDS.items()}
LISTS = {
    name: ListField(name, "rep", "share", person_first=True, required=must, span=NOWHERE, title={})
    for name, must in (("splits", True), ("helpers", False))
}
EVENT = EventType("deal.won", {}, DECLARED, None, None, NOWHERE, LISTS)
VALIDATOR = Draft202012Validator(event_schema({"deal.won": EVENT}))
SOURCE = SourceMapping(
    name="log",
    files=("a.jsonl",),
    event="deal.won",
    id="id",
    time=Cell("time"),
    recorded=Cell("recorded"),
    fields=tuple(
        FieldMapping(name, of, must, Cell(name, currency=name if of.kind is Kind.MONEY else None))
        for name, (of, must) in FIELDS.items()
    ),
    lists=tuple(
        ListMapping(of.name, "rep", "share", of.required, Cell(of.name), ("rep", "share")) for of in LISTS.values()
    ),
)
BEYOND = {"date-not-real", "time-out-of-reach", "number-malformed", "part-share", "part-twice", "parts-not-whole"}
"""What no schema can say: days that aren't in the calendar, how many digits stand after a number's point, and what the
parts of a list are together.
"""

NAMES = st.text(st.characters(max_codepoint=0xDFFFF, exclude_characters="\n", exclude_categories=["Cs"]), max_size=6)
ODD = st.text("0123456789-+.,%: TZCNYe０\u200b\u202e\x00", max_size=12)
"""Without line ends: at the end of a text Python's `$` lets one pass, which no other reader of schemas does."""
DIGITS = st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{1,8})?", fullmatch=True)
DAYS = st.from_regex(r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]", fullmatch=True)
TIMES = st.builds(
    "{}{}{}".format,
    DAYS,
    st.from_regex(r"[ T][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,8})?)?", fullmatch=True),
    st.sampled_from(["", "Z", "+08:00", "-0330", "+15:00", "+08", "z"]),
)
SOUND: dict[str, st.SearchStrategy[Any]] = {
    "seller": NAMES,
    "customer": NAMES,
    "amount": st.builds("{} {}".format, DIGITS, st.sampled_from(["CNY", "USD", "cny", ""])),
    "refund": st.builds("{} CNY".format, DIGITS),
    "margin": st.builds("{}%".format, DIGITS),
    "score": st.one_of(st.integers(-(10**13), 10**13), st.decimals(-99, 99, places=7).map(float)),
    "channel": st.sampled_from(["direct", "partner", "Direct"]),
    "note": NAMES,
    "urgent": st.booleans(),
    "due": DAYS,
    "seen": st.one_of(TIMES, DAYS),
}
SHARES = st.one_of(st.sampled_from(["100%", "50%", "0%", "33.3333%", "50", "", None]), st.builds("{}%".format, DIGITS))
SPLITS: st.SearchStrategy[Any] = st.one_of(
    st.just([{"rep": "E1", "share": "60%"}, {"rep": "E2", "share": "40%"}]),
    st.lists(st.fixed_dictionaries({"rep": st.one_of(st.none(), NAMES), "share": SHARES}), max_size=3),
    st.lists(st.fixed_dictionaries({}, optional={"rep": st.just("E1"), "share": st.just("100%")}), max_size=2),
    st.sampled_from([None, "", "E1:100%", {}, [[]], ["E1"]]),
)
EMPTY: st.SearchStrategy[Any] = st.sampled_from([None, "", []])
ROWS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": st.just("A"),
        "time": st.one_of(st.just("2026-07-01"), TIMES),
        "recorded": st.just("2026-07-01T09:30:00+08:00"),
        "seller": st.one_of(st.just("E1"), SOUND["seller"]),
        "amount": st.one_of(st.just("1.50 CNY"), SOUND["amount"]),
        "splits": st.one_of(st.just([]), SPLITS),
    },
    optional={
        name: st.one_of(
            values, values, values, st.sampled_from([None, "", []]), st.nothing() if name == "score" else ODD
        )
        for name, values in SOUND.items()
        if name not in {"seller", "amount"}
    }
    | {"helpers": SPLITS},
)


def codes(rows: list[dict[str, Any]]) -> list[str | None]:
    """For each row why intake refuses it; None where it is an event."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        lines = [json.dumps(row | {"id": f"{row['id']}{number}"}) for number, row in enumerate(rows)]
        (where / "a.jsonl").write_text("\n".join(lines) + "\n")
        intake = take_in((SOURCE,), where, where / "evidence.duckdb", Moment("Asia/Shanghai"))
        why = {each.line: each.diagnostic.code for each in intake.quarantine}
    return [why.get(line) for line in range(1, len(rows) + 1)]


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=20))
def test_schema_and_intake_agree(rows: list[dict[str, Any]]) -> None:
    """On every line, save what no schema can say."""
    for row, code in zip(rows, codes(rows), strict=True):
        valid = VALIDATOR.is_valid(row | {"type": "deal.won"})
        assert valid == (code is None or code in BEYOND) or code in BEYOND, (row, code)


def test_absent_and_empty_are_the_same() -> None:
    """Of a field that a record may leave out."""
    row = {"id": "A", "time": "2026-07-01", "recorded": "2026-07-01", "seller": "E1", "amount": "1 CNY", "splits": []}
    rows: list[dict[str, Any]] = [row, row | {"margin": None}, row | {"margin": ""}, row | {"seller": ""}]
    assert codes(rows) == [None, None, None, "cell-absent"]
    assert [VALIDATOR.is_valid(each | {"type": "deal.won"}) for each in rows] == [True, True, True, False]
