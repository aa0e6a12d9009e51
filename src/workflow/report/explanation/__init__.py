"""Why somebody is paid what they are paid: an account told step by step, for who asks and for who recomputes.

`telling` holds what every chapter needs: the page, and the values as text. The chapters are one person's `policies`,
their clauses of `pay` and `actions`, and the steps these share: `inputs`, `conditions`, `tables`. `cases` tells a case.
"""

from workflow.report.explanation.cases import render_case
from workflow.report.explanation.policies import render

__all__ = ["render", "render_case"]
