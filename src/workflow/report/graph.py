"""Who uses what: events and registers, the policies that read them and each other, and what they trigger.

The drawing needs no other program. Nodes stand in columns from left to right, each right of all that it uses; within a
column where what they use stands, ties by name. The same workspace gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.goalsetting import SET, CheckedGoals
from workflow.checks.heads import REGISTERS
from workflow.checks.tiers import CheckedTiering
from workflow.checks.uses import columns_in
from workflow.report.cells import visible, width
from workflow.report.summary import title_in
from workflow.report.svg import opening

CELL, ROW, GAP, WAY, PAD = 7, 34, 14, 120, 10
"""Measures of the drawing: a cell of text, a box, what lies between boxes and between columns, and inside a box."""
_SWEEPS = 4
_ARROWHEAD = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0,0 L8,4 L0,8 z" fill="#666"/></marker></defs>'
)
_FILLS = {"event": "#e8f1fb", "register": "#eef6e8", "policy": "#fff4dc", "action": "#f6e9f5"}
_SHAPES = {"event": ("([", "])"), "register": ("[(", ")]"), "policy": ("[", "]"), "action": ("{{", "}}")}


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is used or uses: `kind` is event, register, policy or action; `lines` its text."""

    key: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """That `to` uses `of`, by `what`."""

    of: str
    to: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges, each in one order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(rules: CheckedWorkspace, language: str) -> Graph:
    """Who uses what in a workspace: the newest version of each policy, titles in that language."""
    newest = {policy.id: policy for policy in rules.policies}
    found: dict[tuple[str, str], dict[str, None]] = {}
    nodes: dict[str, Node] = {}
    for policy in newest.values():
        key = f"policy {policy.id}"
        nodes[key] = _node(key, policy.id, policy.title, language)
        for of, what in _used(policy):
            found.setdefault((of, key), {}).update(dict.fromkeys(what))
        for action in policy.actions:
            of = f"action {action.kind} {action.item}"
            nodes[of] = _node(of, action.item, rules.items[action.kind].get(action.item, {}), language)
            found.setdefault((key, of), {})[action.name] = None
    for of, _ in found:
        kind, _, name = of.partition(" ")
        titles = rules.events[name].title if kind == "event" and name in rules.events else {}
        nodes.setdefault(of, _node(of, name, titles, language))
    edges = tuple(Edge(of, to, tuple(what)) for (of, to), what in sorted(found.items()))
    return Graph(tuple(nodes[key] for key in sorted(nodes)), edges)


def _node(key: str, name: str, titles: Mapping[str, str], language: str) -> Node:
    title = title_in(titles, language)
    lines = (visible(name),) if title is None or title == name else (visible(title), visible(name))
    return Node(key, key.partition(" ")[0], lines)


def _used(policy: CheckedPolicy) -> Iterable[tuple[str, Sequence[str]]]:
    """What a policy uses, and by which names of its own."""
    for event in policy.reads:
        yield f"event {event}", [each.name for each in policy.looks if each.event == event and "." not in each.name]
    if isinstance(policy, CheckedGoals):
        yield f"event {SET}", [column.name for column in policy.measured]
    if policy.reversal is not None:
        yield f"event {policy.reversal.event}", [policy.reversal.count]
    formulas = (
        policy.served,
        *policy.of_period,
        *(each for event in policy.events for each in policy.of_events(event)),
    )
    columns = {column.name for formula in formulas for column in columns_in(formula)}
    asked = sorted(visible(name) for name in columns if name.startswith(f"{policy.subject}."))
    if asked or policy.subject == "person":
        yield f"register {REGISTERS[policy.subject]}", asked
    if isinstance(policy, CheckedTiering) and policy.setting is not None:
        yield f"event {policy.setting.event.name}", ["override"]
    for use in policy.facts:
        yield f"policy {use.policy}", [use.fact]


def as_mermaid(graph: Graph) -> str:
    """The graph in the language of Mermaid."""
    numbers = {node.key: f"n{at}" for at, node in enumerate(graph.nodes, 1)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        opening, closing = _SHAPES[node.kind]
        text = "<br/>".join(map(mermaid_text, node.lines))
        lines.append(f'  {numbers[node.key]}{opening}"{text}"{closing}')
    for edge in graph.edges:
        label = f'|"{mermaid_text(", ".join(edge.what))}"|' if edge.what else ""
        lines.append(f"  {numbers[edge.of]} -->{label} {numbers[edge.to]}")
    return "\n".join(lines) + "\n"


def mermaid_text(text: str) -> str:
    """A text in which nothing is a sign of Mermaid's; letters of any script, digits and blanks stay."""
    return "".join(sign if sign.isalnum() or sign in " .,_-" else f"#{ord(sign)};" for sign in text)


def as_svg(graph: Graph) -> str:
    """The graph as a drawing, for any browser."""
    columns = _columns(graph)
    sizes = {node.key: max(map(width, node.lines)) * CELL + 2 * PAD for node in graph.nodes}
    places: dict[str, tuple[int, int]] = {}
    left, tallest = PAD, 0
    for column in columns:
        for at, node in enumerate(column):
            places[node.key] = (left, PAD + at * (ROW + GAP))
        left += max(sizes[node.key] for node in column) + WAY
        tallest = max(tallest, len(column))
    wide, high = max(left - WAY + PAD, 2 * PAD), max(tallest * (ROW + GAP) - GAP, 0) + 2 * PAD
    lines = [opening(wide, high), _ARROWHEAD]
    lines += [_arrow(edge, places, sizes) for edge in graph.edges]
    lines += [_box(node, places[node.key], sizes[node.key]) for node in graph.nodes]
    return "\n".join((*lines, "</svg>")) + "\n"


def _columns(graph: Graph) -> list[list[Node]]:
    """The nodes by how many steps lie on the longest way to them; what nothing uses and what is used stand apart.

    A circle, which what stands from earlier periods may close, is cut where it leads back.
    """
    uses: dict[str, list[str]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        uses[edge.to].append(edge.of)
    depths: dict[str, int] = {}
    for node in graph.nodes:
        _deepen(node.key, uses, depths)
    last = max(depths.values(), default=0)
    for node in graph.nodes:
        depths[node.key] = last if node.kind == "action" else depths[node.key]
    columns = [[node for node in graph.nodes if depths[node.key] == depth] for depth in range(last + 1)]
    rows = {node.key: at for column in columns for at, node in enumerate(column)}
    for _ in range(_SWEEPS):
        for column in columns:
            column.sort(key=lambda node: (_middle(node.key, uses, rows), node.key))
            rows |= {node.key: at for at, node in enumerate(column)}
    return [column for column in columns if column]


def _deepen(first: str, uses: Mapping[str, Sequence[str]], depths: dict[str, int]) -> None:
    path = {first: iter(uses[first])} if first not in depths else {}
    while path:
        key = next(reversed(path))
        needed = next(path[key], None)
        if needed is None:
            del path[key]
            depths[key] = max((depths[of] + 1 for of in uses[key] if of in depths), default=0)
        elif needed not in depths and needed not in path:
            path[needed] = iter(uses[needed])


def _middle(key: str, uses: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> tuple[int, int]:
    """Where what a node uses stands on average, as a fraction that is compared exactly."""
    own = [rows[of] for of in uses[key]]
    return (1000 * sum(own) // len(own), 0) if own else (1000 * rows[key], 1)


def _arrow(edge: Edge, places: Mapping[str, tuple[int, int]], sizes: Mapping[str, int]) -> str:
    (left, top), (right, bottom) = places[edge.of], places[edge.to]
    left, top, bottom = left + sizes[edge.of], top + ROW // 2, bottom + ROW // 2
    bend = (left + right) // 2
    what = f"<title>{escape(visible(', '.join(edge.what)))}</title>" if edge.what else ""
    return (
        f'<path d="M{left},{top} C{bend},{top} {bend},{bottom} {right},{bottom}" fill="none" stroke="#666"'
        f' marker-end="url(#to)">{what}</path>'
    )


def _box(node: Node, place: tuple[int, int], size: int) -> str:
    left, top = place
    fill, kind = quoteattr(_FILLS[node.kind]), quoteattr(node.kind)
    heights = (ROW // 2 + 4,) if len(node.lines) == 1 else (ROW // 2 - 3, ROW - 5)
    texts = "".join(
        f'<text x="{left + size // 2}" y="{top + height}" text-anchor="middle">{escape(line)}</text>'
        for line, height in zip(node.lines, heights, strict=True)
    )
    box = f'<rect x="{left}" y="{top}" width="{size}" height="{ROW}" rx="5" fill={fill} stroke="#999"/>'
    return f"<g class={kind}>{box}{texts}</g>"
