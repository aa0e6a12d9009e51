"""What is YAML, but hardly the YAML that is meant: signs that glue key and value, texts cut short without a word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.diagnostics import Diagnostic, Fix
from workflow.syntax.positions import Layout
from workflow.syntax.repairs import EXOTIC
from workflow.syntax.tree import Scalar

_ENTRY = re.compile(rf"\s*(?P<key>[^\W\d][\w .-]{{0,60}}?)(?P<sign>：|:[{EXOTIC}]|:(?=[^\s/]))")
_DASH = re.compile(r"\n[ \t]*(-) ")
_HASH = re.compile(r"[ \t]+(#[^\s#=*~!-].*)")
_ODD_KEY = re.compile(rf"[：，{{\[]|^[{EXOTIC}]")


@dataclass(frozen=True, slots=True)
class Suspects:
    """The looks at one text; places are indexes into it as it is read."""

    layout: Layout

    def odd_key(self, key: str) -> bool:
        """Whether a key holds signs that belong behind it."""
        return bool(_ODD_KEY.search(key))

    def entries(self, value: Scalar, start: int, end: int, *, colon: bool) -> list[int]:
        """The lines of a text whose every line looks like `key：value`; with `colon`, like `key:value` too.

        One line with a key in Chinese may well be prose, and is left alone.
        """
        if value.style != "plain":
            return []
        lines, latin, at = [], False, start
        while at < end:
            stop = self.layout.text.find("\n", at, end)
            stop = end if stop < 0 else stop
            match = _ENTRY.match(self.layout.text, at, stop)
            if not match or (match["sign"] == ":" and not colon):
                return []
            lines.append(match.start("key"))
            latin = latin or match["key"].isascii()
            at = stop + 1
        return lines if latin or len(lines) > 1 else []

    def dash(self, start: int, end: int) -> int | None:
        """The dash of a list that became part of the text above it."""
        match = _DASH.search(self.layout.text, start, end)
        return match.start(1) if match else None

    def cut(self, start: int, end: int) -> Diagnostic | None:
        """What follows a text on its line and looks like a part of it, as the end of `Team #1` does."""
        match = _HASH.match(self.layout.text, end)
        if not match or start == end:
            return None
        meant = "'" + self.layout.text[start : match.end()].rstrip().replace("'", "''") + "'"
        fix = Fix(self.layout.span(start, match.end()), meant)
        return Diagnostic("text-cut-by-hash", self.layout.span(*match.span(1)), {"found": match[1].rstrip()}, fix=fix)

    def torn(self, start: int, end: int) -> tuple[int, int]:
        """An entry without a value, with the value before it where a comma tore the two apart: `2,5%`."""
        line = self.layout.text.rfind("\n", 0, start) + 1
        before = self.layout.text[line:start]
        value = re.search(r":\s+([^{}\[\]:,]*(?:\([^{}\[\]:]*)?),\s*$", before)
        return (line + value.start(1), end) if value else (start, end)
