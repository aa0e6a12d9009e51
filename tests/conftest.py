"""What all tests share."""

from __future__ import annotations

import gc
import os
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Programs that tests start find their modules compiled, as they do wherever a program is installed, whether or
    not this environment lets Python keep them: to compile them anew takes longer than what most of them do.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        kept = tempfile.TemporaryDirectory(prefix="workflow-tests-compiled-")
        config.add_cleanup(kept.cleanup)
        os.environ["PYTHONPYCACHEPREFIX"] = kept.name


def pytest_collection_finish() -> None:
    """Collecting thousands of tests leaves much behind that lives to the end: the collector of garbage shouldn't look
    at it again and again, nor after every few hundred parts of a plan.
    """
    gc.set_threshold(100_000, 20, 100)
