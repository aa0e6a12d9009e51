"""In which order policies are checked and decided: each behind those whose facts it uses. A circle is a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workflow.checks.asked import ENDINGS, FOLDER
from workflow.checks.between import RESERVED, gathers, word_of
from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.leaves import Formula, Sheet
from workflow.model.policy import MeasureDefinition, Policy
from workflow.model.reading import Written
from workflow.syntax.formula import parse
from workflow.syntax.grids import read_block, read_table_file
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary
from workflow.syntax.walk import names_in

GIVEN = ("total", "score", "rating")
"""What policies offer besides what their authors name."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place in the file of a policy, `by`, that names a fact of another."""

    by: str
    policy: str
    fact: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as written, and how many of its columns are results."""

    sheet: Sheet
    results: int


def uses_in(context: Context, documents: Sequence[Document[Policy]]) -> tuple[Use, ...]:
    """Every place where a policy names a fact of another, in the order of files and lines."""
    named = (*(each.content.id.text for each in documents), *context.written.policies_unread)
    ids = {word_of(each): each for each in named}
    words = {word: name for word, name in ids.items() if word not in RESERVED}
    offered = (f"{word_of(each.content.id.text)}.{name}" for each in documents for name in _names(each))
    vocabulary = Vocabulary(frozenset(offered))
    found = []
    for document in documents:
        own = document.content.id.text
        for name, span in _named(context, document.content, words, vocabulary):
            word, _, fact = name.partition(".")
            if fact and words.get(word, own) != own:
                found.append(Use(own, words[word], fact, span))
    return tuple(sorted(found, key=lambda use: (use.span, use.policy, use.fact)))


def _names(document: Document[Policy]) -> Iterator[str]:
    """What a policy may offer, as far as its words say."""
    written = document.content
    for part in ("measures", "values", *written.blocks):
        yield from (name.replace("-", "_") for name in getattr(written, part))
    yield from GIVEN


def _named(
    context: Context, written: Policy, words: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[tuple[str, Span]]:
    """Every name with a point in a file of policy, where the word of a policy may stand before it."""
    for leaf in _leaves(written):
        if isinstance(leaf, MeasureDefinition):
            how = gathers(leaf)
            if how is not None:
                yield getattr(leaf, how).text, getattr(leaf, how).span
            continue
        cells = [leaf.scalar] if isinstance(leaf, Formula) else _cells_of_formulas(context, leaf)
        for cell in cells:
            if any(f"{word}." in cell.text for word in words):
                tree, _ = parse(cell, vocabulary)
                yield from ((name.text, name.span) for name in (names_in(tree) if tree is not None else ()))


def _leaves(value: object) -> Iterator[Formula | _Table | MeasureDefinition]:
    """The formulas, tables and measures below something written."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, Written):
        if isinstance(value, MeasureDefinition):
            yield value
        for name in type(value).model_fields:
            part = getattr(value, name)
            if isinstance(part, Sheet):
                yield _Table(part, len(getattr(value, "gives", None) or ()) or 1)
            else:
                yield from _leaves(part)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)


def _cells_of_formulas(context: Context, table: _Table) -> list[Scalar]:
    """The header and what the rows give of the table under a key, or in the file that it names; none if unreadable."""
    grid, sheet = None, table.sheet
    if not sheet.is_a_name:
        grid, _ = read_block(sheet.scalar)
    else:
        paths = [f"{FOLDER}{sheet.text.strip()}{ending}" for ending in ENDINGS]
        texts = ((path, context.written.tables[path]) for path in paths if path in context.written.tables)
        path, text = next(texts, ("", ""))
        grid, _ = read_table_file(text, path) if path else (None, ())
    return [*grid.header, *(cell for row in grid.rows for cell in row[-table.results :])] if grid is not None else []


def in_order(context: Context, ids: Iterable[str], uses: Iterable[Use]) -> tuple[str, ...]:
    """The policies, each behind those that it needs, ties by id; those of a circle too, after noting it.

    What stands from an earlier period on needs nothing of this one.
    """
    needs: dict[str, dict[str, Use]] = {each: {} for each in sorted(set(ids))}
    for use in uses:
        offer = context.policies[word_of(use.policy)].offers.get(use.fact)
        if offer is None or not offer.stands:
            needs[use.by].setdefault(use.policy, use)
    done: dict[str, None] = {}
    for name in needs:
        _visit(context, name, needs, done)
    return tuple(done)


def _visit(context: Context, first: str, needs: Mapping[str, Mapping[str, Use]], done: dict[str, None]) -> None:
    """Put a policy behind all that it needs: depth first, by id; chains may be as long as they like."""
    path = {first: iter(sorted(needs[first]))} if first not in done else {}
    while path:
        last = next(reversed(path))
        needed = next(path[last], None)
        if needed is None:
            del path[last]
            done[last] = None
        elif needed in path:
            names = [*list(path)[list(path).index(needed) :], needed]
            _circle(context, [needs[one][other] for one, other in pairwise(names)])
        elif needed not in done:
            path[needed] = iter(sorted(needs[needed]))


def _circle(context: Context, uses: Sequence[Use]) -> None:
    """One mistake for a circle, at the first place of the policy that comes first by its id; then the way round."""
    start = min(range(len(uses)), key=lambda at: uses[at].by)
    turned = [*uses[start:], *uses[:start]]
    way = " -> ".join([*(use.by for use in turned), turned[0].by])
    steps = tuple(f"{use.by}: {word_of(use.policy)}.{use.fact}" for use in turned)
    related = tuple(use.span for use in turned[1:])
    context.note(Diagnostic("circle-of-policies", turned[0].span, {"path": way, "steps": steps}, related=related))
