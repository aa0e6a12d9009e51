"""What readers call the values on which entries rest: an author's words as they are, ours in the reader's language."""

from __future__ import annotations

import re

from workflow.words import say

_OURS = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"pay\.\w+\.before", "before"),
        (r"\w+\.limit", "limit"),
        (r"gate\.shut", "shut"),
        (r"carried\.from", "carried"),
        (r"(?:pay|action)\.\w+\.rank", "rank"),
        (r"action\.\w+\.row", "row"),
        (r"pay\.\w+\.total", "total"),
        (r"claw_back\.(?P<name>\w+)\.(?P<word>returned|line|paid|base)", "clawed"),
        (r"(?P<name>.+)\.(?P<word>calculated|overridden|reason|by)", "by-hand"),
        (r"credit\.day", "day"),
        (r"stage\.(?P<name>[^.]+)\.(?P<word>opened|due|reminders)", "stage"),
    )
)
"""The names of columns that are ours, with the key of what they are called."""


def said(name: str, language: str) -> str:
    """What a value is called."""
    for pattern, key in _OURS:
        found = pattern.fullmatch(name)
        if found is not None:
            parts = found.groupdict()
            own = f"{key}-{parts['word']}" if "word" in parts else key
            return say(language, "terms", f"because-{own}", **({"name": parts["name"]} if "name" in parts else {}))
    return name
