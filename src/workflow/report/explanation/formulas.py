"""Formulas as their author wrote them, and the same with the values put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workflow.diagnostics import Span
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Round
from workflow.report.cells import visible
from workflow.report.explanation.figures import Figures
from workflow.report.sentences import sentence
from workflow.syntax.formula import parse
from workflow.syntax.positions import whole_text
from workflow.syntax.vocabulary import Vocabulary

_BREAK = re.compile(r"\r?\n")  # as `syntax` counts lines


def written(texts: Mapping[str, str], expression: Expression) -> str:
    """The author's words, on one line."""
    return words_at(texts, expression.span)


def words_at(texts: Mapping[str, str], span: Span) -> str:
    """The words at a place, on one line."""
    text, start, end = _stretch(texts, span)
    return _on_one_line(text[start:end])


def in_words(texts: Mapping[str, str], expression: Expression, language: str) -> str | None:
    """The formula as a sentence, read again from its author's words; None where these aren't at hand, or say it so."""
    names = frozenset(column.name for column, _ in _names(expression, compared=False))
    words = written(texts, expression)
    tree, mistakes = parse(whole_text(words, expression.span.path), Vocabulary(names)) if words else (None, ())
    if tree is None or mistakes:
        return None
    said = visible(sentence(tree, language))
    return said if said != words else None


def filled(texts: Mapping[str, str], expression: Expression, figures: Figures) -> str:
    """The author's words with the value of each name in its place: cut where it is compared, else whole."""
    text, start, end = _stretch(texts, expression.span)
    values: dict[tuple[int, int], str] = {}
    for column, compared in _names(expression, compared=False):
        _, first, last = _stretch(texts, column.span)
        if start <= first < last <= end:
            shown = figures.shown if compared else figures.stored
            values[first, last] = shown(column.name, column.type)
    parts: list[str] = []
    done = start
    for (first, last), value in sorted(values.items()):
        parts += [text[done:first], value]
        done = last
    return _on_one_line("".join((*parts, text[done:end])))


def _names(expression: Expression, *, compared: bool) -> Iterator[tuple[Column, bool]]:
    """Every name, and whether it stands directly on one side of a comparison."""
    match expression:
        case Column():
            yield expression, compared
        case Apply(op=op, args=args):
            for arg in args:
                yield from _names(arg, compared=op in COMPARISONS)
        case Round(value=value):
            yield from _names(value, compared=False)
        case _:
            return


def _stretch(texts: Mapping[str, str], span: Span) -> tuple[str, int, int]:
    """The text of a span's file, and where in it the span begins and ends; nothing where the file isn't at hand."""
    text = texts.get(span.path, "")
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    if not 1 <= span.line <= span.end_line <= len(starts):
        return text, 0, 0
    return text, starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _on_one_line(text: str) -> str:
    return visible(" ".join(text.split()))
