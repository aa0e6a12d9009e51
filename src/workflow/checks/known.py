"""What the world has lists of: the zones of the IANA and the currencies of ISO 4217, so that a misspelt one is met."""

from __future__ import annotations

import functools
import zoneinfo

from workflow.checks.context import Context
from workflow.diagnostics import Argument, Diagnostic, Fix
from workflow.model.leaves import Leaf
from workflow.model.reading import nearest, shown

_NO_PLACE = frozenset({"localtime", "Factory"})
"""Names in a computer's folder of zones that mean another time on another computer, or none."""

_LETTERS = 4
"""So many signs at most are letters that stand for a zone, not its name."""
_WRITTEN = {"RMB": "CNY"}
"""What people write for a currency in three letters."""


@functools.cache
def zones() -> frozenset[str]:
    """The names of all time zones; they mean the same on every computer."""
    found = zoneinfo.available_timezones() - _NO_PLACE
    return frozenset(name for name in found if not name.startswith(("posix", "right")))


@functools.cache
def currencies() -> frozenset[str]:
    """The codes of all currencies, as Unicode's CLDR lists them."""
    from babel.core import get_global

    return frozenset(get_global("all_currencies"))


def zone_of(context: Context, leaf: Leaf | None) -> str | None:
    """The zone that a leaf names; None, after noting a mistake, if there is no such zone.

    Letters such as `CST` have no fix: the nearest others are a zone in another part of the world.
    """
    if leaf is None or leaf.text in zones():
        return leaf.text if leaf is not None else None
    near = nearest(leaf.text, zones()) if len(leaf.text) > _LETTERS else None
    fix = Fix(leaf.span, near) if near else None
    told: dict[str, Argument] = {"found": leaf.text, "accepted": shown(zones(), near)}
    context.note(Diagnostic("unknown-zone", leaf.span, told, fix=fix))
    return None


def currency_of(context: Context, leaf: Leaf) -> str:
    """The currency that a leaf means; a mistake is noted if there is none of this code.

    The nearest code is another country's money, so a fix is only what people write for a currency.
    """
    if leaf.text in currencies():
        return leaf.text
    meant = _WRITTEN.get(leaf.text, leaf.text)
    known = meant if meant in currencies() else None
    told: dict[str, Argument] = {"found": leaf.text, "accepted": shown(currencies(), known)}
    context.note(Diagnostic("unknown-currency", leaf.span, told, fix=Fix(leaf.span, known) if known else None))
    return meant
