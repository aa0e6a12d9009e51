"""What is asked of recorded events: each function runs the stages as far as its answer needs, and hands it over.

All look at the same evidence in the same way, since all go through the driver. What tells the answer is imported when
it is asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workflow.api.driver import Clock, check_moments, engine_of, run_of
from workflow.api.policies import checked_workspace, load
from workflow.run import ENGINES

if TYPE_CHECKING:
    from workflow.checks.checked import CheckedWorkspace
    from workflow.checks.mapping import PeriodKind
    from workflow.ledger.account import Account
    from workflow.ledger.caseaccount import CaseAccounts
    from workflow.ledger.cases import Cases
    from workflow.ledger.cycle import Cycle
    from workflow.ledger.evaluation import Evaluation
    from workflow.ledger.progress import Progress
    from workflow.ledger.standing import Standing
    from workflow.ledger.verifying import Verified
    from workflow.plan.occasions import Due


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

    with run_of(workspace, period, (as_of, known_by), engine, reader, clock) as (run, lowered):
        evaluation = evaluation_of(run, unmet(run.rules, run.decided, lowered, run.taken, engine_of(engine)))
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

    with run_of(workspace, period, (as_of, known_by), engine, reader) as (run, lowered):
        return account_of(run, lowered, engine_of(engine), (workspace, person, clause))


def explain_case(  # noqa: PLR0913 each is one thing a caller may say of a run
    workspace: Path,
    period: str,
    case: str,
    *,
    policy: str | None = None,
    as_of: datetime.date | None = None,
    known_by: datetime.date | None = None,
    engine: str = ENGINES[0],
    reader: str | None = None,
) -> CaseAccounts:
    """Every step of one case with its cause: what was asked and came to what, what followed, how its clocks stood.

    Args:
        workspace: the folder that holds workspace.yaml.
        period: the name of a period in which the escalations are in force.
        case: the id of the case, open or ended; or one run of it, as `ID#2`.
        policy: the id of an escalation; all unless said.
        as_of: as for `evaluate`.
        known_by: as for `evaluate`.
        engine: as for `evaluate`.
        reader: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if there is no escalation, none of that id, or none that has the case.
    """
    from workflow.ledger.caseaccount import case_account
    from workflow.plan.caselists import escalations_due

    asked = partial(escalations_due, period=period, asked=(policy, None))
    with run_of(workspace, asked, (as_of, known_by), engine, reader) as (run, lowered):
        return case_account(run, lowered, engine_of(engine), (workspace, case))


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

    check_moments((on,))
    asked = partial(around, policy=policy, on=on)
    with run_of(workspace, asked, (as_of or on, known_by), engine, None) as (run, lowered):
        return standing_of(run, lowered, engine_of(engine), (workspace, subject, on))


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

    check_moments((as_of,))
    asked = partial(cycles, asked=(period, policy, stage), as_of=as_of)
    with run_of(workspace, asked, (as_of, known_by), engine, None) as (run, _):
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
    under: int | None = None,
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
        case: only this case, or one run of it, as `ID#2`.
        ended: also cases that have ended; where a state or a case is said they are told anyway.
        under: the number of a version by which all cases are replayed, as if no other had ever been.
        engine: as for `evaluate`.

    Raises:
        As `evaluate`; WrongUsage also if there is no escalation, or none of that id, with that state or version.
    """
    from workflow.ledger.cases import cases_of
    from workflow.plan.caselists import escalations_due
    from workflow.plan.caselists import under as by_version

    def asked(rules: CheckedWorkspace, periods: Mapping[str, PeriodKind]) -> tuple[Due, ...]:
        dues = escalations_due(rules, periods, period, (policy, state))
        return dues if under is None else by_version(dues, under)

    with run_of(workspace, asked, (as_of, known_by), engine, None) as (run, _):
        return replace(cases_of(run, state=state, case=case, ended=ended), under=under)


def verify_cases(workspace: Path, folder: Path) -> tuple[Verified, ...]:
    """Check each step of the cases that a run has written down, without the code that replayed them.

    Args:
        workspace: the folder that holds workspace.yaml.
        folder: where `evaluate` wrote the run's files.

    Raises:
        PoliciesRefused: the policies have mistakes.
        WrongUsage: there is no workspace, or the folder holds no log of cases of its escalations, or a damaged one.
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

    check_moments((on,))
    with run_of(workspace, partial(goals_on, on=on), (as_of or on, known_by), engine, None) as (run, _):
        return progress_of(run, workspace, on, person)
