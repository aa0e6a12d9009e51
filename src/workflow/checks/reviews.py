"""The review policy checked: the lines of its score, its ratings without gap or overlap, and what a rating triggers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from workflow.checks.actions import check_reach
from workflow.checks.between import used_facts
from workflow.checks.calculated import CheckedMeasure
from workflow.checks.clauses import ActionClause
from workflow.checks.context import Context
from workflow.checks.cycles import LATE, STAGE
from workflow.checks.formulas import Typing
from workflow.checks.heads import check_begun
from workflow.checks.measures import in_currency
from workflow.checks.naming import is_name
from workflow.checks.participants import check_participants
from workflow.checks.ratings import (
    FALL,
    FELL,
    RATING,
    SCORE,
    CheckedLine,
    CheckedRating,
    CheckedReview,
    RatingShare,
    rating_type,
)
from workflow.checks.scope import Scope
from workflow.checks.scores import check_line
from workflow.checks.stages import check_stages, latest, names_period
from workflow.checks.times import reaching
from workflow.checks.uses import check_evidence, check_uses
from workflow.diagnostics import Diagnostic
from workflow.model.files import Document
from workflow.model.leaves import Words
from workflow.model.review import RatingBand, Review
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Rounding
from workflow.model.types import COUNT, TRUTH, Type

NAMES = ("score", "rating")
"""What a review gives besides what it measures: no measure or value may be called so."""
SUPERVISOR = "the supervisor's people"
ROUNDINGS = ("down", "up", "half up")
WAYS = ("a warning", "a rule")


def check_review(context: Context, document: Document[Review]) -> CheckedReview | None:
    """One review, or None after noting its mistakes."""
    before, written, tree = len(context.diagnostics), document.content, document.tree
    if written.mid_period is not None:
        context.refuse("review-of-a-part", written.mid_period.span)
    _check_reserved(context, document)
    ratings = rating_type(dict.fromkeys(_name(band.rating) for band in written.ratings))
    begun = check_begun(context, document, {"score": SCORE, "rating": ratings})
    forms = _forms(context)
    scope = begun.scope.with_names({name: measure.type for name, measure in forms.items()})
    block = context.inside(tree, "score")
    for name in written.score:
        if not is_name(name):
            context.refuse("not-a-name", context.key_span(block, name), found=name)
    found = [
        check_line(context, (name, line), context.key_span(block, name), scope) for name, line in written.score.items()
    ]
    lines = tuple(line for line in found if line is not None)
    _check_weights(context, document)
    head = begun.head
    staged = check_stages(context, document, ratings)
    own = {measure.name: measure for measure in (*_read(context, lines, forms), *staged.measures)}
    head["measures"] = (*head["measures"], *own.values())
    head["actions"] = tuple(_triggered(context, document, action, ratings) for action in head["actions"])
    policy = CheckedReview(
        **head,
        lines=lines,
        ratings=_ratings(context, written.ratings, lines),
        stages=staged.stages,
        calibration=staged.calibration,
        opens=staged.opens,
        reopened=staged.reopened,
        delegated=staged.delegated,
        participants=check_participants(context, document),
        acting=_acting(context, written, begun.person),
    )
    if any(each.severity == "error" for each in context.diagnostics[before:]):
        return None
    policy = replace(policy, facts=used_facts(context, policy))
    check_uses(context, policy)
    check_evidence(context, policy)
    check_reach(context, policy, reaching(policy.opens, policy.stages))
    return policy


def _check_reserved(context: Context, document: Document[Review]) -> None:
    """What the review gives itself has no second meaning."""
    written, tree = document.content, document.tree
    names = (*NAMES, *((STAGE, LATE) if written.opens is not None else ()))
    for part, name in (*itertools.product(("measures", "values"), names), ("actions", RATING)):
        if name in getattr(written, part):
            context.refuse("reserved-name", context.key_span(context.inside(tree, part), name), found=name)


def _acting(context: Context, written: Review, person: Scope) -> Expression | None:
    """Who can act, as a condition that is asked of a person's row in the register."""
    if written.acting is None:
        return None
    if written.opens is None:
        context.refuse("times-without-opening", written.acting.span, found="acting")
    typing = Typing(person.without_facts("fact-in-for"))
    condition = typing.condition(written.acting)
    context.diagnostics.extend(typing.mistakes)
    return condition


def _name(leaf: Words) -> str:
    return " ".join(leaf.text.split())


def _forms(context: Context) -> Mapping[str, CheckedMeasure]:
    """The fields of all events that belong to somebody, each as the measure that the newest event of a period gives."""
    found = {}
    for event in context.events.values():
        if event.name in context.policies:
            continue  # The word before the point is that of the policy.
        for field in event.fields.values() if event.owner is not None and event.reverses is None else ():
            if field.type.is_numeric:
                name, of = f"{event.name}.{field.name}", in_currency(field.type, context.currency)
                found[name] = latest(event, field, of=of)
    return found


def _read(
    context: Context, lines: tuple[CheckedLine, ...], forms: Mapping[str, CheckedMeasure]
) -> Iterator[CheckedMeasure]:
    """The fields of forms that the score looks at, each once; a form says which period it is about."""
    for column in {line.of.name: line.of for line in lines}.values():
        if column.name not in forms:
            continue
        measure = forms[column.name]
        if not names_period(context.events[measure.event]):
            context.refuse("form-without-period", column.span, found=measure.event)
        yield replace(measure, span=column.span)


def _check_weights(context: Context, document: Document[Review]) -> None:
    """The weights of all lines total 100%, or a score would be too high or too low for everybody."""
    weights = [line.weight for line in document.content.score.values()]
    for leaf in weights:
        if leaf.value <= 0:
            context.refuse("weight-not-possible", leaf.span, found=leaf.text)
    total = sum((leaf.value for leaf in weights), Decimal(0))
    if total != 1:
        related = tuple(leaf.span for leaf in weights[:-1])
        args = {"found": f"{(total * 100).normalize():f}%"}
        context.note(Diagnostic("weights-not-whole", weights[-1].span, args, related=related))


def _ratings(context: Context, bands: list[RatingBand], lines: tuple[CheckedLine, ...]) -> tuple[CheckedRating, ...]:
    """The ratings, best first: each begins where the better one ends, and the last has what is left."""
    if len(bands) == 1:
        context.refuse("one-rating", bands[0].rating.span)
    first = bands[0]
    if first.below is not None:
        context.refuse("rows-end", first.below.span, found=first.below.text)
    seen: dict[str, RatingBand] = {}
    for band in bands:
        name = _name(band.rating)
        if name in seen:
            related = (seen[name].rating.span,)
            context.note(Diagnostic("rating-twice", band.rating.span, {"found": name}, related=related))
        seen.setdefault(name, band)
        if band.since is None and band is not bands[-1]:
            context.refuse("rating-without-from", band.rating.span, found=name)
    for better, worse in itertools.pairwise(bands):
        _check_border(context, better, worse)
    last, most = bands[-1], sum((line.weight * line.most for line in lines), Decimal(0))
    whole = sum((line.weight for line in lines), Decimal(0)) == 1
    if last.since is not None and last.since.value != 0:
        context.refuse("no-rating-below", last.since.span, found=last.since.text)
    if whole and first.since is not None and first.since.value > most:
        context.refuse(
            "rating-out-of-reach", first.since.span, found=_name(first.rating), limit=f"{most.normalize():f}"
        )
    return tuple(
        CheckedRating(
            _name(band.rating),
            context.title(band.title, band.rating.span),
            band.since.value if band.since is not None and band is not last else None,
            band.rating.span,
            _share(context, band),
        )
        for band in bands
    )


def _share(context: Context, band: RatingBand) -> RatingShare | None:
    """How many of a group may have a rating."""
    written = band.share
    if written is None:
        return None
    if not 0 <= written.at_most.value <= 1:
        context.refuse("share-not-possible", written.at_most.span, found=written.at_most.text)
    people = context.registers["people"]
    groups = {f"person.{name}": name for name, field in people.items() if field.type.is_textual}
    if "supervisor" in people:
        groups = {SUPERVISOR: "supervisor"} | groups
    group = context.choice(written.of, tuple(groups))
    rounding = context.choice(written.round, ROUNDINGS)
    way = context.choice(written.way, WAYS)
    if group is None or rounding is None or way is None:
        return None
    among = Column(f"person.{groups[group]}", people[groups[group]].type, written.of.span)
    least = written.least.value if written.least is not None else 0
    return RatingShare(written.at_most.value, among, Rounding(rounding), least, way == "a rule", written.at_most.span)


def _check_border(context: Context, better: RatingBand, worse: RatingBand) -> None:
    """A rating begins below the better one, and ends just where that begins, if it says so."""
    if better.since is None:
        return
    border = better.since.value
    if worse.since is not None and worse.since.value >= border:
        args = {"found": _name(worse.rating), "other": _name(better.rating)}
        context.note(Diagnostic("ratings-out-of-order", worse.since.span, args, related=(better.since.span,)))
    elif worse.below is not None and worse.below.value != border:
        code = "gap-in-table" if worse.below.value < border else "overlap-in-table"
        args = {"one": worse.below.text, "other": better.since.text}
        context.note(Diagnostic(code, worse.below.span, args, related=(better.since.span,)))


def _triggered(context: Context, document: Document[Review], action: ActionClause, ratings: Type) -> ActionClause:
    """The action with its rating, or the fall of it, as its condition."""
    written = document.content.actions[action.name]
    block = context.inside(document.tree, "actions", action.name)
    said = [key for key in ("rating", "rating falls by", "when") if context.inside(block, key) is not None]
    if len(said) > 1:
        context.refuse("rating-or-when", context.key_span(block, said[0]), found=tuple(said))
    if written.rating is not None:
        if _name(written.rating) not in ratings.values:
            context.unknown("unknown-rating", written.rating, ratings.values)
            return action
        place = context.key_span(block, "rating").to(written.rating.span)
        sides = Column("rating", ratings, written.rating.span), Literal(_name(written.rating), ratings)
        return replace(action, when=Apply(Op.EQ, sides, TRUTH, place))
    if written.falls_by is not None:
        leaf, limit = written.falls_by, len(ratings.values) - 1
        if not 0 < leaf.value <= limit:
            context.refuse("falls-too-far", leaf.span, found=leaf.text, limit=limit)
        place = context.key_span(block, "rating falls by").to(leaf.span)
        steps = Column(FELL, FALL, leaf.span), Literal(Decimal(leaf.value), COUNT)
        return replace(action, when=Apply(Op.GE, steps, TRUTH, place))
    return action
