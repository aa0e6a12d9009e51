"""The guarded YAML reader: a text becomes a located tree, nothing in it guessed, nothing in it able to harm.

What YAML allows and a policy has no use for (anchors, merges, tags, several documents, duplicate keys) is refused. A
slip of writing is reported, repaired and read on, so that one run shows all mistakes.
"""

from __future__ import annotations

import itertools

from workflow.diagnostics import Diagnostic, Span, in_order
from workflow.syntax.characters import decode, without_odd
from workflow.syntax.composer import Composer
from workflow.syntax.failures import explain
from workflow.syntax.positions import Edit, Layout
from workflow.syntax.repairs import Repair, garbled, repairs_of
from workflow.syntax.tree import Node

MOST_CHARACTERS = 1_000_000
"""Characters of one file: ten times what a thousand rules take."""

MOST_REPAIRS = 20
"""So many slips are repaired to read on; each costs another reading of the file."""


def read_bytes(data: bytes, path: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """`read` for the bytes of a file, which must be UTF-8; a byte order mark is left out."""
    text, refused = decode(data, path)
    return (None, refused) if refused else read(text, path)


def read(text: str, path: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The located tree of a YAML text.

    Args:
        text: what the file says.
        path: the file's name for places, relative to the workspace.

    Returns:
        The tree as it is meant, also where slips were repaired; None where a part of it can't be told. And all that
        is wrong, in order.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_CHARACTERS:
        return None, (Diagnostic("file-too-long", Span(path, 1, 1, 1, 1), {"limit": MOST_CHARACTERS}),)
    text, odd = without_odd(text, path)
    reported, certain = list(odd), True
    layout = Layout(path, text)
    for _ in range(MOST_REPAIRS):
        composed = Composer(layout)
        repairs = _repairs(layout, composed)
        edits = _joined(layout, repairs)
        reported += [repair.diagnostic for repair in repairs]
        certain = certain and all(repair.certain for repair in repairs)
        if not edits:
            break
        layout = Layout(path, text, edits)
    reported += composed.diagnostics
    if composed.failure and not repairs:
        reported.append(explain(layout, composed.failure))
    sound = composed.sound and certain and not composed.failure
    return composed.tree if sound else None, in_order(reported)


def _repairs(layout: Layout, composed: Composer) -> tuple[Repair, ...]:
    """The repairs after which reading goes on."""
    if composed.failure:
        return repairs_of(layout, composed.failure)
    return garbled(layout, composed.suspects) if composed.suspects else ()


def _joined(layout: Layout, repairs: tuple[Repair, ...]) -> tuple[Edit, ...]:
    """The edits made so far with those of the repairs; none where there are none, or where they would overlap."""
    fresh = [
        Edit(layout.written(edit.start), layout.written(edit.end), edit.text) for each in repairs for edit in each.edits
    ]
    edits = sorted((*layout.edits, *fresh), key=lambda edit: (edit.start, edit.end))
    apart = all(before.end <= after.start for before, after in itertools.pairwise(edits))
    return tuple(edits) if fresh and apart else ()
