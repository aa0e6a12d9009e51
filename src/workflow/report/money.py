"""Amounts as a reader of each language writes them."""

from __future__ import annotations

import decimal
from decimal import Decimal

PRECISION = 60
"""Digits enough for a sum of amounts of 38; Python's default context has 28."""

_LOCALES = {"en": "en", "zh-CN": "zh_Hans_CN"}


def amount_text(amount: Decimal, currency: str, language: str, digits: int | None = None) -> str:
    """The amount with its currency and groups of thousands: `CN¥1,234.50`, `¥1,234.50`.

    `digits` after the point are shown; the currency's own unless said.
    """
    from babel import Locale
    from babel.numbers import format_currency

    locale = _LOCALES[language]
    with decimal.localcontext(prec=PRECISION):
        if digits is None:
            return str(format_currency(amount, currency, locale=locale))
        whole = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
        pattern = f"{whole}.{'0' * digits}" if digits else whole
        return str(format_currency(amount, currency, pattern, locale=locale, currency_digits=False))
