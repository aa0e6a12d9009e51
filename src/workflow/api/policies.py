"""What needs no recorded event: policies are read, checked, mended, brought into one form, begun and described.

Nothing here loads an engine; what only one function needs is imported when it is called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.checks.attempt import attempted
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.passes import check as check_policies
from workflow.diagnostics import NOWHERE, Diagnostic, PoliciesRefused, WrongUsage, has_errors, in_order
from workflow.model.files import PolicySet, read_files
from workflow.syntax.braces import with_block_forms
from workflow.syntax.fixes import Change, changes, mended
from workflow.syntax.folder import read_folder, write_files, write_folder, write_new
from workflow.syntax.form import all_formed
from workflow.words.starters import starter

if TYPE_CHECKING:
    from workflow.report.attempt import Tried
    from workflow.report.statechart.chart import Chart

MOST_ROUNDS = 20
"""So often are fixes looked for again, since one may lay open another."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A workspace as its authors wrote it, what could not be read of it, and the text of each file by path."""

    policies: PolicySet
    texts: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A workspace after all checks. `workspace` is None where a mistake stops a run."""

    workspace: CheckedWorkspace | None
    policies: tuple[CheckedPolicy, ...]
    texts: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """A workspace after repairs: the lines that changed, and what checking says of it now.

    `unclear` are the files that can't be written in the one form, since a mistake leaves their meaning open.
    """

    changes: tuple[Change, ...]
    checked: Checked
    unclear: tuple[str, ...] = ()


def attempt(expression: str, given: Mapping[str, str], engine: str) -> tuple[Tried | None, tuple[Diagnostic, ...]]:
    """One expression with the values given for its names, evaluated step by step; or None, and what is wrong."""
    from workflow.report.attempt import Tried
    from workflow.run.trial import found_by

    checked, mistakes = attempted(expression, given)
    return Tried(checked, engine, found_by(engine, checked)) if checked is not None else None, mistakes


def load(workspace: Path) -> Loaded:
    """Read a workspace's files.

    Args:
        workspace: the folder that holds workspace.yaml.

    Raises:
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be opened.
    """
    texts, unreadable = read_folder(workspace)
    policies, mistakes = read_files(texts)
    return Loaded(policies, texts, in_order((*unreadable, *mistakes)))


def check(workspace: Path) -> Checked:
    """Read a workspace and find all mistakes in it, without running anything.

    Raises:
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be opened.
    """
    return _checked(*read_folder(workspace))


def checked_workspace(workspace: Path) -> CheckedWorkspace:
    """A workspace without mistakes.

    Raises:
        PoliciesRefused: it has mistakes.
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be opened.
    """
    checked = check(workspace)
    if checked.workspace is None:
        raise PoliciesRefused(checked.diagnostics)
    return checked.workspace


def chart(workspace: Path, policy: str, *, language: str = "en") -> Chart:
    """The state machine of an escalation, for `report.statechart` to draw.

    Args:
        workspace: the folder that holds workspace.yaml.
        policy: its id; the newest version is drawn.
        language: that of its words and titles.

    Raises:
        PoliciesRefused: the policies have mistakes.
        WrongUsage: there is no workspace, or no escalation of that id.
        WorldFailed: a file can't be opened.
    """
    from workflow.plan.caselists import escalation_called
    from workflow.report.statechart import chart_of

    checked = check(workspace)
    if checked.workspace is None:
        raise PoliciesRefused(checked.diagnostics)
    return chart_of(checked.workspace, checked.texts, escalation_called(checked.workspace, policy), language)


def fix(workspace: Path) -> Mended:
    """Carry out every fix that keeps its author's meaning, in the workspace's files.

    Raises:
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be read or written.
    """
    before, unreadable = read_folder(workspace)
    texts, checked = _mended(before, unreadable)
    write_folder(workspace, before, texts)
    return Mended(changes(before, texts), checked)


def form(workspace: Path, *, write: bool = True) -> Mended:
    """Write policies in the one form: formulas out of braces, two blanks a level, one empty line between parts.

    Args:
        workspace: the folder that holds workspace.yaml.
        write: False to change no file, and only say what would change.

    Raises:
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be read or written.
    """
    before, unreadable = read_folder(workspace)
    texts, checked = _mended(before, unreadable, only="formula-in-braces")
    formed, unclear = all_formed(texts)
    if write:
        write_folder(workspace, before, formed)
    after = checked if formed == texts else _checked(formed, unreadable)
    return Mended(changes(before, formed), after, unclear)


def start(folder: Path, *, language: str = "en") -> tuple[str, ...]:
    """Make a small workspace to begin with; the paths of its files.

    Args:
        folder: where; made if it isn't there.
        language: that of its comments.

    Raises:
        WrongUsage: the folder isn't empty.
        WorldFailed: a file can't be written.
    """
    files = starter(language)
    write_new(folder, files)
    return tuple(files)


def schemas(folder: Path, *, workspace: Path | None = None, language: str = "en") -> Mapping[str, str]:
    """Write the JSON Schemas of a workspace's files, for editors.

    Args:
        folder: where; made if it isn't there.
        workspace: whose recorded events get a schema too, by its catalogue; none unless said.
        language: that of the descriptions.

    Returns:
        The names of the schemas, each with the file or folder of a workspace that it describes.

    Raises:
        PoliciesRefused: the workspace has mistakes.
        WrongUsage: there is no workspace.
        WorldFailed: a file can't be written.
    """
    from workflow.checks.builtin import recordable
    from workflow.checks.schemas import EVENTS, event_schema
    from workflow.model.schemas import places, written_schemas

    made, described = dict(written_schemas(language)), dict(places())
    if workspace is not None:
        rules = checked_workspace(workspace)
        made[EVENTS], described[EVENTS] = event_schema(recordable(rules), language), ""
    write_files(
        folder, {name: f"{json.dumps(each, ensure_ascii=False, indent=2)}\n".encode() for name, each in made.items()}
    )
    return described


def import_calendar(
    out: Path,
    country: str,
    source: tuple[Path, ...] | tuple[int, int] | None,
    *,
    force: bool = False,
    language: str = "en",
) -> None:
    """Write a file of calendars/ from what a state publishes.

    Args:
        out: the file.
        country: `CN`, or another one, `DE`, or a part of it, `DE-BY`, in letters of any size; the calendar's name.
        source: for `CN` the files of its yearly notices, else the first and last year.
        force: whether the file is replaced if it is there.
        language: that of its comments.

    Raises:
        WrongUsage: the country isn't known, the source is that of another, or the file is there.
        WorldFailed: a file can't be read or written.
    """
    from workflow.report.calendars import as_yaml
    from workflow.worktime.published import of_country, of_notices

    country = country.upper()
    files = [each for each in source or () if isinstance(each, Path)]
    if source is None or (country == "CN") != bool(files):
        code = "needs-notices" if country == "CN" else "needs-years"
        raise WrongUsage((Diagnostic(code, NOWHERE, {"country": country}),))
    if out.exists() and not force:
        raise WrongUsage((Diagnostic("calendar-there", NOWHERE, {"path": str(out)}),))
    years = [each for each in source if isinstance(each, int)]
    published = (
        of_notices({path.name: path.read_bytes() for path in files})
        if files
        else of_country(country, (years[0], years[1]))
    )
    write_files(out.parent, {out.name: as_yaml(published, country.lower(), language).encode()})


def _checked(texts: Mapping[str, str], unreadable: tuple[Diagnostic, ...]) -> Checked:
    """What the texts of a workspace say, and all that is wrong with them."""
    policies, unread = read_files(texts)
    checked, mistakes = check_policies(policies)
    diagnostics = with_block_forms(in_order((*unreadable, *unread, *mistakes)), texts)
    usable = None if has_errors(diagnostics) else checked
    return Checked(usable, usable.policies if usable else (), texts, diagnostics)


def _mended(
    texts: Mapping[str, str], unreadable: tuple[Diagnostic, ...], only: str | None = None
) -> tuple[Mapping[str, str], Checked]:
    """The texts after all safe fixes, or those of one code, and what is left to say of them."""
    checked = _checked(texts, unreadable)
    for _ in range(MOST_ROUNDS):
        fixed = mended(texts, (each for each in checked.diagnostics if only in (None, each.code)))
        if fixed == texts:
            break
        texts, checked = fixed, _checked(fixed, unreadable)
    return texts, checked
