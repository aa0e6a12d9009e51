"""One case: read, checked, executed by an engine, and compared with what the standard expects.

Expressions have the sizes that the checker infers, as in policies; what policies refuse because no decimal holds it is
calculated with 34 digits in the interpreter, and counted. The standard compares numbers with a tolerance of 1e-8, and
so does this; exact matches are counted beside. What is null, an input or a literal, is a column without a value; a list
of one item as the result is that item, as the standard's own runners take it. An instant is the same with any offset,
as the standard's `=` has it. A slip for which the language knows the repair is read as repaired, and counted; where
null is expected, reporting it is the answer.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.tck.cases import Case
from tests.tck.standard import Standard
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.diagnostics import NOWHERE, Diagnostic, Span
from workflow.model.typed import Apply, Column, Expression, Literal, Op, Round, Value
from workflow.model.types import DATE, DATE_TIME, TEXT, TIME, TRUTH, Kind, Type, number
from workflow.plan.nodes import Field
from workflow.run.trial import EngineName, Found, tried
from workflow.syntax import ast
from workflow.syntax.formula import parse
from workflow.syntax.moments import Moment, offset, read_moment
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary

TOLERANCE = Decimal("1e-8")
_NULL_TYPES = (TRUTH, number(18, 2), TEXT, DATE, DATE_TIME, TIME, Type(Kind.MONTHS), Type(Kind.ELAPSED))
_FORMS = {"date": "date", "time": "time", "dateTime": "date and time"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case: `error`, `missing`, `right`, `wrong`; the codes said, and what was executed."""

    outcome: str
    reason: str = ""
    codes: frozenset[str] = frozenset()
    operators: int = 0
    exact: bool = False
    mended: bool = False
    wide: bool = False


def run(case: Case, engine: EngineName) -> Result:
    """The result of one case."""
    scalar = Scalar(case.feel, Span("case", 1, 1, 1, 1), "plain", ((0, 1, 1),))
    nodes = {name: _node(value) for name, value in flattened(case.inputs).items()}
    tree, said = parse(scalar, Vocabulary(columns=frozenset(nodes)))
    if tree is None or any(each.fix is None for each in said):
        return _refused(said)
    tree = _filled(tree, nodes)
    if isinstance(tree, ast.List) and len(tree.items) == 1:
        tree = tree.items[0]
    typed, mistakes, nulls, wide = _typed(tree, engine)
    said = (*said, *mistakes)
    if typed is None or (said and not case.wants_value):
        return _refused(said)
    found, operators = _executed(typed, nulls, engine)
    codes = frozenset(each.code for each in said)
    if found.value is None:
        outcome = "right" if not case.wants_value else "missing"
        return Result(outcome, ", ".join(found.causes), codes, operators, exact=True, mended=bool(said), wide=wide)
    right, exact = _compared(found.value, typed.type, case.expected)
    reason = "" if right else f"gives {found.value!r}, not {case.expected and case.expected['v']!r}"
    return Result("right" if right else "wrong", reason, codes, operators, exact, mended=bool(said), wide=wide)


def _refused(said: tuple[Diagnostic, ...]) -> Result:
    codes = [each.code for each in said]
    return Result("error", ", ".join(dict.fromkeys(codes)), frozenset(codes))


def flattened(inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs by name; what stands in a context by its path."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if value is not None and value["t"] == "context":
            found |= {f"{name}.{key}": part for key, part in flattened(value["v"]).items()}
        else:
            found[name] = value
    return found


def _node(value: dict[str, Any] | None) -> ast.Expression:
    """An input as the literal that it is."""
    span = Span("case", 1, 1, 1, 1)
    if value is None:
        return ast.Null(span)
    text = value["v"]
    match value["t"]:
        case "decimal":
            exact = Decimal(text)
            made = ast.Number(abs(exact), span)
            return ast.Negate(made, span) if exact < 0 else made
        case "string":
            return ast.Text(text, span)
        case "boolean":
            return ast.YesNo(text == "true", span)
        case "list":
            return ast.List(tuple(_node(item) for item in text), span)
    return ast.At(text, span)


def _filled(tree: Any, nodes: dict[str, ast.Expression]) -> Any:
    """The tree with its inputs in the place of their names."""
    if isinstance(tree, ast.Name) and tree.text in nodes:
        return nodes[tree.text]
    return _rebuilt(tree, lambda part: _filled(part, nodes))


def _rebuilt(tree: Any, made: Callable[[Any], Any]) -> Any:
    if isinstance(tree, tuple):
        return tuple(made(part) for part in tree)
    if not dataclasses.is_dataclass(tree) or isinstance(tree, type | Span):
        return tree
    parts = {field.name: made(getattr(tree, field.name)) for field in dataclasses.fields(tree)}
    return dataclasses.replace(tree, **parts)


def _named(tree: Any, names: list[str], *, given: bool) -> Any:
    """The tree with a name for each null; with `given` not for those that a built-in is given."""
    if isinstance(tree, ast.Null):
        names.append(f"null {len(names)}")
        return ast.Name((names[-1],), tree.span)
    if given and isinstance(tree, ast.Call):
        return dataclasses.replace(tree, arguments=tuple(_kept(part, names) for part in tree.arguments))
    return _rebuilt(tree, lambda part: _named(part, names, given=given))


def _kept(argument: ast.Expression, names: list[str]) -> Any:
    """What a built-in is given, with its nulls as they are, in a list too."""
    if isinstance(argument, ast.Null):
        return argument
    if isinstance(argument, ast.List):
        return dataclasses.replace(argument, items=tuple(_kept(item, names) for item in argument.items))
    return _named(argument, names, given=True)


def _typed(
    tree: ast.Expression, engine: EngineName
) -> tuple[Expression | None, list[Diagnostic], dict[str, Type], bool]:
    """The typed expression; what is null takes the first type with which it makes sense."""
    mistakes: list[Diagnostic] = []
    for given in (True, False):
        nulls: list[str] = []
        named = _named(tree, nulls, given=given)
        for of in _NULL_TYPES if nulls else _NULL_TYPES[:1]:
            names = dict.fromkeys(nulls, of)
            typing = Standard(Scope(names)) if engine == "reference" else Typing(Scope(names))
            typed = typing.type(named)
            if typed is not None:
                return typed, typing.mistakes, names, isinstance(typing, Standard) and bool(typing.used)
            mistakes = mistakes or typing.mistakes
    return None, mistakes, {}, False


def _executed(typed: Expression, nulls: dict[str, Type], engine: EngineName) -> tuple[Found, int]:
    """What the engine gives, with every literal of the case in a column, and how many operators it executed."""
    fields = [Field(name, of, maybe=True) for name, of in nulls.items()]
    row: dict[str, Value | None] = dict.fromkeys(nulls)
    table: list[tuple[Field, Value]] = []
    lowered = _columned(typed, table)
    fields += [field for field, _ in table]
    row |= {field.name: value for field, value in table}
    ((found,),) = tried(engine, fields, [row], [lowered])
    return found, _operators(lowered)


def _columned(expression: Expression, table: list[tuple[Field, Value]]) -> Expression:
    match expression:
        case Literal(value=value, type=of, span=span) if span != NOWHERE:
            field = Field(f"literal {len(table)}", of)
            table.append((field, value))
            return Column(field.name, of, span)
        case Apply(op=Op.NUMBER_OF, args=(text, *marks)):
            return dataclasses.replace(expression, args=(_columned(text, table), *marks))
        case Apply(args=args):
            return dataclasses.replace(expression, args=tuple(_columned(arg, table) for arg in args))
        case Round(value=value):
            return dataclasses.replace(expression, value=_columned(value, table))
    return expression


def _operators(expression: Expression) -> int:
    match expression:
        case Apply(args=args):
            return 1 + sum(map(_operators, args))
        case Round(value=value):
            return 1 + _operators(value)
    return 0


def _instant(moment: Moment | None) -> datetime.datetime | None:
    """The moment that a date and time with an offset is, in UTC."""
    if moment is None or not moment.zone or not isinstance(moment.value, datetime.datetime):
        return None
    ahead = offset(moment.zone)
    return None if ahead is None else moment.value - ahead


def _compared(value: Value, of: Type, expected: dict[str, Any] | None) -> tuple[bool, bool]:
    """Whether the value is the expected one, and whether exactly."""
    if expected is None:
        return False, False
    kind, text = expected["t"], expected["v"]
    if kind == "decimal":
        near = isinstance(value, Decimal) and of.is_numeric and abs(value - Decimal(text)) <= TOLERANCE
        return near, near and value == Decimal(text)
    if kind == "boolean":
        same = of == TRUTH and value is (text == "true")
    elif kind == "string":
        same = of.is_textual and value == text
    elif kind in (*_FORMS, "duration"):
        moment = read_moment(text)
        forms = {"months": Kind.MONTHS, "elapsed": Kind.ELAPSED, "date": Kind.DATE, "time": Kind.TIME}
        here = moment is not None and not moment.zone and moment.value == value
        same = here and moment is not None and forms.get(moment.form, Kind.DATE_TIME) is of.kind
        same = same or (of.kind is Kind.INSTANT and _instant(moment) == value)
        # A duration of nothing has no unit.
        same = same or (kind == "duration" and moment is not None and moment.value == value == 0)
    else:
        same = False
    return same, same
