"""Building a plan: steps with names of their own, and the table of causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.diagnostics import NOWHERE, Span
from workflow.model.sizes import conversion_can_overflow, failures
from workflow.model.typed import COMPARISONS, Apply, Column, Expression, Literal, Missing, Op, Round
from workflow.model.types import TRUTH, Type
from workflow.plan.nodes import MAX_CAUSES, Cause, Derive, Emit, Node, Plan, Step


@dataclass
class Builder:
    """A plan in the making, from nothing or on the steps of another."""

    steps: list[Step] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    quotients: dict[Expression, tuple[str, Span]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The names of steps that are there already are taken."""
        for step in self.steps:
            stem, _, number = step.name.rpartition(" ")
            numbered = stem in self.taken and number.isdigit()
            self.taken[stem if numbered else step.name] = int(number) if numbered else 1

    def add(self, name: str, node: Node) -> str:
        """Add a node; its step is called `name`, or `name 2` and so on where that is taken."""
        number = self.taken[name] = self.taken.get(name, 0) + 1
        step = name if number == 1 else f"{name} {number}"
        self.steps.append(Step(step, node))
        return step

    def emit(self, name: str, node: Emit) -> None:
        """Add an output, by whose name the outcome is read: no other step may have it."""
        step = self.add(name, node)
        assert step == name, f"{name} is an output and a step"

    def cause(self, code: str, span: Span = NOWHERE, **args: str) -> int:
        """The index of a cause; the same cause has one. Those that the mask has no bits for share the last."""
        return self.place_of(Cause(code, tuple(sorted(args.items())), span))

    def place_of(self, cause: Cause) -> int:
        """The index of a cause that is made already."""
        if cause not in self.causes and len(self.causes) >= MAX_CAUSES - 1:
            cause = Cause("several-inputs")
        if cause not in self.causes:
            self.causes.append(cause)
        return self.causes.index(cause)

    def derive(self, of: str, name: str, expression: Expression, place: Span, of_type: Type | None = None) -> str:
        """Add a named column, declaring a cause for each way in which its expression can fail by itself.

        A division by zero is blamed on the named value whose quotient it is, wherever that is compared.
        """
        result = of_type or expression.type
        own = failures(expression)
        large = own.too_large or conversion_can_overflow(expression.type, result)
        word, where = next(self._divided(expression), (word_of(name), place))
        node = Derive(
            of,
            name,
            expression,
            result,
            self.cause("divided-by-zero", where, name=word) if own.zero_division else None,
            self.cause("too-large", place, name=word_of(name)) if large else None,
            self.cause("undefined", place, name=word_of(name)) if own.undefined else None,
        )
        self._remember(name, expression, place)
        return self.add(self.stem(of), node)

    @staticmethod
    def stem(step: str) -> str:
        """The name that numbered steps share: `subjects` of `subjects 2`."""
        return step.rsplit(" ", 1)[0] if step[-1].isdigit() else step

    def _remember(self, name: str, expression: Expression, place: Span) -> None:
        """Keep whose quotient an expression is, if it is one."""
        if isinstance(expression, Apply) and expression.op is Op.DIV:
            self.quotients.setdefault(expression, (word_of(name), place))

    def _divided(self, expression: Expression) -> Iterator[tuple[str, Span]]:
        """The named values whose quotients stand in an expression."""
        if expression in self.quotients:
            yield self.quotients[expression]
        if isinstance(expression, Apply):
            for arg in expression.args:
                yield from self._divided(arg)

    def plan(self) -> Plan:
        """The plan as built."""
        return Plan(tuple(self.steps), tuple(self.causes))


def word_of(column: str) -> str:
    """The author's word in the name of a column: `commission` of `pay.commission.when`."""
    parts = column.split(".")
    # `tier.earned` is the tier, `tier.key.enter` that of `key`.
    inside = 2 if parts[0] == "tier" else 1
    return parts[1] if parts[0] in {"pay", "paid", "action", "tier"} and len(parts) > inside else parts[0]


def all_of(*conditions: Expression | None) -> Expression:
    """The conditions joined by `and`; those that are None or always true say nothing."""
    told = tuple(each for each in conditions if each is not None and each != YES)
    if not told:
        return YES
    return told[0] if len(told) == 1 else Apply(Op.AND, told, TRUTH)


def any_of(*conditions: Expression) -> Expression:
    """The conditions joined by `or`; of none, none holds."""
    if YES in conditions:
        return YES
    return Apply(Op.OR, conditions, TRUTH) if len(conditions) > 1 else (*conditions, NO)[0]


YES = Literal(True, TRUTH)
NO = Literal(False, TRUTH)


def is_known(expression: Expression) -> Expression:
    """Whether something has a value."""
    return Apply(Op.NOT, (Apply(Op.IS_MISSING, (expression,), TRUTH),), TRUTH)


def where_known(expression: Expression, otherwise: Expression) -> Expression:
    """What an expression comes to, and `otherwise` where that is missing."""
    return Apply(Op.IF, (Apply(Op.IS_MISSING, (expression,), TRUTH), otherwise, expression), expression.type)


def surely(condition: Expression) -> Expression:
    """Whether a condition holds whatever is missing."""
    return where_known(condition, NO)


def renamed(expression: Expression, names: Mapping[str, Column]) -> Expression:
    """The expression with columns replaced."""
    match expression:
        case Column(name=name) if name in names:
            return replace(names[name], span=expression.span)
        case Apply(args=args):
            return replace(expression, args=tuple(renamed(arg, names) for arg in args))
        case Round(value=value):
            return replace(expression, value=renamed(value, names))
        case _:
            return expression


def crossed(expression: Expression, quotients: Mapping[str, Expression]) -> Expression:
    """The expression with every compared quotient laid open, so that engines compare it crosswise, exactly.

    A value that is a quotient has 12 digits; 79.99999999999996% would look like 80% there. Where it is compared, the
    quotient itself takes its name's place.
    """
    match expression:
        case Apply(op=op, args=args) if op in COMPARISONS:
            left, right = (_opened(arg, quotients) for arg in args)
            return _spread(op, left, right, expression.span)
        case Apply(args=args):
            return replace(expression, args=tuple(crossed(arg, quotients) for arg in args))
        case Round(value=value):
            return replace(expression, value=crossed(value, quotients))
        case _:
            return expression


def _opened(side: Expression, quotients: Mapping[str, Expression]) -> Expression:
    if isinstance(side, Column) and side.name in quotients:
        return quotients[side.name]
    if isinstance(side, Apply) and side.op is Op.IF:
        condition, *branches = side.args
        chosen = (_opened(each, quotients) for each in branches)
        return replace(side, args=(crossed(condition, quotients), *chosen))
    return crossed(side, quotients)


def _spread(op: Op, left: Expression, right: Expression, span: Span) -> Expression:
    """A comparison with a choice between quotients becomes a choice between comparisons."""
    for side, other, is_left in ((left, right, True), (right, left, False)):
        if not isinstance(side, Apply) or side.op is not Op.IF or not _holds_quotient(side):
            continue
        condition, *branches = side.args
        compared = [_spread(op, *((each, other) if is_left else (other, each)), span) for each in branches]
        return Apply(Op.IF, (condition, *compared), TRUTH, span)
    for side in (left, right):
        if isinstance(side, Missing):
            return replace(side, type=TRUTH)
    return Apply(op, (left, right), TRUTH, span)


def _holds_quotient(choice: Apply) -> bool:
    return any(
        isinstance(branch, Apply) and (branch.op is Op.DIV or (branch.op is Op.IF and _holds_quotient(branch)))
        for branch in choice.args[1:]
    )
