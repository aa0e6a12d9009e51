"""The whole story on one page: from a folder of policies and records to what is paid, and why.

This module is the only caller of all stages, and what `import workflow` offers. Each stage takes what the one before it
gives; nothing flows back. The stages that need an engine are imported when they are called, so that checking policies
loads none.

The room is longer than others so that the whole story, and all that callers may use, stands in one file.
"""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.checks.attempt import attempted
from workflow.checks.checked import CheckedPolicy, CheckedWorkspace
from workflow.checks.passes import check as check_policies
from workflow.diagnostics import NOWHERE, Diagnostic, PoliciesRefused, WrongUsage, has_errors, in_order
from workflow.model.files import PolicySet, read_files
from workflow.run import ENGINES as ENGINES  # noqa: PLC0414 whoever imports the api finds them here
from workflow.syntax.braces import with_block_forms
from workflow.syntax.fixes import Change, changes, mended
from workflow.syntax.folder import digests_of, read_folder, write_files, write_folder, write_new
from workflow.syntax.form import all_formed
from workflow.words.starters import starter

if TYPE_CHECKING:
    from workflow.checks.mapping import PeriodKind
    from workflow.intake.taken import Intake
    from workflow.ledger.account import Account
    from workflow.ledger.cases import Cases
    from workflow.ledger.cycle import Cycle
    from workflow.ledger.evaluation import Evaluation, Run
    from workflow.ledger.progress import Progress
    from workflow.ledger.standing import Standing
    from workflow.ledger.verifying import Verified
    from workflow.plan.lowered import Lowered
    from workflow.plan.occasions import Due, Facts
    from workflow.plan.windows import Delivery
    from workflow.report.attempt import Tried
    from workflow.run.outcome import Engine

Clock = Callable[[], float]
"""What tells seconds, from any beginning."""
Moments = tuple[datetime.date | None, datetime.date | None]
"""From when a run looks: `as of` and `known by`."""
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


def evaluate(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    period: str,
    *,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
    reader: str | None = None,
    out: Path | None = None,
    workbook: bool = False,
    language: str = "en",
    clock: Clock | None = None,
) -> Evaluation:
    """Evaluate a period.

    Args:
        workspace: the folder that holds workspace.yaml.
        period: its name, such as `2026-Q3`.
        as_of: the last day (to its end, in the workspace's zone) or instant that counts; the period's end unless said.
        known_by: likewise, when a record must have become known; the newest in the input unless said.
        engine: one of ENGINES; all give the same result.
        reader: the role whom the result is for, such as `hr`; what only other roles see isn't in it. Everybody's unless
            said.
        out: the folder to write the run's files to; none are written unless said.
        workbook: whether a workbook for spreadsheets is among them.
        language: the language of reasons in the files.
        clock: what times the stages for run.json; without one they aren't timed, and equal runs give equal bytes.

    Raises:
        PoliciesRefused: the policies have mistakes.
        InputRefused: recorded data can't be used as declared.
        WrongUsage: there is no such period, engine or role, nothing is in force in the period, an instant has no
            offset, or `out` holds something else than an earlier run.
        WorldFailed: a file or an engine failed.
    """
    from workflow.ledger.evaluation import evaluation_of
    from workflow.ledger.files import write
    from workflow.ledger.unmet import unmet

    with _run(workspace, period, (as_of, known_by), engine, reader, clock) as (run, lowered):
        evaluation = evaluation_of(run, unmet(run.rules, run.decided, lowered, run.taken, _engine(engine)))
        if out is not None:
            write(out, run, evaluation, workspace, language, workbook=workbook)
        return evaluation


def explain(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    period: str,
    person: str,
    *,
    clause: str | None = None,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
    reader: str | None = None,
) -> Account:
    """One person's account of a period: every value of every policy, and the events behind each measure.

    Args:
        workspace: the folder that holds workspace.yaml.
        period: its name.
        person: the person's id.
        clause: only this clause of pay or action; all unless said.
        as_of: as for `evaluate`.
        known_by: as for `evaluate`.
        engine: as for `evaluate`.
        reader: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if no policy has that person or clause.
    """
    from workflow.ledger.accounting import account_of

    with _run(workspace, period, (as_of, known_by), engine, reader) as (run, lowered):
        return account_of(run, lowered, _engine(engine), (workspace, person, clause))


def tier(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    subject: str,
    on: datetime.date,
    *,
    policy: str | None = None,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
) -> Standing:
    """Somebody's tier on a day: why it is what it is, and what is lacking for the next one.

    Args:
        workspace: the folder that holds workspace.yaml.
        subject: the id of the customer or person.
        on: the day, or an instant of it.
        policy: the id of the tiering; the only one unless said.
        as_of: as for `evaluate`; the day itself unless said.
        known_by: as for `evaluate`.
        engine: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if there is no such tiering or subject, or nothing is decided for the day.
    """
    from workflow.ledger.standing import standing_of
    from workflow.plan.around import around

    _check_moments((on,))
    asked = partial(around, policy=policy, on=on)
    with _run(workspace, asked, (as_of or on, known_by), engine, None) as (run, lowered):
        return standing_of(run, lowered, _engine(engine), (workspace, subject, on))


def reviews(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    as_of: datetime.date,
    *,
    period: str | None = None,
    policy: str | None = None,
    stage: str | None = None,
    late: bool = False,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
) -> Cycle:
    """Where everybody's review stands: of each stage whose turn it is, since when, by when it is due, how late it is.

    Args:
        workspace: the folder that holds workspace.yaml.
        as_of: the last day (to its end, in the workspace's zone) or instant that counts.
        period: its name; the newest that is over unless said.
        policy: the id of a review; all unless said.
        stage: only the rows of this stage.
        late: only the rows of what is late.
        known_by: as for `evaluate`.
        engine: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if no review has days, or there is none of that id or with that stage.
    """
    from workflow.ledger.cycle import cycle_of
    from workflow.plan.cycles import cycles

    _check_moments((as_of,))
    asked = partial(cycles, asked=(period, policy, stage), as_of=as_of)
    with _run(workspace, asked, (as_of, known_by), engine, None) as (run, _):
        return cycle_of(run, stage=stage, late=late)


def cases(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    period: str,
    *,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    policy: str | None = None,
    state: str | None = None,
    case: str | None = None,
    ended: bool = False,
    engine: str = ENGINES[0],
) -> Cases:
    """Where the cases of escalations stand: in which state, what their clocks show, what comes due next, every step.

    Args:
        workspace: the folder that holds workspace.yaml.
        period: the name of a period in which the escalations are in force.
        as_of: as for `evaluate`.
        known_by: as for `evaluate`.
        policy: the id of an escalation; all unless said.
        state: only the cases in this state.
        case: only this case.
        ended: also cases that have ended; where a state or a case is said they are told anyway.
        engine: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if there is no escalation, or none of that id or with that state.
    """
    from workflow.ledger.cases import cases_of
    from workflow.plan.caselists import escalations_due

    asked = partial(escalations_due, period=period, asked=(policy, state))
    with _run(workspace, asked, (as_of, known_by), engine, None) as (run, _):
        return cases_of(run, state=state, case=case, ended=ended)


def verify_cases(workspace: Path, folder: Path) -> tuple[Verified, ...]:
    """Check each step of the cases that a run has written down, without the code that replayed them.

    Args:
        workspace: the folder that holds workspace.yaml.
        folder: where `evaluate` wrote the run's files.

    Raises:
        PoliciesRefused: the policies have mistakes.
        WrongUsage: there is no workspace, or the folder holds no log of cases of its escalations.
        WorldFailed: a file can't be opened.
    """
    from workflow.ledger.verifying import verify

    rules = checked_workspace(workspace)
    files = [document.content for document in load(workspace).policies.calendars]
    return verify(folder, rules.policies, files, rules.zone)


def goals(
    workspace: Path,
    on: datetime.date,
    *,
    person: str | None = None,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
) -> tuple[Progress, ...]:
    """How far goals have come on a day: everybody's, or one person's own and those of the team.

    Args:
        workspace: the folder that holds workspace.yaml.
        on: the day, or an instant of it.
        person: the person's id; everybody unless said.
        as_of: as for `evaluate`; the day itself unless said.
        known_by: as for `evaluate`.
        engine: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if no goals policy is in force on the day, or none has the person.
    """
    from workflow.ledger.progress import progress_of
    from workflow.plan.around import goals_on

    _check_moments((on,))
    with _run(workspace, partial(goals_on, on=on), (as_of or on, known_by), engine, None) as (run, _):
        return progress_of(run, workspace, on, person)


@contextmanager
def _run(
    workspace: Path,
    asked: str | Callable[[CheckedWorkspace, Mapping[str, PeriodKind]], tuple[Due, ...]],
    moments: Moments,
    engine: str,
    reader: str | None,
    clock: Clock | None = None,
) -> Iterator[tuple[Run, tuple[Lowered, ...]]]:
    """All stages up to the ledger's entries, in their order; the evidence lives as long as the block.

    `asked` is a period, or what finds the occasions that the run is about. It is longer than other functions because it
    is the one place that names every stage.
    """
    from workflow.checks.periods import all_periods
    from workflow.intake import Moment, take_in
    from workflow.intake.delivery import begins, taken_back
    from workflow.intake.people import names_of
    from workflow.ledger.book import Decided, entries
    from workflow.ledger.evaluation import Run
    from workflow.ledger.failed import refuse_failed
    from workflow.ledger.seen import check_reader, seen, told
    from workflow.plan.needs import Calendar, needs_of
    from workflow.plan.occasions import instant, policies_due
    from workflow.plan.ordering import ordered_events
    from workflow.run.history import decide

    machine = _engine(engine)
    _check_moments(moments)
    as_of, known_by = moments
    ticks = [clock()] if clock else []
    checked = check(workspace)
    if checked.workspace is None:
        raise PoliciesRefused(checked.diagnostics)
    rules, digests = checked.workspace, digests_of(workspace, checked.texts)
    check_reader(rules, reader)
    periods = all_periods(rules)
    due = policies_due(rules, periods, asked) if isinstance(asked, str) else asked(rules, periods)
    until = as_of or max(each.last for each in due)
    known = None if known_by is None else instant(known_by, rules.zone)
    moment = Moment(rules.zone, instant(until, rules.zone), known, periods, rules.currency)
    with tempfile.TemporaryDirectory(prefix="workflow-") as folder:
        reversals = {name: event.reverses for name, event in rules.events.items() if event.reverses}
        into = Path(folder) / "evidence.duckdb"
        taken = take_in(rules.sources, workspace, into, moment, reversals, ordered_events(rules))
        ticks += [clock()] if clock else []
        back = taken_back(taken, reversals.items())
        needs = needs_of(Calendar(rules, periods, begins(taken, rules.events, periods), back), due)
        decisions, evidence, read = decide(
            needs, _lowering(rules, periods, taken, (until, known_by)), machine, taken.evidence
        )
        decided = tuple(
            seen(Decided(each.policy, each.plan, each.occasion, outcome), reader) for each, outcome in decisions
        )
        refuse_failed(decided)
        ticks += [clock()] if clock else []
        yield (
            Run(
                rules=rules,
                texts=checked.texts,
                digests=digests,
                warnings=told(rules, checked.texts, checked.diagnostics, reader),
                period=due[-1].period,
                as_of=until,
                engine=engine,
                reader=reader,
                taken=replace(taken, evidence=evidence),
                decided=decided,
                book=entries(rules, decided, until, taken.quarantine, read),
                names=names_of(taken.evidence),
                seconds={stage: ticks[at + 1] - ticks[at] for at, stage in enumerate(("intake", "run")) if clock},
            ),
            tuple(lowered for lowered, _ in decisions),
        )


def _lowering(
    rules: CheckedWorkspace,
    periods: Mapping[str, PeriodKind],
    taken: Intake,
    moments: tuple[datetime.date, datetime.date | None],
) -> Callable[[Due, Facts], Lowered]:
    """What plans an occasion, for what had been delivered and known by the moments that the run looks from."""
    from workflow.plan.kinds import lower as lower_policy
    from workflow.plan.occasions import day_of, delivery, occasion_of

    until, known = day_of(moments[0], rules.zone), None if moments[1] is None else day_of(moments[1], rules.zone)

    def delivered(days: tuple[datetime.date, datetime.date]) -> Mapping[str, Delivery]:
        return delivery(taken.delivered, days[0], min(days[1], until), known)

    def lower(due: Due, facts: Facts) -> Lowered:
        occasion = occasion_of(rules, periods, due, facts, delivered, as_of=moments[0])
        return lower_policy(due.policy, rules, occasion)

    return lower


def _engine(name: str) -> Engine:
    """The engine of that name.

    Raises:
        WrongUsage: there is none.
    """
    if name not in ENGINES:
        raise WrongUsage((Diagnostic("unknown-engine", NOWHERE, {"engine": name, "known": ENGINES}),))
    if name == "reference":
        from workflow.run.reference import Reference

        return Reference()
    from workflow.run.duck import DuckDB

    return DuckDB()


def _check_moments(moments: tuple[datetime.date | None, ...]) -> None:
    """Refuse an instant that could be any, since it doesn't say by which clocks.

    Raises:
        WrongUsage: an instant has no offset.
    """
    for moment in moments:
        if isinstance(moment, datetime.datetime) and moment.utcoffset() is None:
            raise WrongUsage((Diagnostic("moment-without-offset", NOWHERE, {"found": moment.isoformat()}),))
