"""Names in a policy: each means one thing, and each clause keeps one identity."""

from __future__ import annotations

import re

from workflow.checks.context import Context
from workflow.diagnostics import Diagnostic, Span
from workflow.model.files import Document
from workflow.model.policy import Policy

TAKEN = frozenset({"person", "customer", "event", "period", "days_served"})
"""Words that mean something already wherever a measure or value could be named."""

CLAUSES_TAKEN = frozenset({"gate", "floor", "cap", "carried", "adjustment", "claw_back"})
"""Words that name lines of the policy itself."""

_KEY = re.compile(r"[^\W\d][\w-]*")
_NAME = re.compile(r"[^\W\d]\w*")


def is_name(word: str) -> bool:
    """Whether a word can be a name in formulas, and so in columns of ours between dots."""
    return _NAME.fullmatch(word) is not None


def check_clauses(context: Context, document: Document[Policy]) -> None:
    """The key of a clause, or the one it had before, is a part of what it pays and triggers: no two share one."""
    keys: dict[str, Span] = {}
    written = document.content
    clauses = [
        (name, each.was, context.key_span(context.inside(document.tree, part), name))
        for part in written.blocks
        for name, each in getattr(written, part).items()
    ]
    for name, was, span in clauses:
        if not _KEY.fullmatch(name):
            context.refuse("not-a-clause-key", span, found=name)
        for word, place in ((name, span), *([(was.text, was.span)] if was is not None else [])):
            if word in CLAUSES_TAKEN:
                context.refuse("reserved-name", place, found=word)
        if name in keys:
            context.note(Diagnostic("name-twice", span, {"found": name}, related=(keys[name],)))
        keys.setdefault(name, span)
    former: dict[str, Span] = {}
    for name, was, _ in clauses:
        if was is None or was.text == name:
            continue
        other = keys.get(was.text) or former.get(was.text)
        if other is not None:
            context.note(Diagnostic("identity-twice", was.span, {"found": was.text}, related=(other,)))
        former.setdefault(was.text, was.span)


def check_names(context: Context, document: Document[Policy]) -> None:
    """A name or synonym means one thing in a policy."""
    seen: dict[str, Span] = {}
    for part in ("measures", "values"):
        block = context.inside(document.tree, part)
        for name, each in getattr(document.content, part).items():
            places = [(name, context.key_span(block, name)), *((leaf.text, leaf.span) for leaf in each.names)]
            for word, span in places:
                if not is_name(word):
                    context.refuse("not-a-name", span, found=word)
                if word in TAKEN:
                    context.refuse("reserved-name", span, found=word)
                if word in seen:
                    context.note(Diagnostic("name-twice", span, {"found": word}, related=(seen[word],)))
                seen[word] = span
