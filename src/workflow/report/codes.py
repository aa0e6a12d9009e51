"""The table of codes for readers: what each says, why it is said, and the cure."""

from __future__ import annotations

from workflow.diagnostics import CODES
from workflow.report.cells import padded, painted, width, wrapped
from workflow.words import has, say

PAGE_CELLS = 100


def sentence(code: str, language: str, part: str = "") -> str:
    """A sentence of a code with its places shown as `‹name›`; empty where the code has no such sentence."""
    declared = CODES[code]
    if part and not has(declared.room, code + part, language):
        return ""
    return say(language, declared.room, code + part, **{name: f"‹{name}›" for name in declared.args})


def explained(code: str, language: str, *, colour: bool = False) -> str:
    """What `workflow help CODE` prints."""
    severity = say(language, "report", f"diagnostic-{CODES[code].severity}")
    head = painted(f"{severity}[{code}]", CODES[code].severity, colour=colour)
    lines = [f"{head}: {sentence(code, language)}"]
    if why := sentence(code, language, ".why"):
        lines += ["", *wrapped(why, PAGE_CELLS)]
    if remedy := sentence(code, language, ".help"):
        lines += ["", *wrapped(say(language, "report", "diagnostic-help", remedy=remedy), PAGE_CELLS)]
    return "\n".join(lines) + "\n"


def listed(language: str) -> str:
    """Every code with what it says, in alphabetical order, a line each."""
    cells = max(map(width, CODES))
    return "".join(f"{padded(code, cells)}  {sentence(code, language)}\n" for code in sorted(CODES))
