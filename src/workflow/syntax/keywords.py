"""The words and signs of formulas in both languages, what people write instead, and what is left out."""

from __future__ import annotations

ENGLISH = {
    "and": "and", "or": "or", "not": "not", "if": "if", "then": "then", "else": "else",
    "between": "between", "in": "in", "true": "true", "false": "false", "null": "null",
}  # fmt: skip
"""Words that can't be names."""

PHRASES = {"is missing": "missing", "is known": "known", "at least": "at least", "at most": "at most"}
"""Keywords of two words; each word alone is free for names."""

CHINESE = {
    "并且": "and", "或者": "or", "如果": "if", "那么": "then", "否则": "else", "介于": "between",
    "属于": "in", "缺失": "missing", "已知": "known", "不低于": "at least", "至少": "at least", "至多": "at most",
}  # fmt: skip
"""Read wherever they begin in a text without blanks, unless a known name begins there."""

SAID_IN_CHINESE = {"then": "那么", "else": "否则", "and": "和"}
"""Words that are waited for, where the formula is Chinese."""

CHINESE_BEFORE_BRACKET = {"非": "not", "不": "not", "在": "in"}
"""Single characters that are too frequent in names to be keywords anywhere else."""

SIGNS = (
    "..", "**", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",",
)  # fmt: skip

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")

OTHER_SIGNS = {
    "===": "=", "!==": "!=", "==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "&&": "and", "||": "or", "&": "and",
    "|": "or", "^": "**",
}  # fmt: skip
"""What other languages write, and what it is called here."""

OTHER_WORDS = {
    "yes": "true", "no": "false", "且": "并且", "而且": "并且", "以及": "并且", "或": "或者",
    "是": "true", "否": "false", "若": "如果", "如": "如果", "假如": "如果", "倘若": "如果", "则": "那么",
    **{written: word for word in ENGLISH for written in (word.upper(), word.capitalize())},
}  # fmt: skip
"""Words written for a keyword, where they stand alone and are no known name."""

OTHER_CHINESE = {
    "大于等于": ">=", "大于或等于": ">=", "不小于": ">=", "小于等于": "<=", "小于或等于": "<=", "不大于": "<=",
    "不等于": "!=", "大于": ">", "小于": "<", "等于": "=", "不超过": "<=", "不高于": "<=", "低于": "<",
    "高于": ">", "超过": ">", "不到": "<", "不足": "<", "达到": ">=",
}  # fmt: skip
"""Comparisons said in words, also inside a text without blanks."""

BORDER_WORDS = {"以上": ">=", "以下": "<=", "以内": "<="}
"""Said behind a border, which by the law's usage belongs to what is meant."""

LEFT_OUT_WORDS = {
    "for": "left-out-loop", "some": "left-out-loop", "every": "left-out-loop",
    "function": "left-out-function",
    "今天": "left-out-clock", "现在": "left-out-clock",
}  # fmt: skip
"""Constructs of FEEL that a policy has no use for, each with the code that says what to write instead."""

LEFT_OUT_CALLS = {
    "today": "left-out-clock", "now": "left-out-clock", "matches": "left-out-pattern", "replace": "left-out-pattern",
    "split": "left-out-pattern", "sort": "left-out-sort", "is": "left-out-is", "range": "left-out-range",
    "get value": "left-out-context", "get entries": "left-out-context", "context": "left-out-context",
    "context put": "left-out-context", "context merge": "left-out-context",
}  # fmt: skip

SPACED_CALLS = (
    "years and months duration", "date and time", "string length", "substring before", "substring after", "upper case",
    "lower case", "starts with", "ends with", "round half up", "round half down", "round half even", "round up",
    "round down", "day of year", "day of week", "month of year", "week of year", "list contains", "string join",
    "get value", "get entries", "context put", "context merge", "distinct values", "insert before", "index of",
    "list replace",
)  # fmt: skip
"""Built-ins whose names hold blanks; read as one name before a bracket only."""
