"""The leaves of a policy: texts whose declared type decides what they mean, each with its place in the file.

A leaf is made from a `Scalar` of the located tree. What its text can't be is refused with a code of ours, never with a
message of the validating library.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from workflow.diagnostics import Span
from workflow.model.types import shifted
from workflow.syntax import literals
from workflow.syntax.tree import Scalar


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text with its place; the subclasses say which texts they accept."""

    scalar: Scalar

    expected: ClassVar[str] = "text"
    schema: ClassVar[dict[str, Any]] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
    """What an editor may accept, which reads some texts as numbers or truths; never less than `of` does."""

    @property
    def text(self) -> str:
        """The author's words."""
        return self.scalar.text

    @property
    def span(self) -> Span:
        """Where they stand."""
        return self.scalar.span

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The leaf that the text means.

        Raises:
            PydanticCustomError: with one of our codes, if the text is not of this kind.
        """
        return cls(scalar)

    @classmethod
    def refuse(cls, scalar: Scalar) -> PydanticCustomError:
        """The error that says what was found and what is accepted."""
        return PydanticCustomError("not-of-kind", "{found}", {"found": scalar.text, "expected": cls.expected})

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept a Scalar and nothing else."""

        def read(value: Any) -> Leaf:
            if not isinstance(value, Scalar):
                raise PydanticCustomError("one-word-expected", "{expected}", {"expected": cls.expected})
            if not value.text.strip():
                raise PydanticCustomError("empty-value", "{expected}", {"expected": cls.expected})
            return cls.of(value)

        return core_schema.no_info_plain_validator_function(read)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What an editor may accept."""
        return dict(cls.schema)


class Words(Leaf):
    """Free text for readers: a title, a reason."""


class Formula(Leaf):
    """An expression; the checker parses it, since only it knows the names."""

    __slots__ = ()
    expected = "formula"


class Sheet(Leaf):
    """A table of several dimensions: its rows as a block of text, or the name of a file in tables/."""

    __slots__ = ()
    expected = "table"
    schema: ClassVar[dict[str, Any]] = {"type": ["string", "number"], "pattern": r"\S"}

    @property
    def is_a_name(self) -> bool:
        """Whether it names a file: it has neither lines nor bars."""
        return not re.search("[\n|｜]", self.text.strip())


_IDENT = re.compile(r"[^\W\d_][\w-]*", re.UNICODE)
_NAME = r"[^\s\d!-/:-@\[-`{-~][^\s!-,./:-@\[-^`{-~]*"
"""Nearly the same, in what regular expressions of all editors have in common."""


class Ident(Leaf):
    """A name that others refer to: letters of any script, digits, `_` and `-`."""

    __slots__ = ()
    expected = "name"
    schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": f"^{_NAME}$"}

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The name as written."""
        if not _IDENT.fullmatch(scalar.text):
            raise cls.refuse(scalar)
        return cls(scalar)


class Reference(Leaf):
    """A dotted name: `deal.won`, `person.supervisor`."""

    __slots__ = ()
    expected = "name"
    schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": rf"^{_NAME}(\.{_NAME})*$"}

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The path as written."""
        if not all(_IDENT.fullmatch(part) for part in scalar.text.split(".")):
            raise cls.refuse(scalar)
        return cls(scalar)


@dataclass(frozen=True, slots=True)
class Whole(Leaf):
    """A whole number from 0 up, of at most nine digits."""

    value: int = 0

    expected: ClassVar[str] = "whole-number"
    schema: ClassVar[dict[str, Any]] = {
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": 999_999_999,
        "pattern": "^[0-9]{1,9}$",
    }

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The number that the digits say."""
        if not re.fullmatch(r"[0-9]{1,9}", scalar.text):
            raise cls.refuse(scalar)
        return cls(scalar, int(scalar.text))


@dataclass(frozen=True, slots=True)
class Number(Leaf):
    """A number, exactly: `1234567.89`, `-3`, `10万`."""

    value: Decimal = Decimal(0)

    expected: ClassVar[str] = "number"

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The number that the digits say."""
        value = literals.number(scalar.text)
        if value is None:
            raise cls.refuse(scalar)
        return cls(scalar, value)


@dataclass(frozen=True, slots=True)
class Share(Leaf):
    """A percent: `20%`; `value` is 0.20."""

    value: Decimal = Decimal(0)

    expected: ClassVar[str] = "percent"
    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": r"^\s*[-－−]?[0-9０-９]+([.．][0-9０-９]+)?\s*[%％]\s*$",
        "examples": ["20%", "2.5%"],
    }

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The share that the percent says."""
        value = literals.percent(scalar.text)
        if value is None:
            raise cls.refuse(scalar)
        return cls(scalar, shifted(value, -2))


@dataclass(frozen=True, slots=True)
class SharePart(Share):
    """A percent, or the column of the register that has it for each person: `20%`, `person.override_rate`.

    `column` is its name without `person.`; empty where the percent is written.
    """

    column: str = ""

    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"{Share.schema['pattern']}|^\s*person[.．]\S+\s*$",
        "examples": ["20%", "person.override_rate"],
    }

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The share that the percent says, or whose it is."""
        text = scalar.text.strip().replace("．", ".")
        if text.startswith("person.") and len(text.split()) == 1 and len(text) > len("person."):
            return cls(scalar, column=text.removeprefix("person."))
        value = literals.percent(scalar.text)
        if value is None:
            raise cls.refuse(scalar)
        return cls(scalar, shifted(value, -2))


_DAY = r"[0-9０-９]{4}[-－−][0-9０-９]{2}[-－−][0-9０-９]{2}"


@dataclass(frozen=True, slots=True)
class Day(Leaf):
    """A date: `2026-07-01`."""

    value: datetime.date = datetime.date.min

    expected: ClassVar[str] = "date"
    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^\s*{_DAY}\s*$",
        "examples": ["2026-07-01"],
    }

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The day that the text says."""
        value = literals.date(scalar.text)
        if value is None:
            raise cls.refuse(scalar)
        return cls(scalar, value)


@dataclass(frozen=True, slots=True)
class Days(Leaf):
    """A range of days, both included, the first not after the last: `2026-07-01..2026-09-30`."""

    first: datetime.date = datetime.date.min
    last: datetime.date = datetime.date.max

    expected: ClassVar[str] = "date-range"
    schema: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": rf"^\s*{_DAY}\s*[.．]{{2}}\s*{_DAY}\s*$",
        "examples": ["2026-07-01..2026-09-30"],
    }

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The two days that the text says."""
        value = literals.date_range(scalar.text)
        if value is None or value[0] > value[1]:
            raise cls.refuse(scalar)
        return cls(scalar, *value)


@dataclass(frozen=True, slots=True)
class YesOrNo(Leaf):
    """`yes`, `no`, `true`, `false`, 是, 否."""

    value: bool = False

    expected: ClassVar[str] = "yes-or-no"
    schema: ClassVar[dict[str, Any]] = {"enum": ["yes", "no", True, False, "true", "false", "是", "否"]}

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """What the word says."""
        value = literals.truth(scalar.text)
        if value is None:
            raise cls.refuse(scalar)
        return cls(scalar, value)


class Currency(Leaf):
    """A currency by its three letters, as ISO 4217 lists them."""

    __slots__ = ()
    expected = "currency"
    schema: ClassVar[dict[str, Any]] = {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["CNY", "USD"]}

    @classmethod
    def of(cls, scalar: Scalar) -> Self:
        """The code as written."""
        if not re.fullmatch(r"[A-Z]{3}", scalar.text):
            raise cls.refuse(scalar)
        return cls(scalar)
