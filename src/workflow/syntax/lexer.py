"""Formulas as words: from the text of a scalar to tokens that know where they stand.

What people really type is read as what it means where that is certain (full-width signs, `≥`), and reported with its
fix where it is nearly certain (`5,000`, `==`); then reading goes on with what is meant.

The room is longer than others so that what is written instead of a sign stands beside the sign.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.syntax import keywords, literals
from workflow.syntax.characters import fold
from workflow.syntax.literals import Amount, Length
from workflow.syntax.positions import locate, opens_yaml, written_in
from workflow.syntax.tree import Scalar
from workflow.syntax.vocabulary import Vocabulary, latin

MOST_TOKENS = 1000
"""Words and signs of one formula: no memo has a sentence that long."""

Kind = Literal[
    "number", "percent", "money", "date", "duration", "text", "at", "name", "parameter", "property", "word", "sign",
    "end",
]  # fmt: skip
Value = str | Decimal | Amount | Length | datetime.date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign: its value, and where it stands in the scalar's text."""

    kind: Kind
    value: Value
    start: int
    end: int


class Slip(Exception):
    """A mistake after which the rest of the formula can't be read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Keep the diagnostic for the caller that gives up on the formula."""
        super().__init__(diagnostic.code)
        self.diagnostic = diagnostic


_BLANK = re.compile(r"(?:\s+|/\*.*?\*/|//[^\n]*)+", re.DOTALL)
_PARAMETER = re.compile(r"([A-Za-z][A-Za-z0-9]*(?:\s+[A-Za-z0-9]+)*)\s*:")
_PROPERTY = re.compile(r"\.\s*(time\s+offset|[^\W\d]\w*)")
_CODES = r"rmb|cny|usd|eur|gbp|hkd|jpy|yuan"
_CURRENCIES = r"元|块钱|块|人民币|美元|欧元|英镑|港元|港币|日元"
_NUMBERS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("date", literals.DATE + r"(?![0-9])"),
        ("percent", literals.PERCENT),
        ("money", literals.MONEY),
        ("duration", literals.DURATION),
        ("number", literals.NUMBER),
    )
)
_ENDS = r"(?![0-9A-Za-z_])"
_NEARLY_NUMBER = re.compile(
    rf"(?:[¥$€£] *)?(?:(?:{literals.GROUPED}|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,2}}|[kKwW])?{_ENDS}"
    rf" *[万亿]? *(?:%|‰|per ?cent{_ENDS}|[¥$€£]|{_CURRENCIES}|(?i:{_CODES}){_ENDS}|{literals.CURRENCY})?"
)
_NEARLY_DATE = re.compile(r"((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?![0-9.])")
_DAY_FIRST = re.compile(
    r"([0-9]{1,2}(?=\.)|(?:1[3-9]|2[0-9]|3[01])(?=/))(?P<sign>[./])([0-9]{1,2}(?=\.)|[01][0-9](?=/))(?P=sign)"
    r"((?:19|20)[0-9]{2})(?![0-9.])"
)
"""With slashes only where the first number can be no month: else it may be a quotient, or another order."""
_SPACED = re.compile(
    "("
    + "|".join(sorted((name.replace(" ", r"\s+") for name in keywords.SPACED_CALLS), key=len, reverse=True))
    + r")\s*\("
)
_PHRASE = re.compile("(" + "|".join(name.replace(" ", r"\s+") for name in keywords.PHRASES) + r")(?!\w)")
_BORDER = re.compile(r"\s*[及或]?(" + "|".join(keywords.BORDER_WORDS) + ")")
_IS_NOT = re.compile(r"is\s+not\s+(missing|known)(?!\w)")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|(.))", re.DOTALL
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\", "”": "”", "“": "“"}
_PAIR = 10
"""The signs of two escaped halves, without the first backslash and `u`."""
_PARTED = ("text", "at", "date", "property")
"""Tokens that a `.month` may follow, beside a closing bracket."""
_QUOTES = {'"': '"', "＂": "＂", "“": "”“", "”": "”“"}
_OTHER_QUOTES = {"'": "'", "‘": "’", "’": "’", "「": "」", "『": "』", "`": "`"}
_COMPARED = {"≥": ">=", "≤": "<=", "≠": "!=", "⩾": ">=", "⩽": "<=", "≧": ">=", "≦": "<="}
_OTHER_SIGNS = re.compile("|".join(map(re.escape, sorted(keywords.OTHER_SIGNS, key=len, reverse=True))))
_SIGNS = re.compile("|".join(map(re.escape, keywords.SIGNS)))
_PHRASE_BEGINS = frozenset(name[0] for name in keywords.PHRASES)
_NUMBER_BEGINS = frozenset("0123456789.¥$€£")


def tokens(scalar: Scalar, names: Vocabulary, reported: list[Diagnostic]) -> list[Token]:
    """The tokens of a formula, an `end` last.

    Args:
        scalar: the formula.
        names: what is known here.
        reported: takes what is reported while reading on.

    Raises:
        Slip: the text can't be cut into words.
    """
    lexer = _Lexer(scalar, names, reported)
    while lexer.at < len(lexer.text):
        blank = _BLANK.match(lexer.text, lexer.at)
        if blank:
            lexer.at = blank.end()
            continue
        if len(lexer.found) >= MOST_TOKENS:
            raise lexer.slip("formula-too-large", lexer.at, len(lexer.text), limit=MOST_TOKENS)
        lexer.read()
    lexer.take("end", "", 0)
    return lexer.found


class _Lexer:
    """The place reached in a formula, and what was read so far."""

    def __init__(self, scalar: Scalar, names: Vocabulary, reported: list[Diagnostic]) -> None:
        self.scalar = scalar
        self.names = names
        self.raw = scalar.text
        self.text = fold(scalar.text)
        self.folded = self.text != self.raw
        self.calls = "(" in self.text
        self.at = 0
        self.found: list[Token] = []
        self.diagnostics = reported
        self.borders = 0  # how many 介于 wait for their 和
        self.lists = 0  # how many 在 wait for their 中
        self.choices = 0  # how many 如果 wait for their 那么

    def span(self, start: int, end: int) -> Span:
        return locate(self.scalar, start, end)

    def slip(self, code: str, start: int, end: int, **args: Argument) -> Slip:
        return Slip(Diagnostic(code, self.span(start, end), args))

    def take(self, kind: Kind, value: Value, length: int) -> None:
        self.found.append(Token(kind, value, self.at, self.at + length))
        self.at += length
        if kind == "word":
            self.choices += (value == "if") - (value == "then")

    def written(self, token: Token) -> str:
        return self.raw[token.start : token.end]

    def report(self, code: str, length: int, meant: str, *, safe: bool) -> None:
        span = self.span(self.at, self.at + length)
        args = {"found": self.raw[self.at : self.at + length], "meant": meant}
        fix = Fix(span, written_in(self.scalar, meant), safe=safe and not opens_yaml(self.scalar, self.at, meant))
        self.diagnostics.append(Diagnostic(code, span, args, fix=fix))

    def read(self) -> None:
        """Read one token; names first, as they may hold anything, but for keywords of two words, which no name ends."""
        character = self.text[self.at]
        known = self.names.longest(self.raw, self.at)
        if known is None and self.folded:
            known = self.names.longest(self.text, self.at)
        phrase = _PHRASE.match(self.text, self.at) if character in _PHRASE_BEGINS else None
        parameter, part = self.parameter(), self.part() if character == "." else None
        if parameter:
            self.take("parameter", " ".join(parameter[1].split()), len(parameter[0]))
        elif phrase and len(known or "") < len(phrase[0]):
            self.take("word", keywords.PHRASES[" ".join(phrase[1].split())], len(phrase[1]))
        elif known:
            self.name(known)
        elif part:
            self.take("property", " ".join(part[1].split()), len(part[0]))
        elif self.raw[self.at] in _QUOTES:
            self.string()
        elif character == "@" and self.raw[self.at + 1 : self.at + 2] in _QUOTES:
            self.at_literal()
        elif character in _NUMBER_BEGINS and self.number():
            pass
        elif character.isalpha() or character == "_":
            self.word()
        else:
            self.sign()

    def parameter(self) -> re.Match[str] | None:
        """The name of a parameter, which stands behind a bracket or comma and before a colon."""
        before = self.found[-1] if self.found else None
        expected = before is not None and before.kind == "sign" and before.value in ("(", ",")
        return _PARAMETER.match(self.text, self.at) if expected else None

    def part(self) -> re.Match[str] | None:
        """`.month` behind a value that is no name."""
        before = self.found[-1] if self.found else None
        ended = before is not None and (before.kind in _PARTED or before.value in (")", "]"))
        return _PROPERTY.match(self.text, self.at) if ended else None

    def at_literal(self) -> None:
        """`@` and a text in quotes behind it."""
        start = self.at
        self.at += 1
        self.string()
        text = self.found.pop()
        self.found.append(Token("at", text.value, start, text.end))

    def name(self, known: str) -> None:
        """A known name, or a longer unknown one that begins with it."""
        end = self.at + len(known)
        follows = self.text[end : end + 2]
        if known in self.names.columns:
            self.take("name", (known,), len(known))
        elif (follows[:1] == "." and follows[1:].isalpha()) or (
            _wordlike(follows[:1])
            and not self.names.longest(self.text, end)
            and not (follows[0].isdigit() and not latin(known[-1]))
            and not self.keyword(end)
        ):
            self.unknown(end + 1)
        elif known in keywords.ENGLISH:
            self.take("word", keywords.ENGLISH[known], len(known))
        else:
            self.take("name", self.names.path(known), len(known))

    def word(self) -> None:
        """A keyword, a built-in with blanks in its name, or an unknown name."""
        spaced = _SPACED.match(self.text, self.at) if self.calls else None
        is_not = _IS_NOT.match(self.text, self.at) if self.text[self.at] == "i" else None
        keyword = self.keyword(self.at)
        if spaced:
            self.take("name", (" ".join(spaced[1].split()),), len(spaced[1]))
        elif is_not:
            self.report("written-otherwise", len(is_not[0]), f"is {_opposite(is_not[1])}", safe=True)
            self.take("word", _opposite(is_not[1]), len(is_not[0]))
        elif keyword:
            self.keyword_taken(keyword)
        else:
            self.unknown(self.at + 1)

    def keyword(self, at: int) -> str | None:
        """The Chinese keyword that begins there, or what is written in its place."""
        if self.text[at : at + 1].isascii():
            return None
        for written in (*keywords.OTHER_CHINESE, *keywords.CHINESE, "不属于"):
            if self.text.startswith(written, at):
                return written
        character = self.text[at : at + 1]
        if (character == "和" and self.borders) or (character == "中" and self.lists):
            return character
        rest = self.text[at + 1 : at + 40].lstrip()
        if character in keywords.CHINESE_BEFORE_BRACKET and rest[:1] in ("(", "["):
            return character
        return character if self.short(character, at) else None

    def short(self, character: str, at: int) -> bool:
        """Whether a character that is frequent in names is the short form of a keyword there."""
        if character == "则":
            return self.choices > 0 and "那么" not in self.text[at:]
        if character == "若" and (at > self.at or self.follows_value()):
            return False
        return character in ("若", "且", "或") and self.names.longest(self.raw, at + 1) is not None

    def keyword_taken(self, written: str) -> None:
        """Read a Chinese keyword, keeping count of those that wait for another."""
        if written in keywords.OTHER_CHINESE:
            meant = keywords.OTHER_CHINESE[written]
            self.report("written-otherwise", len(written), meant, safe=True)
            self.take("sign", meant, len(written))
        elif written in keywords.OTHER_WORDS:
            meant = keywords.OTHER_WORDS[written]
            self.report("written-otherwise", len(written), meant, safe=True)
            self.take("word", keywords.CHINESE[meant], len(written))
        elif written == "不属于":
            self.take("word", "not", 1)
            self.take("word", "in", 2)
        elif written in ("和", "中"):
            self.borders -= written == "和"
            self.lists -= written == "中"
            self.take("word", "and" if written == "和" else "中", 1)
        else:
            self.borders += written == "介于"
            self.lists += written == "在"
            self.take("word", keywords.CHINESE.get(written) or keywords.CHINESE_BEFORE_BRACKET[written], len(written))

    def unknown(self, at: int) -> None:
        """A word that is no known name: up to the next keyword, with the parts of its path."""
        while at < len(self.text):
            character = self.text[at]
            if character == "." and _wordlike(self.text[at + 1 : at + 2]) and not self.text[at + 1].isdigit():
                at += 1
            elif not _wordlike(character) or (not latin(character) and self.keyword(at)):
                break
            at += 1
        written = self.text[self.at : at]
        if written in keywords.LEFT_OUT_WORDS:
            raise self.slip(keywords.LEFT_OUT_WORDS[written], self.at, at, found=written)
        other = keywords.OTHER_WORDS.get(written)
        if other in ("and", "or") and self.text[at:].lstrip()[:1] == "(" and not self.follows_value():
            raise self.slip("word-as-function", self.at, at, found=written, meant=other)
        if other:
            self.report("written-otherwise", len(written), other, safe=True)
        meant = other or written
        keyword = keywords.ENGLISH.get(meant) or keywords.CHINESE.get(meant)
        if keyword:
            self.take("word", keyword, len(written))
        else:
            self.take("name", self.names.path(written), len(written))

    def follows_value(self) -> bool:
        """Whether what was read before could end a value."""
        before = self.found[-1] if self.found else None
        return before is not None and (before.kind not in ("word", "sign") or before.value in (")", "]"))

    def number(self) -> bool:
        """A number, percent, amount of money, date or duration; or what is meant for one."""
        nearly_date = _NEARLY_DATE.match(self.text, self.at)
        strict = next(
            (found for kind, pattern in _NUMBERS if (found := _literal(kind, pattern, self.text, self.at))), None
        )
        if nearly_date and not (strict and strict[0] == "date"):
            self.date("{}-{:0>2}-{:0>2}".format(*nearly_date.groups()), len(nearly_date[0]))
            return True
        if day_first := _DAY_FIRST.match(self.text, self.at):
            self.date("{3}-{2:0>2}-{0:0>2}".format(*day_first.groups()), len(day_first[0]))
            return True
        nearly = _NEARLY_NUMBER.match(self.text, self.at)
        written = nearly[0].rstrip() if nearly else ""
        meant = literals.nearly_number(written) if len(written) > (strict[1].end() - self.at if strict else 0) else None
        if meant:
            listed = "," in written and any(token.value in ("(", "[") for token in self.found)
            self.report("number-form", len(written), meant, safe=not listed and not set(written) & set("¥$€£kKwW"))
            self.literal(_whole(meant), len(written))
        elif strict:
            self.literal(strict, strict[1].end() - self.at)
        border = _BORDER.match(self.text, self.at) if meant or strict else None
        if border:
            self.border(border, meant or self.written(self.found[-1]))
        return bool(meant or strict)

    def border(self, word: re.Match[str], value: str) -> None:
        """`100%以上`, which is written `>= 100%`; the sign may stand there already."""
        *earlier, least = self.found
        sign = keywords.BORDER_WORDS[word[1]]
        before = earlier[-1].value if earlier and earlier[-1].kind == "sign" else None
        if before != sign and before in keywords.COMPARISONS:
            return
        if self.diagnostics and self.diagnostics[-1].span == self.span(least.start, least.end):
            self.diagnostics.pop()  # How the number is written is part of what is said here.
        self.at = least.start
        length = word.end() - self.at
        self.report("written-otherwise", length, value if before == sign else f"{sign} {value}", safe=False)
        self.found[-1:] = [] if before == sign else [Token("sign", sign, least.start, least.end)]
        self.take(least.kind, least.value, length)

    def date(self, meant: str, length: int) -> None:
        """A date that is written in another form."""
        value = literals.date(meant)
        if value is None:
            raise self.slip("impossible-date", self.at, self.at + length, found=self.raw[self.at : self.at + length])
        self.report("date-form", length, meant, safe=True)
        self.take("date", value, length)

    def literal(self, found: tuple[Kind, re.Match[str]], length: int) -> None:
        """The token of a literal, whose digits and day must be possible."""
        kind, match = found
        end = self.at + length
        value = _READ[kind](match[0])
        if value is None:
            code = "impossible-date" if kind == "date" else "number-too-long"
            args = {"found": match[0]} if kind == "date" else {"limit": literals.MOST_DIGITS}
            raise Slip(Diagnostic(code, self.span(self.at, end), args))
        if latin(self.text[end : end + 1]) and kind != "date":
            stop = end
            while latin(self.text[stop : stop + 1]):
                stop += 1
            raise self.slip("number-with-letters", self.at, stop, found=self.raw[self.at : stop])
        self.take(kind, value, length)

    def string(self) -> None:
        """A text in quotes; outside of quotes signs are folded, inside nothing is."""
        closing, at, pieces = _QUOTES[self.raw[self.at]], self.at + 1, []
        while at < len(self.raw) and self.raw[at] not in closing:
            escape = _ESCAPE.match(self.raw, at)
            if escape:
                pieces.append(self.escaped(escape))
                at = escape.end()
            else:
                pieces.append(self.raw[at])
                at += 1
        if at >= len(self.raw):
            raise self.slip("text-not-closed", self.at, len(self.raw), quote=self.raw[self.at])
        self.take("text", "".join(pieces), at + 1 - self.at)

    def escaped(self, escape: re.Match[str]) -> str:
        """The character that an escape stands for."""
        if escape[1] in _ESCAPES:
            return _ESCAPES[escape[1]]
        digits = escape[0][2:] if escape[1] is None else ""
        if len(digits) == _PAIR:
            # Two halves of one character beyond the first 65,536, as JSON and Java write it.
            return (
                (chr(int(digits[:4], 16)) + chr(int(digits[-4:], 16)))
                .encode("utf-16", "surrogatepass")
                .decode("utf-16")
            )
        code = int(digits, 16) if digits else -1
        if 0 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF:  # noqa: PLR2004 - the borders of Unicode
            return chr(code)
        raise self.slip("text-escape", escape.start(), escape.end(), found=escape[0])

    def sign(self) -> None:
        """An operator, bracket or comma, or what other languages write for it."""
        character = self.raw[self.at]
        if character in _COMPARED:
            self.take("sign", _COMPARED[character], 1)
            return
        other = _OTHER_SIGNS.match(self.text, self.at)
        if other:
            meant = keywords.OTHER_SIGNS[other[0]]
            self.report("written-otherwise", len(other[0]), meant, safe=True)
            self.take("word" if meant.isalpha() else "sign", meant, len(other[0]))
            return
        sign = _SIGNS.match(self.text, self.at)
        if sign:
            self.take("sign", sign[0], len(sign[0]))
        elif self.text[self.at] == "!":
            self.take("word", "not", 1)
        else:
            self.strange(character)

    def strange(self, character: str) -> None:
        """A sign that means nothing here: another kind of quotes, a context, anything else."""
        closing = _OTHER_QUOTES.get(character)
        end = self.raw.find(closing, self.at + 1) if closing else -1
        if end > 0:
            text = self.raw[self.at + 1 : end]
            meant = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self.report("written-otherwise", end + 1 - self.at, meant, safe=True)
            self.take("text", text, end + 1 - self.at)
            return
        code = "left-out-context" if self.text[self.at] == "{" else "unknown-sign"
        raise self.slip(code, self.at, self.at + 1, found=character)


def _wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"


def _opposite(word: str) -> str:
    return "known" if word == "missing" else "missing"


def _literal(kind: str, pattern: re.Pattern[str], text: str, at: int) -> tuple[Kind, re.Match[str]] | None:
    match = pattern.match(text, at)
    return (kind, match) if match else None  # type: ignore[return-value]


def _whole(meant: str) -> tuple[Kind, re.Match[str]]:
    """The literal that a meant text is, all of it."""
    return next(found for kind, pattern in _NUMBERS if (found := _literal(kind, pattern, meant, 0)))


_READ = {
    "date": literals.date,
    "percent": literals.percent,
    "money": literals.money,
    "duration": literals.duration,
    "number": literals.number,
}
