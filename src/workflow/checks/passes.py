"""The checks in their order: each pass needs what the ones above it have found."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from workflow.checks.between import word_of
from workflow.checks.builtin import in_workspace, with_facts, with_goals, with_totals
from workflow.checks.calendars import check_calendars
from workflow.checks.cases import with_versions
from workflow.checks.catalogue import check_events, check_items, check_readers, check_registers, check_roles
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace, Offer, Subject
from workflow.checks.context import NO_CURRENCY, Context, Known
from workflow.checks.kinds import check_policy, standing_in
from workflow.checks.known import currency_of, zone_of
from workflow.checks.ordering import Use, uses_in
from workflow.checks.ordering import in_order as in_need
from workflow.checks.periods import check_periods
from workflow.checks.sources import check_sources
from workflow.diagnostics import Diagnostic, Fix, has_errors, in_order
from workflow.model.files import Document, PolicySet
from workflow.model.leaves import Ident
from workflow.model.policy import Policy
from workflow.model.reading import nearest
from workflow.model.sizes import unified
from workflow.model.typed import Rounding

EDITION = 1
"""The edition of the policy language that this release speaks."""
LANGUAGES = ("en", "zh-CN")


def check(written: PolicySet) -> tuple[CheckedWorkspace | None, tuple[Diagnostic, ...]]:
    """All checks over a workspace.

    Args:
        written: what the authors wrote, as far as it could be read.

    Returns:
        The checked workspace, or None if any mistake stops a run; and everything that was found, in order.
    """
    context = Context(written)
    for each in PASSES:
        each(context)
    sources = check_sources(context)
    context.recorded = _recorded(context)
    policies, order = _policies(context)
    document = written.workspace
    # Where workspace.yaml can't be read its mistake is told, not what rests on the currency that it would have said.
    diagnostics = in_order(each for each in context.diagnostics if document is not None or not _of_no_currency(each))
    if document is None or has_errors(diagnostics):
        return None, diagnostics
    checked = CheckedWorkspace(
        id=document.content.workspace.text,
        title=context.title(document.content.title, document.content.workspace.span),
        currency=context.currency,
        zone=context.zone,
        periods=context.periods,
        year_starts=context.year_starts,
        languages=context.languages,
        events=context.events,
        registers=context.registers,
        items=context.items,
        roles=context.roles,
        sources=with_goals(with_facts(with_totals(sources, policies), policies), policies),
        policies=policies,
        order=order,
    )
    return checked, diagnostics


def _of_no_currency(diagnostic: Diagnostic) -> bool:
    return any(NO_CURRENCY in str(arg) for arg in diagnostic.args.values())


def _recorded(context: Context) -> frozenset[str]:
    """The types of events and registers that sources are for, also with mistakes: these are told where they stand."""
    found: set[str] = set()
    for document in context.written.sources:
        event, register = document.content.event, document.content.register_name
        if event is not None:
            known = event.text in {*context.events, *in_workspace(())}
            found.add(event.text if known else nearest(event.text, context.events) or event.text)
        if register is not None:
            found.add(register.text)
    return frozenset(found)


def _workspace(context: Context) -> None:
    """workspace.yaml: the edition, the languages, the money and the zone."""
    document = context.written.workspace
    if document is None:
        context.counts_days = True
        return
    written = document.content
    if written.language.value != EDITION:
        context.unknown("unknown-edition", written.language, (str(EDITION),))
    context.languages = tuple(leaf.text for leaf in written.languages if context.choice(leaf, LANGUAGES))
    context.title(written.title, written.workspace.span)
    context.currency = currency_of(context, written.currency)
    context.minor_digits = _minor_digits(context.currency)
    word = context.choice(written.rounding, tuple(mode.value for mode in Rounding))
    context.rounding = Rounding(word) if word else Rounding.HALF_UP
    context.zone = zone_of(context, written.time_zone) or context.zone
    if written.day_count is not None:
        context.counts_days = True
        context.choice(written.day_count.days, ("calendar",))
        context.choice(written.day_count.ends, ("both",))
        context.choice(written.day_count.factor, ("exact",))
    _calendar(context, written.calendar)
    context.periods = check_periods(context, written.periods, document.tree.get("periods"))


def _calendar(context: Context, leaf: Ident | None) -> None:
    """The calendars, and which of them counts working days."""
    context.calendars = check_calendars(context)
    if leaf is not None and leaf.text in context.calendars:
        context.calendar = context.calendars[leaf.text]
    elif leaf is not None:
        context.unknown("unknown-calendar", leaf, context.calendars)


def _minor_digits(currency: str) -> int:
    """Digits after the point of the currency's smallest coin, as Unicode's CLDR lists them."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def _catalogue(context: Context) -> None:
    context.events = check_events(context)
    context.registers = check_registers(context)
    context.roles = check_roles(context)
    context.items = check_items(context)
    context.seen_by = check_readers(context)


PASSES: tuple[Callable[[Context], None], ...] = (_workspace, _catalogue)


def _policies(context: Context) -> tuple[tuple[CheckedPolicy, ...], tuple[str, ...]]:
    """Every policy, that no two versions of one are in force at once, and the order in which they need each other."""
    documents = sorted(context.written.policies, key=lambda each: (each.content.id.text, each.content.version.value))
    versions = {name: tuple(each) for name, each in itertools.groupby(documents, lambda each: each.content.id.text)}
    unread = context.written.policies_unread
    context.policies |= {word_of(name): Known(name, "", "person", {}) for name in unread}
    for name, each in versions.items():
        context.policies[word_of(name)] = _declared(each)
    uses = uses_in(context, context.written.policies)
    context.asked = {name: frozenset(use.fact for use in uses if use.policy == name) for name in versions}
    order = in_need(context, versions, [use for use in uses if use.policy in versions])
    found = list[CheckedPolicy]()
    for name in order:
        checked = [check_policy(context, document) for document in versions[name]]
        sound = [policy for policy in checked if policy is not None]
        found += sound
        known = context.policies[word_of(name)]
        # What rests on a policy with a mistake is not whole either: its clauses may lack in it.
        rests = all(_is_known(context, use) for use in uses if use.by == name)
        offers = {**known.offers, **_offered(sound)}
        whole = rests and len(sound) == len(checked) and name not in unread
        context.policies[word_of(name)] = replace(known, offers=offers, whole=whole)
    _check_versions(context)
    return with_versions(sorted(found, key=lambda policy: (policy.id, policy.version))), order


def _is_known(context: Context, use: Use) -> bool:
    other = context.policies[word_of(use.policy)]
    return other.whole or use.fact in other.offers


def _declared(versions: tuple[Document[Policy], ...]) -> Known:
    """A policy as it is known before its check; of several versions the newest speaks."""
    newest = versions[-1].content
    standing = {name: offer for each in versions for name, offer in standing_in(each).items()}
    subject: Subject = "customer" if newest.subject.text == "customer" else "person"
    return Known(newest.id.text, newest.each.text, subject, standing)


def _offered(versions: Sequence[CheckedPolicy]) -> dict[str, Offer]:
    """What the versions of a policy offer; a fact of several has room for all of them, and the newest says its kind."""
    found: dict[str, Offer] = {}
    for policy in versions:
        for name, offer in policy.offers.items():
            old = found.get(name, offer).type
            alike = (old.kind, old.unit) == (offer.type.kind, offer.type.unit)
            found[name] = replace(offer, type=unified(offer.type, old) if alike else offer.type)
    return found


def _check_versions(context: Context) -> None:
    """A version is there once, and a higher one begins later than the one before, or replaces it from the same day."""
    rows = sorted(
        ((each.id.text, each.version.value, each.version.span, each.effective)
         for each in (document.content for document in context.written.policies)),
        key=lambda row: row[:3],
    )  # fmt: skip
    lowest = {name: (number, effective) for name, number, _, effective in reversed(rows)}
    for name, (number, effective) in lowest.items():
        if effective.replaces is not None and name not in context.written.policies_unread:
            place = effective.replaces.span
            context.refuse("replaces-nothing", place, policy=name, version=number, found=effective.replaces.text)
    for (policy, lower, place, before), (name, number, span, after) in itertools.pairwise(rows):
        if policy != name:
            continue
        if lower == number:
            context.note(Diagnostic("version-twice", span, {"policy": name, "version": number}, related=(place,)))
        elif after.replaces is not None and after.replaces.value != lower:
            leaf, args = after.replaces, {"policy": name, "found": after.replaces.text, "accepted": str(lower)}
            context.note(Diagnostic("replaces-another", leaf.span, args, fix=Fix(leaf.span, str(lower))))
        elif after.replaces is not None and after.since.value != before.since.value:
            context.note(
                Diagnostic(
                    "replaces-from-another-day",
                    after.since.span,
                    {"found": after.since.text, "accepted": before.since.text, "version": str(lower)},
                    fix=Fix(after.since.span, before.since.text),
                    related=(before.since.span,),
                )
            )
        elif after.replaces is None and after.since.value <= before.since.value:
            context.note(
                Diagnostic("version-begins-early", after.since.span, {"policy": name}, related=(before.since.span,))
            )
