"""Exports as Jira and Salesforce write them, mapped as they are."""

from __future__ import annotations

import csv
import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.exports import SHARED, read, told
from workflow.intake import Intake

JIRA = SHARED / "export-formats" / "jira" / "jira_cloud_export_all_fields_pseudonymised.csv"
SALESFORCE = SHARED / "export-formats" / "salesforce" / "fivetran_seeds" / "sf_opportunity_data.csv"

pytestmark = pytest.mark.skipif(not (JIRA.is_file() and SALESFORCE.is_file()), reason=f"no exports in {SHARED}")

FILES = {
    "catalogue/events.yaml": """\
        events:
          issue.resolved:
            belongs to: assignee
            fields: {assignee: person, kind: "one of [Task, Story, Bug]", summary: text}
          deal.won:
            belongs to: seller
            fields: {seller: person, amount: money, name: {is: text, optional: yes}}
        """,
    "sources/jira.yaml": """\
        source: jira
        read: jira.csv
        event: issue.resolved
        where: Status = "Done"
        id: Issue key
        changed: {column: Updated, form: "DD/Mon/YY h:mm AM"}
        time: {column: Resolved, form: "DD/Mon/YY h:mm AM"}
        zone: America/New_York
        fields: {assignee: Assignee Id, kind: Issue Type, summary: Summary}
        """,
    "sources/salesforce.yaml": """\
        source: salesforce
        read: salesforce.csv
        event: deal.won
        where: is_won = "true"
        id: id
        changed: {column: _fivetran_synced, zone: UTC}
        time: {column: close_date, form: "YYYY-MM-DD 00:00:00"}
        fields: {seller: owner_id, amount: {column: amount, currency: USD}, name: name}
        """,
}


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """Both, in one workspace."""
    return read(tmp_path_factory.mktemp("exports"), FILES, {"jira.csv": JIRA, "salesforce.csv": SALESFORCE})


def test_jiras_names_that_repeat_are_no_trouble(intake: Intake) -> None:
    """Three columns are called Watchers; the source reads none of them. Who has no assignee is quarantined."""
    done = [row for row in cells(JIRA) if row["Status"] == "Done"]
    (counts,) = (each for each in intake.counts if each.source == "jira")
    assert (counts.rows, counts.unselected) == (22, 22 - len(done))
    kept = {row["Issue key"]: row["Summary"] for row in done if row["Assignee Id"]}
    assert told(intake, "event issue.resolved", "event.id", "summary") == kept
    absent = {row["Issue key"] for row in done if not row["Assignee Id"]}
    assert {each.id for each in intake.quarantine if each.source == "jira"} == absent


def test_jiras_times_are_those_of_its_clock(intake: Intake) -> None:
    """`12/Sep/25 9:05 AM` in New York, as an instant."""
    by_id = told(intake, "event issue.resolved", "event.id", "event.time")
    assert by_id["TES-19"] == datetime.datetime(2025, 9, 12, 13, 5)  # noqa: DTZ001 evidence is in UTC


def test_salesforces_amounts_equal_the_file_by_decimal(intake: Intake) -> None:
    """Of each won opportunity that has one; the others stand in quarantine."""
    won = [row for row in cells(SALESFORCE) if row["is_won"] == "true"]
    expected = {row["id"]: Decimal(row["amount"]) for row in won if row["amount"]}
    assert told(intake, "event deal.won", "event.id", "amount") == expected
    assert sum(each.source == "salesforce" for each in intake.quarantine) == len(won) - len(expected)
