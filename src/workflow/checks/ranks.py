"""Ranks checked: by which result, among whom, how many places, and what equal results get."""

from __future__ import annotations

from workflow.checks.clauses import Rank, Ties
from workflow.checks.context import Context
from workflow.checks.expressions.comparing import comparison
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.diagnostics import Diagnostic, Fix, Span
from workflow.model.policy import RankDefinition
from workflow.model.typed import Column, Expression, Op

TIES: tuple[Ties, ...] = ("all", "split", "none")
TIES_OF_ACTIONS: tuple[Ties, ...] = ("all", "none")
COMPANY = "company"
SUBJECTS = ("person", "customer")
"""Whose register has columns by which one may be among others."""


def check_rank(
    context: Context, written: RankDefinition | None, scope: Scope, span: Span, *, divides: bool
) -> Rank | None:
    """A rank, or None after noting its mistakes; `span` is the clause's, which `divides` an amount or none."""
    if written is None:
        return None
    by = _by(context, written, scope)
    ends = [leaf for leaf in (written.first, written.last) if leaf is not None]
    if len(ends) != 1:
        place = ends[-1].span if ends else span
        context.refuse("rank-one-end", place, found=("first", "last") if ends else ())
    elif ends[0].value == 0:
        context.refuse("rank-of-nobody", ends[0].span, found=ends[0].text)
    if written.ties is None:
        context.refuse("ties-not-said", span, accepted=TIES if divides else TIES_OF_ACTIONS)
    ties = context.choice(written.ties, TIES)
    among = _among(context, written, scope)
    if by is None or len(ends) != 1 or ties not in TIES:
        return None
    least = written.least
    return Rank(
        by=by,
        among=among,
        order="first" if written.first is not None else "last",
        places=ends[0].value,
        people=least.people.value if least is not None and least.people is not None else 0,
        least=_least(context, written, scope, by),
        ties=ties,
        span=written.by.span,
    )


def _by(context: Context, written: RankDefinition, scope: Scope) -> Column | None:
    """The result that is compared: a name, so that everybody's stands in the results."""
    typing = Typing(scope)
    by = typing.formula(written.by)
    context.diagnostics.extend(typing.mistakes)
    if by is not None and (not isinstance(by, Column) or not by.type.is_numeric):
        context.refuse("name-a-value", written.by.span, key="by")
        return None
    return by if isinstance(by, Column) else None


def _among(context: Context, written: RankDefinition, scope: Scope) -> Column | None:
    """The register's column whose value all of a group share; None: the company."""
    groups = {name: of for name, of in scope.names.items() if name.partition(".")[0] in SUBJECTS and of.is_textual}
    leaf = written.among
    near = [f"{subject}.{leaf.text}" for subject in SUBJECTS if leaf is not None and f"{subject}.{leaf.text}" in groups]
    if leaf is not None and near:
        accepted, fix = (COMPANY, *sorted(groups)), Fix(leaf.span, near[0])
        context.note(Diagnostic("not-a-choice", leaf.span, {"found": leaf.text, "accepted": accepted}, fix=fix))
        return None
    word = context.choice(leaf, (COMPANY, *sorted(groups)))
    if word is None or word == COMPANY:
        return None
    return Column(word, groups[word])


def _least(context: Context, written: RankDefinition, scope: Scope, by: Column) -> Expression | None:
    """The condition that the result is at least as great as said."""
    leaf = written.least.result if written.least is not None else None
    if leaf is None:
        return None
    typing = Typing(scope)
    bound = typing.formula(leaf)
    found = None if bound is None else comparison(typing, Op.GE, (by, bound), leaf.span)
    context.diagnostics.extend(typing.mistakes)
    return found
