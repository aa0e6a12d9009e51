"""What becomes of the complaints of policies/, computed from its CSV file, day by day and hour by hour.

An independent reading of the policy `complaint-desk`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from tests.golden.oracle_hours import DAY, HOUR, Length, When, work_days_after, work_done, worked
from tests.golden.oracle_records import PEOPLE, Quarter, Row, rows

FINAL = "closed"
NOTHING = Length()


class Step(NamedTuple):
    """A step of a case. What a clock has consumed is None for other steps; `due` when a timer is due."""

    case: str
    run: int
    went: str
    at: When
    of: str
    to: str
    consumed: Length | None = None
    due: When | None = None


class Told(NamedTuple):
    """What a step triggers."""

    clause: str
    what: str
    person: str
    case: str
    day: datetime.date
    due: datetime.date | None = None


class Timer(NamedTuple):
    """What is due in a state: where it leads to, and what it says."""

    to: str
    length: Length
    working: bool = False
    since: str = ""
    most: int = 1
    task: tuple[str, str] | None = None
    unless_reopened: bool = False


TIMERS = {
    "open": (Timer("escalated", 4 * HOUR, working=True),),
    "escalated": (Timer("director", 8 * HOUR, working=True),),
    "in_progress": (Timer("", 5 * DAY, since="Contacted", task=("in_progress.timer.1", "call-customer")),),
    "waiting": (
        Timer("", 16 * HOUR, working=True, most=3, task=("waiting.timer.1", "remind-customer")),
        Timer("resolved", 14 * DAY),
    ),
    "resolved": (Timer(FINAL, 5 * DAY, unless_reopened=True), Timer(FINAL, 10 * DAY)),
}


def called(state: str, timer: Timer) -> str:
    """What the log calls a timer: by its number where the state has several."""
    own = TIMERS[state]
    return f"{state}.timer" if len(own) == 1 else f"{state}.timer.{own.index(timer) + 1}"


UNANSWERED = ("open", "escalated", "director")
EVENTS = {
    "Acknowledged": "acknowledged",
    "Contacted": "contacted",
    "Waiting for customer": "waiting",
    "Customer answered": "answered",
    "Resolved": "resolved",
    "Reopened": "reopened",
}


@dataclass
class Clock:
    """How long something takes: in working time, or as it elapses."""

    name: str
    working: bool
    target: Length = NOTHING
    before: Length = NOTHING
    runs_since: When | None = None
    said: set[str] = field(default_factory=set)

    def consumed(self, at: When) -> Length:
        """How much it has consumed by an instant."""
        if self.runs_since is None:
            return self.before
        return self.before + (worked(self.runs_since, at) if self.working else at - self.runs_since)

    def hold(self, at: When) -> None:
        """It doesn't run from now on."""
        self.before, self.runs_since = self.consumed(at), None

    def begin(self, at: When) -> None:
        """It begins anew."""
        self.before, self.runs_since, self.said = NOTHING, at, set()

    def dues(self) -> Iterator[tuple[When, str]]:
        """When it will warn and breach, if it goes on."""
        shares = (("warned", self.target * 4 / 5), ("breached", self.target))
        for went, share in shares if self.working else shares[1:]:
            if went not in self.said and self.runs_since is not None:
                left = max(share - self.before, NOTHING)
                yield work_done(self.runs_since, left) if self.working else self.runs_since + left, went


class Complaint:
    """One ticket from its opening to its end."""

    def __init__(self, row: Row, run: int) -> None:
        """It is opened."""
        self.case, self.run, self.person, self.high = row["Ticket"], run, row["Seller"], row["Severity"] == "high"
        self.steps: list[Step] = []
        self.told: list[Told] = []
        self.newest: dict[str, When] = {}
        self.reopened, self.state = 0, "open"
        self.resolution, self.contact = Clock("resolution", working=True), Clock("contact", working=False)
        self.timers: dict[Timer, tuple[When, int]] = {}
        at = When.fromisoformat(row["Time"])
        self.log("began", at)
        self.enter(at)
        self.contact.target = 168 * HOUR
        self.resolution.target = self.target()
        for clock in (self.resolution, self.contact):
            clock.begin(at)
            self.log("started", at, clock)

    def target(self) -> Length:
        """How long it may take to resolve it."""
        return (32 if self.reopened >= 2 else 8 if self.high else 24) * HOUR

    def log(self, went: str, at: When, of: Clock | str = "", due: When | None = None) -> None:
        """One more step."""
        consumed = of.consumed(at) if isinstance(of, Clock) else None
        name = of.name if isinstance(of, Clock) else of
        self.steps.append(Step(self.case, self.run, went, at, name, self.state, consumed, due))

    def tell(self, at: When, clause: str, what: str, within: int = 0) -> None:
        """Something is triggered, due within so many working days."""
        due = work_days_after(at.date(), within) if within else None
        self.told.append(Told(clause, what, self.person, self.case, at.date(), due))

    # Time passes.

    def pass_until(self, until: When) -> None:
        """All that is due up to an instant happens, clocks before timers."""
        while self.state != FINAL:
            dues: list[tuple[When, int, Callable[[When], None]]] = []
            for order, clock in enumerate((self.resolution, self.contact)):
                dues += [(due, order, self._said(clock, went)) for due, went in clock.dues()]
            for order, timer in enumerate(TIMERS.get(self.state, ()), 2):
                if timer in self.timers:
                    dues.append((self.timers[timer][0], order, self._fired(timer)))
            if not dues or min(dues, key=lambda each: each[:2])[0] > until:
                return
            due, _, happen = min(dues, key=lambda each: each[:2])
            happen(due)

    def _said(self, clock: Clock, went: str) -> Callable[[When], None]:
        def happen(at: When) -> None:
            clock.said.add(went)
            self.log(went, at, clock)
            if clock.name == "contact":
                self.tell(at, "contact.breach", "call-customer")
            elif went == "warned":
                self.tell(at, "resolution.warning", "answer-complaint")
            else:
                self.tell(at, "resolution.breach", "complaint-report", 3)

        return happen

    def _fired(self, timer: Timer) -> Callable[[When], None]:
        def happen(at: When) -> None:
            due, times = self.timers.pop(timer)
            holds = not timer.unless_reopened or self.reopened == 0
            if holds and timer.to:
                self.go(timer.to, at, "fired", called(self.state, timer), due)
                return
            self.log("fired" if holds else "waived", at, called(self.state, timer), due)
            if timer.task:
                self.tell(at, *timer.task)
            if times < timer.most:
                self.timers[timer] = work_done(due, timer.length), times + 1

        return happen

    # States.

    def go(self, to: str, at: When, went: str, of: str, due: When | None = None) -> None:
        """The state is left for another."""
        old, self.state = self.state, to
        self.log(went, at, of, due)
        if old == "director":
            self.tell(at, "director.exit", "complaint-report", 3)
        for timer in TIMERS.get(old, ()):
            if timer in self.timers:
                self.log("cancelled", at, called(old, timer), self.timers.pop(timer)[0])
        self.enter(at)
        for clock in (self.resolution, self.contact):
            self._follow(clock, old, at)

    def enter(self, at: When) -> None:
        """What the new state says comes due."""
        for timer in TIMERS.get(self.state, ()):
            self.arm(timer, at, self.newest.get(timer.since) if timer.since else at)
        if self.state == "escalated":
            self.tell(at, "escalated.entry", "answer-complaint")
        if self.state == "director":
            self.tell(at, "director.entry", "call-customer", 2)

    def arm(self, timer: Timer, at: When, since: When | None) -> None:
        """A timer runs from an instant on; it isn't due before now."""
        if since is not None:
            due = work_done(since, timer.length) if timer.working else since + timer.length
            self.timers[timer] = max(due, at), 1

    def _follow(self, clock: Clock, old: str, at: When) -> None:
        """A clock goes by the state that is entered."""
        if self.state == "resolved":
            self._to(clock, "stopped", at)
        elif old == "resolved" and self.state != FINAL:
            if clock.working:
                clock.runs_since = at
                self.log("resumed", at, clock)
            else:
                clock.begin(at)
                self.log("started", at, clock)
        elif clock.working and self.state == "waiting":
            self._to(clock, "held", at)
        elif clock.working and old == "waiting":
            self._to(clock, "resumed", at)

    def _to(self, clock: Clock, went: str, at: When) -> None:
        clock.hold(at)
        if went == "resumed":
            clock.runs_since = at
        self.log(went, at, clock)

    # Events.

    def event(self, entry: str, at: When) -> None:
        """Something is entered in the ticket's history."""
        self.newest[entry] = at
        match entry:
            case "Contacted":
                self.contact.begin(at)
                self.log("started", at, self.contact)
            case "Waiting for customer":
                self._to(self.contact, "held", at)
            case "Customer answered" if self.contact.runs_since is None:
                self._to(self.contact, "resumed", at)
            case "Reopened":
                self.reopened += 1
                self.resolution.target = self.target()
                self.log("asked", at, self.resolution)
        for timer in TIMERS.get(self.state, ()):
            if timer.since == entry:
                self.arm(timer, at, at)
        self.move(entry, at)

    def move(self, entry: str, at: When) -> None:
        """Where the event leads to."""
        of = f"complaint.{EVENTS[entry]}"
        match entry, self.state:
            case "Acknowledged", state if state in UNANSWERED:
                self.go("in_progress", at, "moved", of)
            case "Contacted", state if state in (*UNANSWERED, "in_progress"):
                self.log("stayed", at, of)
            case "Waiting for customer", "in_progress":
                self.go("waiting", at, "moved", of)
            case "Customer answered", "waiting":
                self.go("in_progress", at, "moved", of)
            case "Resolved", "in_progress" | "waiting":
                self.go("resolved", at, "moved", of)
            case "Reopened", "resolved" if self.high:
                self.go("director", at, "moved", of)
            case "Reopened", "resolved" if self.reopened <= 2:
                self.go("escalated", at, "moved", of)
                self.tell(at, "move.7", "write-apology", 1)
            case "Reopened", "resolved":
                self.log("refused", at)
            case _:
                self.log("unmoved", at)

    def close(self, at: When) -> None:
        """What is still to come, and what the clocks show, when nobody looks further."""
        for timer in TIMERS.get(self.state, ()):
            if timer in self.timers:
                self.log("pending", at, called(self.state, timer), self.timers[timer][0])
        for clock in (self.resolution, self.contact):
            if self.state != FINAL:
                self.log("shown", at, clock)


def entries() -> dict[str, list[Row]]:
    """The entries of each ticket by time; an entry that stands twice counts once, and none if it contradicts itself."""
    numbers: dict[str, list[Row]] = {}
    for row in rows("complaints.csv"):
        same = numbers.setdefault(row["No"], [])
        if row not in same:
            same.append(row)
    tickets: dict[str, list[Row]] = {}
    for row in sorted((same[0] for same in numbers.values() if len(same) == 1), key=lambda row: row["Time"]):
        tickets.setdefault(row["Ticket"], []).append(row)
    return tickets


@cache
def complaints(until: When) -> tuple[tuple[Step, ...], tuple[Told, ...]]:
    """All steps of all tickets up to an instant, and what they trigger."""
    steps: list[Step] = []
    told: list[Told] = []
    for ticket, found in sorted(entries().items()):
        case: Complaint | None = None
        runs: list[Complaint] = []
        for row in found:
            at = When.fromisoformat(row["Time"])
            if at > until:
                continue
            if case is not None:
                case.pass_until(at)
            if row["Entry"] == "Opened":
                case = Complaint(row, len(runs) + 1)
                runs.append(case)
            elif case is None:
                steps.append(Step(ticket, 0, "early", at, "", ""))
            elif case.state == FINAL:
                case.steps.append(Step(ticket, case.run, "late", at, "", ""))
            else:
                case.event(row["Entry"], at)
        if case is not None:
            case.pass_until(until)
            case.close(until)
        for each in runs:
            steps += each.steps
            told += each.told
    return tuple(steps), tuple(told)


class Facts(NamedTuple):
    """The numbers of a person's complaints in a quarter."""

    complaints: int
    warned: int
    breached: int
    with_director: int


@cache
def facts(person: str, quarter: Quarter) -> Facts:
    """How many complaints about a person began, took too long, and went to the director in a quarter."""
    steps, _ = complaints(When.combine(quarter.last, datetime.time.max))
    own = {row["Ticket"] for row in rows("complaints.csv") if row["Seller"] == person}
    inside = [step for step in steps if step.case in own and quarter.first <= step.at.date() <= quarter.last]
    warned, breached = (
        sum(step.went == went and step.of == "resolution" for step in inside) for went in ("warned", "breached")
    )
    climbed = sum(step.went in {"moved", "fired"} and step.to == "director" for step in inside)
    return Facts(sum(step.went == "began" for step in inside), warned, breached, climbed)


def handled(quarter: Quarter) -> list[tuple[str, str, str, str]]:
    """What the policy complaint-desk triggers in a quarter: person, clause, kind, and what."""
    _, told = complaints(When.combine(quarter.last, datetime.time.max))
    found = [(each.person, each.clause, "task", each.what) for each in told if each.day >= quarter.first]
    for person in sorted({row["Employee No"] for row in PEOPLE}):
        own = facts(person, quarter)
        if own.with_director:
            found.append((person, "handling_course", "training", "complaint-handling"))
        if own.breached >= 2:
            found.append((person, "handling_coaching", "coaching", "service-recovery"))
    return found
