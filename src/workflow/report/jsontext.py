"""JSON as text that both programs and terminals may read: Chinese stays Chinese, harmful signs are escaped."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from workflow.ledger.account import Known
from workflow.report.cells import harmful

_FOREIGN = re.compile(r"[^\x20-\x7e\n]")


def written(document: object) -> str:
    """The document as indented JSON with a final line break; no sign in it can command a terminal or reorder text."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _FOREIGN.sub(lambda sign: json.dumps(sign[0])[1:-1] if harmful(sign[0]) else sign[0], text) + "\n"


def text_of(value: Known | None) -> object:
    """A value as JSON holds it: an amount as text with all its digits."""
    match value:
        case Decimal():
            return f"{value:f}"
        case None | bool() | str() | int():
            return value
        case _:
            return value.isoformat()
