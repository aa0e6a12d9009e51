"""The targets of a clock checked: how long each row gives, and when it fits."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.checks.cases import CheckedTarget
from workflow.checks.context import Context
from workflow.checks.guards import Both, Guard, GuardPlace, check_equal, check_guard
from workflow.checks.lengths import check_lasting
from workflow.diagnostics import Diagnostic, Fix
from workflow.model.escalation import ClockDefinition, TargetDefinition
from workflow.model.leaves import Leaf
from workflow.model.otherwise import written_for
from workflow.model.reading import nearest
from workflow.syntax.tree import Mapping as Block
from workflow.syntax.tree import Node, Scalar, Sequence
from workflow.worktime.lengths import Length

WORDS = ("when", "within")
"""The words of a row; every other key is a field of the event with which the case begins."""


def check_targets(
    context: Context, clock: ClockDefinition, place: GuardPlace, name: Leaf, rows: object
) -> tuple[tuple[CheckedTarget, ...], bool]:
    """The targets of a clock, and whether they count working time.

    Args:
        context: takes the mistakes.
        clock: the clock as it is written.
        place: what conditions may name.
        name: its name, where it stands.
        rows: the list of its targets in the file.
    """
    before = len(context.diagnostics)
    nodes = rows.items if isinstance(rows, Sequence) else ()
    found = [_target(context, each, place, node) for each, node in zip(clock.target, nodes, strict=True)]
    known = [each for each in found if each is not None]
    _check_masked(context, [each[1] for each in known], [node for each, node in zip(found, nodes, strict=True) if each])
    if any(one.code == "length-not-understood" for one in context.diagnostics[before:]):
        return tuple(target for _, target in known), True  # A row that isn't understood has no unit to compare.
    units = {length.unit for length, _ in known}
    if len(units) > 1 or units & {"days", "months"}:
        context.refuse("target-units", name.span, found=name.text)
    return tuple(target for _, target in known), "elapsed" not in units


def _check_masked(context: Context, targets: list[CheckedTarget], nodes: list[Node]) -> None:
    """Refuse a row that never counts: one before it always fits, or asks the same."""
    for at, target in enumerate(targets):
        before = zip(targets[:at], nodes[:at], strict=True)
        masking = (
            node for one, node in before if not one.when or (one.guard is not None and one.guard == target.guard)
        )
        first = next(masking, None)
        if first is not None:
            context.note(Diagnostic("row-masked", nodes[at].span, {}, related=(first.span,)))


def _target(
    context: Context, written: TargetDefinition, place: GuardPlace, node: Node
) -> tuple[Length, CheckedTarget] | None:
    """A row, with the unit in which it counts; None after noting that it gives no time."""
    assert isinstance(node, Block), "a row is a block"
    keys = {key.text: key for key, _ in node.items if key.text not in WORDS}
    guards = [check_guard(context, written.when, place, None)]
    meant: set[str | None] = set()
    for name, leaf in written.said.items():
        if place.begins is not None and name not in place.begins.fields:
            meant.add(_unknown(context, keys[name], place.begins.fields))
        else:
            guards.append(check_equal(context, leaf, name, place))
    if written.within is None:
        if "within" not in meant:
            context.refuse("missing-key", node.items[0][0].span, key="within")
        return None
    length = check_lasting(context, written.within)
    when = [keys[name].span.to(leaf.span) for name, leaf in written.said.items()]
    when += [written.when.span] if written.when is not None else []
    return length, CheckedTarget(length.count, _all(guards), written.within.span, tuple(when))


def _unknown(context: Context, key: Scalar, fields: Mapping[str, object]) -> str | None:
    """Note a key that is neither a word nor a field; what it may be instead."""
    accepted = (*WORDS, *fields)
    near = written_for(key.text, accepted) or nearest(key.text, accepted)
    fix = Fix(key.span, near) if near else None
    context.note(Diagnostic("unknown-key", key.span, {"found": key.text, "accepted": accepted}, fix=fix))
    return near


def _all(guards: list[Guard | None]) -> Guard | None:
    """All of these hold."""
    known = tuple(each for each in guards if each is not None)
    return Both(known) if len(known) > 1 else known[0] if known else None
