"""Shapes that several kinds of file share: titles, and a word that may stand where a block is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from workflow.model.leaves import Words
from workflow.model.otherwise import written_for
from workflow.model.reading import Written
from workflow.syntax.tree import Scalar


def _filled(value: Any) -> Any:
    """A list or block with something in it; an empty one says nothing, and whoever wrote it meant something."""
    if not value:
        expected = "list" if isinstance(value, list) else "block"
        raise PydanticCustomError("empty-value", "{expected}", {"expected": expected})
    return value


NOT_EMPTY = AfterValidator(_filled)
"""Refuses an empty list or block."""

Title = Annotated[dict[str, Words], NOT_EMPTY]
"""What readers see, by language: `{en: Deal won, zh: 成交}`."""


def short_for(key: str) -> BeforeValidator:
    """Read a single word as the block `{key: word}`: authors write the short form wherever it says all."""

    def unfold(value: Any) -> Any:
        return {key: value} if isinstance(value, Scalar) else value

    return BeforeValidator(unfold)


@dataclass(frozen=True, slots=True)
class NotAtAll:
    """Reads one word where a block is expected as: there is none, and that is meant."""

    word: str

    def __call__(self, value: Any) -> Any:
        """Nothing for the word, anything else as it is; what people write for the word is told."""
        if not isinstance(value, Scalar):
            return value
        if written_for(value.text, (self.word,)):
            raise PydanticCustomError("another-word", "{expected}", {"expected": self.word})
        return None if value.text.strip() == self.word else value


NONE = BeforeValidator(NotAtAll("none"))
"""Reads `none`. That it was written shows in the tree of the file."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, Scalar) else value


ONE_OR_MORE = BeforeValidator(_listed)
"""Reads a single word as a list of one."""


class Titled(Written):
    """Anything with a title for readers."""

    title: Annotated[Title | None, Field(description="What readers see, by language.")] = None
