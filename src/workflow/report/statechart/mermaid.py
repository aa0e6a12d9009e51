"""A chart in the language of Mermaid."""

from __future__ import annotations

from workflow.report.graph import mermaid_text
from workflow.report.statechart.chart import Chart


def as_mermaid(chart: Chart) -> str:
    """The chart as a `stateDiagram-v2`; states go by numbers, so that no name of an author's means something there."""
    numbers = {box.name: f"s{at}" for at, box in enumerate(chart.boxes, 1)}
    lines = ["stateDiagram-v2"]
    for box in chart.boxes:
        title, *said = map(mermaid_text, box.lines)
        lines.append(f'  state "{title}" as {numbers[box.name]}')
        lines += [f"  {numbers[box.name]} : {line}" for line in said]
    lines.append(f"  [*] --> {numbers[chart.boxes[0].name]} : {mermaid_text(chart.begins)}")
    lines += [
        f"  {numbers[each.of]} --> {numbers[each.to or each.of]} : {mermaid_text(each.label)}" for each in chart.arrows
    ]
    lines += [f"  {numbers[box.name]} --> [*]" for box in chart.boxes if box.final]
    return "\n".join(lines) + "\n"
