"""Lines of text files made of whole columns: JSON, one object a line, and CSV for spreadsheets.

A field is a constant, an Arrow array of texts (null: missing) or of whole numbers, or `Pairs`. A line ends with a line
feed, whatever the system.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ESCAPED = r'[\x00-\x1f"\\]'
_FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_QUOTED = '[",\r\n]'


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with texts; a pair whose text is null is left out."""

    pairs: Sequence[tuple[str, Any]]


Fields = Mapping[str, object]


def json_lines(fields: Fields) -> Any:
    """A JSON object a row."""
    pieces: list[Any] = []
    for name, value in fields.items():
        pieces.append(f"{', ' if pieces else '{'}{_json(name)}: ")
        if isinstance(value, Pairs):
            parts = [_joined([f"{_json(key)}: ", _json_texts(each)]) for key, each in value.pairs]
            pieces += ["{", _listed(parts, ", "), "}"]
        elif _is_array(value):
            pieces.append(_digits(value) if _is_whole(value) else _filled(_json_texts(value), "null"))
        else:
            pieces.append(_json(value))
    return _joined([*pieces, "}\n"])


def csv_lines(fields: Fields) -> Any:
    """A CSV record a row: missing is empty, truth is yes or no.

    These files are opened in spreadsheets, which would carry out a text that begins like a formula; such a text has an
    apostrophe before it, as OWASP advises. Numbers stay numbers, and JSON stays exact.
    """
    pieces: list[Any] = []
    for value in fields.values():
        pieces += [","] if pieces else []
        if isinstance(value, Pairs):
            told = _listed([_joined([f"{key} = ", each]) for key, each in value.pairs], "; ")
            pieces.append(_quoted(cells(told)) if value.pairs else "")
        elif _is_array(value):
            pieces.append(_digits(value) if _is_whole(value) else _quoted(cells(_filled(value, ""))))
        else:
            pieces.append(_constant(value))
    return _joined([*pieces, "\n"])


def text_array(values: Iterable[str | None]) -> Any:
    """Texts as an array."""
    import pyarrow as pa

    return pa.array(list(values), pa.string())


def header(names: Iterable[str]) -> bytes:
    """The first line of a CSV."""
    return (",".join(names) + "\n").encode()


def text_of(lines: Any) -> memoryview:
    """The bytes of an array of lines, one after the other."""
    import pyarrow as pa

    whole = lines if isinstance(lines, pa.Array) else pa.concat_arrays(lines.chunks)
    whole = pa.concat_arrays([whole])
    _, offsets, data = whole.buffers()
    if data is None:
        return memoryview(b"")
    bounds = memoryview(offsets).cast("i" if pa.types.is_string(whole.type) else "q")
    return memoryview(data)[bounds[whole.offset] : bounds[whole.offset + len(whole)]]


def cells(values: Any) -> Any:
    """Texts as cells of a spreadsheet: what begins like a formula, and is no number, is marked as text."""
    import pyarrow.compute as pc

    formula = pc.match_substring_regex(values, _FORMULA)
    if not pc.any(formula).as_py():
        return values
    formula = pc.and_(formula, pc.invert(pc.match_substring_regex(values, _NUMBER)))
    return pc.if_else(formula, _joined(["'", values]), values)


def _quoted(values: Any) -> Any:
    """Cells as a CSV holds them: in quotes where a sign inside would end them."""
    import pyarrow.compute as pc

    special = pc.match_substring_regex(values, _QUOTED)
    if not pc.any(special).as_py():
        return values
    return pc.if_else(special, _joined(['"', pc.replace_substring(values, '"', '""'), '"']), values)


def _constant(value: object) -> str:
    """One cell that all records share."""
    import pyarrow as pa

    if isinstance(value, bool):
        return "yes" if value else "no"
    text: str = _quoted(cells(pa.array(["" if value is None else str(value)], pa.string())))[0].as_py()
    return text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_texts(values: Any) -> Any:
    """Texts as JSON; null stays null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.any(pc.match_substring_regex(values, _ESCAPED)).as_py():
        return pa.array([None if text is None else _json(text) for text in values.to_pylist()], pa.string())
    return _joined(['"', values, '"'])


def _is_array(value: object) -> bool:
    import pyarrow as pa

    return isinstance(value, pa.Array | pa.ChunkedArray)


def _is_whole(values: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(values.type))


def _digits(values: Any) -> Any:
    import pyarrow as pa

    return values.cast(pa.string())


def _filled(values: Any, instead: str) -> Any:
    import pyarrow.compute as pc

    return pc.fill_null(values, instead)


def _joined(pieces: Sequence[Any]) -> Any:
    """Texts and arrays of texts as one array; where one is missing the whole is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # Their type is said, since Arrow takes longer to guess it than to join a thousand rows.
    typed = [each if _is_array(each) else pa.scalar(each, pa.string()) for each in (*pieces, "")]
    return pc.binary_join_element_wise(*typed)


def _listed(parts: Sequence[Any], between: str) -> Any:
    """The texts that aren't missing, with something between them."""
    import pyarrow.compute as pc

    if not parts:
        return ""
    # Arrow's own way to skip what is missing loses rows in which all is.
    together = _joined([_filled(_joined([between, part]), "") for part in parts])
    return pc.utf8_slice_codeunits(together, len(between))
