"""What the tests of this room share: a file's text, and what a span underlines in it."""

from __future__ import annotations

from workflow.diagnostics import Diagnostic, Span
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping, Node, Scalar
from workflow.syntax.vocabulary import Vocabulary

Plain = str | dict[str, "Plain"] | list["Plain"] | None

KNOWN = Vocabulary(
    frozenset(
        {"revenue", "quota", "csat", "person.role", "customer.tier", "销售额", "满意度", "达成率", "人和", "GMV"}
    ),
    frozenset({"Deal Owner Id", "Stage", "价格（元）"}),
)


def plain(node: Node | None) -> Plain:
    """A tree without its places."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.items}
    return [plain(item) for item in node.items]


def under(text: str, span: Span) -> str:
    """What a span underlines in the text of its file."""
    lines = text.replace("\r\n", "\n").split("\n")
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first, last = lines[span.line - 1][span.column - 1 :], lines[span.end_line - 1][: span.end_column - 1]
    return "\n".join([first, *lines[span.line : span.end_line - 1], last])


def found(text: str, diagnostics: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    """Each diagnostic's code with what it underlines."""
    return [(each.code, under(text, each.span)) for each in diagnostics]


def mistakes(text: str) -> list[tuple[str, str]]:
    """What the reader says of a file."""
    return found(text, read(text, "a.yaml")[1])


def value(text: str, key: str = "a") -> Scalar:
    """The text under a key of a file without mistakes."""
    tree, diagnostics = read(text, "a.yaml")
    assert not diagnostics
    assert isinstance(tree, Mapping)
    scalar = tree.get(key)
    assert isinstance(scalar, Scalar)
    return scalar


def written(formula: str) -> Scalar:
    """A formula as it stands in a literal block, where every sign is its own."""
    return value("a: |-\n" + "".join(f"  {line}\n" for line in formula.split("\n")))


def parsed(formula: str) -> ast.Expression:
    """The expression of a formula without mistakes."""
    expression, diagnostics = parse(written(formula), KNOWN)
    assert found("a: |-\n  " + formula, diagnostics) == []
    assert expression
    return expression


def slips(formula: str) -> list[tuple[str, str]]:
    """What the parser says of a formula on one line."""
    return found("a: |-\n  " + formula, parse(written(formula), KNOWN)[1])


def mended(text: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    """The text with all fixes applied, last first."""
    lines = text.split("\n")
    for fix in sorted((each.fix for each in diagnostics if each.fix), key=lambda fix: fix.span, reverse=True):
        span = fix.span
        head, tail = lines[span.line - 1][: span.column - 1], lines[span.end_line - 1][span.end_column - 1 :]
        lines[span.line - 1 : span.end_line] = (head + fix.text + tail).split("\n")
    return "\n".join(lines)
