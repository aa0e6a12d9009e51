"""A tried expression shown: its type, its value, every step, and the sentence that says what it means."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow.checks.attempt import Attempt
from workflow.model.typed import Value
from workflow.model.types import Kind, Type, shifted
from workflow.report.cells import padded, visible, width
from workflow.report.lengths import length_text
from workflow.report.sentences import sentence
from workflow.run.trial import Found
from workflow.syntax.moments import moment_text
from workflow.words import say

_WIDEST = 60
"""The cells that the text of a step may take before its value."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt and what an engine gives for each of its steps."""

    attempt: Attempt
    engine: str
    found: tuple[Found, ...]


def value_text(value: Value, of: Type, language: str) -> str:
    """A value with its unit, as a reader and the language write it."""
    if isinstance(value, bool):
        return say(language, "report", "explain-yes" if value else "explain-no")
    if isinstance(value, Decimal):
        text = f"{shifted(value, 2) if of.kind is Kind.RATIO else value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{text}%" if of.kind is Kind.RATIO else f"{text} {of.unit}" if of.unit else text
    if isinstance(value, datetime.datetime):
        return moment_text(value) + ("Z" if of.kind is Kind.INSTANT else "")
    if isinstance(value, int):
        return length_text(value, of, language)
    return f'"{visible(value)}"' if isinstance(value, str) else value.isoformat()


def render(tried: Tried, language: str) -> str:
    """The page that `workflow try` prints, ending with a line break."""
    whole = tried.attempt.expression
    rows = [
        (
            say(language, "report", "attempt-type"),
            say(language, "terms", whole.type.kind.name.lower(), detail=whole.type.unit),
        ),
        (say(language, "report", "attempt-value"), _result(tried.found[-1], whole.type, language)),
        (say(language, "report", "attempt-said"), visible(sentence(tried.attempt.tree, language))),
        (say(language, "report", "attempt-engine"), tried.engine),
    ]
    lines = [visible(" ".join(tried.attempt.text.split())), "", *_table(rows)]
    steps = [
        (visible(step.text), _result(found, step.expression.type, language))
        for step, found in zip(tried.attempt.steps, tried.found, strict=True)
    ]
    if len(steps) > 1:
        lines += ["", say(language, "report", "attempt-steps"), *_table(steps)]
    return "\n".join(lines) + "\n"


def _result(found: Found, of: Type, language: str) -> str:
    if found.value is not None:
        return value_text(found.value, of, language)
    reasons = ", ".join(say(language, "report", f"attempt-{cause}") for cause in found.causes)
    return say(language, "report", "attempt-missing", reasons=reasons)


def _table(rows: Sequence[tuple[str, str]]) -> list[str]:
    cells = max(min(width(left), _WIDEST) for left, _ in rows)
    return [f"  {padded(left, cells)}  {right}" for left, right in rows]


def as_data(tried: Tried, language: str) -> dict[str, object]:
    """The same for programs."""
    return {
        "expression": tried.attempt.text,
        "engine": tried.engine,
        "type": tried.attempt.expression.type.kind.value,
        "sentence": sentence(tried.attempt.tree, language),
        "steps": [
            {
                "text": step.text,
                "type": step.expression.type.kind.value,
                "value": None if found.value is None else value_text(found.value, step.expression.type, "en"),
                "missing because": list(found.causes),
            }
            for step, found in zip(tried.attempt.steps, tried.found, strict=True)
        ],
    }
