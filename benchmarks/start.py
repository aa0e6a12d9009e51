"""How long a person waits for the command line, against the time that the project allows itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, best

ROOT = Path(__file__).resolve().parent.parent


def figures() -> Iterator[Figure]:
    """`--help` within 0.3 s, a check of the example workspace within 1 s."""
    for name, words, allowed in (("help", ["--help"], 0.3), ("check", ["check", "policies"], 1.0)):
        command = [sys.executable, "-m", "workflow", *words]
        ours = best(lambda command=command: subprocess.run(command, cwd=ROOT, check=True, capture_output=True))  # type: ignore[misc]
        yield Figure(f"start.{name}", ours, allowed, 1.0)
