"""Files become evidence: what is accepted, counted, summed and refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from workflow.checks.mapping import Cell, FieldMapping, SourceMapping
from workflow.diagnostics import InputRefused, WorldFailed, has_errors
from workflow.intake import Counts, Intake, Moment, Refused, lines_of, take_in, taking
from workflow.intake.taken import About
from workflow.model.typed import Apply, Column, Literal, Op
from workflow.model.types import DATE, TEXT, TRUTH, Kind, Type, number

Take = Callable[..., Intake]
MONEY = Type(Kind.MONEY, 18, 4)
WON = Apply(Op.EQ, (Column("Stage", TEXT), Literal("Closed Won", TEXT)), TRUTH)
SNAPSHOT = SourceMapping(
    name="deals",
    files=("deals*.csv",),
    event="deal.won",
    where=WON,
    id="Id",
    changed=Cell("Changed"),
    time=Cell("Closed"),
    fields=(
        FieldMapping("seller", Type(Kind.PERSON), required=True, cell=Cell("Seller")),
        FieldMapping("amount", MONEY, required=True, cell=Cell("Amount", currency="Currency")),
    ),
)
LOG = SourceMapping(
    name="log",
    files=("log*.csv",),
    event="deal.won",
    id="Id",
    time=Cell("Day"),
    fields=(FieldMapping("amount", MONEY, required=True, cell=Cell("Amount", currency_is="CNY")),),
)
HEADER = "Id,Stage,Changed,Closed,Seller,Amount,Currency\n"


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Take files in, given as name and text, by one source or several, in Shanghai."""

    def taken(source: SourceMapping | tuple[SourceMapping, ...], files: dict[str, str], **moment: object) -> Intake:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        sources = source if isinstance(source, tuple) else (source,)
        into = tmp_path / f"evidence-{len(list(tmp_path.glob('*.duckdb')))}.duckdb"
        return take_in(sources, tmp_path, into, Moment("Asia/Shanghai", **moment))  # type: ignore[arg-type]

    return taken


def utc(text: str) -> datetime.datetime:
    """A UTC instant without zone, as evidence holds it."""
    return datetime.datetime.fromisoformat(text)


def fates(intake: Intake) -> dict[str, int]:
    """The counts of the only source, without what is zero."""
    (counts,) = intake.counts
    named = {
        name: getattr(counts, name) for name in Counts.__dataclass_fields__ if name not in {"source", "of", "is_event"}
    }
    return {name: count for name, count in named.items() if count}


def rows(intake: Intake, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Chosen columns of a table, sorted."""
    return sorted(intake.evidence.rows(table, columns), key=str)


def refusals(intake: Intake) -> list[tuple[int, str, str | None]]:
    """Line, code and column of every refused row."""
    return [(each.line, each.diagnostic.code, each.column) for each in intake.quarantine]


def test_an_accepted_row_is_an_event_with_its_day_instant_and_money(take: Take) -> None:
    """All of EVENT_FIELDS and the declared fields; a bare date's instant is the last microsecond of the day there."""
    intake = take(LOG, {"log.csv": "Id,Day,Amount\nA,2026-07-01,12.5\n"})
    assert rows(intake, "event deal.won", *[f.name for f in intake.evidence.tables["event deal.won"]]) == [
        (
            Decimal(1),
            "A",
            datetime.date(2026, 7, 1),
            utc("2026-07-01T15:59:59.999999"),
            utc("2026-07-01T15:59:59.999999"),
            "log",
            Decimal("12.5000"),
            "CNY",
        )
    ]


def test_the_newest_known_row_counts_and_the_older_are_superseded(take: Take) -> None:
    """Three versions of one deal: the last one's amount is the deal's."""
    text = HEADER + (
        "A,Open,2026-07-01T09:00+08:00,2026-07-05T10:00+08:00,E1,1,CNY\n"
        "A,Closed Won,2026-07-03T09:00+08:00,2026-07-05T10:00+08:00,E1,3,CNY\n"
        "A,Closed Won,2026-07-02T09:00+08:00,2026-07-05T10:00+08:00,E1,2,CNY\n"
    )
    intake = take(SNAPSHOT, {"deals.csv": text})
    assert rows(intake, "event deal.won", "event.id", "amount") == [("A", Decimal("3.0000"))]
    assert fates(intake) == {"rows": 3, "superseded": 2, "accepted": 1}


def test_known_by_brings_back_what_was_known_then(take: Take) -> None:
    """A row changed after `known by` is not yet known, and supersedes nothing."""
    text = HEADER + (
        "A,Closed Won,2026-07-02T09:00+08:00,2026-07-02T08:00+08:00,E1,2,CNY\n"
        "A,Closed Won,2026-07-03T09:00+08:00,2026-07-02T08:00+08:00,E1,3,CNY\n"
    )
    intake = take(SNAPSHOT, {"deals.csv": text}, known_by=utc("2026-07-02T01:00"))
    assert rows(intake, "event deal.won", "amount") == [(Decimal("2.0000"),)]
    assert fates(intake) == {"rows": 2, "not_yet": 1, "accepted": 1}


def test_the_newest_row_failing_where_withdraws_the_event(take: Take) -> None:
    """A deal that was won and is lost again is no event; one that never was won isn't withdrawn."""
    text = HEADER + (
        "A,Closed Won,2026-07-02T09:00+08:00,2026-07-02,E1,2,CNY\n"
        "A,Lost,2026-07-03T09:00+08:00,,,,\n"
        "B,Lost,2026-07-03T09:00+08:00,,,,\n"
    )
    intake = take(SNAPSHOT, {"deals.csv": text})
    assert fates(intake) == {"rows": 3, "superseded": 1, "withdrawn": 1, "unselected": 1}


def test_the_same_row_twice_counts_once(take: Take) -> None:
    """Typed content decides: 2 and 2.00 are the same amount, also in another file."""
    row = "A,Closed Won,2026-07-02T09:00+08:00,2026-07-02,E1,{},CNY\n"
    intake = take(SNAPSHOT, {"deals1.csv": HEADER + row.format("2"), "deals2.csv": HEADER + row.format("2.00")})
    assert fates(intake) == {"rows": 2, "duplicate": 1, "accepted": 1}
    assert intake.totals[0].total == Decimal("2.0000")


def test_rows_that_contradict_each_other_are_both_quarantined(take: Take) -> None:
    """Same id, same `changed`, other content: no one guesses; the event isn't accepted, its older row neither."""
    row = "A,Closed Won,2026-07-0{}T09:00+08:00,2026-07-02,E1,{},CNY\n"
    intake = take(SNAPSHOT, {"deals.csv": HEADER + row.format(3, 2) + row.format(3, 5) + row.format(2, 2)})
    assert refusals(intake) == [(2, "rows-contradict", None), (3, "rows-contradict", None)]
    assert fates(intake) == {"rows": 3, "superseded": 1, "quarantined": 2}


def test_a_log_knows_duplicates_and_conflicts_but_no_versions(take: Take) -> None:
    """`changed: never`: same id and content is a duplicate, other content a conflict."""
    intake = take(LOG, {"log.csv": "Id,Day,Amount\nA,2026-07-01,1\nA,2026-07-01,1.0\nB,2026-07-01,1\nB,2026-07-02,1\n"})
    assert fates(intake) == {"rows": 4, "duplicate": 1, "accepted": 1, "quarantined": 2}


def test_a_row_whose_change_cannot_be_read_puts_its_event_in_doubt(take: Take) -> None:
    """Nobody knows which row is the newest, so none counts; other events go on."""
    text = HEADER + (
        "A,Closed Won,yesterday,2026-07-02,E1,2,CNY\n"
        "A,Closed Won,2026-07-02T09:00+08:00,2026-07-02,E1,2,CNY\n"
        "B,Closed Won,2026-07-02T09:00+08:00,2026-07-02,E1,2,CNY\n"
    )
    intake = take(SNAPSHOT, {"deals.csv": text})
    assert refusals(intake) == [(2, "time-malformed", "Changed"), (3, "order-unknown", None)]
    assert rows(intake, "event deal.won", "event.id") == [("B",)]


def test_a_newest_row_in_quarantine_does_not_bring_back_an_older_one(take: Take) -> None:
    """The older row is superseded, even though what superseded it can't be read."""
    row = "A,Closed Won,2026-07-0{}T09:00+08:00,2026-07-02,E1,{},CNY\n"
    intake = take(SNAPSHOT, {"deals.csv": HEADER + row.format(2, "2") + row.format(3, "5_000")})
    assert fates(intake) == {"rows": 2, "superseded": 1, "quarantined": 1}


def test_an_event_after_as_of_is_not_yet(take: Take) -> None:
    """`as of` includes its own instant, and nothing later."""
    intake = take(
        LOG,
        {"log.csv": "Id,Day,Amount\nA,2026-07-01T08:00+08:00,1\nB,2026-07-01T08:00:00.000001+08:00,1\n"},
        as_of=utc("2026-07-01T00:00"),
    )
    assert fates(intake) == {"rows": 2, "accepted": 1, "not_yet": 1}


def test_known_by_defaults_to_the_newest_that_is_recorded(take: Take) -> None:
    """Of all rows, also those that are superseded later."""
    text = HEADER + "A,Closed Won,2026-07-09T09:00+08:00,2026-07-02,E1,2,CNY\n"
    assert take(SNAPSHOT, {"deals.csv": text}).known_by == utc("2026-07-09T01:00")


def test_control_totals_are_exact_and_by_currency(take: Take) -> None:
    """Ten times 0.1 is 1; currencies are never mixed."""
    text = HEADER + "".join(f"{n},Closed Won,2026-07-02T09:00Z,2026-07-02,E1,0.1,CNY\n" for n in range(10))
    text += "X,Closed Won,2026-07-02T09:00Z,2026-07-02,E1,7,USD\n"
    totals = [(t.field, t.currency, t.total, t.count) for t in take(SNAPSHOT, {"deals.csv": text}).totals]
    assert totals == [("amount", "CNY", Decimal("1.0000"), 10), ("amount", "USD", Decimal("7.0000"), 1)]


def test_a_refused_row_says_where_and_what_and_the_others_go_on(take: Take) -> None:
    """Source, file, line, id, column, what was found, what is accepted."""
    intake = take(LOG, {"log.csv": 'Id,Day,Amount\nA,2026-07-01,1\nB,2026-07-01,"5,000"\n'})
    (refused,) = intake.quarantine
    about = About("deal.won", day=datetime.date(2026, 7, 1))
    assert refused == Refused("log", "log.csv", 3, "B", "Amount", refused.diagnostic, about)
    assert refused.diagnostic.code == "amount-malformed"
    assert refused.diagnostic.args == {"column": "Amount", "found": "5,000", "before": 14, "after": 4}
    assert not has_errors([refused.diagnostic])
    assert rows(intake, "event deal.won", "event.id") == [("A",)]


def test_a_row_of_too_few_cells_is_refused_alone(take: Take) -> None:
    """The rows around it keep their lines."""
    intake = take(LOG, {"log.csv": "Id,Day,Amount\nA,2026-07-01\n\nB,2026-07-01,1\nC,2026-07-01,1,1\nD,x,1\n"})
    assert refusals(intake) == [(2, "row-ragged", None), (5, "row-ragged", None), (6, "time-malformed", "Day")]
    assert fates(intake) == {"rows": 4, "quarantined": 3, "accepted": 1}


def test_lines_of_events_count_lines_inside_of_cells(take: Take, tmp_path: Path) -> None:
    """The line of a record's first character, as an editor shows it."""
    intake = take(LOG, {"log.csv": '\ufeff"Id","Day","Amount"\r\n"A\r\nx",2026-07-02,1\r\n\r\nB,2026-07-01,1\r\n'})
    assert refusals(intake) == [(2, "id-unseen", "Id")]
    assert lines_of(intake.evidence, tmp_path, [1]) == {1: ("log.csv", 5)}


def test_lines_are_not_looked_up_in_a_file_that_changed(take: Take, tmp_path: Path) -> None:
    """Its digest tells."""
    intake = take(LOG, {"log.csv": "Id,Day,Amount\nB,2026-07-01,1\n"})
    (tmp_path / "log.csv").write_text("Id,Day,Amount\nB,2026-07-01,2\n")
    with pytest.raises(InputRefused) as refusal:
        lines_of(intake.evidence, tmp_path, [1])
    assert [each.code for each in refusal.value.diagnostics] == ["file-changed"]


def test_delivered_days_are_those_that_every_source_has(take: Take) -> None:
    """A source that says nothing has delivered nothing for sure."""
    july = replace(LOG, delivered=(datetime.date(2026, 7, 1), datetime.date(2026, 7, 31)))
    mid = replace(LOG, name="mid", delivered=(datetime.date(2026, 6, 1), datetime.date(2026, 7, 15)))
    files = {"log.csv": "Id,Day,Amount\n"}
    assert take((july, mid), files).delivered == {
        "deal.won": ((datetime.date(2026, 7, 1), datetime.date(2026, 7, 15)),)
    }
    silent = replace(LOG, name="silent")
    assert take((july, silent), files).delivered == {"deal.won": ()}


def test_recorded_deliveries_count_like_declared_ones(take: Take) -> None:
    """`source.delivered` events name the source; stretches that touch are one."""
    notices = SourceMapping(
        name="notices",
        files=("notices.csv",),
        event="source.delivered",
        id="Id",
        time=Cell("Through"),
        fields=(
            FieldMapping("source", TEXT, required=True, cell=Cell("Source")),
            FieldMapping("from", DATE, required=True, cell=Cell("From")),
            FieldMapping("through", DATE, required=True, cell=Cell("Through")),
            FieldMapping("rows", number(18, 0), required=False, cell=None),
            FieldMapping("total", number(36, 6), required=False, cell=None),
        ),
    )
    files = {
        "log.csv": "Id,Day,Amount\n",
        "notices.csv": (
            "Id,Source,From,Through\n1,log,2026-07-16,2026-07-31\n2,log,2026-07-01,2026-07-15\n3,x,2026-08-01,2026-08-02\n"
        ),
    }
    assert take((LOG, notices), files).delivered["deal.won"] == (
        (datetime.date(2026, 7, 1), datetime.date(2026, 7, 31)),
    )


def test_two_sources_of_one_event_type_share_its_ids(take: Take) -> None:
    """Told by both alike: once, by the first name; told differently: a conflict."""
    other = replace(LOG, name="other", files=("other.csv",))
    files = {
        "log.csv": "Id,Day,Amount\nA,2026-07-01,1\nB,2026-07-01,1\n",
        "other.csv": "Id,Day,Amount\nA,2026-07-01,1\nB,2026-07-01,2\n",
    }
    intake = take((other, LOG), files)
    assert rows(intake, "event deal.won", "event.id", "event.source") == [("A", "log")]
    assert [(c.source, c.accepted, c.duplicate, c.quarantined) for c in intake.counts] == [
        ("log", 1, 0, 1),
        ("other", 0, 1, 1),
    ]


def test_a_log_and_a_snapshot_cannot_share_an_id(take: Take) -> None:
    """One has versions, the other none: which is newer is not guessed."""
    files = {
        "deals.csv": HEADER + "A,Closed Won,2026-07-02T09:00Z,2026-07-01,E1,1,CNY\n",
        "log.csv": "Id,Day,Amount\nA,2026-07-01,1\n",
    }
    assert [each.diagnostic.code for each in take((SNAPSHOT, LOG), files).quarantine] == ["rows-contradict"] * 2


def test_events_are_numbered_by_type_time_source_sequence_and_id(take: Take) -> None:
    """The number tells events of one instant apart as the language orders them."""
    source = replace(LOG, sequence="Seq")
    text = "Id,Day,Amount,Seq\nA,2026-07-02,1,10\nB,2026-07-02,1,9\nC,2026-07-01,1,11\nD,2026-07-02,1,10\n"
    intake = take(source, {"log.csv": text})
    numbered = sorted(intake.evidence.rows("event deal.won", ["event", "event.id"]), key=str)
    assert [id_ for _, id_ in numbered] == ["C", "B", "A", "D"]


@pytest.mark.parametrize("cell", ["", '""'])
def test_a_row_of_which_nobody_can_say_whether_it_is_meant_is_refused(take: Take, cell: str) -> None:
    """An empty cell leaves `where` undecided; the empty text is a text like any other."""
    text = HEADER + f"A,{cell},2026-07-01T09:00+08:00,2026-07-01T09:00+08:00,E1,1,CNY\n"
    intake = take(SNAPSHOT, {"deals.csv": text})
    if cell:
        assert (fates(intake), refusals(intake)) == ({"rows": 1, "unselected": 1}, [])
    else:
        assert fates(intake) == {"rows": 1, "quarantined": 1}
        assert refusals(intake) == [(2, "choice-undecided", "Stage")]


def test_a_condition_that_says_what_an_empty_cell_means_is_decided(take: Take) -> None:
    """Whether a cell is there is always known, and one truth is enough for `or`."""
    missing = Apply(Op.IS_MISSING, (Column("Stage", TEXT),), TRUTH)
    text = HEADER + "A,,2026-07-01T09:00+08:00,2026-07-01T09:00+08:00,E1,1,CNY\n"
    for where in (missing, Apply(Op.OR, (WON, missing), TRUTH)):
        assert fates(take(replace(SNAPSHOT, where=where), {"deals.csv": text})) == {"rows": 1, "accepted": 1}


def test_links_among_folders_read_no_file_twice(take: Take, tmp_path: Path) -> None:
    """Neither those that lead round in a circle, nor two that lead to one file; its own name is the one kept."""
    for folder in ("records/2026/07", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for link in ("records/again", "records/2026/again", "records/2026/07/up"):
        (tmp_path / link).symlink_to(tmp_path / "records")
    (tmp_path / "records/07").symlink_to(tmp_path / "elsewhere")
    for name in ("records/2026/07/log.csv", "elsewhere/log.csv"):
        (tmp_path / name).write_text(f"Id,Day,Amount\n{name},2026-07-01,12.5\n")
    (tmp_path / "records/2026/a-log.csv").symlink_to(tmp_path / "records/2026/07/log.csv")
    for pattern, paths in {
        "records/**/*.csv": ["records/07/log.csv", "records/2026/07/log.csv"],
        "**/log.csv": ["elsewhere/log.csv", "records/2026/07/log.csv"],
        "records/*/*.csv": ["records/07/log.csv", "records/2026/a-log.csv"],
        "rec*/**/07/**": ["records/07/log.csv", "records/2026/07/log.csv"],
        "records/2026/07/up/2026/07/log.csv": ["records/2026/07/up/2026/07/log.csv"],
    }.items():
        intake = take(replace(LOG, files=(pattern,)), {})
        assert sorted(file.path for file in intake.files) == paths, pattern
        assert len({file.sha256 for file in intake.files}) == len(intake.files) == fates(intake)["accepted"], pattern


def test_links_that_lead_out_of_the_workspace_are_refused(
    take: Take, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Through a folder too."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "log.csv").write_text("Id,Day,Amount\nA,2026-07-01,12.5\n")
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "link").symlink_to(outside)
    with pytest.raises(InputRefused) as caught:
        take(replace(LOG, files=("records/**/*.csv",)), {})
    assert [(each.code, each.args["path"]) for each in caught.value.diagnostics] == [
        ("file-outside", "records/link/log.csv")
    ]


@pytest.mark.parametrize(
    ("error", "code", "problem"),
    [
        (duckdb.OutOfMemoryException("no memory\nmore"), "engine-failed", "no memory"),
        (duckdb.IOException("the disk is full"), "engine-failed", "the disk is full"),
        (PermissionError(13, "Permission denied", "records"), "file-failed", "Permission denied"),
    ],
)
def test_an_engine_that_stops_while_taking_in_is_named(
    take: Take,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: str,
    problem: str,
) -> None:
    """The world has failed, not the policies or the data; no half evidence is left."""

    def stopped(*_: object) -> None:
        raise error

    monkeypatch.setattr(taking, "write_files", stopped)
    with pytest.raises(WorldFailed) as caught:
        take(LOG, {"log.csv": "Id,Day,Amount\nA,2026-07-01,12.5\n"})
    (failure,) = caught.value.diagnostics
    assert (failure.code, failure.args["problem"]) == (code, problem)
    assert not list(tmp_path.glob("*.duckdb"))
