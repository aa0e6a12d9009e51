"""Credit checked: to whom each event goes, by which shares, and who is credited with a part of it besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from workflow.checks.calculated import EventType
from workflow.checks.checked import Credit, Direct, Overlay
from workflow.checks.context import Context, word_at
from workflow.checks.expressions.rules import type_word
from workflow.checks.lists import PART_SHARE
from workflow.diagnostics import Span
from workflow.model.leaves import Leaf, Share, SharePart
from workflow.model.policy import CreditEntry, Policy
from workflow.model.types import Kind, Type, literal_type, ratio, shifted

WHOLE = Decimal(1)
MOST_PLACES = 8
"""Digits after the point of a share, two fewer of its percent, so that shares of shares are exact."""
OWN_SHARE = ratio(MOST_PLACES + 1, MOST_PLACES)
"""A share that the register has for each person: never above 1."""
LINE, LINES = "person.supervisor", "supervisors above"
"""Those above whoever has direct credit: the nearest, or all of them."""
OF_WHOLE, OF_REST = "of the whole", "of what lower levels left"
"""What the share of a level is counted from."""


def check_credit(context: Context, written: Policy, tree: object) -> Mapping[str, Credit]:
    """By type of event, to whom its credit goes."""
    found = {}
    block = context.inside(tree, "credit")
    for name, entries in written.credit.items():
        span = context.key_span(block, name)
        event = context.events.get(name)
        if event is None or event.owner is None:
            known = [each for each, of in context.events.items() if of.owner is not None]
            context.unknown("unknown-event", word_at(name, span), known)
            continue
        if any((entry.to is None) == (entry.also_to is None) for entry in entries):
            context.refuse("to-or-also-to", span)
            continue
        direct = _groups(context, event, [each for each in entries if each.to is not None])
        overlays = [_overlay(context, event, each) for each in entries if each.also_to is not None]
        _check_once(context, [each.also_to for each in entries if each.also_to is not None])
        owners = ((Direct(event.owner, None, WHOLE, span),),)
        found[name] = Credit(direct or owners, tuple(each for each in overlays if each is not None), span)
    return found


def direct_share_type(credit: Credit) -> Type:
    """The type of the shares of direct credit: never above 1."""
    scale = max(
        _places(each.share) + (PART_SHARE.scale if each.parts else 0) for group in credit.direct for each in group
    )
    return ratio(1 + scale, scale)


def share_type(credit: Credit | None) -> Type | None:
    """The type of the share by which anybody is credited; None where all get the whole."""
    if credit is None:
        return None
    besides = [share for each in credit.overlays for share in each.shares]
    directly = [each for group in credit.direct for each in group]
    own = any(each.column is not None for each in credit.overlays)
    whole = all(each.share == WHOLE and each.parts is None for each in directly)
    if whole and not own and all(each == WHOLE for each in besides):
        return None
    scale = direct_share_type(credit).scale + max([OWN_SHARE.scale if own else 0, *map(_places, besides)])
    return ratio(1 + scale, scale)


def _places(share: Decimal) -> int:
    return literal_type(Kind.RATIO, share).scale


def _groups(context: Context, event: EventType, entries: Sequence[CreditEntry]) -> tuple[tuple[Direct, ...], ...]:
    """The direct entries, those together whose shares total 100%; each group is for events that those before leave."""
    groups, group, leaves = list[tuple[Direct, ...]](), list[Direct](), list[Leaf]()
    for entry in entries:
        direct = _direct(context, event, entry)
        if direct is None:
            return ()
        if group and direct.share == WHOLE:
            break
        assert entry.to is not None
        group, leaves = [*group, direct], [*leaves, entry.to]
        total = sum((each.share for each in group), Decimal(0))
        if total > WHOLE:
            break
        if total == WHOLE:
            _check_once(context, leaves)
            groups.append(tuple(group))
            group, leaves = [], []
    if group:
        total = sum((each.share for each in group), Decimal(0))
        context.refuse("shares-not-whole", group[-1].span, found=f"{shifted(total, 2).normalize():f}%")
        return ()
    _check_reached(context, event, groups)
    return tuple(groups)


def _direct(context: Context, event: EventType, entry: CreditEntry) -> Direct | None:
    """One direct entry; None after noting a mistake."""
    assert entry.to is not None
    _check_levels(context, entry, above=False)
    people = [name for name, of in event.fields.items() if of.type.kind is Kind.PERSON]
    if entry.to.text not in {*people, *event.lists}:
        context.unknown("unknown-field", entry.to, [*people, *event.lists], of=event.name)
        return None
    if entry.share is not None and entry.share.column:
        context.refuse("share-of-each-person", entry.share.span, found=entry.share.text.strip())
        return None
    share = WHOLE if entry.share is None else _share(context, entry.share)
    span = entry.to.span if entry.share is None else entry.share.span
    return None if share is None else Direct(entry.to.text, event.lists.get(entry.to.text), share, span)


def _check_reached(context: Context, event: EventType, groups: Sequence[tuple[Direct, ...]]) -> None:
    """Each group but the last may be left by an event, and the last by none: nothing is credited to nobody."""
    for group, later in pairwise(groups):
        if not _may_lapse(event, group):
            context.refuse("credit-unreached", later[0].span, found=later[0].field, other=group[0].field)
            return
    if groups and _may_lapse(event, groups[-1]):
        context.refuse("credit-may-lapse", groups[-1][0].span, found=groups[-1][0].field, owner=event.owner or "")


def _may_lapse(event: EventType, group: Sequence[Direct]) -> bool:
    """Whether an event may hold nobody for one of these entries; of whom it belongs to that is no matter here."""
    return any(
        each.parts is not None or (each.field != event.owner and not event.fields[each.field].required)
        for each in group
    )


def _check_once(context: Context, leaves: Sequence[Leaf]) -> None:
    """The same receiver twice is most likely a slip."""
    seen: set[str] = set()
    for leaf in leaves:
        word = " ".join(leaf.text.split())
        if word in seen:
            context.refuse("credit-twice", leaf.span, found=word)
        seen.add(word)


def _share(context: Context, leaf: Share) -> Decimal | None:
    """A share of an event: something of it, and no more than all."""
    if not 0 < leaf.value <= WHOLE:
        context.refuse("share-not-possible", leaf.span, found=leaf.text)
        return None
    if _places(leaf.value) > MOST_PLACES:
        context.refuse("literal-too-fine", leaf.span, limit=MOST_PLACES - 2)
        return None
    return leaf.value


def _overlay(context: Context, event: EventType, entry: CreditEntry) -> Overlay | None:
    """Those above, or a person of the event, who are credited besides."""
    assert entry.also_to is not None
    word = _receiver(context, event, entry.also_to)
    _check_levels(context, entry, above=word == LINES)
    if word in {LINE, LINES} and context.registers["people"].get("supervisor") is None:
        context.unknown("unknown-name", entry.also_to, [f"person.{name}" for name in context.registers["people"]])
        return None
    span = entry.also_to.span
    if entry.share is not None and entry.share.column and entry.shares is None:
        column, way = _column(context, entry.share), _way(context, entry)
        field = None if word in {LINE, LINES} else word
        known = word is not None and column is not None and way is not None
        return Overlay((), word == LINES, field, span, column, way == OF_REST) if known else None
    shares = _shares(context, entry)
    if word is None or shares is None:
        return None
    if word not in {LINE, LINES}:
        return Overlay(shares, False, word, span)
    return Overlay(shares, word == LINES and entry.shares is None, None, span)


def _receiver(context: Context, event: EventType, leaf: Leaf) -> str | None:
    people = [name for name, of in event.fields.items() if of.type.kind is Kind.PERSON]
    return context.choice(leaf, (LINE, LINES, *people))


def _check_levels(context: Context, entry: CreditEntry, *, above: bool) -> None:
    """What is said of levels needs those above, all of them."""
    said: dict[str, Span | None] = {
        "each level": entry.each_level.span if entry.each_level else None,
        "shares": entry.shares[0].span if entry.shares else None,
    }
    for key, span in said.items():
        if span is not None and not above:
            context.refuse("levels-of-whom", span, key=key)


def _way(context: Context, entry: CreditEntry) -> str | None:
    """What the share of a level is counted from."""
    return context.choice(entry.each_level, (OF_WHOLE, OF_REST)) if entry.each_level else OF_WHOLE


def _column(context: Context, leaf: SharePart) -> str | None:
    """The column of the register that has each person's share; it must be a percentage."""
    people = context.registers["people"]
    if leaf.column not in people:
        context.unknown("unknown-name", leaf, [f"person.{name}" for name in people])
        return None
    of = people[leaf.column].type
    if of.kind is not Kind.RATIO:
        context.refuse("not-a-rate", leaf.span, found=type_word(of))
        return None
    return leaf.column


def _shares(context: Context, entry: CreditEntry) -> tuple[Decimal, ...] | None:
    """The share of each level, the nearest first: of the whole, or above what the levels below it have."""
    way = _way(context, entry)
    if entry.shares is None:
        share = WHOLE if entry.share is None else _share(context, entry.share)
        if way == OF_REST and entry.each_level is not None:
            context.refuse("levels-need-shares", entry.each_level.span)
            return None
        return None if share is None else (share,)
    if entry.share is not None:
        context.refuse("share-or-shares", entry.share.span)
        return None
    found = [_share(context, leaf) for leaf in entry.shares]
    shares = tuple(share for share in found if share is not None)
    if way is None or len(shares) < len(found):
        return None
    if way == OF_WHOLE:
        return shares
    for (_, below), (leaf, share) in pairwise(zip(entry.shares, shares, strict=True)):
        if share <= below:
            context.refuse("level-left-nothing", leaf.span, found=leaf.text)
            return None
    return tuple(share - below for below, share in pairwise((Decimal(0), *shares)))
