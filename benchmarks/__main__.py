"""`python -m benchmarks [NAME ...]`: run the named benchmarks, or all; one JSON line a figure."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

from benchmarks import calendar, decision, escalations, events, expressions, load, start, tiering, tiers
from benchmarks.figure import Figure

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": start.figures,
    "calendar": calendar.figures,
    "expressions": expressions.figures,
    "load": load.figures,
    "tiers": tiers.figures,
    "decision": decision.figures,
    "events": events.figures,
    "tiering": tiering.figures,
    "escalations": escalations.figures,
}


def main(names: list[str]) -> int:
    """Run what is asked for; 2 for an unknown name."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        for figure in BENCHMARKS[name]():
            print(json.dumps(figure.as_data()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
