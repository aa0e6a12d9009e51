"""Facts set by hand: what they would have been, and then who set them to what, for which days, and why."""

from __future__ import annotations

from dataclasses import replace

from workflow.checks.calculated import CheckedMeasure, CheckedValue
from workflow.model.typed import Column
from workflow.report.cells import visible
from workflow.report.explanation.page import Row
from workflow.report.explanation.telling import Telling


def as_calculated(telling: Telling, name: str) -> Telling:
    """The telling as if nobody had set the fact."""
    part, own = telling.part, f"{name}.calculated"
    causes = {each: reasons for each, reasons in part.causes.items() if each != name}
    before = replace(
        part,
        values={**part.values, name: part.values[own]},
        causes=causes | ({name: part.causes[own]} if own in part.causes else {}),
        overrides={each: row for each, row in part.overrides.items() if each != name},
    )
    return replace(telling, part=before, figures=replace(telling.figures, part=before))


def tell_override(telling: Telling, column: Column) -> int:
    """A step: who set the fact to what, for which days, and why."""
    page, figures, row = telling.page, telling.figures, telling.part.overrides[column.name]
    definition = figures.definition(column.name)
    assert isinstance(definition, CheckedMeasure | CheckedValue), "only measures and values are set by hand"
    words = {name: visible(str(row[name])) for name in ("by", "reason", "until")}
    words |= {"since": visible(str(row["from"]))}
    words |= {"label": telling.named(definition), "value": figures.stored(column.name, column.type)}
    words["calculated"] = figures.stored(f"{column.name}.calculated", column.type)
    number = page.step(page.say("overridden", **words), definition.span, "strong")
    page.rows([Row((visible(str(row["event.id"])),), visible(f"{row['file']}:{row['line']}"))], right=0)
    return number
