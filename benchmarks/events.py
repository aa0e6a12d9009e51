"""A quarter of many deals under three policies with eight measures, against the fastest of three forms of SQL by hand.

Both sides read the same files, check and deduplicate the same rows and write the same results; ours also keeps every
named value with its causes, every disposition, and the reasons of each action. `WORKFLOW_BENCH_EVENTS` sets how many
deals there are. Every side runs in a process of its own, start and imports included, whose peak of memory is taken;
Python finds its modules compiled, as it does wherever a program is installed: each side runs once over few deals first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.by_hand import FORMS
from benchmarks.company import ROOT, made
from benchmarks.figure import Figure

EVENTS = int(os.environ.get("WORKFLOW_BENCH_EVENTS", "10000000"))
TIMES = int(os.environ.get("WORKFLOW_BENCH_TIMES", "3"))

FEW = 1000
"""So many events are enough that a side has compiled whatever it imports."""
_COMPILED = tempfile.TemporaryDirectory(prefix="workflow-bench-compiled-")
"""Where Python keeps the modules that it has compiled, whether or not this environment lets it keep them elsewhere."""
_MEASURED = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024)
"""


def figures() -> Iterator[Figure]:
    """At most twice the time of the SQL, at most 3 GB, and twice the deals in at most 2.1 times the time."""
    with tempfile.TemporaryDirectory(prefix="workflow-bench-") as name:
        for layout in ("csv", "parquet"):
            few, half, whole = (_workspace(Path(name), events, layout) for events in (FEW, EVENTS // 2, EVENTS))
            out = Path(name) / "out"
            for command in (_ours(few, out), *(_by_hand(form, few, out) for form in FORMS)):
                measured(command, 1)
            time, peak = measured(_ours(whole, out))
            hand = min(measured(_by_hand(form, whole, out))[0] for form in FORMS)
            _must_agree(out)
            yield Figure(f"events.{layout}.{EVENTS}", time, hand, 2.0)
            yield Figure(f"events.{layout}.{EVENTS}.memory", peak, 3.0, 1.0, "GB")
            yield Figure(f"events.{layout}.{EVENTS}.doubled", time, measured(_ours(half, out))[0], 2.1)
            shutil.rmtree(whole)
            shutil.rmtree(half)
            shutil.rmtree(out)


def _workspace(folder: Path, events: int, layout: str) -> Path:
    workspace = folder / f"{layout}-{events}"
    made(workspace, events, layout)
    return workspace


def _ours(workspace: Path, out: Path) -> list[object]:
    return [sys.executable, "-m", "benchmarks.by_engine", workspace, out / "ours", "2026-Q3"]


def _by_hand(form: str, workspace: Path, out: Path) -> list[object]:
    return [sys.executable, "-m", "benchmarks.by_hand", form, workspace, out / form]


def measured(command: list[object], times: int = TIMES) -> tuple[float, float]:
    """The shortest time in seconds, and the highest peak of memory in GB, of several runs of a command."""
    found = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = _COMPILED.name
    program = [sys.executable, "-c", _MEASURED, *map(str, command)]
    for _ in range(times):
        ran = subprocess.run(program, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        seconds, peak = ran.stdout.split()
        found.append((float(seconds), float(peak)))
    return min(seconds for seconds, _ in found), max(peak for _, peak in found)


def _must_agree(out: Path) -> None:
    """Every line that SQL by hand pays, and no other, is ours, to the cent."""
    ours = f"SELECT policy, clause, subject, amount FROM '{out}/ours/lines.parquet' WHERE amount IS NOT NULL"
    for form in FORMS:
        theirs = f"SELECT policy, clause, person, amount FROM '{out}/{form}/lines.parquet'"
        for one, other in ((ours, theirs), (theirs, ours)):
            differing = duckdb.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()[0][0]
            assert not differing, f"{differing} lines differ from the form `{form}`"
