"""A run's files: all of them appear whole or none; the same run gives the same bytes, by whatever engine."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import workflow
from tests.plan.runs import WHOLE, workspace
from workflow.diagnostics import WorldFailed, WrongUsage
from workflow.ledger import files

EXAMPLE = Path(__file__).parents[2] / "policies"
BODY = """\
measures:
  revenue: {sum: amount, of: deal.won}
  csat: {average: score, of: survey.answered, answers needed: 2}
pay:
  bonus: {on: revenue, rate: 1%}
  kicker:
    when: csat >= 4
    amount: 5 CNY
"""
RECORDS = {"deals": 'D1,E1,1200.00,cloud,2026-07-01\nD2,E1,"1,2",cloud,2026-07-01\n'}
NAMES = [
    "actions.csv",
    "actions.jsonl",
    "lines.parquet",
    "quarantine.csv",
    "results/bonus.parquet",
    "run.json",
    "unmatched.csv",
    "withheld.csv",
]


def run(root: Path, out: Path, language: str = "en") -> Path:
    """The folder of a run of the small workspace."""
    workflow.evaluate(root, "2026-Q3", engine="reference", out=out, language=language)
    return out


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """One deal that counts, one whose amount can't be read, and no survey."""
    return workspace(tmp_path / "small", BODY, RECORDS, WHOLE)


def test_all_files_of_a_run(small: Path, tmp_path: Path) -> None:
    """And nothing else beside them."""
    assert sorted(content(run(small, tmp_path / "to" / "out"))) == NAMES
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["out"]


def test_actions_as_lines_and_as_a_table(small: Path, tmp_path: Path) -> None:
    """The same in both."""
    out = run(small, tmp_path / "out")
    (action,) = [json.loads(line) for line in (out / "actions.jsonl").read_text("utf-8").splitlines()]
    (row,) = rows(out / "actions.csv")
    assert (action["amount"], action["because"], action["expected"]) == ("12.00", {"revenue": "1200 CNY"}, False)
    assert (row["amount"], row["because"], row["expected"], row["due"]) == ("12.00", "revenue = 1200 CNY", "no", "")


@pytest.mark.parametrize(("language", "word"), [("en", "csat"), ("zh-CN", "csat")])
def test_reasons_are_said_in_the_language_asked_for(small: Path, tmp_path: Path, language: str, word: str) -> None:
    """Of withheld clauses and of refused rows."""
    out = run(small, tmp_path / "out", language)
    (clause,), (refused,) = rows(out / "withheld.csv"), rows(out / "quarantine.csv")
    assert word in clause["because"]
    assert (refused["file"], refused["line"], refused["id"]) == ("records/deals.csv", "3", "D2")
    assert clause["because"].isascii() == refused["reason"].isascii() == (language == "en")


def test_results_say_what_their_masks_mean(small: Path, tmp_path: Path) -> None:
    """The metadata names policy, version, period and causes."""
    table = pq.read_table(run(small, tmp_path / "out") / "results" / "bonus.parquet")
    meaning = json.loads(table.schema.metadata[b"workflow"])
    (row,) = table.to_pylist()
    assert (meaning["policy"], meaning["version"], meaning["period"]) == ("bonus", 1, "2026-Q3")
    assert row["csat"] is None
    bits = [cause for index, cause in enumerate(meaning["causes"]) if row["csat?"] >> index & 1]
    assert [cause["code"] for cause in bits] == ["nothing-recorded"]


def test_lines_say_whose_they_are(small: Path, tmp_path: Path) -> None:
    """A withheld line stands there without an amount."""
    lines = pq.read_table(run(small, tmp_path / "out") / "lines.parquet").to_pylist()
    assert [(row["policy"], row["subject"], row["clause"], str(row["amount"])) for row in lines] == [
        ("bonus", "E1", "bonus", "12.00"),
        ("bonus", "E1", "kicker", "None"),
    ]


def test_the_record_names_every_input_by_its_digest(small: Path, tmp_path: Path) -> None:
    """Policies and records."""
    record = json.loads((run(small, tmp_path / "out") / "run.json").read_text("utf-8"))
    for entry in (*record["files"], *({"file": each["path"], **each} for each in record["records"])):
        assert hashlib.sha256((small / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert {entry["file"] for entry in record["files"]} >= {"workspace.yaml", "incentives/bonus.yaml"}
    assert (record["period"], record["as of"], record["paid"]) == ("2026-Q3", "2026-09-30", {"CNY": "12.00"})
    assert (record["actions"], record["withheld"]) == (1, 1)
    assert record["dispositions"]["deal.won"] == {"quarantined": 1, "used": 1}


def test_the_digests_are_those_of_the_bytes(small: Path, tmp_path: Path) -> None:
    """A byte order mark and the ends of lines belong to them."""
    policy = small / "incentives" / "bonus.yaml"
    policy.write_bytes(b"\xef\xbb\xbf" + policy.read_bytes().replace(b"\n", b"\r\n"))
    record = json.loads((run(small, tmp_path / "out") / "run.json").read_text("utf-8"))
    digests = {entry["file"]: entry["sha256"] for entry in record["files"]}
    assert digests["incentives/bonus.yaml"] == hashlib.sha256(policy.read_bytes()).hexdigest()


def test_an_earlier_run_is_replaced_whole(small: Path, tmp_path: Path) -> None:
    """Nothing of it is left, not even what the new one has no file for."""
    out = run(small, tmp_path / "out")
    record = json.loads((out / "run.json").read_text("utf-8"))
    record["policies"].append({"results": "older.parquet"})
    (out / "run.json").write_text(json.dumps(record))
    (out / "results" / "older.parquet").write_bytes(b"")
    assert sorted(content(run(small, out))) == NAMES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "small"]


@pytest.mark.parametrize("name", ["letter.txt", "results/mine.parquet", ".git/config", "results/sub/bonus.parquet"])
def test_whatever_was_put_into_an_earlier_run_is_never_deleted(small: Path, tmp_path: Path, name: str) -> None:
    """Beside its files or among its tables."""
    out = run(small, tmp_path / "out")
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("mine")
    before = content(out)
    with pytest.raises(WrongUsage) as caught:
        run(small, out)
    assert [each.code for each in caught.value.diagnostics] == ["folder-not-ours"]
    assert content(out) == before


RECORDS_OF_OTHERS = [
    "",
    "{}",
    "[]",
    '{"format": 1, "policies": []}',
    '{"format": "workflow run 1"}',
    '{"format": "workflow run 1", "policies": [1]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", RECORDS_OF_OTHERS, ids=range(len(RECORDS_OF_OTHERS)))
def test_another_programs_record_makes_no_folder_ours(small: Path, tmp_path: Path, text: str) -> None:
    """Others call a file run.json too."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text(text)
    with pytest.raises(WrongUsage):
        run(small, tmp_path / "out")
    assert content(tmp_path / "out") == {"run.json": text.encode()}


def test_a_folder_that_can_not_be_listed_is_said_so(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name of the folder."""
    out = run(small, tmp_path / "out")
    listed = Path.iterdir

    def locked(self: Path) -> Iterator[Path]:
        if self == out:
            raise PermissionError(13, "Permission denied", str(self))
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", locked)
    with pytest.raises(WorldFailed) as caught:
        run(small, out)
    assert [(each.code, each.args["path"]) for each in caught.value.diagnostics] == [("file-failed", str(out))]


def test_an_empty_folder_may_be_taken(small: Path, tmp_path: Path) -> None:
    """Somebody has made it for the run."""
    (tmp_path / "out").mkdir()
    assert sorted(content(run(small, tmp_path / "out"))) == NAMES


def test_a_folder_of_somebody_else_is_refused(small: Path, tmp_path: Path) -> None:
    """And left as it is."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(WrongUsage) as caught:
        run(small, tmp_path / "out")
    assert [each.code for each in caught.value.diagnostics] == ["folder-not-ours"]
    assert content(tmp_path / "out") == {"letter.txt": b"mine"}


def test_a_file_in_the_folders_place_is_refused(small: Path, tmp_path: Path) -> None:
    """It is somebody's too."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WrongUsage) as caught:
        run(small, tmp_path / "out")
    assert [each.code for each in caught.value.diagnostics] == ["folder-not-ours"]
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("part", ["write_tables", "_write_texts"])
@pytest.mark.parametrize("earlier", [True, False])
def test_a_failing_write_leaves_all_as_it_was(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    earlier: bool,  # noqa: FBT001
) -> None:
    """The earlier run stands whole, or there is still none; no half-written folder is left beside."""
    before = content(run(small, tmp_path / "out")) if earlier else {}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, part, full)
    with pytest.raises(WorldFailed) as caught:
        run(small, tmp_path / "out")
    (mistake,) = caught.value.diagnostics
    assert (mistake.code, mistake.args["problem"]) == ("file-failed", "No space left on device")
    assert content(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == (["out", "small"] if earlier else ["small"])


@pytest.mark.parametrize("failing", [1, 2])
def test_a_folder_that_can_not_be_put_in_place_leaves_the_old_one(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """Whether the old one can't be moved away or the new one can't take its place."""
    before = content(run(small, tmp_path / "out"))
    renamed: list[Path] = []
    rename = Path.rename

    def fragile(self: Path, target: Path) -> Path:
        renamed.append(self)
        if len(renamed) == failing:
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fragile)
    with pytest.raises(WorldFailed):
        run(small, tmp_path / "out")
    assert content(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "small"]


def test_an_old_ledger_that_can_not_be_put_back_is_not_lost(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands where it was moved to."""
    before = content(run(small, tmp_path / "out"))
    rename = Path.rename

    def fragile(self: Path, target: Path) -> Path:
        if target == tmp_path / "out":
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fragile)
    with pytest.raises(WorldFailed):
        run(small, tmp_path / "out")
    (kept,) = tmp_path.glob(".out-old-*/out")
    assert content(kept) == before


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The files of the example workspace by engine, and of a second run of the first."""
    folder = tmp_path_factory.mktemp("example")
    runs = {"duckdb": "duckdb", "reference": "reference", "again": "duckdb"}
    for name, engine in runs.items():
        workflow.evaluate(EXAMPLE, "2026-Q3", engine=engine, out=folder / name)
    return {name: content(folder / name) for name in runs}


def without_engine(found: dict[str, bytes]) -> dict[str, Any]:
    """The files, of run.json all but the block that says what ran it."""
    record = json.loads(found["run.json"])
    assert record.pop("engine")["name"] in workflow.api.ENGINES
    return {**found, "run.json": json.dumps(record)}


@pytest.mark.parametrize("other", ["reference", "again"])
def test_equal_runs_give_equal_bytes(example: dict[str, dict[str, bytes]], other: str) -> None:
    """By another engine or another time, of every file; nobody took the time."""
    if other == "again":
        assert example["again"] == example["duckdb"]
    one, two = without_engine(example["duckdb"]), without_engine(example[other])
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
