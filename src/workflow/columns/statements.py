"""A plan as SQL statements: one SELECT a step, except that columns derived in a row share one.

`statements_of` is what engines call. A statement reads earlier ones by name; an engine keeps one as a table or has it
written into its readers, as it pays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from workflow.columns.checks import Check, checks_of
from workflow.columns.choices import known_with
from workflow.columns.expressions import Formulas
from workflow.columns.folds import Folding, folding, rows_of, unfolded, with_outputs
from workflow.columns.groups import aggregate, apportion, running, ungrouped
from workflow.columns.keys import keys_of, steps_of_events, undated_steps
from workflow.columns.layers import Layers
from workflow.columns.lookups import looked_up
from workflow.columns.queries import (
    join,
    ordered,
    printed,
    relation,
    select,
    union,
)
from workflow.columns.settling import settled
from workflow.columns.sources import evidence_rows, layered, overlaps, period_rows
from workflow.columns.superiors import superiors
from workflow.columns.tiers import add_tiers
from workflow.columns.tree import (
    between,
    binary,
    bits,
    both,
    call,
    column,
    named,
    quoted,
    sql_name,
    true,
)
from workflow.plan.nodes import (
    Aggregate,
    Apportion,
    Derive,
    EachPart,
    EachPeriod,
    EachSuperior,
    EachWithin,
    Emit,
    Events,
    Expand,
    Field,
    Filter,
    Fold,
    Lookup,
    Node,
    Periods,
    Plan,
    Register,
    Running,
    Tiers,
    Union,
    mask_of,
)
from workflow.plan.relations import Fields, fields_of, reads

_KEEPING = (Filter, Derive, Lookup, Expand, Running, Tiers, Apportion)
"""The nodes that give on all columns which they read, as they are."""
_JOINED, _HEAVY = 4, 100
"""What it costs to compute a step again, beside keeping one column: a look into a register; whatever groups, orders, or
joins with events."""
_NAME = re.compile(r'"((?:[^"]|"")+)"')
"""A name in SQL; all of ours are quoted."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The SELECT of a step. `uses`: how often it is read; `cost`: what it is to compute it again; `width`: how many
    columns are read of it.

    With `folding` an engine makes something of its rows, and keeps that.
    """

    name: str
    sql: str
    reads: tuple[str, ...]
    uses: int = 1
    cost: int = 0
    width: int = 1
    folding: Folding | None = None

    def is_worth_keeping(self, below: Iterable[Statement]) -> bool:
        """Whether to keep it costs less than to compute it, and what is written into it, for each of its readers.

        What an engine makes of rows is kept however wide it is: no SQL makes it.
        """
        cost = self.cost + sum(each.cost for each in below)
        return self.folding is not None or cost * (self.uses - 1) > self.width


@dataclass(frozen=True, slots=True)
class Lowered:
    """A plan in SQL: relations, each after those it reads; checks with their steps, in the plan's order; outputs."""

    relations: tuple[Statement, ...]
    checks: tuple[tuple[str, Check], ...]
    outputs: tuple[Statement, ...]


def lowered(plan: Plan, sure: Collection[str] = ()) -> Lowered:
    """The statements of a plan; `sure` are the steps whose choices the evidence settles."""
    return _Lowering(plan, sure).lowered()


def with_needed(sql: str, needed: Sequence[Statement]) -> str:
    """A query with the statements that it needs written into it."""
    if not needed:
        return sql
    # DuckDB keeps what stands in a WITH unless it is told not to.
    written = ", ".join(f"{quoted(each.name)} AS NOT MATERIALIZED ({each.sql})" for each in needed)
    return f"WITH {written} {sql}"


def kept(statement: Statement, needed: Sequence[Statement]) -> str:
    """The statement that keeps a relation as a table of its own."""
    return f"CREATE TEMPORARY TABLE {quoted(statement.name)} AS {with_needed(statement.sql, needed)}"


def columns_of(fields: Fields) -> list[str]:
    """The columns of a relation: each field, followed by its mask where it can be missing."""
    return [name for field in fields for name in ((field.name, mask_of(field.name)) if field.maybe else (field.name,))]


@dataclass(slots=True)
class _Open:
    """A step whose statement is not closed yet: what comes next may still add columns to it."""

    layers: Layers
    reads: tuple[str, ...]
    cost: int


class _Lowering:
    """Goes through the steps of a plan once."""

    def __init__(self, plan: Plan, sure: Collection[str]) -> None:
        self.plan = plan
        self.sure = sure
        self.fields = fields_of(plan)
        self.keys = keys_of(plan)
        self.checks = self._checks(self.fields)
        self.uses = self._uses()
        self.open: dict[str, _Open] = {}
        self.folds: dict[str, Fold] = {}
        self.kept: dict[str, str] = {}
        self.known: dict[str, frozenset[str]] = {}
        self.implied: dict[str, Mapping[str, frozenset[str]]] = {}
        self.of_events = steps_of_events(plan)
        self.undated = undated_steps(plan)

    def lowered(self) -> Lowered:
        outputs = []
        for step in self.plan.steps:
            if isinstance(step.node, Emit):
                outputs.append(Statement(step.name, printed(self._emit(step.node)), reads(step.node)))
            else:
                node = settled(step.node) if step.name in self.sure else step.node
                self.open[step.name] = self._opened(step.name, node)
                self._complete(step.name, node)
        # What is known after all need not be looked after.
        self.checks = self._checks({step.name: tuple(self._by_name(step.name).values()) for step in self.plan.steps})
        self.uses = self._uses()
        return Lowered(self._relations(outputs), tuple(self.checks), tuple(outputs))

    def _checks(self, fields: Mapping[str, Fields]) -> list[tuple[str, Check]]:
        return [(step.name, check) for step in self.plan.steps for check in checks_of(step, fields, self.keys)]

    def _uses(self) -> Counter[str]:
        """How often each step is read."""
        uses = Counter(name for step in self.plan.steps for name in reads(step.node))
        uses.update(name for _, check in self.checks for name in check.reads)
        uses.update(unfolded(step.name) for step in self.plan.steps if isinstance(step.node, Fold) for _ in range(2))
        return uses

    def _relations(self, outputs: Sequence[Statement]) -> tuple[Statement, ...]:
        """The relations, each with those columns only that somebody reads: a wide table is dear to keep."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for output in outputs:
            _mention(wanted, output.reads, output.sql)
        for _, check in self.checks:
            for sql in check.queries:
                _mention(wanted, check.reads, sql)
        found = []
        for name, each in reversed(self.open.items()):
            columns = self._columns(name)
            read = [column_name for column_name in columns if sql_name(column_name) in wanted[name]] or columns[:1]
            made = None
            if name in self.folds:
                keep = self.kept.get(name)
                made = folding(self.folds[name], read, wanted[name], keep)
                sql = printed(rows_of(self.folds[name], read, keep))
            else:
                sql = printed(each.layers.select(read))
            _mention(wanted, each.reads, sql)
            found.append(Statement(name, sql, each.reads, self.uses[name], each.cost, len(read), made))
        return tuple(reversed(found))

    def _complete(self, name: str, node: Node) -> None:
        """Masks are as the relation says: one that lowering found no cause for is 0, and nobody above need read it."""
        layers = self.open[name].layers
        known, self.implied[name] = self._inherited(node)
        for field in self.fields[name]:
            mask = mask_of(field.name)
            if field.maybe and mask not in layers.outputs:
                layers.add(mask, bits(0))
                known.add(field.name)
            assert field.maybe or mask not in layers.outputs, f"{field.name} can be missing after all"
        self.known[name] = frozenset(known)

    def _inherited(self, node: Node) -> tuple[set[str], Mapping[str, frozenset[str]]]:
        """What is always known because it was so below, or now is; and what is known where a column holds or is."""
        if not isinstance(node, _KEEPING):
            return set(), {}
        known, implied = set(self.known[node.of]), self.implied[node.of]
        if isinstance(node, Filter) and not node.or_missing:
            known |= {node.keep, *implied.get(node.keep, ())}
        if isinstance(node, Lookup) and node.found is not None:
            other = self._by_name(node.other)
            sure = frozenset(take.name for take in node.take if not other[take.column].maybe)
            implied = {**implied, node.found: sure}
        if isinstance(node, Derive) and (together := known_with(node.expression)):
            implied = {**implied, node.name: together}
        return known, implied

    def _opened(self, name: str, node: Node) -> _Open:
        columns = self._columns(name)
        match node:
            case Derive() | Running() | Tiers() | Apportion():
                return self._extended(node)
            case Events() | Register():
                return _Open(layered(evidence_rows(node), columns), (), cost=0)
            case Periods():
                return _Open(layered(period_rows(node), columns), (), cost=0)
            case Fold():
                return self._folded(name, node)
            case Filter(of=of, keep=keep, or_missing=or_missing):
                self._keep_only(of, keep, or_missing=or_missing)
                kept_rows = call("coalesce", column(keep), true()) if or_missing else column(keep)
                return _Open(layered(select([exp.Star()], relation(of), kept_rows), columns), (of,), cost=0)
            case Union(of=inputs):
                return _Open(layered(self._union(name, inputs), columns), inputs, cost=0)
            case Aggregate(of=of, by=by) if self.keys[of].decide(set(by)) and (
                rows := ungrouped(self._read(of), node, self._by_name(of))
            ):
                return _Open(rows, (of,), cost=0)
            case Aggregate(of=of):
                return _Open(aggregate(self._read(of), node, self._by_name(of)), (of,), cost=_HEAVY)
            case Lookup(of=of, other=other):
                cost = _HEAVY if other in self.of_events else _JOINED
                return _Open(self._looked_up(node, columns), (of, other), cost)
            case Expand(of=of, by=by) if isinstance(by, EachSuperior):
                maybe = any(field.name == by.rate and field.maybe for field in self.fields[by.register])
                query = superiors(by, of, self._columns(of), maybe=maybe)
                return _Open(layered(query, columns), (of, by.register), cost=_HEAVY)
            case Expand(of=of, by=by) if isinstance(by, EachPart):
                return _Open(layered(self._parts(of, by), columns), (of, by.parts), cost=_HEAVY)
            case Expand(of=of, by=by) if isinstance(by, EachWithin):
                return _Open(layered(self._days_within(of, by), columns), (of, by.other), cost=_HEAVY)
            case Expand(of=of, by=by):
                assert isinstance(by, EachPeriod)
                rows = overlaps(by, of, self._columns(of), undated=of in self.undated)
                return _Open(rows, (of, by.periods), cost=_HEAVY)
            case Emit():
                raise AssertionError("an output is no relation")

    def _extended(self, node: Derive | Running | Tiers | Apportion) -> _Open:
        """The step that is read, with more columns; in place, if nothing else reads it."""
        result = self.open.pop(node.of) if self.uses[node.of] == 1 else _Open(self._read(node.of), (node.of,), cost=0)
        of, layers = self._by_name(node.of), result.layers
        maybe = frozenset(name for name, field in of.items() if field.maybe)
        match node:
            case Derive():
                causes = node.zero_division, node.too_large, node.undefined
                formulas = Formulas(layers, maybe, *causes, self.implied[node.of])
                cell = formulas.fitted(node.expression, node.type)
                layers.add(node.name, cell.value)
                if cell.mask is not None:
                    layers.add(mask_of(node.name), cell.mask)
            case Tiers():
                add_tiers(layers, node, maybe)
            case Running():
                running(layers, node, of)
            case Apportion():
                apportion(layers, node, of)
        result.cost += 0 if isinstance(node, Derive) else _HEAVY
        return result

    def _folded(self, name: str, node: Fold) -> _Open:
        """The step as what the engine keeps of it, which is a relation of its own."""
        kept_rows, fields = unfolded(name), self.fields[node.of]
        if node.kernel.of_its_own:
            fields = tuple(replace(field, maybe=False) for field in fields if field.name in node.by)
        columns = columns_of(fields)
        self.folds[kept_rows], self.fields[kept_rows] = node, fields
        self.open[kept_rows] = _Open(self._read(node.of), (node.of,), cost=_HEAVY)
        return _Open(with_outputs(node, name, columns), (kept_rows,), cost=0)

    def _keep_only(self, of: str, keep: str, *, or_missing: bool) -> None:
        """Rows that the only reader of a fold leaves out needn't be kept, if the fold has not made what says so."""
        rows = unfolded(of)
        if rows in self.folds and self.uses[of] == 1 and not or_missing and keep in self._columns(rows):
            self.kept[rows] = keep

    def _columns(self, name: str) -> list[str]:
        return columns_of(self.fields[name])

    def _by_name(self, name: str) -> dict[str, Field]:
        """The fields of a relation, those that lowering has found to be always known as such."""
        known = self.known.get(name, frozenset())
        return {
            field.name: replace(field, maybe=False) if field.maybe and field.name in known else field
            for field in self.fields[name]
        }

    def _read(self, name: str) -> Layers:
        return Layers(relation(name), self._columns(name))

    def _looked_up(self, node: Lookup, columns: Sequence[str]) -> Layers:
        """A look-up; what is known where it is taken from, and always there, brings no mask."""
        found = self._by_name(node.other)
        sure = {mask_of(each.name) for each in node.take if each.absent is None and not found[each.column].maybe}
        query = looked_up(node, self._columns(node.of), found)
        return layered(query, [name for name in columns if name not in sure])

    def _parts(self, of: str, by: EachPart) -> exp.Select:
        """The rows of `of`, once for each part of the event that they name."""
        _, *added = self._columns(by.parts)
        columns = [named(column(name, "l"), name) for name in self._columns(of)]
        columns += [named(column(name, "r"), name) for name in added]
        return join(
            select(columns, relation(of, "l")),
            relation(by.parts, "r"),
            binary("=", column(by.event, "l"), column("event", "r")),
        )

    def _days_within(self, of: str, by: EachWithin) -> exp.Select:
        """The rows of `of`, once for each row of the other side whose day lies within theirs."""
        columns = [named(column(name, "l"), name) for name in self._columns(of)]
        fields, known = {field.name: field for field in self.fields[by.other]}, self._by_name(by.other)
        for source, name in by.take:
            columns.append(named(column(source, "r"), name))
            if fields[source].maybe:
                mask = column(mask_of(source), "r") if known[source].maybe else bits(0)
                columns.append(named(mask, mask_of(name)))
        conditions = [binary("=", column(left, "l"), column(right, "r")) for left, right in by.on]
        conditions.append(between(column(by.day, "r"), column(by.since, "l"), column(by.until, "l")))
        return join(select(columns, relation(of, "l")), relation(by.other, "r"), both(*conditions))

    def _union(self, step: str, of: Sequence[str]) -> exp.Query:
        """The rows of all, with the columns that all have; a mask that one of them lacks is 0 there."""
        parts: list[exp.Query] = []
        for name in of:
            own = self._by_name(name)
            columns = []
            for field in self.fields[step]:
                columns.append(column(field.name))
                mask = mask_of(field.name)
                if field.maybe:
                    columns.append(column(mask) if own[field.name].maybe else named(bits(0), mask))
            parts.append(select(columns, relation(name)))
        return union(parts)

    def _emit(self, node: Emit) -> exp.Select:
        maybe = {field.name for field in self.fields[node.of] if field.maybe}
        missing = {name for name, field in self._by_name(node.of).items() if field.maybe}
        columns = []
        for name, output in node.columns:
            columns.append(named(column(name), output))
            if name in maybe:
                # What is always known has no mask that would have to be kept.
                mask = column(mask_of(name)) if name in missing else bits(0)
                columns.append(named(mask, mask_of(output)))
        return ordered(select(columns, relation(node.of, "l")), [column(name, "l") for name in node.order])


def _mention(wanted: dict[str, set[str]], reads: Iterable[str], sql: str) -> None:
    """Note every name that a statement mentions as a column that it may need of each relation that it reads."""
    names = {name.replace('""', '"') for name in _NAME.findall(sql)}
    for relation_read in reads:
        wanted[relation_read] |= names
