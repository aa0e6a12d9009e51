"""What stands over all lines of a policy, checked: the gate, the floor and the cap, in the order written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflow.checks.clauses import Limit, LimitKind
from workflow.checks.context import Context
from workflow.checks.counting import PayPlace
from workflow.checks.formulas import Typing
from workflow.checks.pay import money_of
from workflow.checks.uses import columns_in
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.incentive import Cap, Floor, Gate, Incentive
from workflow.model.leaves import Formula
from workflow.model.typed import Expression, Literal

LIMITS = ("gate", "floor", "cap")
"""The keys of a policy that make a line of their own after those of its clauses."""


def check_limits(context: Context, document: Document[Incentive], place: PayPlace) -> tuple[Limit, ...]:
    """The limits of a policy, in the order in which they are written; that is the order in which they work."""
    written = document.content
    found: dict[str, Limit] = {}
    for key, _ in document.tree.items:
        limit = getattr(written, key.text, None) if key.text in LIMITS else None
        if limit is None:
            continue
        if not written.pay:
            context.refuse("limit-of-nothing", key.span, found=key.text)
        checked = _gate(context, limit, key.span, place) if isinstance(limit, Gate) else None
        if isinstance(limit, Floor | Cap):
            checked = _bound(context, limit, key.span, place)
        if checked is not None:
            found[key.text] = checked
    _check_room(context, found)
    return tuple(found.values())


def _gate(context: Context, written: Gate, span: Span, place: PayPlace) -> Limit | None:
    """The gate, with the condition under which it lets the pay through, or takes it."""
    said = [leaf for leaf in (written.when, written.unless) if leaf is not None]
    if len(said) != 1:
        context.refuse("when-or-unless", span)
        return None
    typing = Typing(place.scope)
    condition = typing.condition(said[0])
    context.diagnostics.extend(typing.mistakes)
    if condition is None:
        return None
    if next(columns_in(condition), None) is None:
        context.refuse("gate-reads-nothing", said[0].span)
    title = context.title(written.title, span)
    return Limit("gate", title, condition, opens=written.when is not None, amount=None, span=span)


def _bound(context: Context, written: Floor | Cap, span: Span, place: PayPlace) -> Limit | None:
    """A floor or a cap, with the amount that it keeps."""
    context.choice(written.per, ("period",))
    typing = Typing(place.scope)
    leaf = written.at_least if isinstance(written, Floor) else written.at_most
    amount = money_of(context, typing, leaf, place.currency)
    context.diagnostics.extend(typing.mistakes)
    carries = False
    if isinstance(written, Cap):
        carries = context.choice(written.over, ("lost", "carry")) == "carry"
        _check_sign(context, leaf, amount)
    if amount is None:
        return None
    kind: LimitKind = "floor" if isinstance(written, Floor) else "cap"
    title = context.title(written.title, span)
    return Limit(kind, title, None, opens=False, amount=amount, span=span, carries=carries)


def _check_sign(context: Context, leaf: Formula, amount: Expression | None) -> None:
    """A cap below zero would make every person a debtor."""
    if isinstance(amount, Literal) and isinstance(amount.value, Decimal) and amount.value < 0:
        context.refuse("cap-below-zero", leaf.span, found=leaf.text.strip())


def _check_room(context: Context, limits: Mapping[str, Limit]) -> None:
    """A floor above the cap: each would undo what the other does."""
    amounts = [limits[kind].amount if kind in limits else None for kind in ("floor", "cap")]
    values = [each.value for each in amounts if isinstance(each, Literal) and isinstance(each.value, Decimal)]
    floor, cap = amounts
    if len(values) == len(amounts) and values[0] > values[1] and floor is not None and cap is not None:
        context.note(Diagnostic("floor-above-cap", floor.span, {}, related=(cap.span,)))
