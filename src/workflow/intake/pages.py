"""The pages of a Parquet column, as they stand in the file: what the file itself says of their encodings may be wrong.

A text that stands once in a dictionary may be in very many rows; read as if each stood for itself, a small file would
fill all memory before anybody could count. So each page is asked by its own header, which the reader goes by too.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

_DATA, _DATA_2 = 0, 3
_PLAIN = 0
_TYPE, _SIZE, _DATA_HEADER, _DATA_2_HEADER = 1, 3, 5, 8
"""Fields of a page's header: what it is, its bytes in the file, and what a page of values says of these."""
_ENCODINGS = {_DATA: (_DATA_HEADER, 2), _DATA_2: (_DATA_2_HEADER, 4)}
"""By the kind of a page of values, in which field's field its encoding stands."""
_TRUE, _FALSE, _INTEGERS, _TEXT, _STRUCT = 1, 2, (4, 5, 6), 8, 12
_MOST_BYTES, _MOST_DEPTH = 10, 3


class _Odd(Exception):
    """A header has what none needs, or ends too early."""


def each_for_itself(file: BinaryIO, start: int, length: int) -> bool:
    """Whether these bytes of a file are pages in which every text stands for itself, and nothing else."""
    at, end = start, start + length
    try:
        while at < end:
            file.seek(at)
            header = _struct(file)
            place, encoding = _ENCODINGS.get(_number(header, _TYPE), (0, 0))
            of_values = header.get(place)
            if not isinstance(of_values, Mapping) or _number(of_values, encoding) != _PLAIN:
                return False
            at = file.tell() + _number(header, _SIZE)
    except _Odd:
        return False
    return True


def _number(fields: Mapping[int, object], field: int) -> int:
    found = fields.get(field)
    if not isinstance(found, int) or found < 0:
        raise _Odd
    return found


def _struct(file: BinaryIO, depth: int = 0) -> dict[int, object]:
    """The fields of a struct by their numbers, as Thrift's compact protocol writes them."""
    if depth > _MOST_DEPTH:
        raise _Odd
    found: dict[int, object] = {}
    field = 0
    while kind := _byte(file):
        field += kind >> 4
        if not kind >> 4 or field in found:
            raise _Odd
        found[field] = _value(file, kind & 15, depth)
    return found


def _value(file: BinaryIO, kind: int, depth: int) -> object:
    if kind in _INTEGERS:
        number = _varint(file)
        return number >> 1 ^ -(number & 1)
    if kind == _TEXT:
        file.seek(_varint(file), io.SEEK_CUR)
        return None
    if kind == _STRUCT:
        return _struct(file, depth + 1)
    if kind not in {_TRUE, _FALSE}:
        raise _Odd
    return kind == _TRUE


def _varint(file: BinaryIO) -> int:
    number = 0
    for place in range(_MOST_BYTES):
        byte = _byte(file)
        number |= (byte & 127) << 7 * place
        if byte < 128:  # noqa: PLR2004 the eighth bit says that more follow
            return number
    raise _Odd


def _byte(file: BinaryIO) -> int:
    found = file.read(1)
    if not found:
        raise _Odd
    return found[0]
