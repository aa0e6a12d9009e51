"""Slips of people who don't program: one message each, exactly this one, in English and Chinese, on these words.

A file of `bad/` is a topic. Of each slip it says what is `written`, which words are underlined, the code, the sentence
in both languages, and what is `meant` where the message offers a repair. `python -m tests.golden.expressions.test_bad`
writes the sentences anew; read what changed before keeping it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.model.types import DATE, INSTANT, TEXT, TIME, Kind, Type, money, number, ratio
from workflow.report.diagnostics import message
from workflow.syntax.formula import parse
from workflow.syntax.positions import whole_text

FOLDER = Path(__file__).parent / "bad"
SCOPE = Scope(
    {
        "revenue": money("CNY"),
        "quota": money("CNY"),
        "export_revenue": money("USD"),
        "attainment": ratio(14, 12),
        "csat": number(4, 2),
        "deals": number(10, 0),
        "product": Type(Kind.TEXT, values=("cloud", "services", "hardware")),
        "level": Type(Kind.ORDERED, values=("junior", "senior")),
        "person.role": Type(Kind.TEXT, values=("account manager", "sales supervisor")),
        "person.name": TEXT,
        "person.hired": DATE,
        "seller": Type(Kind.PERSON),
        "event.time": INSTANT,
        "opens": TIME,
        "tenure": Type(Kind.MONTHS),
        "waited": Type(Kind.ELAPSED),
        "period.start": DATE,
    },
    {
        "销售额": "revenue",
        "定额": "quota",
        "达成率": "attainment",
        "满意度": "csat",
        "成交数": "deals",
        "产品": "product",
    },
)


def said(written: str) -> list[dict[str, str]]:
    """What the checker says of an expression."""
    typing = Typing(SCOPE)
    typing.parsed(*parse(whole_text(written, "expression"), SCOPE.vocabulary))
    lines = written.split("\n")
    found = []
    for each in typing.mistakes:
        span = each.span
        under = lines[span.line - 1][span.column - 1 : span.end_column - 1 if span.line == span.end_line else None]
        told = {"under": under, "code": each.code, "en": message(each, "en"), "zh": message(each, "zh-CN")}
        found.append(told | ({"meant": each.fix.text} if each.fix else {}))
    return found


def slips() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every slip with its topic."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for slip in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield path.stem, slip


CASES = list(slips())


@pytest.mark.parametrize(("topic", "slip"), CASES, ids=[f"{topic}: {slip['written']}" for topic, slip in CASES])
def test_the_message_is_this_one(topic: str, slip: dict[str, Any]) -> None:
    """The code, the words underlined, both sentences and the repair."""
    assert said(slip["written"]) == slip["says"]


def test_there_are_enough() -> None:
    """Sixty slips and more, no two alike, of many kinds."""
    assert len({slip["written"] for _, slip in CASES}) == len(CASES) >= 60
    assert len({each["code"] for _, slip in CASES for each in slip["says"]}) >= 30


def written_anew() -> None:
    """Write what is said now into the files, the slips as they are."""
    for path in sorted(FOLDER.glob("*.yaml")):
        found = [
            {"written": slip["written"], "says": said(slip["written"])}
            for slip in yaml.safe_load(path.read_text(encoding="utf-8"))
        ]
        path.write_text(yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")


if __name__ == "__main__":
    written_anew()
