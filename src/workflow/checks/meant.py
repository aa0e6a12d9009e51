"""What a bare number most likely means where a percentage is needed."""

from __future__ import annotations

from decimal import Decimal

from workflow.diagnostics import Fix
from workflow.model.typed import Expression, Literal
from workflow.model.types import Kind, likely_percent, shifted


def compared_fix(bare: Expression, against: Expression) -> Fix | None:
    """`80` against a ratio most likely means `80%`."""
    if not isinstance(bare, Literal) or bare.type.kind is not Kind.NUMBER or against.type.kind is not Kind.RATIO:
        return None
    assert isinstance(bare.value, Decimal)
    meant = bare.value if bare.value > 2 else shifted(bare.value, 2)  # noqa: PLR2004 results beyond 200% are rarer
    return Fix(bare.span, f"{meant:f}%")


def percent_fix(bare: Literal) -> Fix | None:
    """What a bare rate or border means as a percentage, if that is clear."""
    assert isinstance(bare.value, Decimal)
    meant = likely_percent(bare.value)
    return Fix(bare.span, meant) if meant is not None else None
