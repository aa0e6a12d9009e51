"""How a drawing begins, whatever it shows."""

from __future__ import annotations


def opening(wide: int, high: int) -> str:
    """The first tag of a drawing of this size, in pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="sans-serif" font-size="12">'
    )
