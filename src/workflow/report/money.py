"""Amounts as a reader of each language writes them."""

from __future__ import annotations

import decimal
from decimal import Decimal

PRECISION = 60
"""Digits enough for a sum of amounts of 38; Python's default context has 28."""

_LOCALES = {"en": "en", "zh-CN": "zh_Hans_CN"}


def amount_text(amount: Decimal, currency: str, language: str) -> str:
    """The amount with its currency, groups of thousands, and the currency's digits: `CN¥1,234.50`, `¥1,234.50`."""
    from babel.numbers import format_currency

    with decimal.localcontext(prec=PRECISION):
        return str(format_currency(amount, currency, locale=_LOCALES[language]))
