"""Compressed bytes, unpacked as they come; a small file that unpacks to a huge one is a mistake or an attack."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from workflow.syntax.unusable import Unusable

FREE = 1 << 26
"""What a file may hold unpacked without any question: 64 MiB."""
RATIO = 200
"""Times its own size that a larger file may hold. Exports of real tables take a tenth to a fiftieth."""

_CHUNK = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


class Expansion:
    """Watches how much a file of a known size becomes."""

    def __init__(self, packed: int = 0) -> None:
        """`packed` are the file's bytes, as far as they are known."""
        self.packed = packed
        self._held = 0

    def add(self, size: int) -> None:
        """So much more has come out.

        Raises:
            Unusable: it is beyond all measure.
        """
        self._held += size
        if self._held > max(FREE, self.packed * RATIO):
            raise Unusable("packed-too-tightly", limit=RATIO)


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What gzip has packed, in chunks of bounded size; several members one after another are one text.

    Raises:
        Unusable: the bytes are no gzip, end too early, or hold too much.
    """
    expansion = Expansion()
    machine = zlib.decompressobj(_GZIP)
    begun = False
    for chunk in chunks:
        expansion.packed += len(chunk)
        rest = chunk
        while rest:
            if machine.eof:
                machine, begun = zlib.decompressobj(_GZIP), False
            try:
                out = machine.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise Unusable("packing-broken") from error
            begun = True
            expansion.add(len(out))
            if out:
                yield out
            rest = machine.unused_data if machine.eof else machine.unconsumed_tail
    if not begun or not machine.eof:
        raise Unusable("packing-broken")
