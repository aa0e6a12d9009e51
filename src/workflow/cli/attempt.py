"""`workflow try`: one expression evaluated, with every step and the sentence that says what it means."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workflow.cli import options
from workflow.cli.door import MISTAKES, colour_of, refused
from workflow.diagnostics import MistakesFound


@click.command(
    "try",
    short_help="Evaluate one expression.",
    epilog=options.ending(
        "workflow try 'revenue / quota >= 80%' --with 'revenue=90000 CNY' --with 'quota=100000 CNY'",
        "workflow try 'csat >= 4.5 or deals > 2' --with csat=missing --with deals=3 --engine reference",
        "workflow try '如果 达成率 >= 100% 那么 120% 否则 100%' --with 达成率=90% --lang zh-CN",
    ),
)
@click.argument("expression")
@click.option(
    "--with",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="The value of a name: a number, percentage, amount, date, text or `missing`. May stand several times.",
)
@click.option(
    "--engine",
    type=click.Choice(("duckdb", "reference")),
    default="duckdb",
    show_default=True,
    help="What calculates: the engine of policies, or the plain one that says what they mean.",
)
@options.language
@options.form
def attempt(*, expression: str, given: tuple[str, ...], engine: str, language: str, form: str) -> int:
    """Evaluate EXPRESSION, and show its type, its value, every step, and what it says in words."""
    from workflow.api import attempt as attempted
    from workflow.report.attempt import as_data, render
    from workflow.report.diagnostics import rendered
    from workflow.report.jsontext import written

    values = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--with")
        values[name.strip()] = value.strip()
    try:
        tried, mistakes = attempted(expression, values, engine)
    except (MistakesFound, OSError) as error:
        return refused(error, Path(), language, as_json=form == "json")
    if tried is None:
        texts = {**values, "expression": expression}
        click.echo(
            rendered(mistakes, texts, language=language, colour=colour_of(sys.stderr)), err=True, nl=False, color=True
        )
        return MISTAKES
    click.echo(written(as_data(tried, language)) if form == "json" else render(tried, language), nl=False)
    return 0
