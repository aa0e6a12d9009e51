"""Making one person's account: the person's rows are read, never calculated again; the events are looked up."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workflow.checks.calculated import CheckedMeasure
from workflow.checks.checked import CheckedIncentive
from workflow.checks.clauses import PayClause
from workflow.diagnostics import NOWHERE, Diagnostic, WrongUsage
from workflow.intake.lines import lines_of
from workflow.ledger.account import Account, Evident, OfCase, PolicyAccount, Step, Told
from workflow.ledger.account import Path as CreditPath
from workflow.ledger.alike import MOST_ALIKE, alike
from workflow.ledger.clauses import clauses_of
from workflow.ledger.decided import Decided, stepped
from workflow.ledger.evaluation import Run
from workflow.ledger.goals import goals_of
from workflow.ledger.instead import instead
from workflow.ledger.part import Part
from workflow.ledger.rows import told_in
from workflow.ledger.uncounted import by_measure
from workflow.model.terms import Function
from workflow.plan.behind import SPELLS, events_behind, facts_behind
from workflow.plan.casesteps import CASE_FACTS
from workflow.plan.clawing import CLAW_BACKS, clauses_taken
from workflow.plan.lowered import EVENTS, RESULTS, STEPS, Lowered
from workflow.plan.nodes import mask_of
from workflow.plan.occasions import DAYS, Occasion
from workflow.plan.overriding import OVERRIDES
from workflow.run.outcome import Engine
from workflow.words import Term
from workflow.worktime.months import months_after


def account_of(run: Run, lowered: Sequence[Lowered], engine: Engine, asked: tuple[Path, str, str | None]) -> Account:
    """One person's account of a run.

    Args:
        run: the run.
        lowered: its plans, in the order of its policies.
        engine: what looks the events up.
        asked: the workspace's folder, the person, and the clause (None: all).

    Raises:
        WrongUsage: no policy has such a person or clause.
    """
    where, person, clause = asked
    check_asked(run, person, clause)
    parts = []
    for part, plans in zip(run.book.parts, lowered, strict=True):
        if clause is None or clause in _clauses(part.decided):
            told = _policy_account(run, (part, plans), engine, (where, person))
            parts += [told] if told is not None else []
    return _account(run, run.decided[0].occasion, asked, tuple(parts))


def accounts_of(
    run: Run, lowered: Sequence[Lowered], engine: Engine, asked: tuple[Path, str]
) -> tuple[Account | None, ...]:
    """An account for each period of a run that is about several, in their order; None where the person isn't there."""
    found: list[Account | None] = []
    for part, plans in zip(run.book.parts, lowered, strict=True):
        told = _policy_account(run, (part, plans), engine, asked)
        found.append(None if told is None else _account(run, part.decided.occasion, (*asked, None), (told,)))
    return tuple(found)


def _account(
    run: Run, occasion: Occasion, asked: tuple[Path, str, str | None], parts: tuple[PolicyAccount, ...]
) -> Account:
    """What policies say of a person in a period."""
    (_, person, clause), (first, last) = asked, occasion.whole
    return Account(
        person=person,
        name=run.names.get(person, person),
        period=occasion.period,
        first=first,
        last=last,
        clause=clause,
        policies=parts,
        texts=run.texts,
        items={name: title for of in (run.rules.roles, *run.rules.items.values()) for name, title in of.items()},
        event_titles={name: event.title for name, event in run.rules.events.items()},
        event_fields={name: frozenset(event.fields) for name, event in run.rules.events.items()},
    )


def _policy_account(
    run: Run, decided: tuple[Part, Lowered], engine: Engine, asked: tuple[Path, str]
) -> PolicyAccount | None:
    """What one policy says of a person; None where it has no result."""
    (part, plans), (where, person) = decided, asked
    row = _row(part.results, part.decided.policy.subject, person)
    if row is None:
        return None
    behind = engine.run(events_behind(plans, person), run.taken.evidence).tables
    account = _part(part, row, _events(run, part.decided, behind, where), _spells(behind))
    by_hand = _overrides(run, part.decided, person, where)
    there = instead(run.rules, (part,), run.taken.evidence)
    others = {event: names for (_, whose, event), names in there.items() if whose == person}
    steps, facts = _steps(run, part, person, where), _facts(run, plans, engine, person)
    goals = goals_of(part, row, run.taken.evidence, where)
    told = replace(account, steps=steps, overrides=by_hand, facts=facts, instead=others, goals=goals)
    if DAYS not in part.decided.outcome.tables:
        return told
    return replace(_seen_from(told, part.decided.occasion.last), moments=_moments(part, told, person))


def _seen_from(account: PolicyAccount, day: datetime.date) -> PolicyAccount:
    """The account with the windows as they are seen from a day, and the events inside them."""
    after = day + datetime.timedelta(days=1)
    windows = {
        window: reach
        and replace(reach, days=tuple((first, min(last, day)) for first, last in reach.days if first <= day))
        for window, reach in account.windows.items()
    }
    for window, reach in windows.items():
        if reach is not None and window.kind == "months":
            windows[window] = replace(reach, days=((months_after(after, -window.count), day),))
    events = {}
    for measure in account.policy.looks:
        reach = windows.get(measure.window)
        first = datetime.date.min if reach is None or not reach.days else reach.days[0][0]
        events[measure.name] = tuple(each for each in account.events[measure.name] if first <= each.day <= day)
    return replace(account, windows=windows, events=events)


def _moments(part: Part, account: PolicyAccount, person: str) -> tuple[PolicyAccount, ...]:
    """What a tiering says of a person on each day of the period on which it looked at him anew."""
    found = []
    for row in part.decided.outcome.tables[DAYS].to_pylist():
        if row[part.decided.policy.subject] == person and row["moment.ends"] == 0:
            values = {**account.values, **{name: value for name, value in row.items() if not name.endswith("?")}}
            masks = {name: row.get(mask_of(name)) for name in row}
            causes = {name: part.reasons(int(mask)) for name, mask in masks.items() if mask}
            kept = {name: reasons for name, reasons in account.causes.items() if name not in row}
            found.append(replace(_seen_from(account, row["moment"]), values=values, causes=kept | causes))
    return tuple(found)


def check_asked(run: Run, person: str, clause: str | None = None) -> None:
    """Refuse a person whom no policy of the run has, or a clause.

    Raises:
        WrongUsage: no policy has such a person or clause.
    """
    people = {name for each in run.decided for name in each.outcome.tables[RESULTS][each.policy.subject].to_pylist()}
    if person not in people:
        raise WrongUsage(
            (
                Diagnostic(
                    "unknown-person",
                    NOWHERE,
                    {"person": person, "near": _of_name(run, person, people) or alike(person, people)},
                ),
            )
        )
    clauses = {name for each in run.decided for name in _clauses(each)}
    known = sorted(clauses, key=lambda name: (str(clause) not in name, name))
    if clause is not None and clause not in known:
        raise WrongUsage((Diagnostic("unknown-clause", NOWHERE, {"clause": clause, "known": tuple(known)}),))


def _of_name(run: Run, name: str, people: Collection[str]) -> tuple[str, ...]:
    """The ids of those who are called so, by the whole name or a word of it."""
    asked = name.casefold().strip()
    names = {each: run.names.get(each, "").casefold() for each in sorted(people)}
    return tuple(
        Term(f"called-so:{each}") for each, known in names.items() if asked and asked in (known, *known.split())
    )[:MOST_ALIKE]


def _clauses(decided: Decided) -> tuple[str, ...]:
    return tuple(clause.name for clause in clauses_of(decided.policy, decided.occasion))


def _row(results: Any, subject: str, person: str) -> dict[str, Any] | None:
    """The person's row of results; None where the policy has none."""
    import pyarrow.compute as pc

    at = pc.index(results[subject], person).as_py()
    return None if at < 0 else dict(results.slice(at, 1).to_pylist()[0])


def _part(
    entries: Part,
    row: Mapping[str, Any],
    events: Mapping[str, tuple[Evident, ...]],
    spells: tuple[tuple[datetime.date, datetime.date], ...],
) -> PolicyAccount:
    """What a row of results says of a person, with the events behind the measures, and the days served."""
    actions, withheld = entries.of(row[entries.decided.policy.subject])
    values, causes = told_in(row, entries.reasons)
    occasion, subject = entries.decided.occasion, row[entries.decided.policy.subject]
    days = (occasion.first, occasion.last)
    return PolicyAccount(
        policy=entries.decided.policy,
        values=values,
        causes=causes,
        events=events,
        actions=actions,
        withheld=withheld,
        spells=spells,
        claw_backs=_claw_backs(entries.decided, subject),
        clawed=_clawed(entries.decided),
        windows=occasion.windows,
        days=None if days == occasion.whole else days,
        case_facts=_case_facts(entries.decided, subject),
        refused=by_measure(entries.decided.policy, occasion, entries.refused.get(subject, ())),
    )


def _facts(run: Run, lowered: Lowered, engine: Engine, person: str) -> Mapping[str, tuple[Told, ...]]:
    """The facts of other policies on which the person's results rest, by the column that they decide."""
    if not lowered.policy.facts:
        return {}
    plan, facts = facts_behind(lowered, person)
    tables = engine.run(plan, run.taken.evidence).tables if plan.steps else {}
    places = {use.name: use.fact for use in lowered.policy.facts}
    found: dict[str, tuple[Told, ...]] = {}
    for name, asked in facts.items():
        told, days = [], lowered.occasion.stands.get(name) or (None,) * len(asked)
        for (output, fact), stands in zip(asked, days, strict=True):
            due, rows = fact.due, tables[output].to_pylist()
            value = rows[0][fact.field.name] if rows else None
            span = due.policy.offers[places[name]].span
            told.append(Told(due.policy.id, due.policy.version, due.period, stands, value, bool(rows), span))
        found[name] = tuple(told)
    return found


def _overrides(run: Run, decided: Decided, person: str, where: Path) -> Mapping[str, Mapping[str, Any]]:
    """What the plan says of each fact of the person that was set by hand, by the fact's own name, and where."""
    if OVERRIDES not in decided.outcome.tables:
        return {}
    rows = [row for row in decided.outcome.tables[OVERRIDES].to_pylist() if row["person"] == person]
    places = lines_of(run.taken.evidence, where, [int(row["event"]) for row in rows])
    told = [(row, *places[int(row["event"])]) for row in rows]
    return {row["fact"].partition(".")[2]: {**row, "file": file, "line": line} for row, file, line in told}


def _clawed(decided: Decided) -> tuple[PayClause, ...]:
    """The clauses of which returns may take back."""
    policy = decided.policy
    return clauses_taken(policy, decided.occasion) if isinstance(policy, CheckedIncentive) else ()


def _claw_backs(decided: Decided, person: str) -> tuple[Mapping[str, Any], ...]:
    """What the plan says of each return of the person's deals."""
    if CLAW_BACKS not in decided.outcome.tables:
        return ()
    return tuple(row for row in decided.outcome.tables[CLAW_BACKS].to_pylist() if row["person"] == person)


def _case_facts(decided: Decided, person: str) -> Mapping[str, tuple[OfCase, ...]]:
    """The cases of which the person's facts are made, in the order of their days."""
    import pyarrow.compute as pc

    if CASE_FACTS not in decided.outcome.tables:
        return {}
    table, found = decided.outcome.tables[CASE_FACTS], dict[str, list[OfCase]]()
    for row in table.filter(pc.equal(table["person"], person)).to_pylist():
        length = None if row["length"] is None or row["length"] < 0 else int(row["length"])
        of = OfCase(row["case"], int(row["run"]), row["date"], length, row["good"] == 1)
        found.setdefault(row["fact"], []).append(of)
    return {name: tuple(sorted(rows, key=lambda each: (each.day, each.case))) for name, rows in found.items()}


def _steps(run: Run, entries: Part, person: str, where: Path) -> Mapping[str, tuple[Step, ...]]:
    """The steps of each clause that is counted by events, in the order in which totals run on."""
    import pyarrow.compute as pc

    found: dict[str, tuple[Step, ...]] = {}
    for clause in stepped(entries.decided):
        table = entries.decided.outcome.tables[f"{STEPS} {clause}"]
        rows = table.filter(pc.equal(table["person"], person)).to_pylist()
        told = f"pay.{clause}.opening"
        numbers = {int(row[name]) for row in rows for name in ("event", f"{told}.event") if row.get(name) is not None}
        places = lines_of(run.taken.evidence, where, sorted(numbers))
        steps = []
        for row in rows:
            values, causes = told_in(row, entries.reasons)
            event = None
            if "event" in row:
                place = places[int(row["event"])]
                event = Evident(row["event.id"], row["event.day"], None, *place, reversal=row["credit.reversal"])
            opening = None
            if row.get(f"{told}.event") is not None:
                place = places[int(row[f"{told}.event"])]
                opening = Evident(row[f"{told}.id"], row[f"{told}.day"], row[told], *place)
            steps.append(Step(values, causes, event, opening))
        found[clause] = tuple(steps)
    return found


def _spells(behind: Mapping[str, Any]) -> tuple[tuple[datetime.date, datetime.date], ...]:
    """The days served, stretches that touch joined."""
    found: list[tuple[datetime.date, datetime.date]] = []
    for row in behind[SPELLS].to_pylist():
        first, last = row["overlap.from"], row["overlap.through"]
        if row["spell.served"] and found and (first - found[-1][1]).days == 1:
            found[-1] = (found[-1][0], last)
        elif row["spell.served"]:
            found.append((first, last))
    return tuple(found)


def _path(row: Mapping[str, Any], measure: CheckedMeasure) -> CreditPath:
    """In which way a credited row counts for its person."""
    direct, whole = row["credit.overlay"] == 0, row.get(f"{measure.name}.whole")
    share = row["credit.share"] if whole is not None else None
    return CreditPath(direct, row["credit.seller"], int(row["credit.level"]), share, whole)


def _events(run: Run, decided: Decided, behind: Mapping[str, Any], where: Path) -> Mapping[str, tuple[Evident, ...]]:
    """The events behind each measure, in the order of their days."""
    found: dict[str, tuple[Evident, ...]] = {}
    for measure in decided.policy.looks:
        table = behind[f"{EVENTS} {measure.event} asked"].to_pylist()
        rows = [row for row in table if row[f"{measure.name}.counts"] is not False]
        if measure.among is not None and measure.function is Function.COUNT:
            rows = list({row["event"]: row for row in reversed(rows)}.values())  # Colleagues may share one.
        places = lines_of(run.taken.evidence, where, [int(row["event"]) for row in rows])
        evident = [
            Evident(
                row["event.id"],
                row["event.day"],
                row.get(f"{measure.name}.value"),
                *places[int(row["event"])],
                reversal=row["credit.reversal"],
                path=_path(row, measure) if measure.event in decided.policy.credit else None,
            )
            for row in rows
        ]
        found[measure.name] = tuple(sorted(evident, key=lambda each: (each.day, each.id)))
    return found
