"""From an outcome to the ledger's entries: actions, and what is withheld, each with its reasons.

Entries are columns. What is paid, or might be, stands in the plan's `lines`, a row a line, whatever clause it comes
from; what is triggered stands in the columns of `results`. A row here says which person, which clause, which amount or
which causes; everything else is read off the clause and the person's row of results. Objects are made of the rows that
somebody looks at.

The room is a little longer than others, since entries are made in one place.
"""

from __future__ import annotations

import datetime
import operator
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Generic, TypeVar, overload

from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.tiers import CheckedTiering
from workflow.intake.taken import Refused
from workflow.ledger.clauses import Clause, clauses_of
from workflow.ledger.entries import EXACTLY, Action, Reason, Withheld
from workflow.ledger.once import once_a_period
from workflow.ledger.rows import by_clause, column_of, rows_of
from workflow.ledger.steps import Steps
from workflow.ledger.texts import texts
from workflow.ledger.uncounted import NotCounted, Uncounted, uncounted
from workflow.model.typed import Column
from workflow.model.types import COUNT
from workflow.plan.escalations import CASE_STEPS
from workflow.plan.goals import GOAL_ROWS, REVISION_ROWS
from workflow.plan.lowered import RESULTS, STEPS
from workflow.plan.nodes import Cause, Plan
from workflow.plan.occasions import DAYS, Occasion, instant
from workflow.plan.overriding import OVERRIDES
from workflow.run.history import Read
from workflow.run.outcome import Outcome
from workflow.worktime.due import day_after

BLOCK = 50_000
"""So many rows become text, or objects, at a time."""

_Entry = TypeVar("_Entry", Action, Withheld)


@dataclass(frozen=True, slots=True)
class Decided:
    """One policy's part of a run: what was checked, planned and found."""

    policy: CheckedPolicy
    plan: Plan
    occasion: Occasion
    outcome: Outcome

    @property
    def table(self) -> str:
        """The file of its results: named by the policy, and by the first day of a part that begins inside a period."""
        return f"{self.policy.id}{self.occasion.key.removeprefix(self.occasion.period)}.parquet"


class Part:
    """The entries of one policy, in the order person, clause.

    `actions` and `withheld` are tables. Columns: `row`, the person's row of results; `clause`, its place among
    `clauses`; `event` and `of`, id and type of the event that a line is paid for, else null; `amount`, null where
    nothing is paid; `mask`, the causes of what is withheld.
    """

    def __init__(self, workspace: str, decided: Decided, *, expected: bool, refused: Uncounted) -> None:
        """Find the entries of one policy's outcome; `refused` are the rows that aren't counted, by person."""
        import pyarrow.compute as pc

        self.workspace = workspace
        self.decided = decided
        self.expected = expected
        self.refused = refused
        self.clauses = clauses_of(decided.policy, decided.occasion)
        self.results = decided.outcome.tables[RESULTS]
        rows = rows_of(decided.outcome, self.clauses, decided.policy.minor_digits)
        known = pc.equal(rows["mask"], 0)
        self.actions = rows.filter(known).combine_chunks()
        self.withheld = rows.filter(pc.invert(known)).combine_chunks()
        self._texts: dict[str, Any] = {}
        self._steps: dict[str, Steps] = {}
        self._reasons: dict[int, tuple[Reason, ...]] = {}

    def people(self, rows: Any) -> Any:
        """The subject of each of these rows of results."""
        return column_of(self.results, self.decided.policy.subject).take(rows)

    def refusals(self, rows: Any) -> Any:
        """How many refused rows name the person of each of these rows of results."""
        import pyarrow as pa
        import pyarrow.compute as pc

        counts = pa.array([len(each) for each in self.refused.values()], pa.int64())
        which = pc.index_in(self.people(rows), value_set=pa.array(list(self.refused), pa.string()))
        return pc.fill_null(counts.take(which), 0)

    def recipients(self, clause: Clause, own: Any) -> Any:
        """Whom these actions of a clause go to; null where they go to their subjects."""
        import pyarrow as pa

        if clause.to is None:
            return pa.array([clause.role] * own.num_rows, pa.string())
        if clause.of_case and clause.record is not None:
            table, places = self._places(clause, clause.record, own)
            return column_of(table, clause.to).take(places)
        return column_of(self.results, clause.to).take(column_of(own, "row"))

    def because(self, clause: Clause, own: Any) -> list[tuple[str, Any]]:
        """Every value that the clause reads: its name, and its text in each of its rows; null where unknown.

        Then what was set by hand of all that it rests on.
        """
        if clause.record is not None:
            return self._recorded(clause, clause.record, own)
        rows = column_of(own, "row")
        steps = self._beside(clause, clause.each, own, rows) if clause.each is not None else None
        found = []
        for column in clause.reads:
            step = clause.of_event.get(column.name)
            if steps is not None and step is not None and step in steps.column_names:
                found.append((column.name, texts(column_of(steps, step), column.type)))
            elif column.name in self.results.column_names:
                if column.name not in self._texts:
                    self._texts[column.name] = texts(column_of(self.results, column.name), column.type)
                found.append((column.name, self._texts[column.name].take(rows)))
        return [*found, *(told for column in clause.rests for told in self._by_hand(column, rows))]

    def _beside(self, clause: Clause, each: str, own: Any, rows: Any) -> Any:
        """The step that leads to each line of a clause that pays for each event of a type."""
        if clause.name not in self._steps:
            table = self.decided.outcome.tables[f"{STEPS} {clause.name}"]
            self._steps[clause.name] = Steps(table, each, self.results)
        return self._steps[clause.name].beside(own, self.people(rows))

    def _by_hand(self, column: Column, rows: Any) -> Iterator[tuple[str, Any]]:
        """Where somebody has set a fact: what was calculated, the event that set it, its reason, and by whom."""
        import pyarrow as pa
        import pyarrow.compute as pc

        name, by = column.name, f"{column.name}.overridden"
        if by not in self.results.column_names:
            return
        ids = column_of(self.results, by).take(rows)
        if ids.null_count == len(ids):
            return
        calculated = texts(column_of(self.results, f"{name}.calculated"), column.type).take(rows)
        yield f"{name}.calculated", pc.if_else(pc.is_valid(ids), calculated, pa.scalar(None, calculated.type))
        yield by, ids
        table = self.decided.outcome.tables[OVERRIDES]
        places = pc.index_in(ids, value_set=column_of(table, "event.id"), skip_nulls=True)
        for told in ("reason", "by"):
            yield f"{name}.{told}", column_of(table, told).take(places)

    def _recorded(self, clause: Clause, record: str, own: Any) -> list[tuple[str, Any]]:
        """What an output of the plan says of the event of each line, and of its person."""
        table, places = self._places(clause, record, own)
        reads = [each for each in clause.reads if each.name in table.column_names]
        return [(each.name, texts(column_of(table, each.name), each.type).take(places)) for each in reads]

    def _places(self, clause: Clause, record: str, own: Any) -> tuple[Any, Any]:
        """An output of the plan, and its row of the event of each line, and of its person."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self.decided.outcome.tables[record]
        if clause.of_case:
            mine = [each for each in self.clauses if each.of_case].index(clause)
            table = table.filter(pc.equal(pc.cast(table["clause"], pa.int64()), mine))
        known = pc.binary_join_element_wise(column_of(table, "event.id"), column_of(table, "person"), "\n")
        people = self.people(column_of(own, "row"))
        return table, pc.index_in(pc.binary_join_element_wise(column_of(own, "event"), people, "\n"), value_set=known)

    def due(self, clause: Clause, own: Any) -> list[datetime.date | None]:
        """By when each of these entries of one clause is due."""
        if clause.after is None:
            return [clause.due] * own.num_rows
        days = column_of(own, "day").to_pylist()
        calendar = (clause.of or self.decided.policy).calendar
        return [day_after(calendar, clause.after, day) for day in days]

    def ids(self, clause: Clause, table: Any) -> Any:
        """The identity of each action of one clause: workspace, policy, clause, person, period, and event if any.

        One of a series has its number at the end. An id is an event's own only within its type, so both stand there.
        What is paid is paid for a part of a divided period; what is triggered is so once a period.
        """
        import pyarrow.compute as pc

        policy, occasion = self.decided.policy, self.decided.occasion
        period = occasion.key if clause.triggers is None else occasion.period
        before = "".join(f"{_quoted(part)}/" for part in (self.workspace, policy.id, clause.identity))
        people = _spelled(self.people(column_of(table, "row")))
        types, names = (_spelled(column_of(table, name)) for name in ("of", "event"))
        events = pc.binary_join_element_wise("/", types, "/", names, "")
        ids = pc.binary_join_element_wise(before, people, f"/{_quoted(period)}", pc.fill_null(events, ""), "")
        if clause.turn is None:
            return ids
        turns = column_of(self.results, clause.turn).take(column_of(table, "row"))
        return pc.binary_join_element_wise(ids, texts(turns, COUNT), "/")

    def reasons(self, mask: int) -> tuple[Reason, ...]:
        """The causes that a mask names."""
        if mask not in self._reasons:
            self._reasons[mask] = reasons(self.decided.plan, mask)
        return self._reasons[mask]

    def of(self, person: str) -> tuple[tuple[Action, ...], tuple[Withheld, ...]]:
        """The entries of one person."""
        import pyarrow.compute as pc

        row = pc.index(self.results[self.decided.policy.subject], person)
        actions, withheld = (table.filter(pc.equal(table["row"], row)) for table in (self.actions, self.withheld))
        return tuple(self.as_actions(actions)), tuple(self.as_withheld(withheld))

    def as_actions(self, table: Any) -> Iterator[Action]:
        """Some of the actions as objects."""
        policy, made = self.decided.policy, {}
        for number, at, own in by_clause(table):
            clause, rows = self.clauses[number], column_of(own, "row")
            because = [[(name, text) for text in texts.to_pylist()] for name, texts in self.because(clause, own)]
            told = zip(*because, strict=True) if because else [()] * len(rows)
            amounts, events = own["amount"].to_pylist(), own["event"].to_pylist()
            shared = (self.ids(clause, own), self.people(rows), self.refusals(rows), self.recipients(clause, own))
            columns = (at.to_pylist(), *(each.to_pylist() for each in shared), self.due(clause, own))
            for place, key, person, refused, to, due, amount, event, values in zip(
                *columns, amounts, events, told, strict=True
            ):
                made[place] = Action(
                    id=key,
                    kind=clause.kind,
                    policy=policy.id,
                    version=(clause.of or policy).version,
                    clause=clause.name,
                    subject=person,
                    period=self.decided.occasion.period,
                    amount=amount,
                    currency=None if amount is None else policy.currency,
                    what=clause.what,
                    due=due,
                    expected=self.expected,
                    because=tuple((name, text) for name, text in values if text is not None),
                    span=clause.span,
                    event=event,
                    refused=refused,
                    to=to,
                )
        return (made[place] for place in sorted(made))

    def as_withheld(self, table: Any) -> Iterator[Withheld]:
        """Some of the withheld clauses as objects."""
        policy, period = self.decided.policy, self.decided.occasion.period
        rows = column_of(table, "row")
        people = zip(self.people(rows).to_pylist(), self.refusals(rows).to_pylist(), strict=True)
        columns = (people, table["clause"].to_pylist(), table["mask"].to_pylist(), table["event"].to_pylist())
        for (person, refused), number, mask, event in zip(*columns, strict=True):
            clause, why = self.clauses[number], self.reasons(mask)
            yield Withheld(policy.id, policy.version, clause.name, person, period, why, clause.span, event, refused)


class Entries(Sequence[_Entry], Generic[_Entry]):
    """Entries of a run, each made when somebody looks at it. It equals any sequence of equal entries."""

    def __init__(self, tables: Iterable[tuple[Any, Callable[[Any], Iterator[_Entry]]]]) -> None:
        """Keep the tables, and what makes objects of some of their rows."""
        self._tables: tuple[tuple[Any, Callable[[Any], Iterator[_Entry]]], ...] = tuple(tables)

    def __len__(self) -> int:
        """How many there are."""
        return sum(table.num_rows for table, _ in self._tables)

    def __iter__(self) -> Iterator[_Entry]:
        """All in their order, a block at a time."""
        for table, made in self._tables:
            for start in range(0, table.num_rows, BLOCK):
                yield from made(table.slice(start, BLOCK))

    @overload
    def __getitem__(self, at: int) -> _Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[_Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> _Entry | tuple[_Entry, ...]:
        """One entry, or a tuple of some."""
        if isinstance(at, slice):
            return tuple(self[place] for place in range(len(self))[at])
        place = range(len(self))[at]
        for table, made in self._tables:
            if place < table.num_rows:
                return next(iter(made(table.slice(place, 1))))
            place -= table.num_rows
        raise AssertionError("a range knows its length")

    def __eq__(self, other: object) -> bool:
        """Whether the other holds equal entries in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(operator.eq, self, other))

    def __hash__(self) -> int:
        """That of a tuple of the entries, which it equals."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """As a tuple of the entries."""
        return repr(tuple(self))


@dataclass(frozen=True, slots=True)
class Book:
    """All entries of a run, in the order policy, person, clause."""

    parts: tuple[Part, ...]

    @property
    def actions(self) -> Entries[Action]:
        """Everything that is paid or triggered."""
        return Entries((part.actions, part.as_actions) for part in self.parts)

    @property
    def withheld(self) -> Entries[Withheld]:
        """The clauses that an unknown input would decide."""
        return Entries((part.withheld, part.as_withheld) for part in self.parts)

    def refused(self) -> dict[str, tuple[NotCounted, ...]]:
        """By person: the refused rows that name them, and at which a policy would have looked; each once."""
        found: dict[str, dict[tuple[str, int, str], NotCounted]] = {}
        for part in self.parts:
            for person, rows in part.refused.items():
                known = found.setdefault(person, {})
                for each in rows:
                    place = each.row.place
                    known[place] = known[place].and_also(each) if place in known else each
        return {person: tuple(rows[place] for place in sorted(rows)) for person, rows in sorted(found.items())}

    def paid(self) -> dict[str, Decimal]:
        """What is paid in all, exactly, by currency."""
        import pyarrow.compute as pc

        sums: dict[str, Decimal] = {}
        with localcontext(prec=EXACTLY):
            for part in self.parts:
                total, currency = pc.sum(part.actions["amount"]).as_py(), part.decided.policy.currency
                if total is not None:
                    sums[currency] = sums.get(currency, Decimal(0)) + total
        return sums


def entries(
    rules: CheckedWorkspace,
    decided: tuple[Decided, ...],
    as_of: datetime.date,
    quarantine: Sequence[Refused] = (),
    read: Mapping[str, Read] | None = None,
) -> Book:
    """The entries of a run.

    Args:
        rules: the workspace, whose name is a part of every action's identity, and whose zone says when days end.
        decided: the policies with their outcomes.
        as_of: the day up to whose end, or the instant up to which, events counted; before a period's last instant its
            actions are only expected.
        quarantine: the rows that were refused.
        read: the occasions whose results others read.

    Returns:
        Actions and withheld clauses.
    """
    until = instant(as_of, rules.zone)
    owners = {name: event.owner for name, event in rules.events.items() if event.owner is not None}

    def named(policy: CheckedPolicy) -> Mapping[str, str]:
        return policy.named if isinstance(policy, CheckedTiering) else owners

    def part(each: Decided) -> Part:
        seen = Read(each.occasion, each.outcome.tables[RESULTS][each.policy.subject])
        refused = uncounted(each.policy, seen, quarantine, named, read or {})
        expected = until < instant(each.occasion.whole[1], rules.zone)
        return Part(rules.id, each, expected=expected, refused=refused)

    parts = tuple(map(part, decided))
    once_a_period(parts)
    return Book(parts)


def stepped(decided: Decided) -> dict[str, str]:
    """The clauses whose amounts have steps of their own, in an output beside the lines, and the file of each."""
    stem = decided.table.removesuffix(".parquet")
    names = [name.removeprefix(f"{STEPS} ") for name in decided.outcome.tables if name.startswith(f"{STEPS} ")]
    return {name: f"{stem}.{name}.steps.parquet" for name in names}


def tables_beside(decided: Decided) -> dict[str, str]:
    """The outputs beside the results, and the file of each: goals, their revisions, days of tiers, steps of cases."""
    stem = decided.table.removesuffix(".parquet")
    words = {GOAL_ROWS: "goals", REVISION_ROWS: "revisions", DAYS: "days", CASE_STEPS: "cases"}
    return {name: f"{stem}.{word}.parquet" for name, word in words.items() if name in decided.outcome.tables}


def reasons(plan: Plan, mask: int) -> tuple[Reason, ...]:
    """The causes that a mask names, in the plan's order."""
    return tuple(_reason(cause) for index, cause in enumerate(plan.causes) if mask >> index & 1)


def _reason(cause: Cause) -> Reason:
    behind = _reason(cause.because) if cause.because is not None else None
    return Reason(cause.code, dict(cause.args), cause.span, behind)


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _spelled(names: Any) -> Any:
    """Names as parts of an id: whatever isn't a plain letter or digit is spelled out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    clean = pc.all(pc.match_substring_regex(names, "^[A-Za-z0-9_.~-]*$"), skip_nulls=True).as_py()
    if clean is not False:
        return names
    return pa.array([None if name is None else _quoted(name) for name in names.to_pylist()], pa.string())
