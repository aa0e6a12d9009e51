"""The entries of one policy: what is paid or triggered, and what is withheld, each with its reasons.

Entries are columns. What is paid, or might be, stands in the plan's `lines`, a row a line, whatever clause it comes
from; what is triggered stands in the columns of `results`. A row here says which person, which clause, which amount or
which causes; everything else is read off the clause and the person's row of results.
"""

from __future__ import annotations

import datetime
import urllib.parse
from collections.abc import Iterator
from typing import Any

from workflow.ledger.clauses import Clause, clauses_of
from workflow.ledger.decided import Decided
from workflow.ledger.entries import Action, Reason, Withheld
from workflow.ledger.rows import by_clause, column_of, rows_of
from workflow.ledger.steps import Steps
from workflow.ledger.texts import texts
from workflow.ledger.uncounted import Uncounted
from workflow.model.typed import Column
from workflow.model.types import COUNT
from workflow.plan.lowered import RESULTS, STEPS
from workflow.plan.nodes import Cause, Plan
from workflow.plan.overriding import OVERRIDES
from workflow.worktime.due import day_after


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
