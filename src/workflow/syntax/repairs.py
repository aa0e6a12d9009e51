"""Slips of writing in YAML: what the author meant, and YAML's own errors in our words.

A repair is a guess that is proved: it stands only if the text with it parses beyond the place of the error. So the
reader can go on and show all mistakes of a file in one run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from workflow.diagnostics import Argument, Diagnostic, Fix
from workflow.syntax.characters import tab_width
from workflow.syntax.positions import Edit, Layout

MOST_CHARACTERS = 100_000
"""Longer files aren't repaired: each guess costs another parse."""

MOST_DEPTH = 64
"""How deep mappings and lists may stand in each other."""

MOST_LINES = 50
"""So many lines in a row may have the same slip."""

MOST_INDENTS = 4
"""So many columns are tried for a line that stands in none."""

Change = tuple[int, int, str]

_WIDE = {
    "：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "－": "-", "＃": "#",
    **dict.fromkeys("\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "),
    "\u3000": "  ",
}  # fmt: skip
EXOTIC = "".join(sign for sign, meant in _WIDE.items() if not meant.strip())
"""Blanks that look like one and are none to YAML, for use inside a character class."""
_KEY = r"[^\W\d][\w ./-]{0,60}?"
_SIGN = rf"\s*：\s*|:[{EXOTIC}]\s*|:(?![\s/]|$)|: +"
_HEAD = re.compile(rf"(?P<lead>\s*)(?P<dashes>(?:[-－](?:\s+|(?<=－)))*)(?:(?P<key>{_KEY})(?P<sign>{_SIGN}))?")
_BRACES = re.compile(r"[^\"'{#]*?(?::|-|^) *\{")
_DASHES = re.compile(r" *(?:- +)+")
_VALUE = re.compile(r"(?P<head>\s*(?:- +)*(?:[^\s'\"\[{#&*!|>%@`-][^:#]*?: +|- +))(?P<value>\S.*)")


_ROW = re.compile(r"[0-9%]\s*: +[-0-9]")  # as in `0% to 80%: 2%`
_ENTRY = re.compile(rf"(?P<lead> *)(?P<dash>- +){_KEY}:(?= *(?:\{{|$| #))")


@dataclass(frozen=True, slots=True)
class Repair:
    """A slip, and the edits of the text as read with which reading goes on; `certain`: nothing else can be meant."""

    diagnostic: Diagnostic
    edits: tuple[Edit, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """Where YAML gave up and what it said; `context` is where the thing it was reading began."""

    index: int
    context: int
    said: str

    @classmethod
    def of(cls, error: yaml.YAMLError, text: str) -> Failure:
        """The places and words of an error of the parser."""
        problem, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        index = min(problem.index, len(text)) if problem else len(text)
        words = (getattr(error, "context", None), getattr(error, "problem", None))
        return cls(index, min(context.index, len(text)) if context else index, " ".join(filter(None, words)))


def failure_of(text: str) -> Failure | None:
    """Where a text stops being YAML; None where it doesn't, or where it nests too deep to say."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                return None
    except yaml.YAMLError as error:
        return Failure.of(error, text)
    return None


def repairs_of(layout: Layout, failure: Failure) -> tuple[Repair, ...]:
    """The repairs after which the text parses beyond a failure; none where no guess does."""
    if len(layout.text) > MOST_CHARACTERS:
        return ()
    guesses: tuple[Callable[[Layout, Failure], Iterator[tuple[Repair, ...]]], ...] = (
        _wide_lines, _tabs, _escaped, _formulas, _quoted, _closed, _dashed, _moved,
    )  # fmt: skip
    for guess in guesses:
        for repairs in guess(layout, failure):
            if repairs and _helps(layout, failure, repairs):
                return repairs
    return ()


def garbled(layout: Layout, indexes: list[int]) -> tuple[Repair, ...]:
    """Repairs of lines that are YAML, but not the YAML that is meant: with a full-width colon, or a formula cut apart.

    Where the text with them is no YAML, they come without edits.
    """
    if len(layout.text) > MOST_CHARACTERS:
        return ()
    lines = dict.fromkeys(_line(layout.text, index) for index in indexes[:MOST_LINES])
    repairs = tuple(found for line in lines if (found := _wide_line(layout, line) or _formula_line(layout, line)))
    if repairs and failure_of(_with(layout.text, repairs)):
        return tuple(Repair(_doubtful(repair.diagnostic), (), certain=False) for repair in repairs)
    return repairs


def _doubtful(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic, its fix only offered: with it the text would be no YAML."""
    fix = diagnostic.fix
    return dataclasses.replace(diagnostic, fix=fix and dataclasses.replace(fix, safe=False))


def _with(text: str, repairs: tuple[Repair, ...]) -> str:
    edits = sorted((edit for repair in repairs for edit in repair.edits), key=lambda edit: edit.start)
    return Layout("", text, tuple(edits)).text


def _helps(layout: Layout, failure: Failure, repairs: tuple[Repair, ...]) -> bool:
    """Whether the text fails later or not at all, and no more on a line that was repaired."""
    text = _with(layout.text, repairs)
    after = failure_of(text)
    if after is None:
        return True
    repaired = {layout.text.count("\n", 0, edit.start) for repair in repairs for edit in repair.edits}
    later = len(text) - after.index < len(layout.text) - failure.index
    return later and text.count("\n", 0, after.index) not in repaired


def _line(text: str, index: int) -> tuple[int, int]:
    """Start and end, without its break, of the line around an index."""
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    end = len(text) if end < 0 else end
    return start, end - text.endswith("\r", start, end)


def _above(text: str, line: tuple[int, int]) -> tuple[int, int] | None:
    """The nearest line above with something on it."""
    while line[0] > 0:
        line = _line(text, line[0] - 1)
        if text[line[0] : line[1]].strip():
            return line
    return None


def _lines_of(text: str, failure: Failure) -> list[tuple[int, int]]:
    """The lines that a failure may be about: its own, the one above, the one where its context began."""
    here = _line(text, failure.index)
    found = [here, _above(text, here), _line(text, failure.context)]
    return list(dict.fromkeys(line for line in found if line and line[0] < line[1]))


def changes_of(line: str) -> list[Change]:
    """Where a line has a full-width sign or an exotic blank in place of YAML's, or no blank after a colon."""
    head = _HEAD.match(line)
    assert head, "the pattern matches any line"
    changes = [(at, at + 1, _WIDE[line[at]]) for at in range(head.end("dashes")) if line[at] in _WIDE]
    start = head.end()
    if head["sign"] and head["sign"].strip(" ") != ":":
        changes.append((head.start("sign"), head.end("sign"), ": " if line[start:].strip() else ":"))
    elif head["sign"] == ":":
        changes.append((head.start("sign"), head.end("sign"), ": "))
    return changes + (_braced(line, start) if line[start : start + 1] in ("{", "[", "｛", "［") else [])


def _braced(line: str, start: int) -> list[Change]:
    """The changes inside braces, outside of quotes, up to a comment."""
    changes: list[Change] = []
    quote = ""
    for at in range(start, len(line)):
        sign, after = line[at], line[at + 1 : at + 2]
        if quote or sign in "\"'":
            quote = "" if sign == quote else quote or sign
        elif sign == "#" and line[at - 1] == " ":
            break
        elif sign in "：，":
            changes.append((at, at + 1, _WIDE[sign] + ("" if after in " }]｝］" else " ")))
        elif sign in _WIDE and sign not in "－＃":
            changes.append((at, at + 1, _WIDE[sign]))
        elif sign == ":" and not (after in " ,}]/" or after in EXOTIC or (after.isdigit() and line[at - 1].isdigit())):
            changes.append((at, at + 1, ": "))
    return changes


def _wide_line(layout: Layout, line: tuple[int, int]) -> Repair | None:
    """The repair of one line's full-width signs and missing blanks: one message, with the repaired line."""
    start, end = line
    changes = changes_of(layout.text[start:end])
    if not changes:
        return None
    edits = tuple(Edit(start + begin, start + stop, text) for begin, stop, text in changes)
    repaired = Layout("", layout.text[start:end], tuple(Edit(*change) for change in changes)).text
    first = edits[0]
    written = layout.text[first.start : first.end]
    span = layout.span(first.start, first.end)
    fix = Fix(layout.span(start, end), repaired, safe=True)
    if written == ":":
        return Repair(
            Diagnostic("blank-after-colon", span, {"found": layout.text[start:end].strip()}, fix=fix),
            edits,
            certain=True,
        )
    found = written.strip() or f"U+{ord(written.strip(' ')[:1] or written[0]):04X}"
    args: dict[str, Argument] = {"found": found, "meant": first.text.strip() or " "}
    return Repair(Diagnostic("full-width-sign", span, args, fix=fix), edits, certain=True)


def _wide_lines(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """Full-width signs on one of the lines, or on all lines in a row that lead to the failure."""
    lines = _lines_of(layout.text, failure)
    for line in lines:
        single = _wide_line(layout, line)
        yield (single,) if single else ()
    row: list[Repair] = []
    own = _wide_line(layout, lines[0]) if lines else None
    above = _above(layout.text, lines[0]) if lines else None
    while above and len(row) < MOST_LINES and (repair := _wide_line(layout, above)):
        row.append(repair)
        above = _above(layout.text, above)
    yield (*reversed(row), *((own,) if own else ()))


def _tabs(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """Every line that is indented with tabs, where the first of them is the failure."""
    if "\t" not in layout.text[_line(layout.text, failure.index)[0] : failure.index + 1]:
        return
    text, line = layout.text, _line(layout.text, failure.index)
    above = _above(text, line) or (0, 0)
    for width in dict.fromkeys((tab_width(text[slice(*line)], text[slice(*above)]), 2)):
        yield _without_tabs(layout, width)


def _without_tabs(layout: Layout, width: int) -> tuple[Repair, ...]:
    """Every line that is indented with tabs, with so many blanks for each of them."""
    repairs = []
    for match in re.finditer(r"^ *\t[ \t]*(?=\S)", layout.text, re.MULTILINE):
        meant = match[0].replace("\t", " " * width)
        span = layout.span(*match.span())
        diagnostic = Diagnostic("tab-indentation", span, fix=Fix(span, meant))
        repairs.append(Repair(diagnostic, (Edit(*match.span(), meant),), certain=False))
    return tuple(repairs[:MOST_LINES])


def _quoted(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A text that needs quotes: it begins with a sign of YAML, goes on after a quote, or holds `: `."""
    text = layout.text
    for start, end in _lines_of(text, failure):
        match = _VALUE.fullmatch(text, start, end)
        value = match["value"].split(" #")[0].rstrip() if match else ""
        if (
            not match
            or value[0] in "{[]}|"
            or value.startswith("- ")
            or (value[0] in "\"'" and value.find(value[0], 1) < 0)
        ):
            continue
        meant = "'" + value.replace("'", "''") + "'"
        begin = match.start("value")
        span = layout.span(begin, begin + len(value))
        code, found = ("text-needs-quotes", value[0]) if _signed(value) else ("colon-in-text", value)
        row = code == "colon-in-text" and bool(_ROW.search(value))
        fix = None if row else Fix(span, meant, safe=True)
        edits = _in_quotes(text, begin, begin + len(value))
        yield (
            Repair(Diagnostic("row-as-text" if row else code, span, {"found": found}, fix=fix), edits, certain=not row),
        )


def _escaped(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A text in double quotes whose backslash is meant as one: single quotes take it."""
    text, start = layout.text, failure.context
    closing = text.find('"', start + 1, _line(text, start)[1])
    escape = text.rfind("\\", start, failure.index + 1)
    if "escape" in failure.said or "hexdecimal" in failure.said:
        if closing < 0 or escape < 0:
            return
        meant = "'" + text[start + 1 : closing].replace("'", "''") + "'"
        span = layout.span(escape, min(escape + 2, closing))
        args: dict[str, Argument] = {"found": text[escape : escape + 2]}
        fix = Fix(layout.span(start, closing + 1), meant)
        edits = (Edit(start, closing + 1, meant),)
        yield (Repair(Diagnostic("unknown-escape", span, args, fix=fix), edits, certain=False),)


def _formulas(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A formula inside braces, cut apart by its own commas and brackets."""
    for line in _lines_of(layout.text, failure):
        yield (repair,) if (repair := _formula_line(layout, line)) else ()


def _formula_line(layout: Layout, line: tuple[int, int]) -> Repair | None:
    """The first formula with brackets inside the braces of a line; in quotes the rest of the file can be read."""
    start, end = line
    opening = _BRACES.match(layout.text, start, end)
    found = _bracketed(layout.text, opening.end(), end) if opening else None
    if not found:
        return None
    value = layout.text[found[0] : found[1]]
    diagnostic = Diagnostic("formula-in-braces", layout.span(*found), {"found": value})
    return Repair(diagnostic, _in_quotes(layout.text, *found), certain=True)


def _bracketed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The first value of a mapping in braces that holds brackets, as a formula does and a name doesn't."""
    begin, depth, brackets, quote, before = -1, 0, False, "", ""
    for at in range(start, end):
        sign = text[at]
        if quote or sign in '"“' or (sign == "'" and begin < 0):
            quote = "" if quote and sign in quote else quote or {"“": "”"}.get(sign, sign)
        elif begin < 0:
            begin = at if before == ":" and sign not in " {" else -1
            brackets, depth = False, int(sign == "[")
            before = before if sign == " " else sign
        elif sign in "([":
            depth, brackets = depth + 1, brackets or text[begin] != "["
        elif sign in ")]" and depth:
            depth -= 1
        elif sign in ",}" and not depth:
            stop = begin + len(text[begin:at].rstrip())
            if brackets:
                return begin, stop
            begin, before = -1, sign
    return None


def _in_quotes(text: str, start: int, end: int) -> tuple[Edit, ...]:
    """The edits that put a stretch into single quotes, sign by sign, so that all else keeps its place."""
    inner = (Edit(at, at, "'") for at in range(start, end) if text[at] == "'")
    return (Edit(start, start, "'"), *inner, Edit(end, end, "'"))


def _signed(value: str) -> bool:
    return value[0] in "\"'%@`>|*&!?,]}-:#"


def _closed(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A quote or bracket that is closed at the end of the line on which it was opened."""
    text, opening = layout.text, failure.context
    if failure.context == failure.index and "quoted" not in failure.said:
        return
    start, end = _line(text, opening)
    end = start + len(text[start:end].rstrip())
    closing = {"{": "}", "[": "]", '"': '"', "'": "'"}.get(text[opening : opening + 1])
    if closing and opening < end:
        span = layout.span(opening, opening + 1)
        fix = Fix(layout.span(end, end), closing)
        code, name = ("quote-not-closed", "quote") if closing in "\"'" else ("braces-not-closed", "bracket")
        yield (
            Repair(Diagnostic(code, span, {name: text[opening]}, fix=fix), (Edit(end, end, closing),), certain=False),
        )


def _dashed(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A key with the dash of a list before it, where the key below it in the same column has none."""
    text = layout.text
    line = _line(text, failure.index)
    indent, above = _indent(text, *line), _above(text, line)
    while above and _indent(text, *above) > indent:
        above = _above(text, above)
    entry = _ENTRY.match(text, *above) if above else None
    if entry and len(entry["lead"]) == indent:
        at, end = entry.span("dash")
        diagnostic = Diagnostic("dash-before-key", layout.span(at, at + 1), fix=Fix(layout.span(at, end), ""))
        yield (Repair(diagnostic, (Edit(at, end, ""),), certain=False),)


def _moved(layout: Layout, failure: Failure) -> Iterator[tuple[Repair, ...]]:
    """A line that stands too far in or out, moved to where one of the lines above stands, the nearest first."""
    text = layout.text
    start, end = _line(text, failure.index)
    present = _indent(text, start, end)
    indents: list[int] = []
    line = _above(text, (start, end))
    while line and len(indents) < MOST_LINES:
        dashes = _DASHES.match(text, *line)
        indents += [_indent(text, *line), *([len(dashes[0])] if dashes else [])]
        line = _above(text, line)
    for indent in sorted(dict.fromkeys(indents), key=lambda each: abs(each - present))[:MOST_INDENTS]:
        if indent != present:
            span = layout.span(start, start + present) if present else layout.span(start, min(start + 1, end))
            fix = Fix(layout.span(start, start + present), " " * indent)
            edit = Edit(start, start + present, " " * indent)
            yield (Repair(Diagnostic("wrong-indentation", span, fix=fix), (edit,), certain=False),)


def _indent(text: str, start: int, end: int) -> int:
    return end - start - len(text[start:end].lstrip(" "))
