"""Mutants of the example workspace: its YAML with a few nodes dropped, renamed, doubled or replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from workflow.syntax.folder import read_folder
from workflow.syntax.reader import read
from workflow.syntax.tree import Mapping as Block
from workflow.syntax.tree import Node, Sequence

ROOT = Path(__file__).parents[2]
EXAMPLE: Mapping[str, str] = read_folder(ROOT / "policies")[0]
"""The texts of the example workspace, by path."""

Entries = list[list[Any]]
"""A block or list that can be changed, an entry [key, value]; the keys of a list are None."""

ODD = (
    "", "0", "-1", "1", "80", "80%", "1e5", "1.10", "0123", "5,000", "５％", "２０２６-０７-０１", "2026-02-30",
    "yes", "no", "~", "null", "x", "行", "a.b", "a b", "a-b", "-", "revenue", "revenue / quota",
    "quota / revenue > 1", "0 CNY", "5000 CNY", "5000 USD", "if csat > 3 then 1% else 2%", "not(csat is missing)",
    "(", "((1", "1 / 0", "1 / revenue", "revenue * revenue", "9999999999999999999999999999999999999999",
    "0.111111111111111111111111111111", "9999-12-31", "0001-01-01", "2026-07-01..2026-01-01", "../x", "records/*",
    "person.supervisor", "supervisors above", "as claw back", "in the deal's period", "deal.won", "deal.returned",
    "month", "year", "en", "zh-CN", "XXX", "ABC", "Mars/Base", "30 days", "1 working day", "2 months",
    "99999999 days", "number from 5 to 1", "one of []", "one of [a, a]", "tab", ";", "never", "events",
    "interpolated", "whole", "marginal", "half even", "person.manager", "period.end", "days_served",
    "min(revenue, quota)", "min(1)", "sum(1)", "today()", "100%", "200%", "-20%", "0.00000001%",
)  # fmt: skip
"""Texts that are something, somewhere, and nothing elsewhere."""
KEYS = (
    "to", "from", "through", "below", "rate", "amount", "factor", "when", "on", "by", "mode", "tiers", "points", "at",
    "pay", "was", "title", "en", "zh", "fr", "currency", "column", "colum", "text", "form", "zone", "if missing",
    "answers needed", "names", "name", "gate", "cap", "rank", "over", "is", "optional", "digits after the point",
    "relates", "as", "also to", "share", "due", "training", "task", "event", "register", "where", "id", "changed",
    "time", "revenue", "supervisor", "x", "销售额", "", "a.b", "year starts", "quarter", "days", "parent path",
    "period starting", "written as", "sequence", "recorded",
)  # fmt: skip
KINDS = ("drop", "rename", "slip", "double", "list", "block", "empty", *["scalar"] * 5, *["move"] * 4)
"""The kinds of change, as often as they are worth."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of a block or list of the tree: where it is held, and its index there."""

    held: Entries
    index: int


def mutants() -> st.SearchStrategy[dict[str, str]]:
    """Workspaces' texts by path, one to four changes away from the example."""
    return st.composite(_mutant)()


def _mutant(draw: st.DrawFn) -> dict[str, str]:
    texts = dict(EXAMPLE)
    if draw(st.integers(0, 19)) == 0:
        del texts[draw(st.sampled_from(sorted(texts)))]
    policies = [path for path in texts if path.startswith("incentives/")]
    for path in draw(st.lists(st.sampled_from([*sorted(texts), *policies * 6]), min_size=1, max_size=2)):
        tree = _plain(read(EXAMPLE[path], path)[0])
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
            _change(draw, tree)
        texts[path] = _written(tree, 0).lstrip("\n")
    return texts


def _plain(node: Node | None) -> Entries | str:
    """A tree that can be changed; its texts as they are to be written, plain or with quotes."""
    match node:
        case Block():
            return [[key.text, _plain(value)] for key, value in node.items]
        case Sequence():
            return [[None, _plain(value)] for value in node.items]
        case None:
            return ""
    return node.text if node.style == "plain" and not node.braced else json.dumps(node.text, ensure_ascii=False)


def _places(tree: object) -> list[_Place]:
    if not isinstance(tree, list):
        return []
    found = [_Place(tree, index) for index in range(len(tree))]
    return found + [place for _, value in tree for place in _places(value)]


def _change(draw: st.DrawFn, tree: object) -> None:
    places = _places(tree)
    if not places:
        return
    place = draw(st.sampled_from(places))
    held, index = place.held, place.index
    key, value = held[index]
    match draw(st.sampled_from(KINDS)):
        case "drop":
            del held[index]
        case "rename" if key is not None:
            held[index] = [draw(st.sampled_from(KEYS)), value]
        case "slip" if isinstance(key, str) and key:
            held[index] = [key[:-1], value]
        case "double":
            held.insert(index, [key, value])
        case "scalar":
            held[index] = [key, draw(st.sampled_from(ODD))]
        case "list":
            held[index] = [key, draw(st.sampled_from(([], [[None, value]], [[None, "x"], [None, ""]])))]
        case "block":
            held[index] = [key, draw(st.sampled_from(("{}", [[draw(st.sampled_from(KEYS)), value]], [["x", "y"]])))]
        case "empty":
            held[index] = [key, ""]
        case "move":
            other = draw(st.sampled_from(places))
            if other.index < len(other.held):
                held[index] = [key, other.held[other.index][1] if not _within(held, other) else "x"]
        case _:
            held[index] = [key, draw(st.sampled_from(ODD))]


def _within(held: object, other: _Place) -> bool:
    """Whether what stands at the other place holds this one: it can't be moved into itself."""
    value = other.held[other.index][1]
    return value is held or any(place.held is held for place in _places(value))


def _written(value: object, depth: int) -> str:
    """The tree as YAML in block form."""
    if not isinstance(value, list):
        return f" {value}\n"
    if not value:
        return " []\n"
    lines = []
    for key, inner in value:
        head = "-" if key is None else f"{key}:"
        lines.append("  " * depth + head + _written(inner, depth + 1))
    return "\n" + "".join(lines)
