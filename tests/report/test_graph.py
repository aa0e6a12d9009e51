"""Who uses what: the edges of a workspace, and signs that mean something to a drawing's readers."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import workflow
from tests.golden.cases import cases
from workflow.report.graph import Graph, as_mermaid, as_svg, graph_of

GOOD = Path(__file__).parent.parent / "golden" / "incentive"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(into: Path, title: str = "Sales bonus") -> Graph:
    """The graph of three policies, one of which uses the others."""
    case = GOOD / "good" / "a-policy-uses-what-others-come-to"
    shutil.copytree(GOOD / "base", into)
    shutil.copytree(case, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns("case.yaml"))
    file = into / "incentives" / "sales.v1.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Sales bonus", title), encoding="utf-8")
    rules = workflow.check(into).workspace
    assert rules is not None
    return graph_of(rules, "en")


def test_edges_go_from_what_is_used_to_its_user(tmp_path: Path) -> None:
    """Events and registers to policies, facts between these, and policies to what they trigger; each with names."""
    edges = {(each.of, each.to): each.what for each in drawn(tmp_path / "w").edges}
    assert edges["event deal.won", "policy sales"] == ("revenue",)
    assert edges["register people", "policy sales"] == ("person.role",)
    assert edges["policy sales", "policy a-bonus"] == ("attainment", "commission", "total")
    assert edges["policy monthly", "policy a-bonus"] == ("commission",)
    assert edges["policy a-bonus", "action task account-plan"] == ("plan",)


def test_a_policy_about_customers_uses_their_register_and_what_sets_a_tier(tmp_path: Path) -> None:
    """The people of the company are none of its subjects; what it is promised is used by the name of the fact."""
    root = next(each for each in cases("good") if each.folder.name == "what-a-tier-is-promised-is-a-fact").workspace(
        tmp_path / "w"
    )
    policy = root / "tiers" / "loyalty-tier.v1.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("each: quarter", 'for: customer.status = "active"\neach: quarter'), encoding="utf-8")
    rules = workflow.check(root).workspace
    assert rules is not None
    edges = {(each.of, each.to): each.what for each in graph_of(rules, "en").edges}
    assert edges["register customers", "policy loyalty-tier"] == ("customer.status",)
    assert edges["event customer.tier_set", "policy customer-tier"] == ("override",)
    assert edges["policy customer-tier", "policy loyalty-tier"] == ("visits_per_quarter",)
    assert {to for of, to in edges if of == "register people"} == {"policy service-bonus"}


def test_each_box_stands_right_of_what_it_uses(tmp_path: Path) -> None:
    """Of a policy that uses others, the box begins where theirs have ended."""
    root = ET.fromstring(as_svg(drawn(tmp_path / "w")))
    boxes = {group.findall(f"{SVG}text")[-1].text: group.find(f"{SVG}rect") for group in root.findall(f"{SVG}g")}

    def ends(name: str) -> tuple[int, int]:
        box = boxes[name]
        assert box is not None
        return int(box.attrib["x"]), int(box.attrib["x"]) + int(box.attrib["width"])

    for used, user in (
        ("deal.won", "sales"),
        ("sales", "a-bonus"),
        ("monthly", "a-bonus"),
        ("a-bonus", "account-plan"),
    ):
        assert ends(used)[1] < ends(user)[0]


def test_an_authors_signs_are_only_text(tmp_path: Path) -> None:
    """A title full of what drawings mean something by stays a title: nothing opens an element or ends a label."""
    title = "<script>alert(1)<'script> & ]] --> | `x` 提成"
    graph = drawn(tmp_path / "w", "'" + title.replace("'", "''") + "'")
    texts = [each.text for each in ET.fromstring(as_svg(graph)).iter(f"{SVG}text")]
    assert title in texts
    (line,) = (each for each in as_mermaid(graph).splitlines() if "提成" in each)
    label = line.partition('["')[2].removesuffix('"]')
    assert not set(label.replace("<br/>", "")) & set('<>"|[]{}()`&')
