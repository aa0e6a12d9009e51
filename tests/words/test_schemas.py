"""The descriptions of schemas: said in English beside each field, and in every other language by the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.words.test_catalogue import messages
from workflow.checks.schemas import event_schema
from workflow.model.schemas import written_schemas
from workflow.words import LANGUAGES, translated


def descriptions(part: Any) -> Iterator[str]:
    """Every description in a schema."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "description" and isinstance(value, str):
                yield value
            else:
                yield from descriptions(value)
    elif isinstance(part, list):
        for each in part:
            yield from descriptions(each)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_description_is_said_in_every_language(language: str) -> None:
    """Nothing in an editor stands in another language than the reader's, and no translation is left over."""
    said = {*descriptions([*written_schemas().values(), event_schema({})]), "Event"}
    catalogue = messages(language.replace("-", "_"), "schemas")
    assert [sentence for sentence in sorted(said) if sentence not in catalogue] == []
    assert [sentence for sentence in catalogue if sentence not in said] == []


def test_a_schema_in_chinese_differs_in_its_descriptions_only() -> None:
    """What is accepted doesn't depend on the language."""
    english, chinese = written_schemas(), written_schemas("zh-CN")
    assert without(dict(english)) == without(dict(chinese))
    assert english != chinese


def without(part: Any) -> Any:
    """A schema without its descriptions."""
    if isinstance(part, dict):
        return {
            key: without(value) for key, value in part.items() if not (key == "description" and isinstance(value, str))
        }
    return [without(each) for each in part] if isinstance(part, list) else part


def test_a_sentence_without_a_translation_stays_english() -> None:
    """A missing word is better than a missing sentence."""
    assert translated("zh-CN", "schemas", "No such sentence.") == "No such sentence."
