"""Work done by threads before it is asked for: what takes long is the libraries' own, which runs beside itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import repeat, takewhile
from typing import TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_WAITING = 4
"""So many items are in work, or wait to be taken, at once."""
_NO_MORE: object = object()


def made_ahead(make: Callable[[_Item], _Made], items: Iterable[_Item], threads: int = _WAITING) -> Iterator[_Made]:
    """What is made of each item, in their order, while those behind it are in work; `make` needs no other's result."""
    with ThreadPoolExecutor(threads) as working:
        waiting: deque[Future[_Made]] = deque()
        for item in items:
            waiting.append(working.submit(make, item))
            if len(waiting) == _WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The same items, each made by another thread while the one before it is used. What is raised ends them here."""

    def following(_: None) -> object:
        return next(items, _NO_MORE)

    # None is in work but one: each needs that the one before it has been made.
    made = made_ahead(following, repeat(None), threads=1)
    return takewhile(lambda item: item is not _NO_MORE, made)  # type: ignore[arg-type]


def begun(make: Callable[[], _Made]) -> Callable[[], _Made]:
    """Something that takes a while, begun at once by another thread; whoever asks for it waits until it is made."""
    working = ThreadPoolExecutor(1)
    made = working.submit(make)
    working.shutdown(wait=False)
    return made.result
