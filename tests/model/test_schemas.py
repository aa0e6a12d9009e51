"""The schemas accept whatever the checker accepts, as an editor sees it, and refuse a slip of the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from docs import build
from workflow.model.files import FOLDERS, SINGLE
from workflow.model.schemas import written_schemas

SCHEMAS = written_schemas()


class _Core(yaml.SafeLoader):
    """YAML as editors read it: the core schema, in which `yes` and `2026-07-01` are texts, `1` and `true` are not."""


_Core.yaml_implicit_resolvers = {}
for _tag, _pattern in (
    ("bool", "true|True|TRUE|false|False|FALSE"),
    ("int", "[-+]?[0-9]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
    ("null", "~|null|Null|NULL|"),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), None)


def _files() -> Iterator[tuple[str, str]]:
    """Every sound policy file of the repository: its path in its workspace, and in the repository."""
    golden = build.ROOT / "tests" / "golden"
    for root in (build.ROOT / "policies", *golden.glob("*/base"), *golden.glob("*/good/*")):
        for path in sorted(root.rglob("*.yaml")):
            name = path.relative_to(root).as_posix()
            if name in SINGLE or name.split("/")[0] in FOLDERS:
                yield name, path.relative_to(build.ROOT).as_posix()


def _schema(name: str) -> Draft202012Validator:
    """The schema of a file by its path in a workspace."""
    folder = name.split("/", maxsplit=1)[0]
    stem = PurePosixPath(name).stem if name in SINGLE else FOLDERS[folder].__name__.lower()
    return Draft202012Validator(SCHEMAS[f"{stem}.schema.json"])


def _read(text: str) -> Any:
    return yaml.load(text, _Core)


def test_committed_schemas_are_as_generated() -> None:
    """`make schemas` would change nothing, and no other file stands there."""
    folder = build.ROOT / "schemas"
    assert {path: path.read_text(encoding="utf-8") for path in folder.iterdir()} == build.schemas()


@pytest.mark.parametrize("name", SCHEMAS)
def test_is_a_schema(name: str) -> None:
    """Each is sound in its own dialect, and no host stands in its name."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"urn:workflow:{name.removesuffix('.schema.json')}"


@pytest.mark.parametrize(("name", "path"), list(_files()))
def test_accepts_every_sound_file(name: str, path: str) -> None:
    """All files of the example, and of the golden cases that mean something."""
    text = (build.ROOT / path).read_text(encoding="utf-8")
    assert [error.message for error in _schema(name).iter_errors(_read(text))] == []


SOURCE = """
source: deals
read: [records/a.csv, records/b.csv]
event: deal.won
id: Deal
changed: never
time: Closed
fields: {seller: Seller, amount: {column: Amount, currency: CNY}, customer: {text: C1}}
"""
CATALOGUE = """
events:
  deal.won:
    belongs to: seller
    fields: {seller: person, note: {is: text, optional: yes}, price: {is: money, digits after the point: 6}}
"""
VALUES = """
policy: incentive
id: bonus
version: 1
title: {en: Bonus}
effective: {from: 2026-07-01, through: ２０２６-０９-３０}
owner: hr
reason: 2026
subject: person
each: quarter
values: {full: true, attainment: revenue / quota, other: {value: 0.5, if missing: 0, names: [达成率]}}
credit: {deal.won: [{to: seller}, {also to: person.supervisor, share: ２０％}]}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("sources/a.yaml", SOURCE), ("catalogue/events.yaml", CATALOGUE), ("incentives/a.yaml", VALUES)],
)
def test_accepts_short_and_long_forms(name: str, text: str) -> None:
    """A word for a block, a word for a list, numbers and truths where a text is meant, full-width digits."""
    assert [error.message for error in _schema(name).iter_errors(_read(text))] == []


WRONG = {
    "a misspelt key": ("incentives/a.yaml", VALUES.replace("owner:", "ower:")),
    "a missing key": ("incentives/a.yaml", VALUES.replace("each: quarter\n", "")),
    "an empty key": ("incentives/a.yaml", VALUES.replace("reason: 2026", "reason:")),
    "`to` in a table": ("incentives/a.yaml", VALUES + "pay: {line: {tiers: [{to: 80%, rate: 1%}]}}"),
    "a share without its percent": ("incentives/a.yaml", VALUES.replace("２０％", "20")),
    "a version in words": ("incentives/a.yaml", VALUES.replace("version: 1", "version: one")),
    "a day that is none": ("incentives/a.yaml", VALUES.replace("2026-07-01", "1 July")),
    "a list where a block is meant": ("catalogue/events.yaml", "events: [deal.won]"),
    "an event without fields": ("catalogue/events.yaml", "events: {deal.won: {belongs to: seller}}"),
    "a misspelt part of a cell": ("sources/a.yaml", SOURCE.replace("currency:", "curency:")),
    "a list for a word": ("sources/a.yaml", SOURCE.replace("id: Deal", "id: [Deal]")),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_refuses(wrong: str) -> None:
    """What an editor can know to be a slip, it underlines."""
    name, text = WRONG[wrong]
    assert not _schema(name).is_valid(_read(text))
