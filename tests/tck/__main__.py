"""Runs a file of the standard's cases: a table by topic, what fails and why, and one JSON line of totals at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from tests.tck.cases import Case, outside, read_cases
from tests.tck.running import Result, run
from workflow.run.trial import ENGINES, EngineName


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


@dataclass
class Report:
    """What a run of a file has shown."""

    topics: dict[str, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    failures: list[str] = field(default_factory=list)
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
            why = f"outside: {reason}" if reason else "FAILS"
            self.failures.append(f"{why}: {case.name}: {' '.join(case.feel.split())}: {result.outcome} {result.reason}")

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a file and print what it shows."""
    parser = argparse.ArgumentParser(prog="python -m tests.tck", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--engine", choices=ENGINES, default="reference")
    options = parser.parse_args(arguments)
    found = report(options.file, cast("EngineName", options.engine))
    print(
        "topic".ljust(46)
        + "".join(f"{word:>9}" for word in ("values", "right", "nulls", "reported", "outside", "right"))
    )
    for name, tally in found.topics.items():
        print(tally.row(name))
    print(found.total.row("all"))
    print(*("", *found.failures, ""), sep="\n")
    print(json.dumps(found.summary(options.engine, options.file)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
