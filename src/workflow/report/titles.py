"""Titles in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping


def title_in(titles: Mapping[str, str], language: str) -> str | None:
    """The title in the reader's language (`zh` serves `zh-CN`), else in the first there is."""
    nearest = (titles.get(language), titles.get(language.partition("-")[0]), *titles.values())
    return next(filter(None, nearest), None)
