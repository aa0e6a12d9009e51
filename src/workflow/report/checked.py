"""What `workflow check` found, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from workflow.diagnostics import Diagnostic, in_order
from workflow.report.diagnostics import as_data, counted, rendered, summary
from workflow.words import say


class PolicyHead(Protocol):
    """What a policy says about itself."""

    @property
    def id(self) -> str:
        """Its name in other policies."""

    @property
    def version(self) -> int:
        """Which of the policy's versions this file is."""

    @property
    def kind(self) -> str:
        """`incentive`, `tiering`, `review` or `escalation`."""

    @property
    def path(self) -> str:
        """Its file, relative to the workspace."""

    @property
    def title(self) -> Mapping[str, str]:
        """Its title, by language."""


class Checked(Protocol):
    """What checking a workspace gives."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Mistakes and warnings."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The files that were read, by path."""

    @property
    def policies(self) -> tuple[PolicyHead, ...]:
        """The policies that could be read."""


def as_text(checked: Checked, language: str, *, colour: bool = False) -> str:
    """The diagnostics and a closing line; without any, how much was checked."""
    found = checked.diagnostics
    closing = summary(found, files=len(checked.texts), language=language)
    if not found:
        policies = counted(language, "policy", len(checked.policies))
        closing = say(language, "report", "diagnostic-checked", policies=policies, closing=closing)
    return f"{rendered(found, checked.texts, language=language, colour=colour)}{closing}\n"


def document(checked: Checked, language: str) -> dict[str, object]:
    """The same for programs; its keys never change."""
    found = in_order(checked.diagnostics)
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    return {
        "diagnostics": [as_data(diagnostic, language) for diagnostic in found],
        "summary": {"mistakes": errors, "warnings": len(found) - errors, "files": len(checked.texts)},
        "policies": [
            {
                "id": policy.id,
                "version": policy.version,
                "kind": policy.kind,
                "file": policy.path,
                "title": dict(policy.title),
            }
            for policy in checked.policies
        ],
    }
