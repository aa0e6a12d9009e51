"""The chart of a state machine: what stands in it, that no text lies on another, and signs that mean something."""

from __future__ import annotations

import datetime
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import workflow
from workflow.checks.cases import CheckedEscalation
from workflow.checks.reachability import state_machine
from workflow.diagnostics import WrongUsage
from workflow.plan.replaying import machine_of
from workflow.report.statechart import as_mermaid, as_svg
from workflow.run.reference.cases import machine_of as stepped_by

BASE = Path(__file__).parent.parent / "golden" / "escalation" / "base"
POLICY = "escalations/complaint-desk.v1.yaml"
SVG = "{http://www.w3.org/2000/svg}"


def changed(into: Path, *changes: tuple[str, str]) -> Path:
    """The workspace of the golden cases with some changes of its policy."""
    shutil.copytree(BASE, into)
    text = (into / POLICY).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (into / POLICY).write_text(text, "utf-8")
    return into


def test_every_way_stands_in_the_chart(tmp_path: Path) -> None:
    """With its event or time, its condition and what it triggers; and of each state what is said of it."""
    more = (
        "- {after: 5 days, go to: closed}",
        "- {after: 2 hours, every: 1 day, at most: 3, task: answer-now}\n      ",
    )
    chart = workflow.chart(changed(tmp_path / "w", (more[0], more[1] + more[0])), "complaint-desk")
    assert {(each.of, each.to, each.label) for each in chart.arrows} == {
        *((each, "in_progress", "Complaint acknowledged") for each in ("open", "escalated", "director")),
        ("open", "escalated", "after 4 working hours"),
        ("escalated", "director", "after 1 working day"),
        ("in_progress", "waiting", "Waiting for the customer"),
        ("waiting", "in_progress", "Customer answered"),
        *((each, "resolved", "Complaint resolved") for each in ("in_progress", "waiting")),
        ("resolved", "escalated", "Complaint reopened [reopened <= 2]"),
        ("resolved", None, "after 2 hours, then every 1 day, at most 3 times / Answer at once (stays)"),
        ("resolved", "closed", "after 5 days"),
    }
    said = {box.name: box.lines[1:] for box in chart.boxes}
    assert said["director"] == ("level 2", "on entry: Call the customer")
    assert (said["waiting"], said["resolved"]) == (("pauses resolution",), ("stops resolution",))
    assert [box.name for box in chart.boxes if box.final] == ["closed"]


def test_no_text_lies_on_another_and_each_line_ends_at_its_state(tmp_path: Path) -> None:
    """Labels stand in rows of their own, also long ones; the line of a way ends at the height of its state's title."""
    long = ("when: reopened <= 2", "when: reopened <= 2 or " + " or ".join(f"reopened = {at}" for at in range(5, 30)))
    chart = workflow.chart(changed(tmp_path / "w", long), "complaint-desk", language="zh-CN")
    root = ET.fromstring(as_svg(chart))
    places = [(each.attrib["x"], each.attrib["y"]) for each in root.iter(f"{SVG}text")]
    assert len(set(places)) == len(places)
    tops = {title.text: int(title.attrib["y"]) for title in root.iter(f"{SVG}text")}
    ends = [each.attrib["d"] for each in root.iter(f"{SVG}path") if each.attrib.get("fill") == "none"]
    heights = sorted(int(each.rpartition(",")[2].partition(" ")[0]) for each in ends)
    to = [each.to for each in chart.arrows if each.to is not None]
    assert heights == sorted(tops[name] - 5 for name in to)  # A title stands five below the middle of its row.


def test_an_authors_signs_are_only_text(tmp_path: Path) -> None:
    """Titles and conditions full of what drawings mean something by open no element and end no label."""
    title = '</text><script>alert(1)</script> & " ; end note --> `x` %% 提成'
    when = 'when: complaint = "<b>]; -->" or reopened <= 2'
    root = changed(
        tmp_path / "w",
        ("director:\n", "director:\n    title: {en: '" + title + "', zh: 主管}\n"),
        ("when: reopened <= 2", when),
    )
    chart = workflow.chart(root, "complaint-desk")
    texts = [each.text for each in ET.fromstring(as_svg(chart)).iter(f"{SVG}text")]
    assert title in texts
    labels = [line.partition('state "')[2].rpartition('" as')[0] for line in as_mermaid(chart).splitlines()]
    labels += [line.partition(" : ")[2] for line in as_mermaid(chart).splitlines()]
    assert any("alert" in each for each in labels)
    assert any("reopened" in each for each in labels)
    assert not set("".join(labels)) & set('<>"[]{}()`&%:|=')
    assert "-->" not in "".join(labels)


def test_titles_are_in_the_readers_language() -> None:
    """Events, what is triggered, and times; names without a title stay as they are."""
    chart = workflow.chart(BASE, "complaint-desk", language="zh-CN")
    assert {"投诉受理", "4个工作小时后"} <= {each.label for each in chart.arrows}
    assert next(box.lines for box in chart.boxes if box.name == "director")[1:] == ("第 2 级", "进入时：致电客户")


def test_an_unknown_policy_is_told_with_those_there_are() -> None:
    """Only escalations have a machine."""
    with pytest.raises(WrongUsage) as caught:
        workflow.chart(BASE, "complaints")
    assert [(each.code, each.args["known"]) for each in caught.value.diagnostics] == [
        ("unknown-escalation", ("complaint-desk",))
    ]


def test_what_is_checked_and_drawn_is_what_cases_go_through(tmp_path: Path) -> None:
    """The policy's machine, by names, and the kernel's, by numbers, are the same states and ways in the same order."""
    more = ("  in_progress: {}", "  in_progress:\n    timers:\n      - {after: 2 hours, task: answer-now}")
    stay = ("moves:\n", "moves:\n  - {in: open, on event: complaint.waiting, go to: stay}\n")
    rules = workflow.checked_workspace(changed(tmp_path / "w", more, stay))
    (policy,) = (each for each in rules.policies if isinstance(each, CheckedEscalation))
    numbers = machine_of(policy, datetime.date(2026, 12, 31))
    drawn, stepped = state_machine(policy), stepped_by(numbers.kernel(datetime.datetime(2026, 12, 31)))  # noqa: DTZ001 in UTC, as plans have it
    names = {str(number): name for number, name in enumerate(drawn.states, 1)}
    kinds = {f"event {numbers.kind(name)}": name for name in policy.types}
    assert [names[each] for each in stepped.states] == list(drawn.states)
    assert [names[each] for each in stepped.final] == list(drawn.final)
    for number, name in names.items():
        ways = [
            (kinds.get(each.trigger, each.trigger), each.to and names[each.to]) for each in stepped.ways_out(number)
        ]
        assert ways == [(each.trigger, each.to) for each in drawn.ways_out(name)]
