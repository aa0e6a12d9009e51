"""The catalogues: complete in both languages, with the same places, and one entry a diagnostic code."""

from __future__ import annotations

import importlib.resources
import re

import pytest
from babel.messages.pofile import read_po

from workflow.diagnostics import CODES
from workflow.words import say

ROOMS = ("syntax", "model", "check", "intake", "run", "report", "cli", "terms")


def messages(language: str, room: str) -> dict[str, str]:
    place = importlib.resources.files("workflow.words") / "catalogues" / language / f"{room}.po"
    with place.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def places(text: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)\}", text))


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_say_the_same_things(room: str) -> None:
    """Every key stands in both catalogues with the same places, and neither is empty."""
    english, chinese = messages("en", room), messages("zh_CN", room)
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert text, key
        assert chinese[key], key
        assert places(text) == places(chinese[key]), key


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_words(code: str) -> None:
    """A code's message, help and explanation use only the arguments that the code declares."""
    room = CODES[code].room
    catalogue = messages("en", room)
    assert code in catalogue
    for part in (code, f"{code}.help", f"{code}.why"):
        assert places(catalogue.get(part, "")) <= set(CODES[code].args), part


EXPLAINED = [code for code, told in CODES.items() if told.room in {"model", "check", "run", "cli"}]
"""Codes that an author or a reader of a result meets."""


@pytest.mark.parametrize("code", EXPLAINED)
def test_a_code_is_explained_in_both_languages(code: str) -> None:
    """What it says, the remedy, and why it is said at all: what `workflow help CODE` prints."""
    for language in ("en", "zh_CN"):
        assert {code, f"{code}.help", f"{code}.why"} <= messages(language, CODES[code].room).keys()


def test_every_cause_of_something_missing_has_a_code() -> None:
    """So that `workflow help` knows what a result says."""
    said = {key for key in messages("en", "run") if not key.endswith((".help", ".why"))}
    assert said == {code for code, told in CODES.items() if told.room == "run"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_policy_is_called_by_one_word_in_chinese(room: str) -> None:
    """政策, and no other."""
    assert not [text for text in messages("zh_CN", room).values() if "策略" in text or "方案" in text]


def test_a_place_inside_an_argument_is_text() -> None:
    """An argument that looks like a place is never filled again."""
    key = next(key for key, text in messages("en", "syntax").items() if len(places(text)) == 1)
    (place,) = places(messages("en", "syntax")[key])
    assert "{other}" in say("en", "syntax", key, **{place: "{other}"})
