"""The default engine: the plan as SQL in DuckDB, over the closed evidence file, opened for reading only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from workflow.intake.evidence import Evidence, engine_failures
from workflow.plan.nodes import Field, Plan
from workflow.plan.relations import fields_of
from workflow.run.outcome import Opened, Outcome, RunFailed, schema_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from workflow.columns.checks import Check
    from workflow.columns.statements import Lowered, Statement

BATCH = 500_000
"""So many rows are folded at a time."""
_SETTINGS = (
    # What is more waits on the disk: the results of all policies are in memory too.
    "SET memory_limit = '1GB'",
    # For each run's cursor too, as all others are anyway.
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL default_collation = ''",
    "SET preserve_insertion_order = false",
    # It takes what two trees share out of a TRY around it, and an overflow there ends the run.
    "SET disabled_optimizers = 'common_subexpressions'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    # Nothing that a policy or an export says can reach a file or the network from here on.
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


class DuckDB:
    """Runs plans on all threads of one machine."""

    name = "duckdb"

    def run(self, plan: Plan, evidence: Evidence) -> Outcome:
        """Run all outputs of the plan over the evidence."""
        with self.opened(evidence) as opened:
            return opened.run(plan)

    @contextmanager
    def opened(self, evidence: Evidence) -> Iterator[Opened]:
        """Run one plan after another: what the first has read of the evidence, others find in memory."""
        import duckdb

        with ExitStack() as stack:
            with engine_failures():
                connection = stack.enter_context(duckdb.connect())
                open_evidence(connection, evidence)
            cursors = Cursors(connection)
            yield Opened(cursors.outcome, cursors.interrupt)


class Cursors:
    """The cursors in work, one a plan, of a connection that has the evidence open."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._working: list[duckdb.DuckDBPyConnection] = []
        # A connection refuses to be asked by two threads for a cursor, and a closed one to be interrupted.
        self._changing = Lock()

    def outcome(self, plan: Plan) -> Outcome:
        """All outputs of the plan."""
        from workflow.columns.settling import questions
        from workflow.columns.statements import lowered

        with engine_failures(), self.cursor() as own:
            sure = {each.step for each in questions(plan) if not own.execute(each.sql).fetchone()}
            return _Run(own, lowered(plan, sure)).outcome(fields_of(plan))

    def interrupt(self) -> None:
        """End the statements in work; a plan that has none just now goes on to its next."""
        with self._changing:
            for each in self._working:
                each.interrupt()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of a plan's own, as are the temporary tables that it keeps."""
        with self._changing:
            own = self._connection.cursor()
            self._working.append(own)
        try:
            yield own
        finally:
            with self._changing:
                self._working.remove(own)
                own.close()


def open_evidence(connection: duckdb.DuckDBPyConnection, evidence: Evidence) -> None:
    """Attach the evidence for reading, and close the connection off from everything else."""
    from workflow.columns.queries import EVIDENCE

    path = str(evidence.path).replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS {EVIDENCE} (READ_ONLY)")
    # A folder of its own: statements may reach into the one that is set here.
    connection.execute(f"SET temp_directory = '{path}.waiting'")
    for setting in _SETTINGS:
        connection.execute(setting)


class _Run:
    """One run: its statements, and which relations have become tables by now."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statements: Lowered) -> None:
        self.connection = connection
        self.statements = statements
        self.known = {statement.name: statement for statement in statements.relations}
        self.tables: set[str] = set()

    def outcome(self, fields: Mapping[str, Sequence[Field]]) -> Outcome:
        """Look after all promises, in the plan's order, then read the outputs."""
        for step, check in self.statements.checks:
            if self._broken(check):
                raise RunFailed(check.breach, step)
        return Outcome({each.name: self._table(each, fields[each.name]) for each in self.statements.outputs})

    def _broken(self, check: Check) -> bool:
        return all(self.connection.execute(self._text(sql, check.reads)).fetchone() for sql in check.queries)

    def _table(self, output: Statement, fields: Sequence[Field]) -> pa.Table:
        import pyarrow as pa

        table: pa.Table = self.connection.sql(self._text(output.sql, output.reads)).to_arrow_table()
        schema = schema_of(fields)
        # INVARIANT: every column was cast in SQL; an engine that gave another type would have chosen a size by itself.
        assert table.schema.types == schema.types, f"{output.name} is {table.schema}, not {schema}"
        return pa.table([_whole(column) for column in table.columns], schema=schema)

    def _text(self, sql: str, reads: Sequence[str]) -> str:
        """The query with all that it needs: tables by name, what is read once or is cheap written into it."""
        from workflow.columns.statements import with_needed

        return with_needed(sql, self._needed(reads))

    def _needed(self, reads: Sequence[str]) -> list[Statement]:
        """The relations to be written into a reader, in order; those worth keeping are made tables first."""
        needed: dict[str, Statement] = {}
        for name in reads:
            statement = self.known[name]
            if name in self.tables:
                continue
            below = self._needed(statement.reads)
            if statement.is_worth_keeping(below):
                self._keep(statement, below)
                continue
            needed |= {each.name: each for each in (*below, statement)}
        return list(needed.values())

    def _keep(self, statement: Statement, below: Sequence[Statement]) -> None:
        from workflow.columns.statements import kept, with_needed
        from workflow.columns.tree import sql_name
        from workflow.run.folding import made_of

        if statement.folding is None:
            self.connection.execute(kept(statement, below))
        else:
            rows = self.connection.sql(with_needed(statement.sql, below)).to_arrow_reader(BATCH)
            self.connection.register(sql_name(statement.name), made_of(statement.folding, rows))
        self.tables.add(statement.name)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array; what is one already isn't copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
