"""Ids that may have been meant where one is unknown: a slip of the pen finds its own, and no list is given away."""

from __future__ import annotations

from collections.abc import Collection

from workflow.words import Term

MOST_ALIKE, _ALIKE = 3, 0.75
"""So many ids are offered instead of an unknown one, and so much of their letters are the same."""


def alike(asked: str, known: Collection[str]) -> tuple[str, ...]:
    """The ids that may have been meant, or the words that there is none."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    found = process.extract(
        asked.lower(),
        sorted(known),
        scorer=DamerauLevenshtein.normalized_similarity,
        processor=str.lower,
        limit=MOST_ALIKE,
        score_cutoff=_ALIKE,
    )
    return tuple(each for each, _, _ in found) or (Term("no-id-alike"),)
