"""What the world has lists of: the zones of the IANA and the currencies of ISO 4217, so that a misspelt one is met."""

from __future__ import annotations

import functools
import zoneinfo

from workflow.checks.context import Context
from workflow.model.leaves import Leaf

_NO_PLACE = frozenset({"localtime", "Factory"})
"""Names in a computer's folder of zones that mean another time on another computer, or none."""


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
    """The zone that a leaf names; None, after noting a mistake, if there is no such zone."""
    if leaf is None or leaf.text in zones():
        return leaf.text if leaf is not None else None
    context.unknown("unknown-zone", leaf, zones())
    return None


def check_currency(context: Context, leaf: Leaf) -> None:
    """Note a mistake if there is no such currency."""
    if leaf.text not in currencies():
        context.unknown("unknown-currency", leaf, currencies())
