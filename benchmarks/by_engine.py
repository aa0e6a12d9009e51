"""One run of the engine over a workspace: its folder, the folder to write to, and the period."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import workflow

if __name__ == "__main__":
    Path(sys.argv[2]).parent.mkdir(parents=True, exist_ok=True)
    workflow.evaluate(Path(sys.argv[1]), sys.argv[3], out=Path(sys.argv[2]), clock=time.perf_counter)
