"""The default engine closes itself off, loads late, and says when it fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.engines.plans import AMOUNT, events, out, plan
from workflow.diagnostics import WorldFailed
from workflow.intake.evidence import Evidence
from workflow.plan.nodes import Given
from workflow.run.duck import DuckDB, open_evidence

VALUE = Given("value", AMOUNT)


def test_nothing_outside_can_be_reached(tmp_path: Path) -> None:
    """Once the evidence is attached, no statement reads another file, loads an extension or lifts the ban."""
    evidence = events(tmp_path, (VALUE,), [("1",)])
    (tmp_path / "other.csv").write_text("a\n1\n")
    with duckdb.connect() as connection:
        open_evidence(connection, evidence)
        for statement in (
            f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/new.duckdb' AS new",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            'DELETE FROM evidence."event deal"',
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
        for each in (connection, connection.cursor()):
            assert each.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
        ((waiting,),) = connection.execute("SELECT current_setting('temp_directory')").fetchall()
        assert Path(waiting).parent == tmp_path, "what memory can't hold waits beside the evidence"


def test_failing_engine_is_the_world_failing(tmp_path: Path) -> None:
    """A file that isn't there is reported as such, with the engine's own words."""
    gone = Evidence(tmp_path / "gone.duckdb", {})
    with pytest.raises(WorldFailed) as failed:
        DuckDB().run(plan((VALUE,), ("out", out("deals", "value"))), gone)
    (diagnostic,) = failed.value.diagnostics
    assert diagnostic.code == "engine-failed"
    assert diagnostic.args["engine"] == "duckdb"


@pytest.mark.parametrize("module", ["workflow.run.reference", "workflow.run.duck", "workflow.plan.relations"])
def test_heavy_libraries_wait(module: str) -> None:
    """Importing an engine loads neither DuckDB, pyarrow nor sqlglot."""
    program = f"import sys, {module}; print([m for m in ('duckdb', 'pyarrow', 'sqlglot') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
