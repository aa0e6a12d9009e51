"""JSON Schemas of everything an author writes, for editors: made from the models, so nothing is declared twice.

A schema is never stricter than the checker, so an editor underlines no sound file. It is looser: names, units and
tables are for `workflow check`. It speaks of a file as an editor reads it, by YAML's core schema: a word may arrive as
a number or a truth, a day arrives as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from workflow.diagnostics import NOWHERE
from workflow.model.files import FOLDERS, SINGLE
from workflow.model.reading import Written
from workflow.model.shapes import NotAtAll
from workflow.syntax.tree import Scalar
from workflow.words import translated

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The dialect of every schema here."""

_WORD = Scalar("word", NOWHERE, "plain", ())
_EMPTY: Mapping[str, tuple[object, str]] = {"array": ([], "minItems"), "object": ({}, "minProperties")}


def written_schemas(language: str = "en") -> Mapping[str, Mapping[str, Any]]:
    """The schema of each kind of file in a workspace, by the name of its own file; descriptions in that language."""
    models = {PurePosixPath(path).stem: model for path, model in SINGLE.items()}
    models.update({model.__name__.lower(): model for model in FOLDERS.values()})
    return {f"{name}.schema.json": schema_of(model, name, language) for name, model in sorted(models.items())}


def places() -> Mapping[str, str]:
    """The file, or the folder with a slash behind it, that each schema describes."""
    found = {PurePosixPath(path).stem: path for path in SINGLE}
    found.update({model.__name__.lower(): f"{folder}/" for folder, model in FOLDERS.items()})
    return {f"{name}.schema.json": place for name, place in found.items()}


def schema_of(model: type[Written], name: str, language: str = "en") -> Mapping[str, Any]:
    """The schema of a model, with keys spelt as authors write them.

    Args:
        model: the model of a whole file.
        name: what the schema is called.
        language: that of the descriptions, which editors show.

    Returns:
        A document of the dialect, its head first.
    """
    found = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {"$schema": DIALECT, "$id": identity(name), **_described(found, language)}


def _described(part: Any, language: str) -> Any:
    """A part of a schema, its descriptions in that language; the models say them in English."""
    if isinstance(part, list):
        return [_described(each, language) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: translated(language, "schemas", value)
        if key == "description" and isinstance(value, str)
        else _described(value, language)
        for key, value in part.items()
    }


def identity(name: str) -> str:
    """What a schema is called, without a host that somebody would have to serve it from."""
    return f"urn:workflow:{name}"


class _Generator(GenerateJsonSchema):
    """The library's generator, told what our validators accept before its own do."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """The full form, or the single word that may stand for it: the validator itself says what it unfolds to."""
        full = self.generate_inner(schema["schema"])
        unfold: Callable[[Any], Any] = schema["function"]["function"]  # type: ignore[assignment]
        if isinstance(unfold, NotAtAll):
            return {"anyOf": [{"const": unfold.word}, full]}
        unfolded = unfold(_WORD)
        shape = self.resolve_ref_schema(full)
        if isinstance(unfolded, list):
            return {"anyOf": [shape["items"], full]}
        assert isinstance(unfolded, dict), "a short form is a block with one key, or a list of one"
        return {"anyOf": [*(shape["properties"][key] for key in unfolded), full]}

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        """What the validator says to a list or block without anything in it."""
        found = self.generate_inner(schema["schema"])
        nothing, least = _EMPTY[found["type"]]
        ask: Callable[[Any], Any] = schema["function"]["function"]  # type: ignore[assignment]
        try:
            ask(nothing)
        except PydanticCustomError:
            return {**found, least: 1}
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key is there with a value, or not there: an empty one is refused."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """What a key means when it is absent stands in its description, in the author's words."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A key is its own title."""
        del schema
        return False
