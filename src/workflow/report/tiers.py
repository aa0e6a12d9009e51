"""How many subjects a tiering has in each tier, and which way they went: for people, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.ledger.tiers import Tiered
from workflow.report.cells import table, visible
from workflow.report.titles import title_in
from workflow.words import say


def tier_blocks(tiered: Iterable[Tiered], language: str) -> Iterator[list[str]]:
    """A block of lines for each tiering: how many have each tier, and had it as the period began, and what changed."""

    def told(key: str, **args: object) -> str:
        return say(language, "report", f"summary-{key}", **args)

    for each in tiered:
        title = visible(title_in(each.title, language) or each.policy)
        rows = [[told("tiers", title=title, period=visible(each.period)), told("tiers-before"), told("tiers-now")]]
        rows += [
            [f"  {visible(title_in(tier.title, language) or tier.name)}", f"{tier.before}", f"{tier.now}"]
            for tier in each.tiers
        ]
        words = [told(f"tiers-{word}", count=count) for word, count in each.changes.items() if count]
        yield [*table(rows), *([f"  {told('semicolon').join(words)}"] if words else [])]


def tier_data(tiered: Iterable[Tiered]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "policy": each.policy,
            "version": each.version,
            "period": each.period,
            "tiers": [{"tier": tier.name, "before": tier.before, "now": tier.now} for tier in each.tiers],
            "changes": each.changes,
        }
        for each in tiered
    ]
