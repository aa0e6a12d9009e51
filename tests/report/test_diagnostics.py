"""Diagnostics as people see them and as programs read them."""

from __future__ import annotations

import json

import pytest

from workflow.diagnostics import NOWHERE, Argument, Diagnostic, Fix, Span
from workflow.report.cells import width
from workflow.report.diagnostics import LINE_CELLS, as_data, rendered, summary
from workflow.report.jsontext import written

FILE = "incentives/bonus.v1.yaml"


def mistake(line: int, column: int, end: int, **more: object) -> Diagnostic:
    """A mistake on one line of FILE."""
    args = {"clause": str(more.pop("clause", "bonsu")), "known": ("bonus", "kicker")}
    return Diagnostic("unknown-clause", Span(FILE, line, column, line, end), args, **more)  # type: ignore[arg-type]


def marked(text: str) -> tuple[str, str]:
    """The quoted line and the marks below it, both without the gutter."""
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if "| " in line and line.rstrip().endswith("^"))
    return lines[at - 1].partition("| ")[2], lines[at].partition("| ")[2]


def test_a_diagnostic_shows_place_line_caret_and_help() -> None:
    """The whole form, in English."""
    shown = rendered([mistake(2, 9, 14)], {FILE: "pay:\n  when: bonsu > 0\n"})
    assert shown == (
        "incentives/bonus.v1.yaml:2:9: error[unknown-clause]: "
        "there is no clause `bonsu` here; accepted: bonus, kicker\n"
        " 2 |   when: bonsu > 0\n"
        "   |         ^^^^^\n"
        "help: a clause is named by its key under `pay:` or `actions:`\n"
        "\n"
    )


def test_chinese_has_the_same_form() -> None:
    """Words are Chinese; places, codes and the author's words stay."""
    shown = rendered([mistake(2, 9, 14)], {FILE: "pay:\n  when: bonsu > 0\n"}, language="zh-CN")
    assert shown == (
        "incentives/bonus.v1.yaml:2:9: 错误[unknown-clause]: 没有名为 `bonsu` 的条款；可用的有：bonus、kicker\n"
        " 2 |   when: bonsu > 0\n"
        "   |         ^^^^^\n"
        "办法：条款的名称是它在 `pay:` 或 `actions:` 下的键\n"
        "\n"
    )


def test_the_caret_stands_below_full_width_signs() -> None:
    """A Chinese sign takes two cells, in what precedes the span and in the span itself."""
    line = "当: 销售额 >= 满意度"
    line_shown, marks = marked(rendered([mistake(1, 11, 14)], {FILE: line}))
    assert line_shown == line
    assert marks == " " * width("当: 销售额 >= ") + "^" * 6


def test_combining_marks_take_no_cell() -> None:
    """An accent that combines with its letter doesn't push the caret."""
    _, marks = marked(rendered([mistake(1, 4, 5)], {FILE: "e\u0301 x"}))
    assert marks == "  ^"


def test_tabs_are_shown_as_blanks() -> None:
    """A tab takes the same cells in the line and above the caret."""
    line, marks = marked(rendered([mistake(1, 2, 5)], {FILE: "\tpay"}))
    assert (line, marks) == ("    pay", "    ^^^")


@pytest.mark.parametrize("start", [1, 500, 990])
def test_a_long_line_is_cut_around_the_span(start: int) -> None:
    """The underlined text stays in view, exactly above its marks, and `…` says what is left out."""
    text = "".join(chr(ord("a") + number % 26) for number in range(1000))
    line, marks = marked(rendered([mistake(1, start, start + 5)], {FILE: text}))
    at = marks.index("^")
    assert line[at : at + 5] == text[start - 1 : start + 4]
    assert marks.count("^") == 5
    assert width(line) <= LINE_CELLS + 2
    assert line.startswith("…") == (start > 1)
    assert line.endswith("…") == (start < 990)


def test_an_empty_span_has_one_caret() -> None:
    """What is missing is pointed at, also at the end of its line."""
    assert marked(rendered([mistake(1, 5, 5)], {FILE: "pay:"})) == ("pay:", "    ^")


def test_a_span_over_several_lines_names_its_last() -> None:
    """The first line is underlined to its end, and the number of the last line follows."""
    span = Span(FILE, 1, 1, 3, 4)
    diagnostic = Diagnostic("unknown-clause", span, {"clause": "x", "known": ()})
    assert "   | ^^^^ … 3\n" in rendered([diagnostic], {FILE: "pay:\n  a: 1\n  b: 2\n"})


def test_an_unknown_place_is_shown_without_a_line() -> None:
    """A file that isn't at hand, a line that doesn't exist, and no place at all give only the message."""
    nowhere = Diagnostic("unknown-clause", NOWHERE, {"clause": "x", "known": ("y",)})
    shown = rendered([mistake(9, 1, 2), nowhere], {FILE: "pay:\n"})
    assert "|" not in shown
    assert shown.startswith("error[unknown-clause]: ")


def test_related_places_are_shown_likewise() -> None:
    """Another place has its own line and quotation, underlined with dashes."""
    shown = rendered([mistake(2, 1, 4, related=(Span(FILE, 1, 1, 1, 4),))], {FILE: "pay:\npay:\n"})
    assert f"{FILE}:1:1: see also\n 1 | pay:\n   | ---\n" in shown


def test_a_fix_shows_the_repaired_line() -> None:
    """The line as it would read, with its number."""
    fix = Fix(Span(FILE, 2, 9, 2, 14), "bonus")
    shown = rendered([mistake(2, 9, 14, fix=fix)], {FILE: "pay:\n  when: bonsu > 0\n"})
    assert "fix:\n 2 |   when: bonus > 0\n" in shown


def test_a_fix_over_several_lines_shows_each() -> None:
    """The block form of a formula that stood in braces takes two lines."""
    fix = Fix(Span(FILE, 1, 6, 1, 17), "\n  when: a > 0")
    shown = rendered([mistake(1, 6, 17, fix=fix)], {FILE: "pay: {when: a>0}"})
    assert "fix:\n 1 | pay:\n 2 |   when: a > 0\n" in shown


@pytest.mark.parametrize(
    "sign", ["\x1b", "\r", "\x07", "\x9b", "\x7f", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028"]
)
def test_no_harmful_sign_reaches_the_terminal(sign: str) -> None:
    """Controls, bidi marks and invisible signs are spelled out in lines, arguments, paths and fixes."""
    where = Span(f"a{sign}.yaml", 1, 2, 1, 3)
    args: dict[str, Argument] = {"clause": f"x{sign}", "known": (sign,)}
    diagnostic = Diagnostic("unknown-clause", where, args, (where,), Fix(where, sign))
    shown = rendered([diagnostic], {where.path: f"a{sign}b"})
    assert sign not in shown.replace("\n", "")
    spelled = f"<U+{ord(sign):04X}>"
    assert f" 1 | a{spelled}b\n   |  {'^' * len(spelled)}\n" in shown
    assert sign not in written(as_data(diagnostic))
    assert json.loads(written(as_data(diagnostic)))["file"] == where.path


def test_colours_only_when_asked() -> None:
    """Plain text has no escape sequence, and colours add nothing else."""
    found, texts = [mistake(2, 9, 14)], {FILE: "pay:\n  when: bonsu > 0\n"}
    plain, coloured = rendered(found, texts), rendered(found, texts, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[unknown-clause]\x1b[0m" in coloured


def test_the_summary_counts() -> None:
    """Mistakes and the files they stand in; each diagnostic once."""
    found = [mistake(1, 1, 2), mistake(1, 1, 2), mistake(2, 1, 2)]
    assert summary(found, files=7) == "2 mistakes in 1 file"
    assert summary(found[:1], files=7, language="zh-CN") == "1 个文件中有 1 个错误"
    assert summary([], files=12) == "no mistakes in 12 files"


def test_json_has_stable_keys() -> None:
    """What programs may rely on."""
    data = as_data(mistake(2, 9, 14, fix=Fix(Span(FILE, 2, 9, 2, 14), "bonus", safe=True)))
    assert tuple(data) == (
        *("code", "severity", "message", "file", "line", "column", "end_line", "end_column", "help", "fix", "related"),
    )
    place = {"file": FILE, "line": 2, "column": 9, "end_line": 2, "end_column": 14}
    assert data["fix"] == {**place, "text": "bonus", "safe": True}
    assert data["related"] == []
