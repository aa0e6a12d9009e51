"""YAML's own errors in the words of policies: where reading stops and no repair is known."""

from __future__ import annotations

from workflow.diagnostics import Argument, Diagnostic
from workflow.syntax.positions import Layout
from workflow.syntax.repairs import Failure

_ABOUT = (
    ("unknown escape", "unknown-escape"),
    ("hexdecimal", "unknown-escape"),
    ("invalid Unicode character escape", "unknown-escape"),
    ("quoted scalar", "quote-not-closed"),
    ("tab character", "tab-indentation"),
    ("block sequence entries", "list-on-key-line"),
    ("document start", "wrong-indentation"),
    ("directive", "yaml-directive"),
    ("YAML", "yaml-directive"),
    ("block scalar", "text-needs-quotes"),
    ("mapping keys", "text-needs-quotes"),
    ("an alias", "text-needs-quotes"),
    ("an anchor", "text-needs-quotes"),
    ("tag", "tag"),
    ("could not find expected ':'", "missing-colon"),
    ("mapping values", "wrong-indentation"),
    ("flow sequence", "comma-missing"),
    ("flow mapping", "comma-missing"),
    ("expected key", "wrong-indentation"),
    ("'-' indicator", "wrong-indentation"),
    ("cannot start any token", "text-needs-quotes"),
    ("node content", "text-needs-quotes"),
)
"""What YAML says, and which code it is; the first that fits."""

_AT_CONTEXT = ("quote-not-closed", "missing-colon", "tag")


def explain(layout: Layout, failure: Failure) -> Diagnostic:
    """The diagnostic for a failure of YAML."""
    code = next((code for said, code in _ABOUT if said in failure.said), "not-readable")
    text = layout.text
    sign = text[failure.index : failure.index + 1]
    if sign in ("]", "}") and code in ("text-needs-quotes", "wrong-indentation"):
        code = "braces-not-opened"
    at = failure.context if code in _AT_CONTEXT or "block scalar" in failure.said else failure.index
    if code == "comma-missing" and not sign.strip():
        code, at = "braces-not-closed", failure.context
    if code == "unknown-escape":
        at = max(text.rfind("\\", 0, at + 1), 0)
    if code == "wrong-indentation":
        code, at = _misplaced(text, at)
    start, end = _stretch(text, at, code)
    return Diagnostic(code, layout.span(start, end), _args(code, text[start:end]))


def _misplaced(text: str, at: int) -> tuple[str, int]:
    """A line in the wrong column, or one that went on from the line above for want of a colon there."""
    start = text.rfind("\n", 0, at) + 1
    here = start + len(text[start:at]) - len(text[start:at].lstrip(" "))
    above = text.rfind("\n", 0, max(start - 1, 0)) + 1
    before = text[above:start].rstrip()
    first = above + len(before) - len(before.lstrip(" "))
    if (
        first - above == here - start
        and ":" not in before
        and before.strip()
        and not before.lstrip().startswith(("-", "#"))
    ):
        return "missing-colon", first
    return "wrong-indentation", here


def _stretch(text: str, at: int, code: str) -> tuple[int, int]:
    """What to underline: the rest of the line, a word, an escape, or one sign."""
    stop = text.find("\n", at)
    rest = text[at : len(text) if stop < 0 else stop].rstrip()
    if code in ("missing-colon", "tag", "wrong-indentation"):
        return at, at + len(rest)
    if code == "unknown-escape":
        return at, at + min(2, len(rest))
    if code == "comma-missing":
        return at, at + max(1, len(rest.split(" ")[0]))
    return at, at + min(1, len(rest))


def _args(code: str, found: str) -> dict[str, Argument]:
    names = {
        "quote-not-closed": "quote",
        "braces-not-closed": "bracket",
        "braces-not-opened": "bracket",
        "tag": "tag",
        **dict.fromkeys(("tab-indentation", "wrong-indentation", "not-readable", "list-on-key-line"), ""),
    }
    name = names.get(code, "found")
    return {name: found} if name else {}
