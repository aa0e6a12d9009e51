"""The closed vocabularies of a calculation: what a measure does, how a table pays, how a digit is rounded."""

from __future__ import annotations

from enum import StrEnum


class Function(StrEnum):
    """What an aggregate does with the values of a group."""

    SUM = "sum"
    COUNT = "count"
    LATEST = "latest"
    LEAST = "least"
    GREATEST = "greatest"


class Mode(StrEnum):
    """How a table of tiers turns a result into pay."""

    WHOLE = "whole"
    MARGINAL = "marginal"
    INTERPOLATED = "interpolated"


class Yields(StrEnum):
    """What a row of a table gives: a rate of `on`, an amount of money, or a factor of `on` (the target)."""

    RATE = "rate"
    AMOUNT = "amount"
    FACTOR = "factor"


class Hit(StrEnum):
    """Which of a table's rows count where their conditions hold."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"
