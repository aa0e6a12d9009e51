"""The checks in their order: each pass needs what the ones above it have found."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from workflow.checks.catalogue import check_events, check_items, check_registers
from workflow.checks.checked import CheckedIncentive, CheckedWorkspace
from workflow.checks.context import Context
from workflow.checks.incentives import check_incentive
from workflow.checks.known import check_currency, zone_of
from workflow.checks.periods import check_periods
from workflow.checks.sources import check_sources
from workflow.diagnostics import Diagnostic, Span, has_errors, in_order
from workflow.model.files import PolicySet
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
    context.recorded = frozenset(source.event or source.register or "" for source in sources)
    policies = _policies(context)
    diagnostics = in_order(context.diagnostics)
    document = written.workspace
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
        sources=sources,
        policies=policies,
    )
    return checked, diagnostics


def _workspace(context: Context) -> None:
    """workspace.yaml: the edition, the languages, the money and the zone."""
    document = context.written.workspace
    if document is None:
        return
    written = document.content
    if written.language.value != EDITION:
        context.unknown("unknown-edition", written.language, (str(EDITION),))
    context.languages = tuple(leaf.text for leaf in written.languages if context.choice(leaf, LANGUAGES))
    context.title(written.title, written.workspace.span)
    context.currency = written.currency.text
    context.minor_digits = _minor_digits(context)
    word = context.choice(written.rounding, tuple(mode.value for mode in Rounding))
    context.rounding = Rounding(word) if word else Rounding.HALF_UP
    context.zone = zone_of(context, written.time_zone) or context.zone
    if written.day_count is not None:
        context.counts_days = True
        context.choice(written.day_count.days, ("calendar",))
        context.choice(written.day_count.ends, ("both",))
        context.choice(written.day_count.factor, ("exact",))
    context.periods = check_periods(context, written.periods, document.tree.get("periods"))


def _minor_digits(context: Context) -> int:
    """Digits after the point of the currency's smallest coin, as Unicode's CLDR lists them."""
    from babel.numbers import get_currency_precision

    document = context.written.workspace
    assert document is not None
    currency = document.content.currency
    check_currency(context, currency)
    return get_currency_precision(currency.text)


def _catalogue(context: Context) -> None:
    context.events = check_events(context)
    context.registers = check_registers(context)
    context.items = check_items(context)


PASSES: tuple[Callable[[Context], None], ...] = (_workspace, _catalogue)


def _policies(context: Context) -> tuple[CheckedIncentive, ...]:
    """Every policy, and that no two versions of one are in force on the same day."""
    found = [check_incentive(context, document) for document in context.written.incentives]
    policies = tuple(policy for policy in found if policy is not None)
    _check_versions(context)
    return tuple(sorted(policies, key=lambda policy: (policy.id, policy.version)))


def _check_versions(context: Context) -> None:
    """A version is there once, and a higher one begins later than the one before."""
    rows = sorted(
        ((d.content.id.text, d.content.version.value, d.content.effective.since, d.content.version.span)
         for d in context.written.incentives),
        key=lambda row: (row[0], row[1], row[3]),
    )  # fmt: skip
    for before, after in itertools.pairwise(rows):
        if before[0] != after[0]:
            continue
        if before[1] == after[1]:
            context.note(
                Diagnostic("version-twice", after[3], {"policy": after[0], "version": after[1]}, related=(before[3],))
            )
        elif after[2].value <= before[2].value:
            related: tuple[Span, ...] = (before[2].span,)
            context.note(Diagnostic("version-begins-early", after[2].span, {"policy": after[0]}, related=related))
