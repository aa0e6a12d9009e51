"""From a located tree to a frozen model, and from the validating library's complaints to diagnostics of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.otherwise import written_for
from workflow.model.types import likely_percent
from workflow.syntax import literals
from workflow.syntax.characters import fold
from workflow.syntax.tree import Mapping, Node, Scalar, Sequence
from workflow.words import Term


class Written(BaseModel):
    """The root of everything an author writes: frozen, no unknown keys, keys spelt as in the policy language."""

    refused: ClassVar[dict[str, str]] = {}
    """Keys that many would expect and that can't be accepted, with the code that says why."""

    later: ClassVar[frozenset[str]] = frozenset()
    """Words of the language that belong here and that this release does not carry out yet."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=False, arbitrary_types_allowed=True, defer_build=True
    )


_PARTING = re.compile(r"\s*[，；、]\s*")
"""What parts the words of a list on a Chinese keyboard."""
_NEARLY_DAY = re.compile(r"([0-9]{4}) *[-/.年] *([0-9]{1,2}) *[-/.月] *([0-9]{1,2}) *[日号]?")

Model = TypeVar("Model", bound=Written)

_KINDS = {
    "model_type": "block",
    "model_attributes_type": "block",
    "dict_type": "block",
    "list_type": "list",
    "tuple_type": "list",
}


def read_model(model: type[Model], node: Node) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """The model that the tree says.

    Args:
        model: what is expected here.
        node: the tree of the whole file.

    Returns:
        The model, or None with what was wrong; every mistake has its place in the file.
    """
    try:
        return model.model_validate(_plain(node)), ()
    except ValidationError as error:
        complaints = error.errors(include_url=False, include_input=False)
        meant = _misspelt(model, complaints)
        told = [each for each in complaints if not (each["type"] == "missing" and each["loc"] in meant)]
        return None, tuple(_diagnostic(model, node, complaint) for complaint in told)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, if one is near enough to be meant: at most a third of its letters differ."""
    found = process.extractOne(
        word.lower(),
        sorted(known),
        scorer=DamerauLevenshtein.normalized_similarity,
        processor=str.lower,
        score_cutoff=0.6,
    )
    return found[0] if found else None


def shown(known: Iterable[str], near: str | None, most: int = 12) -> tuple[str, ...]:
    """As many of the known words as a message can hold, the nearest first."""
    words = sorted(known)
    first = [near] if near in words else []
    listed = [*first, *(word for word in words if word != near)]
    return tuple(listed[:most]) + (("…",) if len(listed) > most else ())


def _plain(node: Node) -> Any:
    """The tree with its blocks and lists as plain ones, its leaves untouched."""
    match node:
        case Mapping():
            return {key.text: _plain(value) for key, value in node.items}
        case Sequence():
            return [_plain(value) for value in node.items]
        case Scalar():
            return node


def _misspelt(model: type[Written], complaints: list[Any]) -> set[tuple[Any, ...]]:
    """Where keys are meant that stand there misspelt: to say as well that they are missing would say it twice."""
    strange = [each["loc"] for each in complaints if each["type"] == "extra_forbidden"]
    known = [(path[:-1], str(path[-1]), _keys_of(_model_at(model, path[:-1]))) for path in strange]
    return {(*block, written_for(key, keys) or nearest(key, keys)) for block, key, keys in known}


def _diagnostic(model: type[Written], root: Node, complaint: Any) -> Diagnostic:
    """One complaint of the library in our words, at the place its path leads to."""
    kind, path = complaint["type"], complaint["loc"]
    context = complaint.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(model, root, path)
    if kind == "missing":
        return Diagnostic("missing-key", _opening(_reach(root, path[:-1])), {"key": str(path[-1])})
    place, key = _reach(root, path), _last_key(path) or root.span.path
    if kind in _KINDS:
        return Diagnostic("wrong-shape", _opening(place), {"expected": Term(_KINDS[kind]), "key": key})
    sign = _PARTING.search(str(context.get("found", ""))) if isinstance(path[-1], int) else None
    if kind == "not-of-kind" and sign is not None:
        words = ", ".join(filter(None, _PARTING.split(str(context["found"]))))
        fix = Fix(place.span, words if isinstance(_reach(root, path[:-1]), Sequence) else f"[{words}]")
        return Diagnostic("full-width-sign", place.span, {"found": sign[0].strip(), "meant": ","}, fix=fix)
    if kind == "not-of-kind":
        return _not_of_kind(place, str(context["found"]), str(context["expected"]))
    if kind == "another-word" and isinstance(place, Scalar):
        told: dict[str, Argument] = {"found": place.text, "meant": str(context["expected"])}
        return Diagnostic("written-otherwise", place.span, told, fix=Fix(place.span, str(told["meant"]), safe=True))
    assert kind in {"one-word-expected", "empty-value"}, complaint
    return Diagnostic(kind, _opening(place), {"expected": Term(str(context["expected"])), "key": key})


def _not_of_kind(place: Node, found: str, expected: str) -> Diagnostic:
    """A text that its leaf refuses, with what it may have meant: a percent that lacks its sign, a day its zeros."""
    fix = None
    day = re.fullmatch(_NEARLY_DAY, fold(found).strip()) if expected == "date" else None
    if day is not None:
        meant = f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
        if literals.date(meant) is None:
            return Diagnostic("impossible-date", place.span, {"found": found})
        fix = Fix(place.span, meant)
    if expected == "percent" and found.replace(".", "", 1).isdigit() and found.isascii():
        percent = likely_percent(Decimal(found))
        fix = Fix(place.span, percent) if percent is not None else None
    named = "-".join(re.findall(r"[^\W_]+", found)).lower()
    if expected == "name" and re.fullmatch(r"[^\W\d_][\w-]*", named):
        fix = Fix(place.span, named)
    return Diagnostic("not-of-kind", place.span, {"found": found, "expected": Term(expected)}, fix=fix)


def _unknown_key(model: type[Written], root: Node, path: tuple[Any, ...]) -> Diagnostic:
    parent = _reach(root, path[:-1])
    assert isinstance(parent, Mapping)
    key = parent.key(str(path[-1]))
    assert key is not None
    reader = _model_at(model, path[:-1])
    if key.text in reader.later:
        return Diagnostic("not-yet", key.span, {"what": key.text})
    if key.text in reader.refused:
        return Diagnostic(reader.refused[key.text], key.span)
    accepted = _keys_of(reader)
    near = written_for(key.text, accepted) or nearest(key.text, accepted)
    where = None if near else _elsewhere(model, key.text, parent.get(key.text), top=parent is root)
    if where is not None:
        return Diagnostic("key-elsewhere", key.span, {"found": key.text, "where": where})
    fix = Fix(key.span, near) if near else None
    return Diagnostic("unknown-key", key.span, {"found": key.text, "accepted": tuple(accepted)}, fix=fix)


def _elsewhere(model: type[Written], key: str, value: Node | None, *, top: bool) -> Term | None:
    """Where in the file a key belongs that its own block doesn't have: at its top, or under the only other block that
    has it. At the top a block belongs where all of its keys are known.
    """
    blocks = {field.alias or name: _entries_of(field.annotation) for name, field in model.model_fields.items()}
    if not top and key in blocks:
        return Term("at-top")
    if not top:
        found = [name for name, entries in blocks.items() if any(key in _keys_of(each) for each in entries)]
    elif isinstance(value, Mapping) and value.items:
        keys = {inner.text for inner, _ in value.items}
        named = {name: entries for name, entries in blocks.items() if _is_named(model, name)}
        found = [name for name, entries in named.items() if any(keys <= {*_keys_of(each)} for each in entries)]
    else:
        found = []
    return Term(f"under-block:{found[0]}") if len(found) == 1 else None


def _entries_of(annotation: Any) -> list[type[Written]]:
    """The models of a block, or of the entries that it names or lists."""
    inner = [
        _models_in(get_args(each)[-1 if get_origin(each) is dict else 0])
        for each in _walk(annotation)
        if get_origin(each) in {dict, list}
    ]
    return [*_models_in(annotation), *(model for models in inner for model in models)]


def _is_named(model: type[Written], block: str) -> bool:
    """Whether the author gives the names of a block's entries."""
    annotation = next(field.annotation for name, field in model.model_fields.items() if block == (field.alias or name))
    return any(get_origin(each) is dict for each in _walk(annotation))


def _keys_of(model: type[Written]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_at(model: type[Written], path: tuple[Any, ...]) -> type[Written]:
    """The model that reads the block at `path`, found through the annotations on the way."""
    annotation: Any = model
    for part in path:
        annotation = _inside(annotation, part)
    found = _models_in(annotation)
    assert found, path
    return found[0]


def _inside(annotation: Any, part: Any) -> Any:
    models = _models_in(annotation)
    if models and isinstance(part, str):
        for name, field in models[0].model_fields.items():
            if part in {name, field.alias}:
                return field.annotation
    for candidate in _walk(annotation):
        if get_origin(candidate) is dict and isinstance(part, str):
            return get_args(candidate)[1]
        if get_origin(candidate) in {list, tuple} and isinstance(part, int):
            return get_args(candidate)[0]
    raise AssertionError((annotation, part))


def _models_in(annotation: Any) -> list[type[Written]]:
    return [each for each in _walk(annotation) if isinstance(each, type) and issubclass(each, Written)]


def _walk(annotation: Any) -> list[Any]:
    """An annotation with the members of its unions laid open, but not the insides of dicts and lists."""
    if get_origin(annotation) in {dict, list, tuple} or isinstance(annotation, type):
        return [annotation]
    return [each for argument in get_args(annotation) for each in _walk(argument)] or [annotation]


def _reach(node: Node, path: tuple[Any, ...]) -> Node:
    """The deepest node that the path leads to."""
    for part in path:
        match node:
            case Mapping():
                inner = node.get(str(part))
            case Sequence():
                inner = node.items[part] if isinstance(part, int) and part < len(node.items) else None
            case Scalar():
                inner = None
        if inner is None:
            return node
        node = inner
    return node


def _opening(node: Node) -> Span:
    """What to underline of a node: a text whole, of a block its first key."""
    match node:
        case Mapping() if node.items:
            return node.items[0][0].span
        case Sequence() if node.items:
            return _opening(node.items[0])
        case _:
            return node.span


def _last_key(path: tuple[Any, ...]) -> str:
    return next((str(part) for part in reversed(path) if isinstance(part, str)), "")
