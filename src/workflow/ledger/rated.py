"""What a run warns of: groups in which more people have a rating than may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.checks.ratings import CheckedRating, CheckedReview, RatingShare
from workflow.diagnostics import Diagnostic
from workflow.ledger.decided import Decided
from workflow.plan.lowered import RESULTS


def too_many_rated(decided: Iterable[Decided]) -> tuple[Diagnostic, ...]:
    """A warning for each group, in the order of policies, ratings and groups."""
    return tuple(
        warning
        for each in decided
        if isinstance(each.policy, CheckedReview)
        for rating in each.policy.ratings
        if rating.share is not None and not rating.share.withholds
        for warning in _groups(each, rating, rating.share)
    )


def _groups(decided: Decided, rating: CheckedRating, share: RatingShare) -> Iterator[Diagnostic]:
    names = [f"{rating.column}.{word}" for word in ("over", "people", "rated", "allowed")]
    table = decided.outcome.tables[RESULTS].select([share.among.name, *names])
    found = {row[share.among.name]: row for row in table.to_pylist() if row[names[0]]}
    for group in sorted(found):
        people, rated, allowed = (int(found[group][name]) for name in names[1:])
        args: dict[str, str | int] = {
            "rating": rating.name,
            "group": str(group),
            "people": people,
            "rated": rated,
            "allowed": allowed,
        }
        yield Diagnostic("many-rated-so", share.span, args)
