"""What all tests share."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Collecting thousands of tests leaves much behind that lives to the end: the collector of garbage shouldn't look
    at it again and again, nor after every few hundred parts of a plan.
    """
    gc.set_threshold(100_000, 20, 100)
