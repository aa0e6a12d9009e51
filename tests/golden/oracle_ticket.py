"""What becomes of one complaint of policies/, hour by hour: both versions of the policy `complaint-desk`, read anew.

No code of the engine, and no table of the policy: what it says stands here once more.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.golden.oracle_hours import DAY, HOUR, Length, When, work_days_after, work_done, worked
from tests.golden.oracle_records import Row, on_day

FINAL = "closed"
NOTHING = Length()
SUPERVISOR, DIRECTOR = "person.supervisor", "regional_director"
YEAR_END = When.fromisoformat("2026-12-31 17:00")


class Step(NamedTuple):
    """A step of a case. What a clock has consumed is None for other steps; `due` when a timer is due."""

    case: str
    run: int
    version: int
    person: str
    went: str
    at: When
    of: str
    to: str
    consumed: Length | None = None
    due: When | None = None


class Told(NamedTuple):
    """What a step triggers, or whom it tells."""

    person: str
    clause: str
    kind: str
    what: str
    to: str
    day: datetime.date
    due: datetime.date | None = None


class Timer(NamedTuple):
    """What is due in a state: where it leads to, and what it says."""

    to: str
    length: Length
    working: bool = False
    since: str = ""
    most: int = 1
    says: tuple[str, str] | None = None
    at: When | None = None
    promised: bool = False
    unless_reopened: bool = False


TIMERS = {
    "open": (Timer("escalated", 4 * HOUR, working=True),),
    "escalated": (Timer("director", 8 * HOUR, working=True),),
    "in_progress": (Timer("", 5 * DAY, since="Contacted", says=("in_progress.timer.1", "call-customer")),),
    "waiting": (
        Timer("", 16 * HOUR, working=True, most=3, says=("waiting.timer.1", "remind-customer")),
        Timer("resolved", 14 * DAY),
    ),
    "resolved": (Timer(FINAL, 5 * DAY, unless_reopened=True), Timer(FINAL, 10 * DAY)),
}
LATER = TIMERS | {
    "open": (Timer("escalated", 2 * HOUR, working=True),),
    "escalated": (
        *TIMERS["escalated"],
        Timer("", NOTHING, at=YEAR_END, says=("escalated.timer.2.reminder", DIRECTOR)),
    ),
    "director": (Timer("", DAY, most=3, says=("director.timer.1.reminder", DIRECTOR)),),
    "in_progress": (
        *TIMERS["in_progress"],
        Timer("", NOTHING, promised=True, says=("in_progress.timer.2", "call-customer")),
    ),
}
"""Of the second version."""
SECOND = datetime.date(2026, 10, 1)
UNANSWERED = ("open", "escalated", "director")
EVENTS = {
    "Acknowledged": "acknowledged",
    "Contacted": "contacted",
    "Waiting for customer": "waiting",
    "Customer answered": "answered",
    "Resolved": "resolved",
    "Reopened": "reopened",
    "Withdrawn": "withdrawn",
    "Handed over": "reassigned",
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
        self.version = 1 + (When.fromisoformat(row["Time"]).date() >= SECOND)
        self.steps: list[Step] = []
        self.told: list[Told] = []
        self.newest: dict[str, When] = {}
        self.promise: When | None = None
        self.answered: tuple[When, str] | None = None
        self.reopened, self.state = 0, "open"
        self.resolution, self.contact = Clock("resolution", working=True), Clock("contact", working=False)
        self.timers: dict[Timer, tuple[When, int]] = {}
        self.opened = at = When.fromisoformat(row["Time"])
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
        head = self.case, self.run, self.version, self.person
        self.steps.append(Step(*head, went, at, name, self.state, consumed, due))

    def tell(self, at: When, clause: str, what: str, within: int = 0) -> None:
        """Something is triggered, due within so many working days; or somebody is told."""
        due = work_days_after(at.date(), within) if within else None
        said = clause.rpartition(".")[2]
        kind, to = said if said in {"notify", "reminder"} else "task", ""
        if kind != "task":
            to = (on_day(self.person, at.date()) or {})["Supervisor"] if what == SUPERVISOR else what
        self.told.append(Told(self.person, clause, kind, what, to, at.date(), due))

    def called(self, timer: Timer) -> str:
        """What the log calls a timer: by its number where the state has several."""
        own = self.comes_due
        return f"{self.state}.timer" if len(own) == 1 else f"{self.state}.timer.{own.index(timer) + 1}"

    @property
    def comes_due(self) -> tuple[Timer, ...]:
        """The timers of its state."""
        return (TIMERS if self.version == 1 else LATER).get(self.state, ())

    # Time passes.

    def pass_until(self, until: When) -> None:
        """All that is due up to an instant happens, clocks before timers."""
        while self.state != FINAL:
            dues: list[tuple[When, int, Callable[[When], None]]] = []
            for order, clock in enumerate((self.resolution, self.contact)):
                dues += [(due, order, self._said(clock, went)) for due, went in clock.dues()]
            for order, timer in enumerate(self.comes_due, 2):
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
                if self.version == 2:
                    self.tell(at, "resolution.breach.notify", SUPERVISOR)

        return happen

    def _fired(self, timer: Timer) -> Callable[[When], None]:
        def happen(at: When) -> None:
            due, times = self.timers.pop(timer)
            holds = not timer.unless_reopened or self.reopened == 0
            if holds and timer.to:
                self.go(timer.to, at, "fired", self.called(timer), due)
                return
            self.log("fired" if holds else "waived", at, self.called(timer), due)
            if timer.says:
                self.tell(at, *timer.says)
            if times < timer.most:
                again = work_done(due, timer.length) if timer.working else due + timer.length
                self.timers[timer] = again, times + 1

        return happen

    # States.

    def go(self, to: str, at: When, went: str, of: str, due: When | None = None) -> None:
        """The state is left for another."""
        old, left, self.state = self.state, {timer: self.called(timer) for timer in self.comes_due}, to
        self.log(went, at, of, due)
        if old == "director":
            self.tell(at, "director.exit", "complaint-report", 3)
        for timer, name in left.items():
            if timer in self.timers:
                self.log("cancelled", at, name, self.timers.pop(timer)[0])
        self.enter(at)
        for clock in (self.resolution, self.contact):
            self._follow(clock, old, at)

    def enter(self, at: When) -> None:
        """What the new state says comes due, and triggers."""
        self.arm_all(at)
        if self.state == "escalated":
            self.tell(at, "escalated.entry", "answer-complaint")
            self.tell(at, "escalated.entry.notify", SUPERVISOR)
        if self.state == "director":
            self.tell(at, "director.entry", "call-customer", 2)
            self.tell(at, "director.entry.notify", DIRECTOR)

    def arm_all(self, at: When) -> None:
        """The timers of the state begin to run."""
        for timer in self.comes_due:
            due = self.promise if timer.promised else timer.at
            if due is not None and due > at:
                self.set(timer, at, due)
            elif not timer.promised and timer.at is None:
                self.arm(timer, at, self.newest.get(timer.since) if timer.since else at)

    def set(self, timer: Timer, at: When, due: When) -> None:
        """A timer that is due at a day or time runs from now on."""
        self.timers[timer] = due, 1
        self.log("set", at, self.called(timer), due)

    def arm(self, timer: Timer, at: When, since: When | None) -> None:
        """A timer runs from an instant on; it isn't due before now."""
        if since is not None:
            due = work_done(since, timer.length) if timer.working else since + timer.length
            self.timers[timer] = max(due, at), 1

    def _follow(self, clock: Clock, old: str, at: When) -> None:
        """A clock goes by the state that is entered."""
        if self.state == "resolved" or (self.state == FINAL and old != "resolved"):
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

    def migrate(self, at: When) -> None:
        """It is taken over by the second version: its timers begin anew, its targets are asked again."""
        left = {timer: self.called(timer) for timer in self.comes_due}
        self.version = 2
        self.log("migrated", at, str(self.version))
        for timer, name in left.items():
            if timer in self.timers:
                self.log("cancelled", at, name, self.timers.pop(timer)[0])
        self.arm_all(at)
        for clock in (self.resolution, self.contact):
            self.log("asked", at, clock)

    def event(self, row: Row, at: When) -> None:
        """Something is entered in the ticket's history."""
        entry = row["Entry"]
        if entry == "Handed over":
            self.person = row["Seller"]
        if entry == "Acknowledged" and self.answered is None:
            self.answered = at, self.person
        if row["Call At"]:
            self.promise = When.fromisoformat(row["Call At"])
            for timer in self.comes_due:
                if timer.promised:
                    self.set(timer, at, self.promise)
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
        for timer in self.comes_due:
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
            case "Withdrawn", _:
                self.go(FINAL, at, "moved", of)
            case _:
                self.log("unmoved", at)

    def close(self, at: When) -> None:
        """What is still to come, and what the clocks show, when nobody looks further."""
        for timer in self.comes_due:
            if timer in self.timers:
                self.log("pending", at, self.called(timer), self.timers[timer][0])
        for clock in (self.resolution, self.contact):
            if self.state != FINAL:
                self.log("shown", at, clock)
