"""The state machine of an escalation as a chart: text for Mermaid, or a drawing that needs no other program.

What is drawn is asked of the machine that the policy is checked with. The same policy gives the same bytes.
"""

from workflow.report.statechart.chart import chart_of
from workflow.report.statechart.drawing import as_svg
from workflow.report.statechart.mermaid import as_mermaid

__all__ = ["as_mermaid", "as_svg", "chart_of"]
