"""Runs a file of the standard's cases: a table by topic, what fails and why, and one JSON line of totals at the end."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tests.tck.page import page
from tests.tck.report import report
from workflow.run.trial import ENGINES, EngineName


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a file and print what it shows."""
    parser = argparse.ArgumentParser(prog="python -m tests.tck", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--engine", choices=ENGINES, default="reference")
    parser.add_argument("--page", type=Path, help="write the page of the documentation instead, for all engines")
    options = parser.parse_args(arguments)
    if options.page:
        runs = {engine: report(options.file, engine) for engine in ENGINES}
        options.page.write_text(page(runs, options.file), encoding="utf-8")
        return 0
    found = report(options.file, cast("EngineName", options.engine))
    print(
        "topic".ljust(46)
        + "".join(f"{word:>9}" for word in ("values", "right", "nulls", "reported", "outside", "right"))
    )
    for name, tally in found.topics.items():
        print(tally.row(name))
    print(found.total.row("all"))
    print(*("", *(failure.told() for failure in found.failures), ""), sep="\n")
    print(json.dumps(found.summary(options.engine, options.file)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
