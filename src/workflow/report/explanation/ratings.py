"""A rating told: what each line of the score looks at and gives, what they come to, and how that is rated."""

from __future__ import annotations

from decimal import Decimal

from workflow.checks.ratings import FALL, FELL, RATING, SCORE, Calibration, CheckedLine, CheckedReview
from workflow.model.typed import Literal
from workflow.model.types import COUNT, Kind, Type
from workflow.report.cells import visible
from workflow.report.explanation.figures import LONG
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.stages import tell_stages
from workflow.report.explanation.telling import Telling
from workflow.report.summary import title_in

_RATIO = Type(Kind.RATIO)


def tell_rating(telling: Telling, policy: CheckedReview) -> None:
    """The steps that lead to the rating."""
    page, known = telling.page, telling.figures.known("rating")
    outcome = page.say("rating-withheld") if known is None else _called(telling, policy, str(known))
    telling.begin(page.say("rating-heading"), outcome, "warning" if known is None else "strong")
    tell_inputs(telling, RATING, [line.of for line in policy.lines])
    for line in policy.lines:
        _tell_line(telling, line)
    tell_stages(telling, policy)
    figures, scored_so = telling.figures, telling.figures.known("rating.scored")
    if scored_so is None:
        page.step(page.say("rating-open"), policy.span, "warning")
        telling.settles(telling.reasons("rating", *(line.of for line in policy.lines)))
        return
    parts = " + ".join(figures.shown(f"{line.column}.weighted", SCORE) for line in policy.lines)
    total = page.step(page.say("score-total", parts=parts, value=figures.shown("score", SCORE, LONG)), policy.span)
    telling.shown["score"] = (RATING, total)
    step = _tell_band(telling, policy, str(scored_so))
    _tell_shares(telling, policy)
    if known is None:
        page.step(page.say("rating-unfinished"), policy.span, "warning")
        telling.why(telling.reasons("rating"))
        telling.settles(telling.reasons("rating"))
        return
    if policy.calibration is not None:
        step = _tell_calibration(telling, policy, policy.calibration, str(known))
    telling.shown["rating"] = (RATING, step)
    if policy.falling:
        _tell_fall(telling, policy)


def _tell_shares(telling: Telling, policy: CheckedReview) -> None:
    """A step for each rating of which only so many of a group may have it, where that is known."""
    page, figures = telling.page, telling.figures
    for rating in policy.ratings:
        over = figures.known(f"{rating.column}.over")
        if rating.share is None or over is None or figures.known(f"{rating.column}.people") is None:
            continue
        counts = {word: figures.stored(f"{rating.column}.{word}", COUNT) for word in ("people", "rated", "allowed")}
        words = {"rating": _called(telling, policy, rating.name), "among": visible(rating.share.among.name)}
        said = page.say("share-over" if over else "share-kept", **words, **counts)
        page.step(said, rating.share.span, "warning" if over else "")


def _tell_fall(telling: Telling, policy: CheckedReview) -> None:
    """A step: what the rating was in the period before, and by how many it is worse now."""
    page, figures, place = telling.page, telling.figures, policy.falling[0].span
    before = figures.known("rating.before")
    if before is None:
        page.step(page.say("rating-before-missing"), place, "warning")
        telling.why(telling.reasons("rating.before"))
        return
    words = {"before": visible(str(before)), "fell": figures.stored(FELL, FALL)}
    told = page.step(page.say("rating-fell" if before else "rating-first-time", **words), place)
    telling.shown[FELL] = (RATING, told)


def _tell_calibration(telling: Telling, policy: CheckedReview, calibration: Calibration, name: str) -> int:
    """A step: which rating takes the place of the score's, who decided so, and why."""
    page, known = telling.page, telling.figures.known
    words = {"by": visible(str(known(calibration.by.name))), "reason": visible(str(known(calibration.reason.name)))}
    said = page.say("rating-calibrated", rating=_called(telling, policy, name), **words)
    return page.step(said, calibration.span, "strong")


def _called(telling: Telling, policy: CheckedReview, name: str) -> str:
    """A rating as readers and as the policy call it."""
    title = next(each.title for each in policy.ratings if each.name == name)
    return telling.labelled(name, title_in(title, telling.page.language))


def _tell_line(telling: Telling, line: CheckedLine) -> None:
    """A step: what the line looks at, and what that gives."""
    page, figures = telling.page, telling.figures
    label = telling.labelled(line.name, title_in(line.title, page.language))
    words = {"label": label, "of": visible(line.of.name)}
    if figures.known(line.column) is None:
        page.step(page.say("points-missing", **words), line.span, "warning")
        telling.why(telling.reasons(line.column, line.of))
        return
    words |= {
        "value": figures.shown(line.of.name, line.of.type),
        "points": figures.shown(line.column, SCORE),
        "weight": figures.text(line.weight, _RATIO),
        "weighted": figures.shown(f"{line.column}.weighted", SCORE),
    }
    if line.scale is not None:
        words |= {"scale": telling.words(line.scale.first.span), "most": figures.text(line.most, SCORE)}
        page.step(page.say("points-scale", **words), line.span)
        return
    row = figures.number(f"{line.column}.row")
    assert row is not None, "points that are known were read from a row"
    reached = line.points[max(int(row), 1) - 1]
    words["border"] = _border(telling, reached.at)
    key = "points-row" if row else "points-below"
    if row and line.straight and row < len(line.points) and figures.number(line.of.name) != reached.at.value:
        above = line.points[int(row)]
        key = "points-between"
        words |= {"low": figures.text(reached.points, SCORE), "high": figures.text(above.points, SCORE)}
        words["until"] = _border(telling, above.at)
    page.step(page.say(key, **words), reached.span)


def _border(telling: Telling, border: Literal) -> str:
    assert isinstance(border.value, Decimal)
    return telling.figures.text(border.value, border.type)


def _tell_band(telling: Telling, policy: CheckedReview, name: str) -> int:
    """A step: the border that the score reaches, and the one that it doesn't; gives its number."""
    page = telling.page
    at = next(at for at, each in enumerate(policy.ratings) if each.name == name)
    rating, better = policy.ratings[at], policy.ratings[at - 1] if at else None
    words = {"rating": _called(telling, policy, name)}
    for word, band in (("since", rating), ("until", better)):
        if band is not None and band.since is not None:
            words[word] = telling.figures.text(band.since, SCORE)
    key = "rating-first" if better is None else "rating-last" if rating.since is None else "rating-between"
    return page.step(page.say(key, **words), rating.span, "strong")
