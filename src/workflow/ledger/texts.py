"""Values as text, whole columns at a time: as every reader can parse them again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflow.model.types import Kind, Type
from workflow.syntax.moments import clock_text, elapsed_text, moment_text, months_text

_PERCENT = 2
"""So many places a ratio's point moves to the right."""


def texts(values: Any, of: Type) -> Any:
    """Each value as every reader can parse it again: `1234.5 CNY`, `83.12%`, `2026-07-01`; without needless zeros.

    Args:
        values: an Arrow array of the type; null where nothing is known.
        of: the type.

    Returns:
        An array of text, null where nothing is known.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_decimal(values.type):
        ratio = of.kind is Kind.RATIO
        digits = _trimmed(plain(values, moved=_PERCENT if ratio else 0))
        unit = "%" if ratio else f" {of.unit}" if of.unit else ""
        return pc.binary_join_element_wise(digits, unit, "") if unit else digits
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "yes", "no")
    if pa.types.is_string(values.type):
        return values
    said = _AS_TEXT.get(of.kind, str)
    return pa.array([None if value is None else said(value) for value in values.to_pylist()], pa.string())


_AS_TEXT: dict[Kind, Callable[[Any], str]] = {
    Kind.TIME: clock_text,
    Kind.DATE_TIME: moment_text,
    Kind.MONTHS: months_text,
    Kind.ELAPSED: elapsed_text,
    Kind.WORKING: elapsed_text,
}
"""Times and durations in the form of ISO 8601."""


def plain(values: Any, moved: int = 0) -> Any:
    """Decimals with all digits of their scale and never an exponent; the point `moved` so many places to the right."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places, whole = values.type.scale - moved, pa.decimal128(38, 0)
    # The same integers, read without a scale: Arrow prints small numbers of a larger scale with an exponent.
    integers = pa.Array.from_buffers(whole, len(values), values.buffers(), offset=values.offset)
    digits = pc.cast(pc.abs(integers), pa.string())
    if places < 0:
        digits = pc.if_else(pc.equal(digits, "0"), digits, pc.binary_join_element_wise(digits, "0" * -places, ""))
    elif places > 0:
        digits = pc.ascii_lpad(digits, places + 1, "0")
        whole_part, decimals = pc.utf8_slice_codeunits(digits, 0, -places), pc.utf8_slice_codeunits(digits, -places)
        digits = pc.binary_join_element_wise(whole_part, decimals, ".")
    negative = pc.less(integers, pa.scalar(Decimal(0), whole))
    return pc.binary_join_element_wise(pc.if_else(negative, "-", ""), digits, "")


def _trimmed(digits: Any) -> Any:
    """Without the zeros that end decimals, nor a point that nothing follows."""
    import pyarrow.compute as pc

    fraction = pc.match_substring(digits, ".")
    return pc.if_else(fraction, pc.utf8_rtrim(pc.utf8_rtrim(digits, "0"), "."), digits)
