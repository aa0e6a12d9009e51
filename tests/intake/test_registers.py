"""Dated rows of people: existence, columns from several sources, the person above by a path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.diagnostics import InputRefused
from workflow.intake import Intake, Moment, take_in
from workflow.model.types import TEXT, Kind, Type

OPEN = "9999-12-31"
ROLES = SourceMapping(
    name="roles",
    files=("roles.csv",),
    register="people",
    key="Person",
    since=Cell("From"),
    until=Cell("Through"),
    fields=(FieldMapping("role", TEXT, required=True, cell=Cell("Role")),),
)
REGIONS = replace(
    ROLES,
    name="regions",
    files=("regions.csv",),
    fields=(FieldMapping("region", TEXT, required=True, cell=Cell("Region")),),
)
PATHS = replace(
    ROLES,
    name="paths",
    files=("paths.csv",),
    fields=(FieldMapping("supervisor", Type(Kind.PERSON), required=False, cell=Cell("Path", parent="/")),),
)


def people(where: Path, files: dict[str, str], *sources: SourceMapping) -> Intake:
    """Take the sources in, from files given by name and text."""
    for name, text in files.items():
        (where / name).write_text(text)
    return take_in(sources, where, where / "evidence.duckdb", Moment("UTC"))


def rows(intake: Intake, *columns: str) -> list[tuple[str | None, ...]]:
    """Person, from, through and the chosen columns, as text, in order."""
    found = intake.evidence.rows("register people", ["person", "from", "through", *columns])
    return sorted((tuple(None if value is None else str(value) for value in row) for row in found), key=str)


def mistakes(where: Path, files: dict[str, str], *sources: SourceMapping) -> list[tuple[str, int, int]]:
    """Code and both lines of what makes the register unusable."""
    with pytest.raises(InputRefused) as refusal:
        people(where, files, *sources)
    return [(each.code, each.span.line, each.related[0].line) for each in refusal.value.diagnostics]


def test_a_row_holds_from_its_first_through_its_last_day(tmp_path: Path) -> None:
    """No last day: an open end. A row twice counts once."""
    text = "Person,From,Through,Role\nE1,2026-01-01,2026-03-31,a\nE1,2026-04-01,,b\nE1,2026-04-01,,b\n"
    intake = people(tmp_path, {"roles.csv": text}, ROLES)
    assert rows(intake, "role") == [("E1", "2026-01-01", "2026-03-31", "a"), ("E1", "2026-04-01", OPEN, "b")]
    assert (intake.counts[0].accepted, intake.counts[0].duplicate) == (2, 1)


def test_overlapping_rows_of_one_source_are_refused_with_both_lines(tmp_path: Path) -> None:
    """Also where a long row covers several later ones."""
    text = "Person,From,Through,Role\nE1,2026-01-01,2026-12-31,a\nE1,2026-03-01,2026-03-31,b\nE1,2026-06-01,,c\n"
    found = mistakes(tmp_path, {"roles.csv": text}, ROLES)
    assert found == [("register-rows-overlap", 3, 2), ("register-rows-overlap", 4, 2)]


def test_several_sources_give_one_person_more_columns(tmp_path: Path) -> None:
    """Rows are split at all borders; the person is there on the days of either."""
    files = {
        "roles.csv": "Person,From,Through,Role\nE1,2026-01-01,2026-06-30,a\n",
        "regions.csv": "Person,From,Through,Region\nE1,2026-04-01,,east\n",
    }
    assert rows(people(tmp_path, files, ROLES, REGIONS), "role", "region") == [
        ("E1", "2026-01-01", "2026-03-31", "a", None),
        ("E1", "2026-04-01", "2026-06-30", "a", "east"),
        ("E1", "2026-07-01", OPEN, None, "east"),
    ]


@pytest.mark.parametrize(("register", "key"), [("people", "person"), ("customers", "customer")])
def test_what_no_source_gives_is_missing_and_moves_nothing(tmp_path: Path, register: str, key: str) -> None:
    """The column is there, of its type, wherever it stands; of keys with one row and of those with several."""
    text, region = (FieldMapping(name, TEXT, required=False, cell=None) for name in ("grade", "region"))
    money = FieldMapping("base", Type(Kind.MONEY, 18, 2), required=False, cell=None)
    roles = replace(ROLES, register=register, fields=(text, *ROLES.fields, money, region))
    without = tuple(replace(each, cell=None, required=False) for each in ROLES.fields)
    regions = replace(REGIONS, register=register, fields=(text, *without, money, *REGIONS.fields))
    files = {
        "roles.csv": "Person,From,Through,Role\nE1,2026-01-01,,a\nE2,2026-01-01,2026-03-31,b\nE2,2026-04-01,,c\n",
        "regions.csv": "Person,From,Through,Region\nE2,2026-04-01,,east\nE3,2026-01-01,,west\n",
    }
    intake = people(tmp_path, files, roles, regions)
    named = ("grade", "role", "base", "base.currency", "region")
    assert [field.name for field in intake.evidence.tables[f"register {register}"]] == [key, "from", "through", *named]
    assert sorted(intake.evidence.rows(f"register {register}", [key, *named]), key=str) == [
        ("E1", None, "a", None, None, None),
        ("E2", None, "b", None, None, None),
        ("E2", None, "c", None, None, "east"),
        ("E3", None, None, None, None, "west"),
    ]


def test_a_source_without_since_only_adds_columns(tmp_path: Path) -> None:
    """Nobody exists because of it, unless no source says since when."""
    undated = replace(REGIONS, since=None, until=None)
    files = {
        "roles.csv": "Person,From,Through,Role\nE1,2026-01-01,2026-06-30,a\n",
        "regions.csv": "Person,Region\nE1,east\nE2,west\n",
    }
    dated = people(tmp_path, files, ROLES, undated)
    assert rows(dated, "role", "region") == [("E1", "2026-01-01", "2026-06-30", "a", "east")]
    (tmp_path / "evidence.duckdb").unlink()
    assert [row[:3] for row in rows(people(tmp_path, {}, undated))] == [
        ("E1", "0001-01-01", OPEN),
        ("E2", "0001-01-01", OPEN),
    ]


def test_sources_may_not_contradict_each_other(tmp_path: Path) -> None:
    """The same column for the same day: agreeing is fine, differing is refused."""
    other = replace(ROLES, name="other", files=("other.csv",))
    files = {
        "roles.csv": "Person,From,Through,Role\nE1,2026-01-01,,a\n",
        "other.csv": "Person,From,Through,Role\nE1,2026-01-01,2026-01-31,a\nE1,2026-02-01,,b\n",
    }
    assert mistakes(tmp_path, files, ROLES, other) == [("register-values-differ", 2, 3)]


def test_a_row_in_doubt_ends_the_run(tmp_path: Path) -> None:
    """Who is left out of a register would go unpaid without a word; the row is named, and nothing is decided."""
    text = "Person,From,Through,Role\nE1,2026-02-01,2026-01-31,a\nE2,2026-02-01,2026-02-01,a\n"
    with pytest.raises(InputRefused) as refusal:
        people(tmp_path, {"roles.csv": text}, ROLES)
    assert [(each.code, each.span.line) for each in refusal.value.diagnostics] == [
        ("register-in-doubt", 2),
        ("row-ends-early", 2),
    ]


def test_the_person_above_is_who_has_the_path_above_that_day(tmp_path: Path) -> None:
    """The top is the empty text; a row is split where the person above changes, and nobody stands in a vacant place."""
    text = (
        "Person,From,Through,Path\n"
        'TOP,2026-01-01,,""\n'
        "M1,2026-01-01,2026-03-31,/6/\n"
        "M2,2026-05-01,,/6/\n"
        "E1,2026-02-01,,/6/1/\n"
        "X,2026-01-01,,\n"
    )
    assert rows(people(tmp_path, {"paths.csv": text}, PATHS), "supervisor") == [
        ("E1", "2026-02-01", "2026-03-31", "M1"),
        ("E1", "2026-04-01", "2026-04-30", None),
        ("E1", "2026-05-01", OPEN, "M2"),
        ("M1", "2026-01-01", "2026-03-31", "TOP"),
        ("M2", "2026-05-01", OPEN, "TOP"),
        ("TOP", "2026-01-01", OPEN, None),
        ("X", "2026-01-01", OPEN, None),
    ]


def test_a_change_that_keeps_the_person_above_splits_nobody_below(tmp_path: Path) -> None:
    """The boss has two rows of one place; the row below stays one."""
    text = "Person,From,Through,Path\nM,2026-01-01,2026-03-31,/6/\nM,2026-04-01,,/6/\nE,2026-01-01,,/6/1/\n"
    found = rows(people(tmp_path, {"paths.csv": text}, PATHS), "supervisor")
    assert [row for row in found if row[0] == "E"] == [("E", "2026-01-01", OPEN, "M")]


def test_one_place_for_two_people_is_refused(tmp_path: Path) -> None:
    """On one day; one after the other is fine."""
    text = "Person,From,Through,Path\nA,2026-01-01,2026-03-31,/6/\nB,2026-03-31,,/6/\n"
    assert mistakes(tmp_path, {"paths.csv": text}, PATHS) == [("path-twice", 3, 2)]


def test_a_path_needs_its_trailing_separator(tmp_path: Path) -> None:
    """`/6/1` could have been cut short."""
    with pytest.raises(InputRefused) as refusal:
        people(tmp_path, {"paths.csv": "Person,From,Through,Path\nA,2026-01-01,,/6/1\n"}, PATHS)
    assert [each.code for each in refusal.value.diagnostics] == ["register-in-doubt", "path-malformed"]
