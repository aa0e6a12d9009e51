"""Reading and checking a condition, against the parse alone of a lark LALR grammar of the same language."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure, best
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.model.types import TEXT, Kind, Type, money, number
from workflow.syntax.formula import parse
from workflow.syntax.positions import whole_text

CONDITIONS = (
    'person.role = "account manager" and person.status = "active"',
    "revenue / quota >= 80% and csat between 3.5 and 4.5",
    'product in ("cloud", "services") and not(tenure < 6 months)',
    "if csat > 4 then min(revenue, 2 * quota) else revenue - 5000 CNY",
    "round half up(revenue * 3.5%, 2) > 60000 CNY or csat is missing",
)
"""What policies say."""
TIMES = 200
SCOPE = Scope(
    {
        "revenue": money("CNY"),
        "quota": money("CNY"),
        "csat": number(4, 2),
        "tenure": Type(Kind.MONTHS),
        "person.role": TEXT,
        "person.status": TEXT,
        "product": Type(Kind.TEXT, values=("cloud", "services", "hardware")),
    }
)
GRAMMAR = r"""
?start: choice
?choice: "if" choice "then" choice "else" choice -> if_ | or_
?or_: and_ ("or" and_)*
?and_: relation ("and" relation)*
?relation: sum
    | sum COMPARED sum -> compare
    | sum "between" sum "and" sum -> between
    | sum "in" "(" tests ")" -> in_
    | sum "in" range -> in_range
    | sum "is" "missing" -> missing
    | sum "is" "known" -> known
tests: test ("," test)*
?test: sum | COMPARED sum | range
range: ("[" | "(") sum ".." sum ("]" | ")")
?sum: product | sum "+" product | sum "-" product
?product: power | product "*" power | product "/" power
?power: unary | power "**" unary
?unary: "-" unary | primary
?primary: NUMBER "%" -> percent
    | NUMBER CURRENCY -> money
    | NUMBER UNIT -> duration
    | NUMBER -> number
    | STRING -> text
    | "true" -> yes
    | "false" -> no
    | "not" "(" choice ")" -> not_
    | CALLED "(" choice ("," choice)* ")" -> call
    | NAME ("." NAME)* -> name
    | "(" choice ")"
COMPARED: "<=" | ">=" | "!=" | "<" | ">" | "="
CURRENCY.2: /[A-Z]{3}\b/
UNIT.2: /(working )?(years|months|weeks|days|hours|minutes|seconds|year|month|week|day|hour|minute|second)\b/
CALLED.3: /(round half up|round half down|round up|round down|min|max)(?=\()/
NAME: /[^\W\d]\w*/
NUMBER: /[0-9]+(\.[0-9]+)?/
STRING: /"[^"]*"/
%ignore /\s+/
"""


def figures() -> Iterator[Figure]:
    """A thousand conditions: at most twice the time of the other's parse."""
    from lark import Lark

    parser = Lark(GRAMMAR, parser="lalr")

    def ours() -> None:
        for _ in range(TIMES):
            for text in CONDITIONS:
                typing = Typing(SCOPE)
                typed = typing.parsed(*parse(whole_text(text, "benchmark"), SCOPE.vocabulary))
                assert typed is not None, typing.mistakes

    def theirs() -> None:
        for _ in range(TIMES):
            for text in CONDITIONS:
                parser.parse(text)

    yield Figure("expressions.parse and check", best(ours), best(theirs), 2.0)
