"""Policies as reviewed text: exact money, reasons for every line, results that anyone can recompute."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.api import (
        attempt,
        cases,
        chart,
        check,
        checked_workspace,
        evaluate,
        explain,
        explain_case,
        fix,
        form,
        goals,
        import_calendar,
        load,
        reviews,
        schemas,
        start,
        tier,
        verify_cases,
    )

__all__ = [
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


def __getattr__(name: str) -> object:
    """The functions of `workflow.api`, imported when they are first asked for, so that `--help` stays quick."""
    if name in __all__:
        from workflow import api

        return getattr(api, name)
    raise AttributeError(f"module 'workflow' has no attribute {name!r}")
