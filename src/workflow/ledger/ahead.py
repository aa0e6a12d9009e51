"""Work that needs no other's result, done by several threads: what takes long is Arrow's, which runs beside itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_THREADS = 4
"""So many items are in work at once, and no more have been finished that nobody has taken yet."""


def made_ahead(make: Callable[[_Item], _Made], items: Iterable[_Item]) -> Iterator[_Made]:
    """What is made of each item, in their order, while those behind it are in work."""
    with ThreadPoolExecutor(_THREADS) as threads:
        waiting: deque[Future[_Made]] = deque()
        for item in items:
            waiting.append(threads.submit(make, item))
            if len(waiting) == _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
