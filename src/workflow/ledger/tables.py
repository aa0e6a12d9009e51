"""The tables among a run's files: the results of each policy, what led to them, and the lines of all policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workflow.intake.ahead import made_ahead
from workflow.ledger.book import blocks
from workflow.ledger.caselog import case_log, log_lines
from workflow.ledger.decided import stepped, tables_beside
from workflow.ledger.part import Part
from workflow.ledger.rows import column_of, paid_for
from workflow.ledger.written import text_array, text_of
from workflow.plan.escalations import CASE_STEPS
from workflow.plan.lines import LINES
from workflow.plan.lowered import RESULTS, STEPS

TABLES = "results"
"""The folder of a table a policy."""


def write_tables(fresh: Path, parts: Sequence[Part]) -> None:
    """The tables of all policies, into the folder of a run's files."""
    import pyarrow.parquet as pq

    (fresh / TABLES).mkdir()
    for _ in made_ahead(lambda each: pq.write_table(each[1].combine_chunks(), fresh / each[0]), _tables(parts)):
        pass


def _tables(parts: Sequence[Part]) -> Iterator[tuple[str, Any]]:
    """results/POLICY.parquet, one row a subject, and lines.parquet, one row a line of all policies.

    Of a clause that is counted by events, results/POLICY.CLAUSE.steps.parquet holds the steps that lead to its lines;
    of a goals policy, results/POLICY.goals.parquet the goals, and results/POLICY.revisions.parquet what changed them;
    of an escalation, results/POLICY.cases.parquet each step of each case; of a tiering that looks at each event,
    results/POLICY.days.parquet the days on which each tier holds.
    """
    import pyarrow as pa

    lines = []
    for part in parts:
        each = part.decided
        policy, occasion = each.policy, each.occasion
        causes = [{"code": cause.code, **dict(cause.args)} for cause in each.plan.causes]
        meaning = {"policy": policy.id, "version": policy.version, "period": occasion.period, "causes": causes}
        table = each.outcome.tables[RESULTS]
        table = table.replace_schema_metadata({"workflow": json.dumps(meaning, ensure_ascii=False)})
        yield f"{TABLES}/{each.table}", table
        beside = {f"{STEPS} {clause}": file for clause, file in stepped(each).items()} | tables_beside(each)
        for output, file in beside.items():
            rows = each.outcome.tables[output].replace_schema_metadata(table.schema.metadata)
            yield f"{TABLES}/{file}", rows
        if LINES in each.outcome.tables:
            lines.append(_with_policy(part))
    if lines:
        yield "lines.parquet", pa.concat_tables(lines, promote_options="default")


def write_cases(into: Path, parts: Sequence[Part]) -> None:
    """results/POLICY.cases.jsonl: the steps of each case once more, as lines."""
    for decided, name in ((part.decided, name) for part in parts for name in case_log(part.decided)):
        with (into / name).open("wb") as lines:
            lines.writelines(text_of(log_lines(block)) for block in blocks(decided.outcome.tables[CASE_STEPS]))


def _with_policy(part: Part) -> Any:
    """A policy's lines with what says whose they are; the causes of a withheld line stand in its results."""
    import pyarrow as pa
    import pyarrow.compute as pc

    each = part.decided
    table, policy = each.outcome.tables[LINES], each.policy
    clauses = [clause for clause in part.clauses if clause.triggers is None]
    which = pc.index_in(table["clause"], value_set=text_array(clause.name for clause in clauses))
    places = [clause.span for clause in clauses]
    columns = {
        "policy": pa.repeat(policy.id, table.num_rows),
        "version": pa.repeat(pa.scalar(policy.version, pa.int32()), table.num_rows),
        "clause": table["clause"],
        "subject": table["person"],
        "period": pa.repeat(each.occasion.period, table.num_rows),
        "event": paid_for(table, "line.event"),
        "event type": paid_for(table, "line.type"),
        "exact": table["line.exact"],
        "amount": table["line.amount"],
        "currency": pa.repeat(policy.currency, table.num_rows),
        "file": text_array(span.path for span in places).take(which),
        "line": pa.array([span.line for span in places], pa.int32()).take(which),
        "refused rows": part.refusals(pc.index_in(table["person"], value_set=column_of(part.results, "person"))),
    }
    return pa.table(columns)
