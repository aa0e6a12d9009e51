"""The names that a formula may meet: needed to read names without blanks around them, or with blanks inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known names, for cutting a text into words only: an unknown name is read too, the checker reports it.

    `names` are words and dotted paths (`revenue`, `person.role`, `销售额`); `columns` are taken whole, as a source
    writes them, with blanks and signs (`Deal Owner Id`).
    """

    names: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    _by_first: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Order the names by their first character, the longest first."""
        by_first: dict[str, list[str]] = {}
        for name in sorted(self.names | self.columns, key=lambda name: (-len(name), name)):
            if name:
                by_first.setdefault(name[0], []).append(name)
        object.__setattr__(self, "_by_first", {first: tuple(names) for first, names in by_first.items()})

    def longest(self, text: str, at: int) -> str | None:
        """The longest known name that begins there; one in Latin letters doesn't end inside a longer word."""
        for name in self._by_first.get(text[at], ()):
            end = at + len(name)
            if text.startswith(name, at) and not (latin(name[-1]) and latin(text[end : end + 1])):
                return name
        return None

    def path(self, name: str) -> tuple[str, ...]:
        """The parts of a known or unknown name; a column is one part, whatever it holds."""
        return (name,) if name in self.columns else tuple(name.split("."))


def latin(character: str) -> bool:
    """Whether a character joins words that are set apart by blanks: a letter or digit of ASCII, or `_`."""
    return character.isascii() and (character.isalnum() or character == "_")
