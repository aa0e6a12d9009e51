"""One run of the engine over a workspace: its folder, and the folder to write to."""

from __future__ import annotations

import sys
from pathlib import Path

import workflow

if __name__ == "__main__":
    Path(sys.argv[2]).parent.mkdir(parents=True, exist_ok=True)
    workflow.evaluate(Path(sys.argv[1]), "2026-Q3", out=Path(sys.argv[2]))
