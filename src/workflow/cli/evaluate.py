"""`workflow evaluate`: who gets what for a period, and why."""

from __future__ import annotations

import datetime
import sys
import time
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import colour_of, refused
from workflow.cli.waiting import waiting
from workflow.diagnostics import MistakesFound
from workflow.run import ENGINES


@click.command(
    short_help="Calculate who gets what for a period.",
    epilog=options.ending(
        "workflow evaluate policies --period 2026-Q3",
        "workflow evaluate policies --period 2026-Q3 --as-of 2026-08-31 --out out/q3",
    ),
)
@options.workspace
@options.period
@options.moments
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the ledger's files; it is made if it isn't there.",
)
@click.option("--workbook", is_flag=True, help="With --out: also write workbook.xlsx, for Excel and its like.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What calculates; both give the same results, the reference slowly.",
)
@options.reader
@options.form
@options.language
def evaluate(  # noqa: PLR0913 one parameter an option
    *,
    workspace: Path,
    period: str,
    as_of: datetime.date | None,
    known_by: datetime.date | None,
    out: Path | None,
    workbook: bool,
    engine: str,
    reader: str | None,
    form: str,
    language: str,
) -> int:
    """Calculate a period: each person's pay and actions, the reasons, and what became of every event."""
    from workflow.api import evaluate as evaluate_period
    from workflow.report.jsontext import written
    from workflow.report.summary import as_text, document

    if workbook and out is None:
        raise click.UsageError("--workbook needs --out, the folder to write it to.")
    try:
        with waiting(language):
            result = evaluate_period(
                workspace,
                period,
                as_of=as_of,
                known_by=known_by,
                engine=engine,
                reader=reader,
                out=out,
                workbook=workbook,
                language=language,
                clock=time.perf_counter,
            )
    except (MistakesFound, OSError) as error:
        return refused(error, workspace, language, as_json=form == "json")
    if form == "json":
        click.echo(written(document(result, period, language)), nl=False)
    else:
        click.echo(as_text(result, period, language, colour=colour_of(sys.stdout)), nl=False, color=True)
    return 0
