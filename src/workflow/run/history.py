"""Deciding one occasion after another: the results of each become evidence for those that look back at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from workflow.intake.evidence import Evidence, with_register
from workflow.model.types import COUNT, DATE, TEXT, TRUTH
from workflow.plan.earlier import MOST_BEHIND
from workflow.plan.lowered import Lowered
from workflow.plan.needs import Need
from workflow.plan.nodes import Cause, Field, Plan, mask_of
from workflow.plan.occasions import DAYS, RESULTS, Due, Fact, Facts, Occasion
from workflow.plan.pruning import narrowed
from workflow.plan.relations import fields_of
from workflow.run.outcome import Engine, Opened, Outcome

if TYPE_CHECKING:
    import pyarrow as pa

_BY_EVENT = (Field("person", TEXT), Field("event", COUNT))
"""What tells the rows of the steps of a clause apart; those of the results are told by their subject."""
_AT_ONCE = 2
"""So many plans are in work at once."""
_AGAIN = 0.05
"""So many seconds after an interrupt comes the next: between two statements of a plan it ends none."""
_DATED = ("from", "through")
"""The columns of the days for which a row is valid."""


Decision = tuple[Lowered, Outcome]
"""An occasion's plan, and what an engine made of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """An occasion whose results others read, and who has one: a column of their ids."""

    occasion: Occasion
    people: Any


_Remembered = tuple[Field, tuple[tuple[str, Cause], ...]]
"""A column of what was decided, and the causes for which it is missing, each with the column that says for whom."""
_Told = tuple[Field, Any, Cause]
"""A column that says for whom a cause is one of a fact's, its values, and the cause."""


def decide(
    needs: Sequence[Need], lower: Callable[[Due, Facts], Lowered], engine: Engine, evidence: Evidence
) -> tuple[tuple[Decision, ...], Evidence, Mapping[str, Read]]:
    """Decide all occasions, each after those it reads. Of those that nobody reads two are in work at once: where one
    has work for a single thread, to order or to hand over a few rows, another fills the machine.

    Args:
        needs: the occasions in their order.
        lower: what makes the plan of an occasion, from the facts that it reads.
        engine: what runs the plans.
        evidence: what was recorded.

    Returns:
        What the occasions of the run itself came to, in the order of their policies; the evidence with the facts; and
        the occasions whose results others read, by the register that holds these.
    """
    found: list[tuple[Lowered, Callable[[], Outcome]]] = []
    known: dict[str, dict[str, _Remembered]] = {}
    read: dict[str, Read] = {}
    with _Open(engine) as machine:
        for need in needs:
            facts = {
                column: tuple(_fact(due, output, known[due.register(output)][name]) for due, name, output in asked)
                for column, asked in need.reads.items()
            }
            lowered = lower(need.due, facts)
            plan = lowered.plan if need.own else narrowed(lowered.plan, _wanted(need))
            made = machine.begin(plan, evidence)
            if need.own:
                found.append((lowered, made))
            if not need.columns:
                continue
            machine.close()
            outcome = made()
            for output in (RESULTS, DAYS):
                if output in need.columns:
                    read[need.due.facts] = Read(lowered.occasion, outcome.tables[output][need.due.policy.subject])
            for output in need.columns:
                evidence, known[need.due.register(output)] = _remembered(need, output, (plan, outcome), evidence)
        machine.close()
    decided = ((lowered, made()) for lowered, made in found)
    return tuple(sorted(decided, key=lambda each: each[0].policy.id)), evidence, read


class _Open:
    """An engine that has the evidence open from one plan to the next. What is to be written to it must wait for
    `close`.
    """

    def __init__(self, engine: Engine) -> None:
        """Begin with nothing open."""
        self._engine, self._until = engine, ExitStack()
        self._opened: Opened | None = None
        self._working = ThreadPoolExecutor(_AT_ONCE)
        self._begun: list[Future[Outcome]] = []

    def begin(self, plan: Plan, evidence: Evidence) -> Callable[[], Outcome]:
        """Begin to run a plan; what is given waits for what it comes to. The evidence is that of the plan before,
        unless it has been closed.
        """
        self._opened = self._opened or self._until.enter_context(self._engine.opened(evidence))
        if self._opened.interrupt is None:
            outcome = self._opened.run(plan)
            return lambda: outcome
        made = self._working.submit(self._opened.run, plan)
        self._begun.append(made)
        return made.result

    def close(self) -> None:
        """Have nothing in work, and nothing open.

        Raises:
            RunFailed: a plan could not be run; of several the one that was begun first.
        """
        wait(self._begun)
        begun, self._begun = self._begun, []
        self._until.close()
        self._opened = None
        for made in begun:
            made.result()

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End what is in work, whatever happened, and close: a Ctrl-C doesn't wait for the plans of other threads."""
        ending = Thread(target=self._working.shutdown, kwargs={"cancel_futures": True})
        ending.start()
        while ending.is_alive():
            if self._opened is not None and self._opened.interrupt is not None:
                self._opened.interrupt()
            ending.join(_AGAIN)
        self._until.close()


def _wanted(need: Need) -> dict[str, tuple[str, ...]]:
    """The columns of an occasion's outputs of which anything is asked: those that are read, with whose they are."""
    keys = {
        output: (*(each.name for each in _key_of(need.due, output)), *(_DATED if output == DAYS else ()))
        for output in need.columns
    }
    return {output: (*keys[output], *names) for output, names in need.columns.items()}


def _told(fields: Sequence[Field], table: pa.Table, plan: Plan) -> dict[str, list[_Told]]:
    """What is told of each fact that may be missing."""
    return {each.name: _causes(each.name, table[mask_of(each.name)], plan.causes) for each in fields if each.maybe}


def _causes(name: str, masks: Any, causes: Sequence[Cause]) -> list[_Told]:
    """For each cause of a fact a column that is missing where it is one, and else true."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[_Told] = []
    for bit, cause in enumerate(causes):
        is_one = pc.not_equal(pc.bit_wise_and(masks, 1 << bit), 0)
        if pc.any(is_one).as_py() and len(found) < MOST_BEHIND:
            column = Field(f"{name} because {bit}", TRUTH, maybe=True)
            found.append((column, pc.if_else(is_one, pa.scalar(None, pa.bool_()), pa.scalar(value=True)), cause))
    return found


def _key_of(due: Due, output: str) -> tuple[Field, ...]:
    """The columns that tell the rows of an output apart."""
    return (Field(due.policy.subject, TEXT),) if output in {RESULTS, DAYS} else _BY_EVENT


def _remembered(
    need: Need, output: str, decided: tuple[Plan, Outcome], evidence: Evidence
) -> tuple[Evidence, dict[str, _Remembered]]:
    """The evidence with what an occasion's output says that later ones read, valid for the days of its period, or for
    its own; and what is to be known of each of its columns.
    """
    import pyarrow as pa

    plan, table, key, due = decided[0], decided[1].tables[output], _key_of(need.due, output), need.due
    known: dict[str, _Remembered] = {field.name: (field, ()) for field in fields_of(plan)[output]}
    fields = [known[name][0] for name in need.columns[output]]
    for name, causes in (_told(fields, table, plan) if output in {RESULTS, DAYS} else {}).items():
        known[name] = known[name][0], tuple((column.name, cause) for column, _, cause in causes)
        for column, values, _ in causes:
            table = table.append_column(column.name, values)
            fields.append(column)
    rows = table.select([field.name for field in (*key, *fields)])
    for name, day in zip(_DATED, (due.first, due.last), strict=True):
        days = table[name] if output == DAYS else pa.array([day] * len(rows), pa.date32())
        rows = rows.append_column(name, days)
    dated = (*key, Field("from", DATE), Field("through", DATE))
    return with_register(evidence, due.register(output), (*dated, *fields), rows), known


def _fact(due: Due, output: str, known: _Remembered) -> Fact:
    field, causes = known
    return Fact(due, field, output, causes)
