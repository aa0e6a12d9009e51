"""What a run warns of: cases of people who aren't there in the period; nobody hears what their steps trigger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.checks.cases import CheckedEscalation
from workflow.diagnostics import Diagnostic
from workflow.ledger.decided import Decided
from workflow.ledger.rows import column_of
from workflow.plan.escalations import CASE_ACTIONS
from workflow.plan.lowered import RESULTS

MOST_NAMED = 5
"""So many cases of a clause, and people, are named at most."""


def cases_adrift(decided: Iterable[Decided]) -> tuple[Diagnostic, ...]:
    """A warning for each clause of steps that triggers nothing in some cases, in the order of policies and clauses."""
    return tuple(
        warning
        for each in decided
        if isinstance(each.policy, CheckedEscalation) and CASE_ACTIONS in each.outcome.tables
        for warning in _of(each, each.policy)
    )


def _of(decided: Decided, policy: CheckedEscalation) -> Iterator[Diagnostic]:
    import pyarrow.compute as pc

    table, results = decided.outcome.tables[CASE_ACTIONS], decided.outcome.tables[RESULTS]
    rows = table.filter(pc.invert(pc.is_in(table["person"], value_set=column_of(results, "person"))))
    found: dict[int, dict[str, None]] = {}
    people: dict[int, dict[str, None]] = {}
    for row in rows.select(["clause", "case", "person"]).to_pylist():
        found.setdefault(int(row["clause"]), {})[row["case"]] = None
        people.setdefault(int(row["clause"]), {})[row["person"]] = None
    for number, cases in sorted(found.items()):
        action = policy.step_actions[number]
        told = {"cases": _first(cases), "people": _first(people[number])}
        yield Diagnostic("case-adrift", action.span, {"found": action.name, **told, "policy": policy.id})


def _first(names: Iterable[str]) -> tuple[str, ...]:
    """So many of them, and a mark that there are more."""
    all_of = tuple(names)
    return (*all_of[:MOST_NAMED], "…") if len(all_of) > MOST_NAMED else all_of
