"""A rank: the place among others, how many share it, and what else it takes."""

from __future__ import annotations

from workflow.checks.clauses import Rank
from workflow.checks.uses import columns_in
from workflow.report.cells import visible
from workflow.report.explanation.inputs import tell_inputs
from workflow.report.explanation.telling import Telling


def out_of_rank(telling: Telling, rank: Rank | None, stem: str) -> bool:
    """Whether the rank alone decides that the clause isn't for this person."""
    return rank is not None and telling.figures.known(f"{stem}.rank.reached") is False


def tell_rank(telling: Telling, rank: Rank | None, stem: str, clause: str) -> None:
    """A step, if the clause has a rank; `stem` is the beginning of its columns' names."""
    place = telling.figures.known(f"{stem}.rank")
    if rank is None:
        return
    tell_inputs(telling, clause, (rank.by, *columns_in(rank.least)))
    if place is None:
        return
    page, figures, style = telling.page, telling.figures, "warning" if out_of_rank(telling, rank, stem) else ""
    group = page.say("rank-company")
    if rank.among is not None:
        value = figures.text(figures.known(f"{stem}.rank.among"), rank.among.type)
        group = page.say("rank-group", column=visible(rank.among.name), value=value)
    words = {"name": visible(rank.by.name), "group": group, "places": rank.places}
    counted = {"place": place, "people": figures.known(f"{stem}.rank.people")}
    page.step(page.say(f"rank-{rank.order}", **words, **counted), rank.span, style)
    tied = figures.known(f"{stem}.rank.tied")
    if tied != 1:
        page.below(page.say("rank-tied", tied=tied))
        page.below(page.say(f"rank-ties-{rank.ties}"))
    if rank.people:
        page.below(page.say("rank-people", needed=rank.people))
    if rank.least is not None:
        page.below(page.say("rank-least", formula=telling.written(rank.least)))
