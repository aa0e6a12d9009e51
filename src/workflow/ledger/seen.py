"""Who sees what: an item of the catalogue may be for the eyes of some roles, and then no output for others tells of it.

What a reader doesn't see is taken out of a run as soon as it is decided: the clauses, their columns of results, those
that only they ask for, and the causes for which only they are missing. Whatever is written, printed or counted
afterwards can't hold a trace of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from workflow.checks.cases import CheckedEscalation, StepAction
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.clauses import ActionClause
from workflow.checks.ratings import FELL
from workflow.checks.uses import columns_in
from workflow.diagnostics import NOWHERE, Diagnostic, Span, WrongUsage
from workflow.ledger.decided import Decided
from workflow.ledger.rows import column_of
from workflow.plan.actions import decision_of
from workflow.plan.escalations import CASE_ACTIONS
from workflow.plan.lowered import RESULTS
from workflow.plan.nodes import Cause, mask_of
from workflow.plan.scoring import BEFORE
from workflow.run.outcome import Outcome

NOT_SHOWN = Cause("not-shown")
"""What stands in the table of causes, whose places are numbers, for one that the reader doesn't see."""

_Action = TypeVar("_Action", ActionClause, StepAction)


def check_reader(rules: CheckedWorkspace, reader: str | None) -> None:
    """Whom an output is for must be a role.

    Raises:
        WrongUsage: there is no such role.
    """
    if reader is not None and reader not in rules.roles:
        raise WrongUsage(
            (Diagnostic("unknown-reader", NOWHERE, {"found": reader, "known": tuple(sorted(rules.roles))}),)
        )


def seen(decided: Decided, reader: str | None) -> Decided:
    """One policy's part of a run as a role sees it, or everybody where none is said."""
    policy = decided.policy
    if isinstance(policy, CheckedEscalation):
        decided = _without_steps(decided, policy, _hidden(policy.step_actions, reader))
        policy = decided.policy
    hidden = _hidden(policy.actions, reader)
    if not hidden:
        return decided
    left = replace(policy, actions=tuple(action for action in policy.actions if action not in hidden))
    own = (*(decision_of(action) for action in hidden), *_asked_only(hidden, left))
    results = decided.outcome.tables[RESULTS]
    dropped = [name for name in results.column_names if _is_of(name, own)]
    tables = {**decided.outcome.tables, RESULTS: results.drop_columns(dropped)}
    plan = replace(decided.plan, causes=_causes(decided.plan.causes, tables))
    return replace(decided, policy=left, plan=plan, outcome=Outcome(tables))


def _hidden(actions: Sequence[_Action], reader: str | None) -> tuple[_Action, ...]:
    """The actions that a role doesn't see."""
    return tuple(action for action in actions if action.seen_by and reader not in action.seen_by)


def _without_steps(decided: Decided, policy: CheckedEscalation, hidden: Sequence[StepAction]) -> Decided:
    """An escalation whose steps don't trigger some actions; the steps themselves stay."""
    if not hidden:
        return decided
    import pyarrow as pa
    import pyarrow.compute as pc

    left = _left(policy, hidden)
    numbers = {action: number for number, action in enumerate(left.step_actions)}
    table = decided.outcome.tables[CASE_ACTIONS]
    kept = pa.array([numbers.get(action) for action in policy.step_actions], pa.int64())
    own = kept.take(pc.cast(column_of(table, "clause"), pa.int64()))
    table = table.set_column(table.column_names.index("clause"), "clause", own).filter(pc.is_valid(own))
    return replace(decided, policy=left, outcome=Outcome({**decided.outcome.tables, CASE_ACTIONS: table}))


def _left(policy: CheckedEscalation, hidden: Sequence[StepAction]) -> CheckedEscalation:
    """An escalation, and its other versions, without some of what their steps trigger."""

    def seen_of(actions: Sequence[StepAction]) -> tuple[StepAction, ...]:
        return tuple(each for each in actions if each not in hidden)

    return replace(
        policy,
        states=tuple(replace(each, entry=seen_of(each.entry), exit=seen_of(each.exit)) for each in policy.states),
        moves=tuple(replace(each, actions=seen_of(each.actions)) for each in policy.moves),
        timers=tuple(replace(each, actions=seen_of(each.actions)) for each in policy.timers),
        clocks=tuple(
            replace(each, warning=seen_of(each.warning), breach=seen_of(each.breach)) for each in policy.clocks
        ),
        others=tuple(_left(each, hidden) for each in policy.others),
    )


def told(
    rules: CheckedWorkspace, texts: Mapping[str, str], warnings: Sequence[Diagnostic], reader: str | None
) -> tuple[Diagnostic, ...]:
    """The warnings about policies without those about a clause that the reader doesn't see."""
    lines = {
        (action.span.path, line)
        for policy in rules.policies
        for action in _hidden(policy.actions, reader)
        for line in _lines(texts[action.span.path], action.span)
    }
    return tuple(each for each in warnings if (each.span.path, each.span.line) not in lines)


def _lines(text: str, key: Span) -> range:
    """The lines of a clause: that of its key, and those further in below it."""
    below = text.splitlines()[key.line :]
    inside = itertools.takewhile(lambda line: not line.strip() or line[: key.column].isspace(), below)
    return range(key.line, key.line + 1 + len(list(inside)))


def _asked_only(hidden: Sequence[ActionClause], left: CheckedPolicy) -> Iterator[str]:
    """What stands in results only because hidden actions ask for it: of the person, of other policies, of the rating
    before. Measures and values stand there for themselves.
    """
    asked = {column.name for action in hidden for each in action.expressions for column in columns_in(each)}
    asked -= {column.name for each in left.of_period for column in columns_in(each)}
    for name in sorted(asked):
        if "." in name and not name.startswith("period."):
            yield name
    if FELL in asked:
        yield BEFORE


def _is_of(column: str, names: Sequence[str]) -> bool:
    """Whether a column is one of these, one named after it, or the mask of one."""
    return any(column in {own, mask_of(own)} or column.startswith(f"{own}.") for own in names)


def _causes(causes: tuple[Cause, ...], tables: Mapping[str, Any]) -> tuple[Cause, ...]:
    """The causes, without those for which nothing is missing that is left."""
    import pyarrow.compute as pc

    left = 0
    for table in tables.values():
        for name in table.column_names:
            for mask in pc.unique(table[name]).to_pylist() if name.endswith(mask_of("")) else ():
                left |= mask or 0
    return tuple(cause if left >> number & 1 else NOT_SHOWN for number, cause in enumerate(causes))
