"""The documentation: generated parts are as generated, and every code and command stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import build
from workflow.cli import workflow
from workflow.diagnostics import CODES


@pytest.fixture(scope="module")
def pages() -> dict[Path, str]:
    """Every page as it should read."""
    return build.pages()


def test_no_page_is_out_of_date(pages: dict[Path, str]) -> None:
    """What stands in the pages is what `make docs` would write: real outputs, whole files, all codes."""
    stale = [path.name for path, text in pages.items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run make docs"


def test_every_code_is_documented() -> None:
    """Each code has its heading in docs/checks.md."""
    assert set(re.findall(r"^### (.+)$", build.checks_page(), re.MULTILINE)) == set(CODES)


def test_every_command_is_in_the_readme() -> None:
    """Whoever reads the README has met each command."""
    readme = (build.ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in workflow.commands if f"workflow {name}" not in readme] == []


def test_links_between_pages_lead_somewhere(pages: dict[Path, str]) -> None:
    """Every relative link names a file or folder that exists."""
    for path, text in pages.items():
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_a_block_is_replaced_by_what_the_command_prints() -> None:
    """The fence and its surroundings stay."""
    page = "before\n<!-- output of: workflow --version -->\n```text\nold\n```\nafter\n"
    filled = build.filled(page)
    assert re.fullmatch(
        r"before\n<!-- output of: workflow --version -->\n```text\nworkflow \d+\.\d+\.\d+\n```\nafter\n", filled
    )


def test_a_block_can_take_some_lines_of_a_file() -> None:
    """`(lines a..b)` counts from 1 and includes both."""
    page = "<!-- text of: pyproject.toml (lines 1..1) -->\n```toml\n```\n"
    assert build.filled(page) == "<!-- text of: pyproject.toml (lines 1..1) -->\n```toml\n[build-system]\n```\n"
