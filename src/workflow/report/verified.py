"""What was found in the logs of cases: for people, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from workflow.ledger.logged import Problem
from workflow.ledger.verifying import Verified
from workflow.report.cells import painted, visible
from workflow.words import say


def as_text(found: Sequence[Verified], language: str, *, colour: bool = False) -> str:
    """What was found, a line a problem.

    Args:
        found: of each escalation what was found.
        language: one of `words.LANGUAGES`.
        colour: with the escape sequences of a colour terminal; plain otherwise.
    """
    return "".join(f"{line}\n" for each in found for line in _lines(each, language, colour=colour))


def _lines(found: Verified, language: str, *, colour: bool) -> Iterator[str]:
    counts = {"cases": found.cases, "steps": found.steps, "problems": len(found.problems)}
    key = "verified-wrong" if found.problems else "verified-sound"
    head = say(language, "report", key, policy=found.policy, **counts)
    yield painted(head, "warning" if found.problems else "strong", colour=colour)
    yield from (f"    {_problem(each, language)}" for each in found.problems)


def _problem(problem: Problem, language: str) -> str:
    nothing = say(language, "report", "verified-nothing")
    words = {"case": visible(problem.case), "turn": problem.turn, "what": problem.what}
    found, right = visible(problem.found) or nothing, visible(problem.right) or nothing
    return say(language, "report", "verified-problem", **words, found=found, right=right)


def document(found: Sequence[Verified]) -> dict[str, object]:
    """The same for programs; keys never change."""
    return {"logs": [asdict(each) for each in found]}
