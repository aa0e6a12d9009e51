"""What a run of a file shows: counts by topic, what fails and why, and the totals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.tck.cases import Case, outside, read_cases
from tests.tck.running import Result, run
from workflow.run.trial import EngineName


@dataclass
class Tally:
    """The counts of a topic, or of all."""

    values: int = 0
    right: int = 0
    nulls: int = 0
    reported: int = 0
    outside: int = 0
    outside_right: int = 0

    def row(self, name: str) -> str:
        """A line of the table."""
        cells = (self.values, self.right, self.nulls, self.reported, self.outside, self.outside_right)
        return f"{name:46}" + "".join(f"{cell:9}" for cell in cells)


@dataclass(frozen=True)
class Failure:
    """A case that isn't right: what came of it, and why it lies outside, if it does."""

    name: str
    feel: str
    outcome: str
    reason: str
    outside: str | None

    def told(self) -> str:
        """One line for whoever ran the file."""
        why = f"outside: {self.outside}" if self.outside else "FAILS"
        return f"{why}: {self.name}: {self.feel}: {self.outcome} {self.reason}"


@dataclass
class Report:
    """What a run of a file has shown."""

    topics: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    failures: list[Failure] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    operators: int = 0
    exact: int = 0
    mended: int = 0
    wide: int = 0

    def take(self, case: Case, result: Result) -> None:
        """Count one case."""
        reason = outside(case, result.codes) if case.wants_value else None
        right = result.outcome == "right" or (not case.wants_value and result.outcome == "error")
        for tally in (self.topics.setdefault(case.topic, Tally()), self.total):
            if reason is not None:
                tally.outside += 1
                tally.outside_right += right
            elif case.wants_value:
                tally.values += 1
                tally.right += right
            else:
                tally.nulls += 1
                tally.reported += right
        self.operators += result.operators
        self.mended += result.mended and right
        self.wide += result.wide
        self.exact += right and result.exact and case.wants_value and reason is None
        if reason is not None:
            self.excluded[reason] += 1
        if not right:
            feel = " ".join(case.feel.split())
            self.failures.append(Failure(case.name, feel, result.outcome, result.reason, reason))

    def summary(self, engine: str, path: Path) -> dict[str, object]:
        """The totals, for programs."""
        return {
            "file": path.name,
            "engine": engine,
            "value cases": self.total.values,
            "value cases right": self.total.right,
            "of these exactly": self.exact,
            "null cases": self.total.nulls,
            "null cases reported": self.total.reported,
            "outside": dict(sorted(self.excluded.items())),
            "outside right": self.total.outside_right,
            "operators executed": self.operators,
            "read with a fix": self.mended,
            "cases with a context of 34 digits": self.wide,
        }


def report(path: Path, engine: EngineName) -> Report:
    """The cases of a file, run by an engine."""
    made = Report()
    for case in read_cases(path):
        made.take(case, run(case, engine))
    return made
