"""Makes the generated parts of the documentation, or with `--check` says which of them are out of date.

`schemas/` comes from the models of what authors write and from the catalogue of the example; with `--schemas` nothing
else is made. Five parts of the pages are generated. `docs/complaint-desk.svg` draws the machine of that policy, which
`docs/escalations.md` goes through. `docs/checks.md` comes from the table of codes and the catalogues.
In README.md and in the pages of this folder, the fenced block after `<!-- output of: COMMAND -->` holds what that
command prints, the block after `<!-- text of: PATH -->` what that file holds, `(lines 3..9)` before the arrow taking
only these lines, and the block after `<!-- modules of: FOLDER -->` its modules, each with what it says it is for.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

from workflow.api import chart, check
from workflow.checks.builtin import recordable
from workflow.checks.schemas import event_schema
from workflow.diagnostics import CODES
from workflow.model.schemas import written_schemas
from workflow.report.codes import sentence
from workflow.report.statechart import as_svg

ROOT = Path(__file__).resolve().parent.parent

_BLOCK = re.compile(
    r"(?P<mark><!-- (?P<what>output|text|modules) of: (?P<of>.+?)(?: \(lines (?P<first>\d+)\.\.(?P<last>\d+)\))? -->\n"
    r"```\w*\n).*?(?P<end>^```$)",
    re.DOTALL | re.MULTILINE,
)

_ROOMS = {
    "syntax": "Reading a file",
    "model": "What a policy may say",
    "check": "Whether it makes sense",
    "intake": "Recorded data",
    "run": "Running",
    "cli": "The command line",
}


def pages() -> dict[Path, str]:
    """Every page with a generated part, as it should read."""
    made = {ROOT / "docs" / "checks.md": checks_page()}
    drawn = ROOT / "tests" / "golden" / "escalation" / "base"
    made[ROOT / "docs" / "complaint-desk.svg"] = as_svg(chart(drawn, "complaint-desk"))
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        if path not in made:
            made[path] = filled(path.read_text(encoding="utf-8"))
    return made


def schemas() -> dict[Path, str]:
    """Every JSON Schema, as its file should read."""
    example = check(ROOT / "policies").workspace
    assert example is not None, "the example workspace has no mistakes"
    made = {**written_schemas(), "example-events.schema.json": event_schema(recordable(example))}
    return {
        ROOT / "schemas" / name: json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in made.items()
    }


def filled(page: str) -> str:
    """A page whose marked blocks hold what they should."""

    def block(found: re.Match[str]) -> str:
        text = _MADE[found["what"]](found["of"])
        if found["first"]:
            lines = text.splitlines(keepends=True)
            text = "".join(lines[int(found["first"]) - 1 : int(found["last"])])
        assert "\n```" not in f"\n{text}", f"{found['of']} would end its own block"
        return f"{found['mark']}{text}{found['end']}"

    return _BLOCK.sub(block, page)


def output_of(command: str) -> str:
    """What a `workflow …` command prints, run from the root of the repository in plain English surroundings."""
    program, *arguments = shlex.split(command)
    assert program == "workflow", f"only workflow's own output is shown, not that of {program}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    environment["COLUMNS"] = "100"
    ended = subprocess.run(  # noqa: S603 the commands stand in our own pages
        [sys.executable, "-m", "workflow", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        encoding="utf-8",
    )
    return ended.stdout


def text_of(path: str) -> str:
    """What a file of the repository holds."""
    return (ROOT / path).read_text("utf-8")


def modules_of(folder: str) -> str:
    """The modules of a room, each with the first paragraph of its docstring."""
    told = []
    paths = [
        path for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py" or path.parent != ROOT / folder
    ]
    for path in sorted(paths):
        name = path.relative_to(ROOT / folder).as_posix().removesuffix("/__init__.py")
        said = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n\n")[0]
        told.append((name, " ".join(said.split())))
    wide = max(len(name) for name, _ in told) + 2
    return "".join(
        textwrap.fill(said, 116, initial_indent=name.ljust(wide), subsequent_indent=" " * wide) + "\n"
        for name, said in told
    )


_MADE = {"output": output_of, "text": text_of, "modules": modules_of}


def checks_page() -> str:
    """Every code: what it says, why, and the cure, in both languages."""
    lines = [
        "# Checks",
        "",
        "Every message has a code in brackets, as in `error[unknown-period]`. `workflow help CODE` prints what stands",
        "here. A word in ‹› is replaced by the author's own. This page is made by `make docs`.",
    ]
    for room, title in _ROOMS.items():
        codes = sorted(code for code in CODES if CODES[code].room == room)
        lines += ["", f"## {title}"] if codes else []
        for code in codes:
            lines += ["", f"### {code}", ""]
            if CODES[code].severity == "warning":
                lines += ["A warning: the policy can be used as it is.", ""]
            lines += [line for language in ("en", "zh-CN") for line in _entry(code, language)][:-1]
    return "\n".join(lines) + "\n"


def _entry(code: str, language: str) -> list[str]:
    why, cure = sentence(code, language, ".why"), sentence(code, language, ".help")
    arrow = f"→ {_markdown(cure)}" if cure else ""
    parts = (f"**{_markdown(sentence(code, language))}**", _markdown(why), arrow)
    return [line for part in parts if part for line in (part, "")]


def _markdown(text: str) -> str:
    """Plain text in Markdown: outside of backticks no sign may start markup."""
    pieces = text.replace("\n", " ").split("`")
    return "`".join(
        piece if number % 2 else re.sub(r"([\\*_<>\[\]#|])", r"\\\1", piece) for number, piece in enumerate(pieces)
    )


def main() -> int:
    """Write the schemas and the pages, or with `--check` only compare them; 1 if one is out of date."""
    only_compare = "--check" in sys.argv[1:]
    made = schemas() if "--schemas" in sys.argv[1:] else schemas() | pages()
    stale = {path: text for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        print(f"{name} is out of date: run make docs" if only_compare else f"wrote {name}")
        if not only_compare:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(only_compare and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
