"""The forms of dates and times in files: ISO's where none is declared, and which pieces a declared one may have."""

from __future__ import annotations

import re

YEAR, MONTH, DAY, HOUR = ("YYYY", "YY"), ("MM", "Mon", "M"), ("DD", "D"), ("hh", "h")
"""Pieces of which a form has just one (of the hour at most one)."""
PIECES = (*YEAR, *MONTH, *DAY, *HOUR, "mm", "ss", "fff", "AM")
"""All pieces that stand for something; any other sign stands for itself."""

DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
CLOCK = r"[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6}0{0,3})?)?"
OFFSET = "Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?"
"""A day, the time behind it, and its offset, as ISO writes them: patterns that all engines and editors know."""

_PARTED = re.compile("|".join((*sorted(PIECES, key=lambda piece: (-len(piece), piece)), ".")), re.DOTALL)


def pieces(form: str) -> tuple[str, ...]:
    """A form in its pieces and its other signs."""
    return tuple(_PARTED.findall(form))


def is_understood(form: str) -> bool:
    """Whether a form says a whole day, each part once, an hour of twelve with its half of the day, no part without
    the greater one.
    """
    said = [piece for piece in pieces(form) if piece in PIECES]
    once = all(sum(said.count(piece) for piece in kind) == 1 for kind in (YEAR, MONTH, DAY))
    hours = sum(said.count(piece) for piece in HOUR)
    finer = [said.count(piece) for piece in ("mm", "ss", "fff")]
    counts = [hours, *finer]
    return once and max(counts) <= 1 and sorted(counts, reverse=True) == counts and said.count("AM") == said.count("h")
