"""What `import workflow` offers: what is done with policies alone, and what is asked of recorded events.

The driver, which alone calls all stages, has the whole story on one page.
"""

from workflow.api.policies import (
    attempt,
    chart,
    check,
    checked_workspace,
    fix,
    form,
    import_calendar,
    load,
    schemas,
    start,
)
from workflow.api.questions import cases, evaluate, explain, explain_case, goals, reviews, tier, verify_cases
from workflow.run import ENGINES

__all__ = [
    "ENGINES",
    "attempt",
    "cases",
    "chart",
    "check",
    "checked_workspace",
    "evaluate",
    "explain",
    "explain_case",
    "fix",
    "form",
    "goals",
    "import_calendar",
    "load",
    "reviews",
    "schemas",
    "start",
    "tier",
    "verify_cases",
]
