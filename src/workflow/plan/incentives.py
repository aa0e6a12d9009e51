"""Lowering an incentive policy: subjects, measures, values, pay, actions, and the dispositions of its events.

The names of columns are the policy's own words, so that a result can be read without a key: a measure or value has its
name; pay clause `c` has `pay.c.when`, `pay.c.on` (what a rate is applied to), `pay.c.rate`, `pay.c.full` (before
proration; with a table also `pay.c.full.row`, `.rate` and `.part.N`), `pay.c.exact` (before rounding) and `pay.c` (the
paid line); those of actions are told in `actions`. Names of ours hold a dot or a blank, so they can't collide with an
author's.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.checks.builtin import ADJUSTED, OPENED, delivers, recordable
from workflow.checks.checked import CheckedIncentive, CheckedWorkspace
from workflow.plan.actions import columns_of, triggered
from workflow.plan.adjusting import ADJUSTMENT, adjusted, emit_adjustments
from workflow.plan.carrying import COLUMNS, carried, is_there, offered
from workflow.plan.clawing import CLAW_BACK, clawed_back
from workflow.plan.counting import Rows, emit_steps, paid
from workflow.plan.deciding import rows_told
from workflow.plan.gathering import emit_disposed, emit_events, gathered, lowered
from workflow.plan.ground import PayGround
from workflow.plan.limits import CARRIED_ON, limited
from workflow.plan.limits import asked as asked_of_limits
from workflow.plan.lines import emit_lines
from workflow.plan.lowered import RESULTS, STEPS, Lowered
from workflow.plan.nodes import Emit
from workflow.plan.occasions import Occasion
from workflow.plan.opening import disposed_openings, openings
from workflow.plan.ranking import rank_columns


def lower_incentive(policy: CheckedIncentive, workspace: CheckedWorkspace, occasion: Occasion) -> Lowered:
    """The plan of one policy for one period.

    Args:
        policy: the policy in the version that governs.
        workspace: its catalogue.
        occasion: the period, and what the sources have delivered.

    Returns:
        A plan with the outputs `results`, `lines` (where the policy pays), `ends TYPE` and `events TYPE`.
    """
    found = gathered(policy, workspace, occasion)
    ground, quotients = PayGround.of(found.ground, policy), found.quotients
    step = asked_of_limits(ground, found.step, quotients) if policy.limits else found.step
    opened = openings(ground, recordable(workspace)[OPENED]) if delivers(workspace, OPENED) else None
    step, rows_paid = paid(ground, step, quotients, found.rows, opened.held if opened is not None else {})
    if opened is not None:
        emit_disposed(ground.builder, OPENED, disposed_openings(ground, opened, step))
    step = triggered(ground, limited(ground, carried(ground, step)), quotients)
    step, asked = offered(ground, step, workspace)
    actions = (each for one in policy.actions for each in columns_of(one))
    columns = (*found.columns, *_columns_paid(ground), *actions, *asked)
    ground.builder.emit(RESULTS, Emit(step, tuple((name, name) for name in columns), ("person",)))
    made = _made_for_events(ground, step, workspace, (found.rows, rows_paid))
    emit_lines(ground, step, {clause.name: rows_paid[clause.name].lines for clause in policy.pay if clause.each}, made)
    for name, each in rows_paid.items():
        emit_steps(each, f"{STEPS} {name}")
    counted = {name: each.counting.event for name, each in rows_paid.items()}
    emit_events(
        found,
        {event: {name: rows_paid[name].counted for name, of in counted.items() if of == event} for event in found.rows},
    )
    return lowered(found)


def _made_for_events(
    ground: PayGround, step: str, workspace: CheckedWorkspace, rows: tuple[Mapping[str, str], Mapping[str, Rows]]
) -> list[tuple[str, str]]:
    """The lines that are made for one event each: claw backs, and adjustments where a source delivers any."""
    made, policy, (credited_rows, paid_rows) = [], ground.policy, rows
    if policy.claw_back is not None and policy.reversal is not None:
        deals = ground.events[policy.reversal.of]
        steps = {name: each.paid for name, each in paid_rows.items()}
        made.append((CLAW_BACK, clawed_back(ground, step, credited_rows[deals.name], deals, steps)))
    if delivers(workspace, ADJUSTED):
        recorded, lines = adjusted(ground, step, recordable(workspace)[ADJUSTED])
        emit_adjustments(ground, lines)
        emit_disposed(ground.builder, ADJUSTED, recorded)
        made.append((ADJUSTMENT, lines))
    return made


def _columns_paid(ground: PayGround) -> list[str]:
    """The columns of results that say what is paid."""
    policy, names = ground.policy, list[str]()
    for clause in policy.pay:
        stem = f"pay.{clause.name}"
        conditions = [f"{stem}.asked", f"{stem}.when"] if policy.limits else [f"{stem}.when"]
        if clause.each is not None:
            names += [*conditions, f"{stem}.lines", stem]
            continue
        names += [*rank_columns(stem, clause.rank), *conditions]
        if clause.counted is not None:
            pass  # The rows of its table stand in an output of their own.
        elif clause.table is not None:
            names += [f"{stem}.full.row", f"{stem}.full.rate"]
            if clause.table.unit is not None or clause.table.mode == "marginal":
                names += [f"{stem}.full.part.{index + 1}" for index in range(len(clause.table.rows))]
        elif clause.decision is not None:
            names += [*rows_told(f"{stem}.full", clause.decision), f"{stem}.full.rate"]
        elif clause.rate is not None:
            names.append(f"{stem}.rate")
        names += [f"{stem}.full", f"{stem}.exact", stem]
    for limit in policy.limits:
        stem, asks = f"pay.{limit.kind}", "gate.shut" if limit.amount is None else f"{limit.kind}.limit"
        names += [asks, f"{stem}.before", f"{stem}.when", f"{stem}.exact", stem]
        names += [CARRIED_ON] if limit.carries else []
    names += COLUMNS if is_there(ground) else ()
    return names
