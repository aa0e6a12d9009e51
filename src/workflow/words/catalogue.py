"""Reading the catalogues and filling their templates."""

from __future__ import annotations

import functools
import importlib.resources
import re

LANGUAGES = ("en", "zh-CN")
"""The languages in which everything can be said; the first is the one that others fall back to."""


class Term(str):
    """An argument that is a word of ours, said in the reader's language: `key` or `key:detail` of `terms`."""

    __slots__ = ()


_PLACE = re.compile(r"\{([a-z_]+)\}")


def language_of(tag: str) -> str:
    """The language of ours nearest to a tag such as `zh`, `zh_CN.UTF-8`, `en-GB`; English where none is near."""
    return "zh-CN" if tag.lower().startswith("zh") else "en"


@functools.cache
def _catalogue(language: str, room: str) -> dict[str, str]:
    from babel.messages.pofile import read_po

    assert language in LANGUAGES, language
    place = importlib.resources.files(__package__) / "catalogues" / language.replace("-", "_") / f"{room}.po"
    with place.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def has(room: str, key: str, language: str = "en") -> bool:
    """Whether the room's catalogue has that key."""
    return key in _catalogue(language, room)


def say(language: str, room: str, key: str, /, **args: object) -> str:
    """The sentence under `key`, its places filled.

    Args:
        language: one of LANGUAGES.
        room: the catalogue: `syntax`, `model`, `check`, `intake`, `run`, `report`, `cli`.
        key: the message's id.
        **args: what stands in its places; a tuple is joined as a list of words.

    Returns:
        The sentence, in one pass: a place inside an argument is text.

    Raises:
        KeyError: no such message, or a place without an argument: a bug of ours.
    """
    comma = "、" if language == "zh-CN" else ", "

    def worded(value: object) -> str:
        if isinstance(value, Term):
            key, _, detail = value.partition(":")
            return say(language, "terms", key, detail=detail)
        return str(value)

    filled = {
        name: comma.join(map(worded, value)) if isinstance(value, tuple) else worded(value)
        for name, value in args.items()
    }
    return _PLACE.sub(lambda place: filled[place[1]], _catalogue(language, room)[key])


def translated(language: str, room: str, sentence: str) -> str:
    """A sentence that our code says in English, in another language; in English where that has no words for it."""
    return sentence if language == LANGUAGES[0] else _catalogue(language, room).get(sentence, sentence)
