"""How large an expression is once all is laid open: parts that stand in several places count each time."""

from __future__ import annotations

from workflow.model.typed import Apply, Expression, Round


def size_and_height(expression: Expression, most: int) -> tuple[int, int]:
    """The nodes of the tree, and of its longest way down; no more than `most` of them and one are looked at."""
    size = height = 0
    waiting = [(expression, 1)]
    while waiting and size <= most:
        node, level = waiting.pop()
        size += 1
        height = max(height, level)
        if isinstance(node, Apply):
            waiting.extend((part, level + 1) for part in node.args)
        elif isinstance(node, Round):
            waiting.append((node.value, level + 1))
    return size, height
