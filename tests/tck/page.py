"""docs/tck.md: what the runs of a file have shown, by topic and engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.tck.report import Failure, Report, Tally
from workflow.run.trial import EngineName

_HEAD = """# The standard's own tests

The DMN TCK is the public suite of tests of the standard. The engines are run over a sample of its literal
expressions; any file of that form is run the same way:

    python -m tests.tck FILE --engine reference
    python -m tests.tck FILE --engine duckdb

* A *value* case expects a value; it is right if that value comes out (of numbers, within the standard's tolerance of
  1e-8).
* A *null* case expects null, which FEEL answers to a mistake; it is right if the mistake is reported before anything
  runs, or the value is missing with its reason.
* *Outside* are value cases with what [the language](feel.md) leaves out: zones, years beyond 1 to 9999, contexts,
  loops, filters, functions of one's own, `instance of`, patterns, `is`, `range`, `sort`, and lists or contexts as
  results. Each has its reason below. A date and time with an offset is an instant, and counts, unless its day or hour
  in some zone is asked for.
* What the language has but decides [otherwise](feel.md) counts as not right: a mistyped operand beside one that decides
  (`true or 123`), `if` of a missing condition, fractions finer than a microsecond, times that differ by a fraction.
* A slip for which a message offers the repair (`"true"` for `true`) is read as repaired, and counted.
* In DuckDB every literal of a case is a column of a one-row table, so that each operation is executed there. What no
  decimal holds exactly (`sqrt`, `exp`, `log`, `stddev`, powers that aren't whole) is refused in policies and in DuckDB;
  the runner calculates it in the interpreter with a context of 34 digits, and counts these cases. Nothing else uses
  such a context.

This page is written by `python -m tests.tck FILE --page docs/tck.md`, and compared by a test where the sample is at
hand.
"""


def page(reports: Mapping[EngineName, Report], path: Path) -> str:
    """The page of the runs of one file."""
    parts = [_HEAD, "## Totals\n", "| | " + " | ".join(reports) + " |", "|---|" + "---|" * len(reports)]
    summaries = {engine: report.summary(engine, path) for engine, report in reports.items()}
    keys = [key for key in next(iter(summaries.values())) if key not in ("file", "engine", "outside")]
    parts += [f"| {key} | {' | '.join(str(summary[key]) for summary in summaries.values())} |" for key in keys]
    parts += ["", "## By topic\n", "| topic | values | " + " | ".join(f"right: {engine}" for engine in reports)]
    parts[-1] += " | nulls | " + " | ".join(f"reported: {engine}" for engine in reports) + " | outside |"
    parts.append("|---|---|" + "---|" * (2 * len(reports) + 2))
    first = next(iter(reports.values()))
    parts += [_topic(topic, tally, reports) for topic, tally in first.topics.items()]
    parts += ["", "## Outside, and why\n", "| reason | cases |", "|---|---|"]
    parts += [f"| {reason} | {count} |" for reason, count in sorted(first.excluded.items())]
    parts += ["", "## What fails\n"]
    for engine, report in reports.items():
        parts += [f"### {engine}\n", "| case | what comes |", "|---|---|"]
        parts += [f"| {each.name} | {_comes(each)} |" for each in report.failures if each.outside is None]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _topic(topic: str, tally: Tally, reports: Mapping[EngineName, Report]) -> str:
    """A row of the table of topics."""
    right = [str(report.topics[topic].right) for report in reports.values()]
    reported = [str(report.topics[topic].reported) for report in reports.values()]
    cells = (topic, str(tally.values), *right, str(tally.nulls), *reported, str(tally.outside))
    return f"| {' | '.join(cells)} |"


def _comes(failure: Failure) -> str:
    """What came of a case; the standard's own expressions are not copied."""
    return f"`{failure.reason}`" if failure.outcome == "error" else f"another value ({failure.outcome})"
