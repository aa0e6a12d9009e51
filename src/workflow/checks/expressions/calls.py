"""Calls of built-ins: which there are, which are refused and why."""

from __future__ import annotations

from workflow.checks.expressions.calendar import CALENDAR_FUNCTIONS
from workflow.checks.expressions.lists import AGGREGATES, aggregated, list_contains, string_join
from workflow.checks.expressions.numbers import NUMBER_FUNCTIONS
from workflow.checks.expressions.rules import Rules
from workflow.checks.expressions.signatures import called
from workflow.checks.expressions.texts import TEXT_FUNCTIONS
from workflow.diagnostics import Fix
from workflow.model.reading import nearest, shown
from workflow.model.typed import Expression
from workflow.syntax import ast

FUNCTIONS = {**NUMBER_FUNCTIONS, **TEXT_FUNCTIONS, **CALENDAR_FUNCTIONS}
"""The built-ins with parameters of their own, each with its forms."""
OVER_LISTS = {"list contains": list_contains, "string join": string_join}
NAMES = tuple(sorted({*FUNCTIONS, *AGGREGATES, *OVER_LISTS}))
"""Every built-in."""
NOT_EXACT = frozenset({"sqrt", "exp", "log", "stddev"})
"""What no decimal number holds exactly."""
GIVE_LISTS = frozenset(
    {
        "append", "concatenate", "distinct values", "duplicate values", "flatten", "index of", "insert before",
        "list replace", "mode", "remove", "reverse", "sublist", "union",
    }
)  # fmt: skip
"""What gives a list, which is no result of a formula."""

_ROUNDS = frozenset({"round", "rounded", "四舍五入"})
"""What people write for `round half up`, which asks for more than a name."""


def type_call(rules: Rules, tree: ast.Call) -> Expression | None:
    """`min(revenue, 2 * quota)`."""
    if tree.name in AGGREGATES:
        return aggregated(rules, tree)
    if tree.name in OVER_LISTS:
        return OVER_LISTS[tree.name](rules, tree)
    if tree.name in FUNCTIONS:
        return called(rules, tree, FUNCTIONS[tree.name])
    for code, names in (("no-exact-result", NOT_EXACT), ("gives-a-list", GIVE_LISTS)):
        if tree.name in names:
            return rules.refuse(code, tree.name_span, found=tree.name)
    if tree.name.lower() in _ROUNDS:
        return rules.refuse("way-to-round-not-said", tree.name_span, found=tree.name)
    near = nearest(tree.name, NAMES)
    fix = Fix(tree.name_span, near) if near else None
    return rules.refuse("unknown-function", tree.name_span, fix, found=tree.name, accepted=shown(NAMES, near))
