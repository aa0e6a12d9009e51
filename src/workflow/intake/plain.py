"""Rows that are plainly sound: most cells need no long look, and a batch of them is proven so by its bytes.

A proof may only err on one side: what it calls plain passes every check and has the value that it gives; of any other
row nothing is said, and the long look decides. So a proof may be short where a pattern must be complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflow.intake.zones import TWICE, Zone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_DAY = 86_400_000_000
_DATE, _TIME = len("YYYY-MM-DD"), len("YYYY-MM-DD hh:mm:ss")
_FIRST_DAY = -719_162
"""The first day of the year 1, in days since 1970: before it there is none."""
_SCALES = {"ms": 1_000, "us": 1}
"""Microseconds of the units of time that files have; finer ones need the long look."""
_FEW = 16
"""Texts among which one that is no day isn't looked for: none of them is plain then."""
_LEADS = b"\xc2\xd8\xe1\xe2\xe3\xef\xf3"
"""The bytes that `cells.UNSEEN` signs beyond ASCII begin with."""
_BLANK, _LAST_SEEN = ord(" "), ord("~")
_ZERO, _NINE, _POINT, _MINUS = ord("0"), ord("9"), ord("."), ord("-")


@dataclass(frozen=True, slots=True)
class Look:
    """What a proof has found in a batch: the rows in which its cell is plain, and the columns that it gives."""

    plain: NDArray[np.bool_]
    values: tuple[Any, ...] = ()


Proof = Callable[[Any], Look]
"""Looks at a column of a batch, of text or of the file's own type."""


@dataclass(frozen=True, slots=True)
class Proven:
    """One cell to be proven: the place of its column among those that are read, how, and the columns that this gives.

    `types` are their Arrow types by that of the cell. `as_text`: the cell's own text is its value.
    """

    place: int
    proof: Proof
    names: tuple[str, ...] = ()
    types: Callable[[Any], tuple[Any, ...]] = lambda _: ()
    as_text: bool = False


def looked_at(batch: Any, proven: Sequence[Proven]) -> tuple[Any, list[Any], Any]:
    """A batch of a file in two: of the rows that are plain, their cells and what was proven of them; and the others."""
    import numpy as np
    import pyarrow as pa

    looks = [each.proof(batch.column(each.place + 1)) for each in proven]
    plain = np.logical_and.reduce([look.plain for look in looks])
    values = [value for look in looks for value in look.values]
    if plain.all():
        return batch, values, batch.slice(batch.num_rows)
    sound = pa.array(plain)
    return batch.filter(sound), [value.filter(sound) for value in values], batch.filter(pa.array(~plain))


def named(column: Any, *, required: bool) -> Look:
    """An id holds no sign that can't be seen, and has no blank at an end."""
    import numpy as np
    from pyarrow import types

    if types.is_integer(column.type):
        return anything(column, required=required)
    if not _is_text(column):
        return _nothing(column)
    data, starts, lengths = _bytes_of(column)
    plain = lengths > 0
    if len(data) and int((data - np.uint8(_BLANK)).max()) > _LAST_SEEN - _BLANK:
        doubtful = (data < _BLANK) | (data == _LAST_SEEN + 1) | np.isin(data, np.frombuffer(_LEADS, np.uint8))
        plain[np.searchsorted(starts, np.flatnonzero(doubtful), side="right") - 1] = False
    if len(data) and bool((data == _BLANK).any()):
        filled = np.flatnonzero(lengths > 0)
        ends = starts[filled], starts[filled] + lengths[filled] - 1
        plain[filled[(data[ends[0]] == _BLANK) | (data[ends[1]] == _BLANK)]] = False
    return Look(plain if required else plain | ~_there(column))


def anything(column: Any, *, required: bool) -> Look:
    """A free text is whatever it is."""
    import numpy as np

    return Look(_there(column) if required else np.ones(len(column), np.bool_))


def one_of(column: Any, words: Sequence[str], *, required: bool) -> Look:
    """One of the declared words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not _is_text(column):
        return _nothing(column)
    known = pc.is_in(column, value_set=pa.array(words, pa.string())).to_numpy(zero_copy_only=False)
    return Look(known if required else known | ~_there(column))


def currency(column: Any) -> Look:
    """Three capital letters."""
    import numpy as np

    if not _is_text(column):
        return _nothing(column)
    data, starts, lengths = _bytes_of(column)
    wrong = data - np.uint8(ord("A")) > ord("Z") - ord("A")
    plain = lengths == len("CNY")
    if wrong.any():
        plain[np.searchsorted(starts, np.flatnonzero(wrong), side="right") - 1] = False
    return Look(plain)


def decimal(column: Any, before: int, after: int, *, required: bool) -> Look:
    """Digits, at most so many before and after the point; or a number of a type that has no more. The column itself
    is given, to be cast.
    """
    import numpy as np
    import pyarrow as pa

    if not _is_text(column):
        if not _fits(column.type, before, after):
            return Look(_nothing(column).plain, (pa.nulls(len(column), pa.string()),))
        return Look(_there(column) if required else np.ones(len(column), np.bool_), (column,))
    plain = _plain_decimals(column, before, after)
    return Look(plain if required else plain | ~_there(column), (column,))


def cast_from(of: Any, before: int, after: int) -> Any:
    """The type of what `decimal` gives for a column of a type."""
    import pyarrow as pa

    return of if _fits(of, before, after) else pa.string()


def _plain_decimals(column: Any, before: int, after: int) -> NDArray[np.bool_]:
    """Which texts are plain decimals."""
    import numpy as np

    data, starts, lengths = _bytes_of(column)
    others = np.flatnonzero(data - np.uint8(_ZERO) > _NINE - _ZERO)
    one_each = len(others) == len(lengths) and bool(((others >= starts) & (others < starts + lengths)).all())
    if one_each and bool((data[others] == _POINT).all()):
        whole = others - starts
        behind = lengths - whole - 1
        return (whole >= 1) & (whole <= before) & (behind >= 1) & (behind <= after)
    rows = np.arange(len(others)) if one_each else np.searchsorted(starts, others, side="right") - 1
    signs, positions = data[others], others - starts[rows]
    points = signs == _POINT
    plain = np.ones(len(lengths), np.bool_)
    plain[rows[~points & ((signs != _MINUS) | (positions > 0))]] = False
    whole, behind = lengths.copy(), np.zeros(len(lengths), np.int64)
    pointed = rows[points]
    whole[rows[~points]] -= 1
    plain[pointed[1:][pointed[1:] == pointed[:-1]]] = False
    behind[pointed] = lengths[pointed] - positions[points] - 1
    whole[pointed] -= behind[pointed] + 1
    plain[pointed] &= behind[pointed] > 0
    return plain & (whole >= 1) & (whole <= before) & (behind <= after)


def day(column: Any, *, required: bool) -> Look:
    """A day that there is, as ISO writes it, or of a type that holds days."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if types.is_date32(column.type):
        days, plain = _integers(column, np.int32), _there(column)
    elif _is_text(column):
        plain, days = _read(column, _DATE, pa.date32(), np.int32)
    else:
        return Look(_nothing(column).plain, (pa.nulls(len(column), pa.date32()),))
    there = _there(column)
    plain &= days >= _FIRST_DAY
    return Look(plain if required else plain | ~there, (_array(days, pa.date32(), there),))


@dataclass(frozen=True, slots=True)
class Clocks:
    """What an instant is read by: the zone of local times (None: there is none), the workspace's, the years in reach.

    `years` are the first local microsecond that can be recorded, and the first that can't any more.
    """

    local: Zone | None
    days: Zone
    years: tuple[int, int]


def instant(column: Any, clocks: Clocks, *, required: bool) -> Look:
    """A local time of a zone, or a day, as ISO writes them, or of a type that holds them. UTC and its day are given."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    plain, local, bare = _stamps(column)
    plain &= (local >= clocks.years[0]) & (local < clocks.years[1])
    local = local if plain.all() else np.where(plain, local, 0)
    if bare:
        days = local // _DAY
        utc = clocks.days.end_of_day(days)
    elif types.is_timestamp(column.type) and column.type.tz is not None:
        utc, days = local, clocks.days.day(local)
    elif clocks.local is None:
        utc, days, plain = local, local // _DAY, np.zeros(len(column), np.bool_)
    else:
        utc = clocks.local.utc(local)
        plain &= utc > TWICE
        days = clocks.days.day(utc if plain.all() else np.where(plain, utc, 0))
    there = _there(column)
    values = (_array(utc, pa.timestamp("us"), there), _array(days.astype(np.int32), pa.date32(), there))
    return Look(plain if required else plain | ~there, values)


def _stamps(column: Any) -> tuple[NDArray[np.bool_], NDArray[np.int64], bool]:
    """The rows in which a time stands, in microseconds since 1970 as it is written, and whether all are bare days."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import types

    if types.is_date32(column.type):
        return _there(column), _integers(column, np.int32).astype(np.int64) * _DAY, True
    if types.is_timestamp(column.type) and column.type.unit in _SCALES:
        scale = _SCALES[column.type.unit]
        raw = _integers(column, np.int64)
        near = np.abs(raw) < (1 << 62) // scale
        return _there(column) & near, np.where(near, raw, 0) * scale, False
    if _is_text(column):
        _, _, lengths = _bytes_of(column)
        if len(lengths) and int(lengths.max()) == _DATE:
            plain, days = _read(column, _DATE, pa.date32(), np.int32)
            return plain, days.astype(np.int64) * _DAY, True
        return *_read(column, _TIME, pa.timestamp("us"), np.int64), False
    return np.zeros(len(column), np.bool_), np.zeros(len(column), np.int64), False


def _read(column: Any, width: int, as_: Any, number: type) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """The rows with a text of ISO's form and this width, and what the texts are as numbers."""
    import numpy as np
    import pyarrow as pa

    _, _, lengths = _bytes_of(column)
    plain = lengths == width
    if plain.all():
        return plain, _cast(column, as_, number, plain)
    found: NDArray[Any] = np.zeros(len(column), number)
    some = column.filter(pa.array(plain))
    there = np.ones(len(some), np.bool_)
    found[plain] = _cast(some, as_, number, there)
    plain[plain] = there
    return plain, found


def _cast(texts: Any, as_: Any, number: type, there: NDArray[np.bool_]) -> NDArray[Any]:
    """Texts of the right width as numbers; some around one of another form, or of no real day, are not `there`.

    Arrow takes no other form of these widths than ISO's, with a blank or a T, and no day that there isn't.
    """
    import numpy as np
    import pyarrow as pa

    try:
        return _integers(texts.cast(as_), number)
    except pa.ArrowInvalid:
        if len(texts) <= _FEW:
            there[:] = False
            return np.zeros(len(texts), number)
    half = len(texts) // 2
    return np.concatenate(
        [_cast(texts[:half], as_, number, there[:half]), _cast(texts[half:], as_, number, there[half:])]
    )


def _is_text(column: Any) -> bool:
    import pyarrow as pa

    return bool(column.type == pa.string())


def _fits(of: Any, before: int, after: int) -> bool:
    """Whether every value of a type is a decimal of at most so many digits before and after the point."""
    from pyarrow import types

    if types.is_decimal(of):
        return bool(0 <= of.scale <= after and of.precision - of.scale <= before)
    return bool(types.is_integer(of)) and len(str(1 << int(of.bit_width))) <= before


def _nothing(column: Any) -> Look:
    """No row is plain: the column has a type that needs the long look."""
    import numpy as np

    return Look(np.zeros(len(column), np.bool_))


def _there(column: Any) -> NDArray[np.bool_]:
    import numpy as np

    if not column.null_count:
        return np.ones(len(column), np.bool_)
    there: NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    return there


def _bytes_of(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """The bytes of a column of text, and where each text begins among them and how long it is; an absent one has 0."""
    import numpy as np

    _, bounds, data = column.buffers()
    offsets = np.frombuffer(bounds, np.int32, len(column) + 1, column.offset * 4).astype(np.int64)
    first, last = int(offsets[0]), int(offsets[-1])
    signs = np.frombuffer(data, np.uint8, last - first, first) if last > first else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    if column.null_count and int(lengths.sum(where=~_there(column))):
        # What stands behind an absent text is nobody's.
        return _bytes_of(column.take(_range(len(column))))
    return signs, offsets[:-1] - first, lengths


def _range(size: int) -> Any:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.arange(size))


def _integers(column: Any, number: type) -> NDArray[Any]:
    """The numbers that stand for days or times; anything where there is none."""
    import numpy as np

    size = np.dtype(number).itemsize
    return (
        np.frombuffer(column.buffers()[1], number, len(column), column.offset * size)
        if len(column)
        else np.zeros(0, number)
    )


def _array(numbers: NDArray[Any], of: Any, there: NDArray[np.bool_]) -> Any:
    import pyarrow as pa

    plain = pa.array(numbers, mask=None if there.all() else ~there)
    return plain.view(of) if len(plain) else pa.nulls(0, of)
