"""From one version of a tiering to the next: which tier takes the place of which, so that nobody begins anew.

A tier of the version before goes on in the one of its name, or in the one that says `was:` with its name; several may
go on in one. A tier that has none is a mistake, since nobody would know where those who are in it belong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from workflow.checks.context import Context
from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.files import Document
from workflow.model.leaves import Leaf
from workflow.model.tiering import Tiering

Versions = Mapping[int, Document[Tiering]]
"""The versions of one tiering, by their number."""


def check_succession(context: Context, document: Document[Tiering]) -> None:
    """A later version is about the same subjects and periods, and has a place for each tier of the one before."""
    written, earlier = document.content, before(versions_of(context, document), document)
    if earlier is None:
        for leaf in (leaf for tier in written.tiers.values() for leaf in tier.was or ()):
            context.refuse("was-nothing-before", leaf.span, found=leaf.text)
        return
    version = str(earlier.content.version.value)
    pairs: tuple[tuple[str, Leaf, Leaf], ...] = (
        ("subject", written.subject, earlier.content.subject),
        ("each", written.each, earlier.content.each),
    )
    for key, said, old in pairs:
        if said.text != old.text:
            differs = {"key": key, "found": said.text, "accepted": old.text, "version": version}
            fix = Fix(said.span, old.text)
            context.note(Diagnostic("version-about-another", said.span, differs, related=(old.span,), fix=fix))
    _check_names(context, written, earlier.content)
    block = context.inside(earlier.tree, "tiers")
    place = context.key_span(document.tree, "tiers")
    gone = {name for name in earlier.content.tiers if name not in taken_over(earlier.content, written)}
    for name in (each for each in earlier.content.tiers if each in gone):
        args: dict[str, Argument] = {"found": name, "version": version, "accepted": tuple(written.tiers)}
        context.note(Diagnostic("tier-left-out", place, args, related=(context.key_span(block, name),)))


def _check_names(context: Context, written: Tiering, earlier: Tiering) -> None:
    """Each `was` names a tier of the version before that goes on nowhere else."""
    seen: dict[str, Span] = {}
    for leaf in (leaf for tier in written.tiers.values() for leaf in tier.was or ()):
        if leaf.text not in earlier.tiers:
            context.unknown("unknown-tier", leaf, earlier.tiers)
        elif leaf.text in written.tiers:
            context.refuse("was-still-there", leaf.span, found=leaf.text)
        elif leaf.text in seen:
            context.note(Diagnostic("name-twice", leaf.span, {"found": leaf.text}, related=(seen[leaf.text],)))
        seen.setdefault(leaf.text, leaf.span)


def versions_of(context: Context, document: Document[Tiering]) -> Versions:
    """All versions of a tiering."""
    name = document.content.id.text
    found: dict[int, Document[Tiering]] = {}
    for each in context.written.policies:
        if each.content.id.text == name and isinstance(each.content, Tiering):
            found[each.content.version.value] = cast("Document[Tiering]", each)
    return found


def before(versions: Versions, document: Document[Tiering]) -> Document[Tiering] | None:
    """The version that is in force until this one begins; one that is replaced from its first day on never is."""
    own = document.content
    lower = [
        number
        for number, each in versions.items()
        if number < own.version.value and each.content.effective.since.value < own.effective.since.value
    ]
    return versions[max(lower)] if lower else None


def taken_over(earlier: Tiering, later: Tiering) -> Mapping[str, str]:
    """What each tier of a version is called in the next one."""
    renamed = {leaf.text: name for name, tier in later.tiers.items() for leaf in tier.was or ()}
    found = {name: name if name in later.tiers else renamed.get(name) for name in earlier.tiers}
    return {name: now for name, now in found.items() if now is not None}


def becomes(context: Context, document: Document[Tiering]) -> Mapping[tuple[str, ...], Mapping[str, str]]:
    """What its tiers are called in each later version, by the tiers of that, the lowest first."""
    versions, found = versions_of(context, document), {}
    for later in versions.values():
        way = [later]
        while way[-1] is not document:
            earlier = before(versions, way[-1])
            if earlier is None or earlier.content.version.value < document.content.version.value:
                break
            way.append(earlier)
        if later is document or way[-1] is not document:
            continue
        names = {name: name for name in document.content.tiers}
        for older, newer in zip(way[:0:-1], way[-2::-1], strict=True):
            step = taken_over(older.content, newer.content)
            names = {name: step[now] for name, now in names.items() if now in step}
        found[tuple(reversed(later.content.tiers))] = names
    return found


def former_names(context: Context, document: Document[Tiering]) -> Mapping[str, tuple[str, ...]]:
    """By tier, what it was called in earlier versions, and what was joined to it."""
    versions, step = versions_of(context, document), document
    found: dict[str, list[str]] = {name: [name] for name in document.content.tiers}
    earlier = before(versions, step)
    while earlier is not None:
        over = taken_over(earlier.content, step.content)
        for names in found.values():
            names += [old for old, new in over.items() if new in names and old not in names]
        step, earlier = earlier, before(versions, earlier)
    return {name: tuple(old for old in names[1:] if old not in found) for name, names in found.items()}
