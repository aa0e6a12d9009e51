"""The tiering policy checked: its tiers from the best to the last, how slowly they are lost, and who may set one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow.checks.actions import check_reach
from workflow.checks.between import used_facts
from workflow.checks.calculated import Band
from workflow.checks.calendars import working_day
from workflow.checks.checked import Offer
from workflow.checks.context import Context, word_at
from workflow.checks.formulas import Typing
from workflow.checks.heads import Begun, check_begun
from workflow.checks.ladders import check_ladder
from workflow.checks.measures import subject_field
from workflow.checks.scope import Scope
from workflow.checks.services import check_services, promises_of
from workflow.checks.successions import becomes, check_succession, former_names
from workflow.checks.tiers import CheckedTier, CheckedTiering, Holding, Move, Setting, tier_type
from workflow.checks.uses import check_evidence, check_uses
from workflow.diagnostics import Diagnostic, Fix
from workflow.model.files import Document
from workflow.model.leaves import Leaf, Words
from workflow.model.reading import nearest
from workflow.model.tiering import TierAction, Tiering
from workflow.model.types import DATE, Kind
from workflow.syntax import literals
from workflow.words import Term

LONGEST_GRACE = 120
"""The most periods of grace, and of protection: ten years of months."""
SETTING: Mapping[str, tuple[Kind, ...]] = {
    "tier": (Kind.TEXT,),
    "until": (Kind.DATE,),
    "reason": (Kind.TEXT,),
    "by": (Kind.PERSON, Kind.TEXT),
}
"""The fields of an event that sets a tier, besides the one that names the subject."""
EVALUATED = ("at period end", "at each event")
"""When tiers may be decided."""
_COUNT = re.compile(r"([0-9]{1,3}) ([a-z][\w-]*?)s?")


def check_tiering(context: Context, document: Document[Tiering]) -> CheckedTiering | None:
    """One tiering policy, or None after noting its mistakes."""
    before, written = len(context.diagnostics), document.content
    for key, leaf in _of_other_kinds(context, document):
        instead = Term(f"tiering-without-{key.replace(' ', '-')}")
        context.refuse("key-not-of-tiering", leaf.span, key=key, instead=instead)
    for part in ("measures", "values"):
        if "tier" in getattr(written, part):
            context.refuse("reserved-name", context.key_span(context.inside(document.tree, part), "tier"), found="tier")
    begun = check_begun(context, document, {"tier": tier_type(written.tiers)})
    tiers = _tiers(context, document, begun.scope)
    check_ladder(context, tiers)
    fall, each = written.fall, written.each.text
    check_succession(context, document)
    policy = CheckedTiering(
        **begun.head,
        tiers=tiers,
        grace=_periods(context, fall.grace, each) if fall is not None else 0,
        most=_at_most(context, fall.at_most) if fall is not None else 0,
        protect=_periods(context, written.protect.new_for, each) if written.protect is not None else 0,
        holding=_holding(context, written.holds),
        setting=_setting(context, document),
        service=check_services(context, document),
        promises=promises_of(document, working_day(context)),
        moves=_moves(context, document),
        fields=_fields(context, begun),
        becomes=becomes(context, document),
        at_events=_at_events(context, written.evaluate),
    )
    if policy.at_events:
        _check_at_events(context, document, policy)
    if any(one.severity == "error" for one in context.diagnostics[before:]):
        return None
    policy = replace(policy, facts=used_facts(context, policy))
    for use in policy.facts:
        if policy.at_events:
            context.refuse("known-at-period-end", use.span, found=use.name)
        elif use.of_events and use.how == "period":
            context.refuse("fact-of-several-periods", use.span, found=use.name)
    check_uses(context, policy)
    check_evidence(context, policy)
    check_reach(context, policy)
    return policy


def tier_standing(document: Document[Tiering]) -> Mapping[str, Offer]:
    """What others may use of a tiering: in which tier somebody is, from the day after each period on, and with it what
    he is promised.
    """
    place = document.tree.key("tiers")
    assert place is not None, "a tiering without tiers can't be read"
    promised = {each.name: each.offer for each in promises_of(document)}
    return {**promised, "tier": Offer("tier", tier_type(document.content.tiers), place.span, stands=True)}


def _of_other_kinds(context: Context, document: Document[Tiering]) -> Iterator[tuple[str, Leaf]]:
    """What other kinds of policy may say, and what means nothing of a subject by whole periods."""
    written, tree = document.content, document.tree
    if written.credit:
        yield "credit", word_at("credit", context.key_span(tree, "credit"))
    if written.mid_period is not None:
        yield "mid-period", written.mid_period
    for measure in written.measures.values():
        for key, leaf in (("among", measure.among), ("share of", measure.share_of)):
            if leaf is not None:
                yield key, leaf


def _tiers(context: Context, document: Document[Tiering], scope: Scope) -> tuple[CheckedTier, ...]:
    """The tiers, best first; only the last has no condition."""
    written, block = document.content.tiers, context.inside(document.tree, "tiers")
    names, former = list(written), former_names(context, document)
    if len(names) == 1:
        context.refuse("one-tier", context.key_span(block, names[0]))
    found = []
    for name, tier in written.items():
        span, typing = context.key_span(block, name), Typing(scope)
        if name == names[-1]:
            for leaf in (tier.enter, tier.stay):
                if leaf is not None:
                    context.refuse("last-tier-has-a-condition", leaf.span, found=name)
        elif tier.enter is None:
            context.refuse("tier-without-enter", span, found=name)
        enter = typing.condition(tier.enter) if tier.enter is not None else None
        stay = typing.condition(tier.stay) if tier.stay is not None else enter
        context.diagnostics.extend(typing.mistakes)
        title = context.title(tier.title, span)
        found.append(CheckedTier(name, title, enter, stay, span, former[name]))
    return tuple(found)


def _periods(context: Context, leaf: Words | None, each: str) -> int:
    """A number of the policy's own periods."""
    if leaf is None:
        return 0
    words = _COUNT.fullmatch(" ".join(leaf.text.split()))
    unit = each if each in {"month", "quarter", "year"} else "period"
    if words is None or words[2] not in {each, "period"} or not 0 < int(words[1]) <= LONGEST_GRACE:
        number = re.fullmatch(r"\s*([0-9]{1,2})\s*(.*?)\s*", leaf.text)
        # A unit that is left out or misspelt is known; `90 days` aren't 90 quarters.
        meant = number is not None and (not number[2] or nearest(number[2], (unit, f"{unit}s")) is not None)
        fix = Fix(leaf.span, f"{number[1]} {unit}{'s' if number[1] != '1' else ''}") if number and meant else None
        args = {"found": leaf.text, "accepted": f"2 {unit}s", "each": each}
        context.note(Diagnostic("periods-not-understood", leaf.span, args, fix=fix))
        return 0
    return int(words[1])


def _at_most(context: Context, leaf: Words | None) -> int:
    """How many tiers a fall may go down; 0: as many as the numbers say."""
    if leaf is None:
        return 0
    words = _COUNT.fullmatch(" ".join(leaf.text.split()))
    if words is None or words[2] != "tier" or not int(words[1]):
        number = re.match(r"\s*([1-9][0-9]?)\b", leaf.text)
        fix = Fix(leaf.span, f"{number[1]} tier{'s' if number[1] != '1' else ''}") if number else None
        context.note(Diagnostic("fall-not-understood", leaf.span, {"found": leaf.text}, fix=fix))
        return 0
    return int(words[1])


def _at_events(context: Context, leaf: Words | None) -> bool:
    """Whether tiers are looked at anew at each event."""
    words = "at period end" if leaf is None else " ".join(leaf.text.split())
    if leaf is not None and words not in EVALUATED:
        near = nearest(words, EVALUATED)
        fix = Fix(leaf.span, near) if near else None
        context.note(Diagnostic("evaluate-not-understood", leaf.span, {"found": leaf.text}, fix=fix))
    return words == "at each event"


def _check_at_events(context: Context, document: Document[Tiering], policy: CheckedTiering) -> None:
    """Nothing is asked within a period that only its end can answer, and nothing changes the tiers of days gone by."""
    evaluate = document.content.evaluate
    assert evaluate is not None, "nothing else is looked at at each event"
    if any(action.once_per is not None for action in policy.actions):
        # It is decided before what others trigger in its period.
        context.refuse("not-yet", evaluate.span, what="evaluate beside once per")
    values = context.inside(document.tree, "values")
    for value in policy.values:
        if isinstance(value.expression, Band):
            context.refuse("known-at-period-end", context.key_span(values, value.name), found=value.name)
    returns = document.content.returns
    if returns is not None and policy.reversal is not None and policy.reversal.count != "in own period":
        leaf = returns.count
        fix = Fix(leaf.span, "in own period")
        context.note(Diagnostic("returns-to-days-gone-by", leaf.span, {"found": leaf.text}, fix=fix))


def _holding(context: Context, leaf: Words | None) -> Holding | None:
    """How long a tier is held."""
    if leaf is None:
        return None
    words = " ".join(leaf.text.split())
    ends = re.fullmatch(r"until (?:the )?end of (?:the )?(month|quarter|year)", words)
    if ends is not None:
        return Holding("month" if ends[1] == "month" else "quarter" if ends[1] == "quarter" else "year")
    later = re.fullmatch(r"([1-9][0-9]{0,2}) (month|year)s? from entry", words)
    if later is not None:
        return Holding("months", int(later[1]) * (12 if later[2] == "year" else 1))
    day = literals.date(words.removeprefix("until ")) if words.startswith("until ") else None
    if day is not None:
        return Holding("day", day=day)
    context.refuse("holding-not-understood", leaf.span, found=leaf.text)
    return None


def _setting(context: Context, document: Document[Tiering]) -> Setting | None:
    """The type of event by which a tier is set by hand."""
    leaf = document.content.override
    if leaf is None:
        return None
    event = context.events.get(leaf.text)
    if event is None:
        context.unknown("unknown-event", leaf, context.events)
        return None
    if not context.may_record(event.name):
        context.refuse("event-not-recorded", leaf.span, found=event.name)
    for name, kinds in SETTING.items():
        field = event.fields.get(name)
        if field is None or field.type.kind not in kinds:
            known = "date" if DATE.kind in kinds else "text" if name in {"tier", "reason"} else "person"
            context.refuse("setting-lacks-a-field", leaf.span, found=event.name, field=name, accepted=known)
        elif name == "tier" and field.type.values:
            former = {name for names in former_names(context, document).values() for name in names}
            for word in sorted(set(field.type.values) - document.content.tiers.keys() - former):
                context.refuse("sets-another-tier", leaf.span, found=event.name, word=word)
    subject = subject_field(event, document.content.subject.text)
    if subject is None:
        kind = document.content.subject.text
        context.refuse("setting-lacks-a-field", leaf.span, found=event.name, field=kind, accepted=kind)
        return None
    return Setting(event, subject, leaf.span)


def _fields(context: Context, begun: Begun) -> Mapping[str, str]:
    """By type of event that is measured, the field that names the subject."""
    subject, found = begun.head["subject"], {}
    for measure in begun.head["measures"]:
        field = subject_field(context.events[measure.event], subject)
        if field is not None:
            found[measure.event] = field
    return found


def _moves(context: Context, document: Document[Tiering]) -> Mapping[str, Move]:
    """By action, the change of tier that triggers it."""
    found, names = {}, list(document.content.tiers)
    block = context.inside(document.tree, "actions")
    for name, action in document.content.actions.items():
        there = sorted((leaf.span, key) for key, leaf in _said(action) if leaf is not None)
        said = [key for _, key in there]
        if len(said) > 1:
            context.refuse("one-move", context.key_span(context.inside(block, name), said[1]), found=tuple(said))
        move = _move(context, action, names)
        if move is not None:
            found[name] = move
    return found


def _said(action: TierAction) -> tuple[tuple[str, Leaf | None], ...]:
    return (
        ("tier rises to", action.rises_to),
        ("tier falls to", action.falls_to),
        ("tier rises by", action.rises_by),
        ("tier falls by", action.falls_by),
    )


def _move(context: Context, action: TierAction, names: list[str]) -> Move | None:
    for leaf in (action.rises_to, action.falls_to):
        if leaf is None:
            continue
        if leaf.text not in names:
            context.unknown("unknown-tier", leaf, names)
            return None
        if leaf is action.falls_to and leaf.text == names[0]:
            context.refuse("falls-to-the-best", leaf.span, found=leaf.text)
        return Move("rises" if leaf is action.rises_to else "falls", names.index(leaf.text) + 1, 1)
    for count in (action.rises_by, action.falls_by):
        if count is None:
            continue
        if not 0 < count.value < len(names):
            context.refuse("moves-by-too-many", count.span, found=count.text, limit=len(names) - 1)
        return Move("rises" if count is action.rises_by else "falls", None, count.value)
    return None
