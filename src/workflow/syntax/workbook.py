"""The parts of an XLSX workbook that its cells refer to: where a sheet lies, its texts, which numbers are dates.

A workbook is a ZIP archive of XML. The parts are read as a stream, never unpacked whole; what makes XML dangerous
(document types, and so entities) ends the reading, and nothing outside the archive is ever opened.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol
from xml.parsers import expat

from workflow.syntax.packed import Expansion
from workflow.syntax.unusable import Unusable

_CHUNK = 1 << 16
_BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, OSError, RuntimeError, ValueError)
"""What the libraries raise where an archive or its XML is damaged, or a part encrypted."""
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHARED, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_MOST = 1 << 17
"""Elements besides cells that a workbook may have; a program that writes one stops at 65,490 styles."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The numbers of the built-in formats that show a date or a time."""
_PERCENTS = frozenset({"9", "10"})
"""The numbers of those that show a percentage."""
_NO_PART = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
"""What of a number format is text, colour or filling."""


@contextmanager
def sound() -> Iterator[None]:
    """Damage of the archive as a fault of the file.

    Raises:
        Unusable: what is inside the block found the workbook damaged.
    """
    try:
        yield
    except _BROKEN as error:
        raise Unusable("file-damaged", format="XLSX") from error


class Listener(Protocol):
    """Who is told a part of a workbook, element by element. What stands between elements gathers in `signs`."""

    signs: list[str]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; its name may have a prefix."""

    def end(self, name: str) -> None:
        """An element ends."""


def told(chunks: Iterator[bytes], listener: Listener) -> Iterator[None]:
    """Tell a listener a part; it has heard one chunk more each time that the next value is asked for.

    Raises:
        Unusable: the part has a document type.
        ExpatError: it is no XML.
    """

    def refuse(*_: object) -> None:
        raise Unusable("file-damaged", format="XLSX")

    machine = expat.ParserCreate()
    machine.buffer_text = True
    machine.StartDoctypeDeclHandler = refuse
    machine.StartElementHandler = listener.start
    machine.EndElementHandler = listener.end
    machine.CharacterDataHandler = listener.signs.append
    for chunk in chunks:
        machine.Parse(chunk, False)
        yield
    machine.Parse(b"", True)


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


class _Starts:
    """Hears where elements of some names begin, and keeps their attributes."""

    def __init__(self, *names: str) -> None:
        self.signs: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self._names = names

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep it, if it is one of them."""
        self.signs.clear()
        if local(name) in self._names:
            self.found.append((local(name), attributes))
        if len(self.found) > _MOST:
            raise Unusable("file-damaged", format="XLSX")

    def end(self, _: str) -> None:
        """Nothing is to be done."""


class _Texts:
    """Hears shared texts: of each all its pieces, without how it is read aloud."""

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._aloud = False

    def start(self, name: str, _: dict[str, str]) -> None:
        """What stands before an element is none of its text."""
        self.signs.clear()
        self._aloud = self._aloud or local(name) == "rPh"

    def end(self, name: str) -> None:
        """Keep a piece, or a text."""
        name = local(name)
        if name == "t" and not self._aloud:
            self._pieces.append("".join(self.signs))
        elif name == "rPh":
            self._aloud = False
        elif name == "si":
            self.found.append(unescaped("".join(self._pieces)))
            self._pieces.clear()


class Workbook:
    """An open workbook: `sheets` are its sheets' parts by name, `shared` its texts, `dates` the styles of dates.

    `percents` are the styles that show a number as a percentage.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Read all parts but the sheets.

        Raises:
            Unusable: the file is damaged, or no workbook.
        """
        self.expansion = Expansion(size)
        self.since_1904 = False
        self.shared: list[str] = []
        self.dates: frozenset[int] = frozenset()
        self.percents: frozenset[int] = frozenset()
        self.sheets: dict[str, str] = {}
        with sound():
            self._zip = zipfile.ZipFile(file)
            self._read_book()
            self._read_shared()
            self._read_styles()

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, unpacked as they come.

        Raises:
            Unusable: it isn't packed as the standard says, or holds too much.
        """
        if self._zip.getinfo(part).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Unusable("file-damaged", format="XLSX")
        with self._zip.open(part) as opened:
            while chunk := opened.read(_CHUNK):
                self.expansion.add(len(chunk))
                yield chunk

    def _starts(self, part: str, *names: str) -> list[tuple[str, dict[str, str]]]:
        """The elements of these names in a part, with their attributes."""
        listener = _Starts(*names)
        for _ in told(self.chunks(part), listener):
            pass
        return listener.found

    def _read_book(self) -> None:
        """The sheets in their order, and what day the numbers of days begin with."""
        names: dict[str, str] = {}
        for element, attributes in self._starts(_BOOK, "workbookPr", "sheet"):
            if element == "workbookPr":
                self.since_1904 = attributes.get("date1904") in {"1", "true"}
            else:
                names |= {id_: attributes["name"] for key, id_ in attributes.items() if key.endswith(":id")}
        targets = {
            attributes["Id"]: str(PurePosixPath("/xl", attributes["Target"])).lstrip("/")
            for _, attributes in self._starts(_RELATIONS, "Relationship")
            if attributes["Type"].endswith("/worksheet")
        }
        self.sheets = {name: targets[id_] for id_, name in names.items() if id_ in targets}

    def _read_shared(self) -> None:
        """The texts that cells share."""
        if _SHARED in self._zip.namelist():
            listener = _Texts()
            for _ in told(self.chunks(_SHARED), listener):
                pass
            self.shared = listener.found

    def _read_styles(self) -> None:
        """Which styles show a number as a date or a time."""
        if _STYLES not in self._zip.namelist():
            return
        formats: dict[str, str] = {}
        styles: list[str] = []
        for element, attributes in self._starts(_STYLES, "numFmt", "cellXfs", "xf"):
            if element == "numFmt":
                formats[attributes["numFmtId"]] = attributes.get("formatCode", "")
            elif element == "cellXfs":
                styles = []  # Those before are of named styles, to which no cell refers.
            else:
                styles.append(attributes.get("numFmtId", "0"))
        self.percents = frozenset(
            place
            for place, number in enumerate(styles)
            if (_shows_percent(formats[number]) if number in formats else number in _PERCENTS)
        )
        self.dates = frozenset(
            place
            for place, number in enumerate(styles)
            if (_shows_time(formats[number]) if number in formats else number.isdecimal() and int(number) in _DATES)
        )


def _shows_percent(code: str) -> bool:
    """Whether a number format shows a hundred times the number, with its sign."""
    return "%" in _NO_PART.sub("", code)


def unescaped(text: str) -> str:
    """A text of a workbook: signs that XML can't hold are written as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _shows_time(code: str) -> bool:
    """Whether a number format has a place for a part of a date or a time."""
    return bool(re.search("[ymdhs]", _NO_PART.sub("", code), re.IGNORECASE)) and code.casefold() != "general"
