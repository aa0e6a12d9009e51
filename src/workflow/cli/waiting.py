"""A line on the terminal while work takes longer than a second, so that nobody thinks it stands still."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 1.0
"""So long nothing is said, and so often is the line renewed."""


@contextmanager
def waiting(language: str) -> Iterator[None]:
    """Tell on the error stream how long the work inside has taken; only on a terminal, and gone at its end."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    line = threading.Thread(target=_tell, args=(done, language), daemon=True)
    line.start()
    try:
        yield
    finally:
        done.set()
        line.join()


def _tell(done: threading.Event, language: str) -> None:
    from workflow.words import say

    began = time.monotonic()
    shown = 0
    while not done.wait(SECONDS):
        text = say(language, "cli", "waiting", seconds=round(time.monotonic() - began))
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()
        shown = 2 * len(text)  # a Chinese sign takes two cells
    sys.stderr.write(f"\r{' ' * shown}\r" if shown else "")
    sys.stderr.flush()
