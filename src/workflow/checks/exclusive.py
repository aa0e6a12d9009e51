"""Moves on one event out of one state: of which it is certain that two are possible at once, or one never is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from workflow.checks.cases import CheckedMove
from workflow.checks.context import Context
from workflow.checks.guards import Asked, Both, Counted, Either, Guard, Not
from workflow.diagnostics import Diagnostic

MOST_COUNTED = 3
"""Of conditions that count more types of events than this nothing is told."""


def check_exclusive(context: Context, moves: Sequence[CheckedMove]) -> None:
    """Refuse a move that is possible where another is: one of both always is, both ask the same, or only counts.

    What the fields of events may be isn't asked: there the run names the case.
    """
    known: dict[tuple[str, str], list[CheckedMove]] = {}
    for move in moves:
        others = known.setdefault((move.state, move.event), [])
        if any(_meet(other, move) for other in others):
            context.refuse("two-moves", move.span, found=move.event, state=move.state)
        others.append(move)


def check_masked(context: Context, moves: Sequence[CheckedMove]) -> None:
    """Refuse a move that never is the first: in each of its states one before it always is, or asks the same."""
    known: dict[tuple[str, str], list[CheckedMove]] = {}
    for span, group in itertools.groupby(moves, key=lambda move: move.span):
        parts = list(group)
        before = [(move, known.setdefault((move.state, move.event), [])) for move in parts]
        masking = [next((one for one in others if _takes_all(one, move)), None) for move, others in before]
        first = masking[0]
        if first is not None and all(masking):
            context.note(Diagnostic("row-masked", span, {}, related=(first.span,)))
        for move, others in before:
            others.append(move)


def _takes_all(first: CheckedMove, move: CheckedMove) -> bool:
    """Whether nothing is left for a move behind the first."""
    return first.when is None or (first.guard is not None and first.guard == move.guard)


def _meet(first: CheckedMove, second: CheckedMove) -> bool:
    """Whether both are certainly possible in some case."""
    one, other = first.guard, second.guard
    if one is None or other is None or one == other:
        return True
    limits: dict[str, set[int]] = {}
    if not (_counts_only(one, limits) and _counts_only(other, limits)) or len(limits) > MOST_COUNTED:
        return False
    # Between two borders a condition doesn't change: each border, and what lies beside it, is enough.
    least = {first.event: 1}
    tried = (
        {max(limit + beside, least.get(event, 0)) for limit in of for beside in (-1, 0, 1)}
        for event, of in limits.items()
    )
    each = (dict(zip(limits, counts, strict=True)) for counts in itertools.product(*tried))
    return any(_holds(one, counts) and _holds(other, counts) for counts in each)


def _counts_only(guard: Guard, limits: dict[str, set[int]]) -> bool:
    """Whether a condition asks nothing but counts; with the numbers that it compares them with."""
    match guard:
        case Asked():
            return False
        case Counted(event=event, limit=limit):
            limits.setdefault(event, set()).add(limit)
            return True
        case Not(of=of):
            return _counts_only(of, limits)
        case Both(of=parts) | Either(of=parts):
            return all(_counts_only(each, limits) for each in parts)


def _holds(guard: Guard, counts: Mapping[str, int]) -> bool:
    """Whether a condition that asks nothing but counts holds."""
    match guard:
        case Asked():
            raise AssertionError("asks nothing but counts")
        case Counted(event=event, limit=limit, least=least):
            return counts[event] >= limit if least else counts[event] <= limit
        case Not(of=of):
            return not _holds(of, counts)
        case Both(of=parts):
            return all(_each(parts, counts))
        case Either(of=parts):
            return any(_each(parts, counts))


def _each(parts: Sequence[Guard], counts: Mapping[str, int]) -> Iterable[bool]:
    return (_holds(each, counts) for each in parts)
