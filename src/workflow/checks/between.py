"""Facts between policies: what a formula may name of others, and what a policy uses of them once it is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow.checks.checked import CheckedIncentive, CheckedPolicy, How, Subject, UsedFact
from workflow.checks.context import Context, Known
from workflow.checks.measures import default_of
from workflow.checks.periods import CALENDAR
from workflow.checks.scope import OtherPolicy, Scope
from workflow.checks.uses import columns_in
from workflow.diagnostics import Argument, Diagnostic, Fix, Span
from workflow.model.policy import MeasureDefinition, Policy
from workflow.model.reading import nearest, shown
from workflow.model.sizes import quotient_type
from workflow.model.typed import Column
from workflow.model.types import COUNT, Type, summed

GATHERING: tuple[How, ...] = ("sum", "average", "latest")
"""How the facts of shorter periods become one."""
RESERVED = frozenset((
    "action", "cap", "carried", "claw_back", "credit", "customer", "days", "event", "floor", "gate", "goal", "group",
    "limits", "line", "overlap", "override", "paid", "part", "pay", "period", "person", "rating", "score", "share",
    "spell", "stage", "subject", "superior",
))  # fmt: skip
"""Words that stand before a point already: a policy of that name offers nothing."""
_DAYS = {"month": 30, "quarter": 91, "year": 365}


def word_of(policy: str) -> str:
    """The word with which formulas name a policy: its id, whose hyphens would be signs there."""
    return policy.replace("-", "_")


def relation(context: Context, own: str, other: Known, fact: str) -> How | None:
    """How a policy that counts by `own` sees a fact of another; None where it has to be gathered."""
    if other.offers[fact].stands:
        return "standing"
    if own == other.each:
        return "period"
    return None if 3 * _length(context, other.each) <= 2 * _length(context, own) else "standing"


def _length(context: Context, kind: str) -> int:
    """About how many days a period of a kind has."""
    if kind in CALENDAR:
        return _DAYS[kind]
    rows = context.periods[kind].periods if kind in context.periods else ()
    return sum((last - first).days + 1 for _, first, last in rows) // len(rows) if rows else 0


def with_facts(context: Context, written: Policy, scope: Scope, subject: Subject = "person") -> Scope:
    """A scope that knows the facts of all other policies about its subject, and where there is a customer, of his."""
    others = _others(context, written, {subject})
    both = _others(context, written, {subject, "customer"})
    known = replace(scope, others=others, synonyms={**scope.synonyms, **_attributes(context, scope, {subject})})
    if subject == "customer":
        return known
    more = Scope({}, others=both, synonyms=_attributes(context, scope, {"customer"}))
    return replace(known, customers=more)


def _attributes(context: Context, scope: Scope, about: set[Subject]) -> dict[str, str]:
    """`customer.tier` for what stands of a subject, where only one policy offers it and no register has it."""
    found: dict[str, list[str]] = {}
    for word, known in context.policies.items():
        for fact, offer in known.offers.items():
            if offer.stands and known.subject in about:
                found.setdefault(f"{known.subject}.{fact}", []).append(f"{word}.{fact}")
    return {name: facts[0] for name, facts in found.items() if len(facts) == 1 and name not in scope.names}


def _others(context: Context, written: Policy, about: set[Subject]) -> dict[str, OtherPolicy]:
    own = {*written.measures, *written.values, *RESERVED}
    # What a tiering offers is also named by its subject: `customer.tier`.
    unread = "tiers" in context.written.policies_unread.values()
    found = {word: OtherPolicy(word, {}, broken=True) for word in ("person", "customer") if unread}
    for word, known in context.policies.items():
        if known.id == written.id.text:
            found[word] = OtherPolicy(known.id, {}, itself=True)
        elif word not in own:
            refused = {
                fact: told
                for fact in known.offers
                if (told := _refused(context, written.each.text, known, fact, about)) is not None
            }
            types = {fact: offer.type for fact, offer in known.offers.items()}
            found[word] = OtherPolicy(known.id, types, refused, broken=not known.whole)
    return found


def _refused(
    context: Context, own: str, known: Known, fact: str, about: set[Subject]
) -> tuple[str, Mapping[str, Argument]] | None:
    """Why a formula can't name a fact, if it can't."""
    if known.subject not in about:
        code = "fact-of-another-subject" if known.subject == "customer" else "fact-of-people"
        return code, {"policy": known.id, "subject": known.subject}
    if relation(context, own, known, fact) is None:
        return "fact-of-shorter-periods", {"policy": known.id, "each": known.each, "own": own}
    return None


def check_gathered(context: Context, written: Policy, spans: Mapping[str, Span]) -> tuple[UsedFact, ...]:
    """The measures that gather another policy's fact from the periods inside this one."""
    found = (_gathered(context, written, name, spans[name]) for name in written.measures)
    return tuple(each for each in found if each is not None)


def gathers(definition: MeasureDefinition) -> How | None:
    """How a measure gathers a fact of another policy; None where it is a measure of events."""
    if definition.of is not None:
        return None
    leaves = ((how, getattr(definition, how)) for how in GATHERING)
    return next((how for how, leaf in leaves if leaf is not None and "." in leaf.text), None)


def _gathered(context: Context, written: Policy, name: str, span: Span) -> UsedFact | None:
    definition = written.measures[name]
    how = gathers(definition)
    if how is None:
        return None
    leaf = getattr(definition, how)
    word, _, fact = leaf.text.partition(".")
    known = context.policies.get(word)
    if known is None or known.id == written.id.text:
        others = [each for each, of in context.policies.items() if of.id != written.id.text]
        near = nearest(word, others)
        told = {"found": word, "accepted": shown(others, near)}
        fix = Fix(leaf.span, f"{near}.{fact}") if near else None
        context.note(Diagnostic("unknown-policy", leaf.span, told, fix=fix))
        return None
    if fact not in known.offers:
        if known.whole:
            near = nearest(fact, known.offers)
            fix = Fix(leaf.span, f"{word}.{near}") if near else None
            told = {"found": fact, "policy": known.id, "accepted": shown(known.offers, near)}
            context.note(Diagnostic("unknown-fact", leaf.span, told, fix=fix))
        return None
    _check_keys(context, definition, how)
    if known.subject != written.subject.text:
        code = "fact-of-another-subject" if known.subject == "customer" else "fact-of-people"
        context.refuse(code, leaf.span, found=leaf.text, policy=known.id, subject=known.subject)
        return None
    if relation(context, written.each.text, known, fact) is not None:
        told = {"found": leaf.text, "policy": known.id, "each": known.each, "own": written.each.text}
        context.note(Diagnostic("fact-not-of-shorter-periods", leaf.span, told))
        return None
    of = known.offers[fact].type
    result = _result(context, how, of, leaf.span)
    if result is None:
        return None
    default = default_of(context, definition.if_missing, result)
    return UsedFact(name, known.id, fact, how, result, of, known.each, known.subject, span, default)


def _check_keys(context: Context, definition: MeasureDefinition, how: How) -> None:
    for key in ("where", "over", "among", "inside", "answers_needed", "by"):
        leaf = getattr(definition, key)
        if leaf is not None:
            word = "in" if key == "inside" else key.replace("_", " ")
            context.refuse("key-of-other-measure", leaf.span, key=word, found=how)


def _result(context: Context, how: How, of: Type, span: Span) -> Type | None:
    """The type of what is gathered; only quantities can be added up."""
    if how == "latest":
        return of
    if not of.is_numeric:
        context.refuse("not-a-quantity", span, found=of.kind.value)
        return None
    total = summed(of)
    return total if how == "sum" else quotient_type(total, COUNT, of.kind, of.unit)


def used_facts(context: Context, policy: CheckedPolicy) -> tuple[UsedFact, ...]:
    """All facts of others that a policy uses: those that it gathers, and those that its formulas name."""
    found: dict[str, UsedFact] = {}
    for expression in policy.of_period:
        _note(context, policy, found, columns_in(expression), None)
    for event in policy.events:
        _note(context, policy, found, (each for of in policy.of_events(event) for each in columns_in(of)), event)
    for clause in policy.pay if isinstance(policy, CheckedIncentive) else ():
        if clause.each is not None:
            named = [column for part in clause.expressions for column in columns_in(part)]
            _note(context, policy, found, (each for each in named if _is_of_period(context, policy, each.name)), None)
    return (*policy.facts, *(found[name] for name in sorted(found)))


def _is_of_period(context: Context, policy: CheckedPolicy, name: str) -> bool:
    word, _, fact = name.partition(".")
    known = context.policies.get(word)
    return known is not None and fact in known.offers and relation(context, policy.each, known, fact) == "period"


def _note(
    context: Context, policy: CheckedPolicy, found: dict[str, UsedFact], columns: Iterable[Column], event: str | None
) -> None:
    """Keep the facts among some columns, which are asked of events of a type, or (None) of the period."""
    for column in columns:
        name = column.name
        word, _, fact = name.partition(".")
        known = context.policies.get(word)
        if known is None or known.id == policy.id or fact not in known.offers or word in RESERVED:
            continue
        how = relation(context, policy.each, known, fact)
        if how is None:
            continue
        of = known.offers[fact].type
        new = UsedFact(name, known.id, fact, how, of, of, known.each, known.subject, column.span, None, of_period=False)
        old = found.get(name, new)
        events = old.of_events | ({event} if event is not None else set())
        found[name] = replace(old, of_period=old.of_period or event is None, of_events=events)
