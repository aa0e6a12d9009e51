"""The language reference tells the truth: its policies are checked, its formulas are computed, no word is left out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest

import workflow
from docs import build
from workflow.checks.catalogue import PLAIN
from workflow.checks.formulas import Typing
from workflow.checks.scope import Scope
from workflow.diagnostics import NOWHERE, has_errors
from workflow.ledger.texts import texts
from workflow.model.files import FOLDERS, SINGLE
from workflow.model.leaves import Formula as Leaf
from workflow.model.reading import Written
from workflow.model.typed import Literal, Rounding, Value
from workflow.model.types import COUNT, DATE, Kind, Type, money, number, ratio
from workflow.plan.nodes import Field
from workflow.run.outcome import arrow_type
from workflow.run.trial import ENGINES, EngineName, tried
from workflow.syntax.keywords import CHINESE, CHINESE_BEFORE_BRACKET
from workflow.syntax.tree import Scalar

LANGUAGE = (build.ROOT / "docs" / "language.md").read_text(encoding="utf-8")
FORMULAS = LANGUAGE + (build.ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
PAGES = {
    name: (build.ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("language.md", "incentives.md", "tiers.md")
}

# ---- Policies ----------------------------------------------------------------------------------------------------


def _blocks() -> Iterator[tuple[str, str]]:
    """The YAML blocks of the pages that no marker fills: the page with the number of the line, and the text."""
    for name, page in PAGES.items():
        for found in re.finditer(
            r"(?P<mark><!-- .+ -->\n)?^```yaml\n(?P<text>.*?)^```$", page, re.DOTALL | re.MULTILINE
        ):
            if found["mark"] is None:
                yield f"{name}:{page.count(chr(10), 0, found.start()) + 1}", found["text"]


BLOCKS = dict(_blocks())


def _sections(text: str, indent: str = "") -> dict[str, str]:
    """The parts of a YAML text that stand at one indentation, each with what belongs to it, by key."""
    parts = re.split(rf"(?m)^(?={indent}[^\s#])", text)
    return {part.strip().partition(":")[0]: part for part in parts if part.strip() and not part.startswith("#")}


def laid(over: str, part: str) -> str:
    """A file with the sections of a part in it; sections that are blocks on both sides are joined key by key, a list
    takes the place of the one there.
    """
    sections = _sections(over)
    for key, section in _sections(part).items():
        opening, _, block = section.partition("\n")
        earlier, _, own = sections.get(key, "").partition("\n")
        keyed = earlier == opening and block.startswith("  ") and not block.startswith("  - ")
        joined = _sections(own, "  ") | _sections(block, "  ") if keyed else {}
        whole = "".join(each.rstrip("\n") + "\n" for each in joined.values()) or block
        sections[key] = f"{opening}\n{whole}".rstrip("\n") + "\n"
    return "".join(sections.values())


@pytest.mark.parametrize("place", BLOCKS)
def test_a_block_is_a_policy_without_mistakes(place: str, tmp_path: Path) -> None:
    """`# FILE` is a whole file, `# part of FILE` is laid over the example's own; the workspace then has no error."""
    head, _, text = BLOCKS[place].partition("\n")
    found = re.fullmatch(r"# (?P<part>part of )?(?P<path>[\w./-]+\.yaml)", head)
    assert found is not None, "the first line names the file"
    root = tmp_path / "policies"
    shutil.copytree(build.ROOT / "policies", root)
    file = root / found["path"]
    file.parent.mkdir(exist_ok=True)
    file.write_text(laid(file.read_text(encoding="utf-8"), text) if found["part"] else text, encoding="utf-8")
    checked = workflow.check(root)
    assert not has_errors(checked.diagnostics), [(each.code, each.span, each.args) for each in checked.diagnostics]


# ---- Formulas ----------------------------------------------------------------------------------------------------

TYPES = {
    "revenue": money("CNY", 28),
    "quota": money("CNY"),
    "deals": COUNT,
    "large_deals": COUNT,
    "csat": number(24, 12),
    "person.role": Type(Kind.TEXT, values=("account manager", "sales supervisor")),
    "person.commission_rate": ratio(15, 8),
    "period.start": DATE,
    "period.days": COUNT,
    "days_served": COUNT,
}
SCOPE = Scope(TYPES, {"销售额": "revenue", "满意度": "csat"})


def _tables(*header: str) -> list[tuple[str, ...]]:
    """The rows of all tables of the page that have this header, their code marks taken off."""
    head = "| " + " | ".join(header) + " |\n|" + "---|" * len(header) + "\n"
    rows: list[tuple[str, ...]] = []
    for after in FORMULAS.split(head)[1:]:
        for line in after.splitlines():
            if not line.startswith("|"):
                break
            rows.append(tuple(cell.strip().strip("`").strip() for cell in line.strip("|").split("|")))
    return rows


def _typing(text: str) -> tuple[Typing, Leaf]:
    scalar = Scalar(text, NOWHERE, "plain", ((0, 1, 1),))
    return Typing(SCOPE), Leaf(scalar)


def _computed(engine: EngineName, text: str, row: Mapping[str, Value | None]) -> tuple[str, str]:
    """The type of a formula in the author's words, and its value as text."""
    typing, leaf = _typing(text)
    expression = typing.formula(leaf)
    assert expression is not None, (text, typing.mistakes)
    fields = [Field(name, of, maybe=row[name] is None) for name, of in TYPES.items()]
    ((found,),) = tried(engine, fields, [row], [expression])
    of = expression.type
    shown = "missing" if found.value is None else texts(pa.array([found.value], arrow_type(of)), of)[0].as_py()
    return of.kind + (f" in {of.unit}" if of.unit else ""), shown


def _row() -> dict[str, Value | None]:
    """The quarter that the page gives."""
    row: dict[str, Value | None] = {}
    for name, value in _tables("given", "value"):
        if value == "missing":
            row[name] = None
            continue
        typing, leaf = _typing(value)
        literal = typing.formula(leaf)
        assert literal is not None
        assert isinstance(literal, Literal)
        row[name] = literal.value
    return row


def test_the_given_values_are_those_of_the_test() -> None:
    """Every name of the tables is given, and no other."""
    assert set(_row()) == set(TYPES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("formula", "kind", "value"), _tables("expression", "type", "value"))
def test_a_formula_means_what_the_page_says(formula: str, kind: str, value: str, engine: EngineName) -> None:
    """Its type by the checker, its value by both engines."""
    assert _computed(engine, formula, _row()) == (kind, value)


@pytest.mark.parametrize(("formula", "code", "meant"), _tables("written", "message", "meant"))
def test_a_slip_gets_the_message_that_the_page_says(formula: str, code: str, meant: str) -> None:
    """One message, and the repair where one is known."""
    typing, leaf = _typing(formula)
    typing.formula(leaf)
    fixes = [each.fix.text if each.fix else "" for each in typing.mistakes]
    assert ([each.code for each in typing.mistakes], fixes) == ([code], [meant])


# ---- Words -------------------------------------------------------------------------------------------------------


def _models() -> list[type[Written]]:
    """Every model that a file of a workspace is read by."""
    waiting: list[object] = [*SINGLE.values(), *FOLDERS.values()]
    found: list[type[Written]] = []
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, Written):
            if annotation not in found:
                found.append(annotation)
                waiting += [field.annotation for field in annotation.model_fields.values()]
        else:
            waiting += get_args(annotation)
    return found


MODELS = _models()
SAID = set(re.findall(r"`([^`\n]+)`", LANGUAGE)) | {
    word for block in re.findall(r"^```yaml\n(.*?)^```$", LANGUAGE, re.DOTALL | re.MULTILINE)
    for word in re.findall(r"([a-z][a-z ]*):", block)
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_on_the_page(model: type[Written]) -> None:
    """No key of any file is left out."""
    assert {field.alias or name for name, field in model.model_fields.items()} - SAID == set()


def test_every_reserved_word_is_on_the_page_and_no_other() -> None:
    """The table of reserved words is that of the models."""
    found = {word for _, words in _tables("in", "words") for word in re.findall(r"`([a-z -]+)`", f"`{words}`")}
    assert found == {word for model in MODELS for word in model.later}


def test_closed_lists_are_on_the_page() -> None:
    """Types of fields, modes of rounding, and the Chinese keywords."""
    for word in (*PLAIN, *Rounding, *CHINESE, *CHINESE_BEFORE_BRACKET):
        assert re.search(rf"`{word}|[`… ]{word}[ `(]", LANGUAGE), word


def test_every_case_that_is_named_exists() -> None:
    """A link to a golden case is named like its folder, and the case is there."""
    cases = re.findall(r"\[`([a-z-]+)`\]\(\.\./tests/golden/(\w+)/good/([a-z-]+)/case\.yaml\)", LANGUAGE)
    assert cases
    for name, kind, folder in cases:
        assert name == folder
        assert (build.ROOT / "tests" / "golden" / kind / "good" / folder / "case.yaml").exists(), folder


def test_a_worked_number_is_that_of_its_case() -> None:
    """The amounts in the section on pay are those that the golden cases expect."""
    cases = {
        "whole-on-the-border": "160.00",
        "whole-a-cent-below-the-border": "80.00",
        "marginal-by-attainment": "202.10",
        "marginal-exactly-on-a-border": "80.00",
        "leave-is-not-served": "771.74",
    }
    for name, amount in cases.items():
        case = build.ROOT / "tests" / "golden" / "incentive" / "good" / name / "case.yaml"
        assert f'amount: "{amount}"' in case.read_text(encoding="utf-8"), name
        assert str(Decimal(amount)) in LANGUAGE, name


def test_the_running_example_gets_what_it_gets() -> None:
    """The amounts on the page of incentives are those worked out by hand for the example workspace."""
    expected = (build.ROOT / "tests/golden/incentive/good/example-workspace/expected.yaml").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (E\d+) \| `(\w+)` \| .+ \| ([\d,.]+) \|$", PAGES["incentives.md"], re.MULTILINE)
    assert len(rows) > 3
    for person, clause, amount in rows:
        assert f'person: {person}, clause: {clause}, amount: "{amount.replace(",", "")}"' in expected, clause
