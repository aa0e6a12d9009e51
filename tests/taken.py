"""For rooms above intake: equal records, taken in as of one moment, are taken in once, whoever reads them then.

Intake has tests of its own; here it is but the way to a run, and takes half of the time of a small one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from workflow.checks.mapping import SourceMapping
from workflow.intake import Intake, Moment, take_in
from workflow.intake.files import files_of
from workflow.intake.taking import Reversals

MOST = 60
"""So many are kept, of one or two megabytes each; then the oldest goes."""


class Once:
    """Stands in for `take_in`: a call that differs in nothing from an earlier one gets a copy of what that was given.

    Mistakes are found anew each time.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is where copies are kept."""
        self._folder = folder
        self._known: dict[object, tuple[Intake, Path]] = {}

    def __call__(
        self,
        sources: Sequence[SourceMapping],
        where: Path,
        into: Path,
        moment: Moment,
        reversals: Reversals,
        ordered: Collection[str],
    ) -> Intake:
        """As `take_in`."""
        ordered = sorted({each.event for each in sources if each.event is not None}.intersection(ordered))
        key = tuple(ordered), _said(sources, where, moment, reversals)
        if key in self._known:
            taken, copy = self._known[key]
            shutil.copyfile(copy, into)
            return replace(taken, evidence=replace(taken.evidence, path=into))
        taken = take_in(sources, where, into, moment, reversals, ordered)
        _, copy = self._known.pop(next(iter(self._known))) if len(self._known) == MOST else (None, self._new())
        shutil.copyfile(into, copy)
        self._known[key] = taken, copy
        return taken

    def _new(self) -> Path:
        return self._folder / f"{len(self._known)}.duckdb"


def _said(sources: Sequence[SourceMapping], where: Path, moment: Moment, reversals: Reversals) -> object:
    """All that decides what is taken in."""
    paths = sorted({path for source in sources for path in files_of(source, where)[0]})
    records = tuple((path, (where / path).read_bytes()) for path in paths)
    said = (moment.zone, moment.as_of, moment.known_by, moment.currency, tuple(moment.periods.items()))
    return repr(sources), records, said, tuple(sorted(reversals.items()))


@pytest.fixture(scope="module", autouse=True)
def taken_once() -> Iterator[None]:
    """For each module whose room's conftest names this fixture."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflow.intake.take_in", Once(Path(folder)))
        yield
