"""What a bare number most likely means where a percentage is needed."""

from __future__ import annotations

from decimal import Decimal

from workflow.diagnostics import Fix
from workflow.model.typed import Expression, Literal
from workflow.model.types import Kind, shifted


def compared_fix(bare: Expression, against: Expression) -> Fix | None:
    """`80` against a ratio most likely means `80%`."""
    if not isinstance(bare, Literal) or bare.type.kind is not Kind.NUMBER or against.type.kind is not Kind.RATIO:
        return None
    assert isinstance(bare.value, Decimal)
    meant = bare.value if bare.value > 2 else shifted(bare.value, 2)  # noqa: PLR2004 results beyond 200% are rarer
    return Fix(bare.span, f"{meant:f}%")


def percent_fix(bare: Literal) -> Fix | None:
    """What a bare rate or border means as a percentage: `80` is 80%, `0.8` too; 1 or 2 may be either, so nothing."""
    assert isinstance(bare.value, Decimal)
    size = abs(bare.value)
    if 1 <= size <= 2:  # noqa: PLR2004 between these both readings are likely
        return None
    meant = shifted(bare.value, 2) if size < 1 else bare.value
    return Fix(bare.span, f"{meant:f}%")
