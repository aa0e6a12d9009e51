"""What tiers promise, checked: every word has a form in which its amount is said, the same in each tier."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflow.checks.context import Context, word_at
from workflow.checks.tiers import Service
from workflow.diagnostics import Diagnostic
from workflow.model.files import Document
from workflow.model.leaves import Words
from workflow.model.tiering import Tiering
from workflow.syntax import literals
from workflow.words import Term

_OFTEN = re.compile(r"[0-9]{1,6} per (?:week|month|quarter|year)")


def check_services(context: Context, document: Document[Tiering]) -> Mapping[str, tuple[Service, ...]]:
    """By tier what it is promised."""
    block, known = context.inside(document.tree, "service"), document.content.tiers
    found, forms = {}, dict[str, tuple[str, Words]]()
    for tier, promised in document.content.service.items():
        if tier not in known:
            context.unknown("unknown-tier", word_at(tier, context.key_span(block, tier)), known)
        for name, leaf in promised.items():
            form = _form(leaf)
            if form is None:
                context.refuse("service-not-understood", leaf.span, found=leaf.text)
                continue
            first, where = forms.setdefault(name, (form, leaf))
            if first != form:
                args = {"name": name, "found": Term(f"service-{form}"), "other": Term(f"service-{first}")}
                context.note(Diagnostic("service-forms-differ", leaf.span, args, related=(where.span,)))
        found[tier] = tuple(Service(name, " ".join(leaf.text.split())) for name, leaf in promised.items())
    return found


def _form(leaf: Words) -> str | None:
    """Of which form an amount is."""
    text = " ".join(leaf.text.split())
    if _OFTEN.fullmatch(text):
        return "often"
    length = literals.duration(text)
    if length is not None:
        return "working-time" if length.working else "time"
    if literals.truth(text) is not None:
        return "truth"
    if literals.money(text) is not None:
        return "money"
    if literals.percent(text) is not None:
        return "percent"
    return "number" if literals.number(text) is not None else None
