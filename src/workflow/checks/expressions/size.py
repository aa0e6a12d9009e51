"""How large an expression is once all is laid open: parts that stand in several places count each time."""

from __future__ import annotations

from workflow.model.typed import Apply, Expression, Round


def size_and_height(expression: Expression) -> tuple[int, int]:
    """The nodes of the tree, and of its longest way down, in time that grows with the nodes that differ."""
    known: dict[int, tuple[int, int]] = {}
    waiting = [(expression, False)]
    while waiting:
        node, entered = waiting.pop()
        if id(node) in known:
            continue
        below = node.args if isinstance(node, Apply) else (node.value,) if isinstance(node, Round) else ()
        if entered:
            sizes, heights = zip(*((known[id(part)]) for part in below), strict=True) if below else ((), (0,))
            known[id(node)] = 1 + sum(sizes), 1 + max(heights)
        else:
            waiting.append((node, True))
            waiting.extend((part, False) for part in below)
    return known[id(expression)]
