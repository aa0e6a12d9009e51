"""`workflow check` over the example workspace, for programs."""

from __future__ import annotations

import json

import pytest

from tests.golden.cases import ROOT
from workflow.cli import main


def test_check_as_json_names_every_policy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With its kind, as its author writes it."""
    monkeypatch.setattr("sys.argv", ["workflow", "check", str(ROOT / "policies"), "--format", "json"])
    assert main() == 0
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["mistakes"] == 0
    folders = {
        "escalation": "escalations",
        "goals": "goals",
        "incentive": "incentives",
        "review": "reviews",
        "tiering": "tiers",
    }
    assert {(policy["kind"], policy["file"]) for policy in told["policies"]} == {
        (kind, f"{folder}/{path.name}")
        for kind, folder in folders.items()
        for path in (ROOT / "policies" / folder).glob("*.yaml")
    }
