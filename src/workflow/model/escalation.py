"""The escalation policy: the states of a case, what moves it, what comes due, and what that triggers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from workflow.model.leaves import Formula, Ident, Reference, Share, Whole, Words
from workflow.model.policy import ActionDefinition, Policy
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE, Titled

_Events = Annotated[list[Reference], NOT_EMPTY, ONE_OR_MORE]
_States = Annotated[list[Ident], NOT_EMPTY, ONE_OR_MORE]


class StepActions(Written):
    """What is triggered by a step of a case, for the person whose case it is."""

    training: Annotated[Ident | None, Field(description="A course of catalogue/actions.yaml.")] = None
    coaching: Annotated[Ident | None, Field(description="A coaching programme of catalogue/actions.yaml.")] = None
    task: Annotated[Ident | None, Field(description="A task of catalogue/actions.yaml.")] = None
    notify: Annotated[
        Words | None,
        Field(
            description="Who is told: person, person.supervisor, person.supervisor.supervisor, or a role such as hr."
        ),
    ] = None
    due: Annotated[
        Words | None, Field(description="How long after the day of the step it is due: 2 days, 5 working days.")
    ] = None


class TimerDefinition(StepActions):
    """What comes due in a state."""

    after: Annotated[
        Words | None, Field(description="How long after the state is entered: 4 working hours, 2 days, 30 minutes.")
    ] = None
    at: Annotated[
        Words | None,
        Field(
            description="The day or time at which it is due: a field of the case's events, or 2026-10-01 09:00. "
            "With `after`, so long after it."
        ),
    ] = None
    since: Annotated[
        Reference | None,
        Field(alias="from", description="Instead of the entry: the newest event of this type, from which it counts."),
    ] = None
    when: Annotated[Formula | None, Field(description="Asked when it is due; else nothing happens.")] = None
    go_to: Annotated[
        Ident | None, Field(alias="go to", description="The state that it leads to; without it the case stays.")
    ] = None
    remind: Annotated[
        Words | None,
        Field(description="Who is reminded then: person, person.supervisor, or a role; as `notify` says it."),
    ] = None
    every: Annotated[Words | None, Field(description="How long after it was due it is due again.")] = None
    at_most: Annotated[
        Whole | None, Field(alias="at most", description="How often it is due in all, where it is due again.")
    ] = None


class StateDefinition(Titled):
    """A state of a case."""

    level: Annotated[Whole | None, Field(description="How high the case has climbed: 0, 1, 2.")] = None
    on_entry: Annotated[StepActions | None, Field(alias="on entry", description="What entering it triggers.")] = None
    on_exit: Annotated[StepActions | None, Field(alias="on exit", description="What leaving it triggers.")] = None
    timers: Annotated[list[TimerDefinition], Field(default_factory=list, description="What comes due in it.")]
    pauses: Annotated[
        Annotated[list[Ident], ONE_OR_MORE],
        Field(default_factory=list, description="The clocks that don't run in it."),
    ]


class MoveDefinition(StepActions):
    """From a state to another, when something happens."""

    inside: Annotated[
        _States,
        Field(
            alias="in",
            description="The state, or states, in which the event moves it; `any` is every one but the ends.",
        ),
    ]
    on_event: Annotated[Reference, Field(alias="on event", description="The type of event.")]
    when: Annotated[Formula | None, Field(description="Only where this holds.")] = None
    go_to: Annotated[Ident, Field(alias="go to", description="The state that it leads to; `stay` leaves nothing.")]


class TargetDefinition(Written):
    """How long a clock may run: where all that is said of the case's first event is so, or always."""

    # Every key that isn't a word of the row is a field of that event, and says what must stand there.
    model_config = ConfigDict(extra="allow", json_schema_extra={"required": ["within"]})
    __pydantic_extra__: dict[str, Words]

    when: Annotated[Formula | None, Field(description="Only where this holds, asked when the clock starts.")] = None
    within: Annotated[Words | None, Field(description="How long: 1 working day, 30 minutes, 24 hours.")] = None

    @property
    def said(self) -> Mapping[str, Words]:
        """What must stand in the fields of the case's first event, by their names."""
        return self.__pydantic_extra__


class ClockDefinition(Titled):
    """How long something takes, beside the states."""

    starts: Annotated[_Events, Field(alias="starts on event", description="The event that starts it.")]
    stops_in: Annotated[
        Annotated[list[Ident], ONE_OR_MORE],
        Field(default_factory=list, alias="stops in", description="The states in which it stops."),
    ]
    stops: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(default_factory=list, alias="stops on event", description="The events that stop it."),
    ]
    holds: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(default_factory=list, alias="pauses on event", description="The events that pause it."),
    ]
    releases: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(default_factory=list, alias="resumes on event", description="The events after which it goes on."),
    ]
    resets: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(default_factory=list, alias="resets on event", description="The events with which it begins anew."),
    ]
    asks: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(
            default_factory=list,
            alias="asks again on event",
            description="The events with which its target is asked again; it keeps what it has consumed.",
        ),
    ]
    reopened: Annotated[
        Words | None,
        Field(description="continues or restarts: what it does where a state in which it stopped is left."),
    ] = None
    target: Annotated[
        list[TargetDefinition], NOT_EMPTY, Field(description="How long it may run: the first row that fits.")
    ]
    warn_at: Annotated[
        Share | None, Field(alias="warn at", description="The share of its target at which it warns.")
    ] = None
    on_warning: Annotated[StepActions | None, Field(alias="on warning", description="What its warning triggers.")] = (
        None
    )
    on_breach: Annotated[StepActions | None, Field(alias="on breach", description="What its breach triggers.")] = None


class FactDefinition(Titled):
    """A number of a person's cases in a period, for conditions here and in other policies."""

    count: Annotated[
        Words | None,
        Field(description="cases, breaches, warnings, entries, reopened: how many there are, at the instant of each."),
    ] = None
    average: Annotated[
        Words | None,
        Field(description="How long on average: time to, time in, working time to, working time in; `of` says what."),
    ] = None
    longest: Annotated[Words | None, Field(description="How long at most: the same words.")] = None
    share: Annotated[
        Words | None, Field(description="time to: how many of the cases come to what `of` says `within` so long.")
    ] = None
    of: Annotated[
        Annotated[list[Reference], ONE_OR_MORE],
        Field(
            default_factory=list,
            description="The clock that breaches or warns; the state that is entered, reopened or stayed in; or the "
            "events and states to which the time is taken.",
        ),
    ]
    since: Annotated[
        Reference | None,
        Field(
            alias="from", description="The event from which the time to something counts; the beginning unless said."
        ),
    ] = None
    within: Annotated[
        Words | None, Field(description="How long it may take to be in time: 4 working hours, 24 hours.")
    ] = None


class CaseAction(ActionDefinition):
    """What a condition on a person's cases triggers when a period is over."""

    counted_over: Annotated[
        Words | None, Field(alias="counted over", description="The kind of period, as `each` says it.")
    ] = None


class MigrationDefinition(Written):
    """How a case of an earlier version goes on by this one, where a recorded event says so."""

    since: Annotated[Whole, Field(alias="from", description="The earlier version.")]
    states: Annotated[
        dict[str, Ident],
        NOT_EMPTY,
        Field(description="Of each state of that version in which a case is open, the one that it becomes."),
    ]
    clocks: Annotated[
        dict[str, Ident],
        Field(default_factory=dict, description="Of each clock of that version the one that it becomes, or `stops`."),
    ]


class Escalation(Policy):
    """The whole of a file in escalations/."""

    kind: ClassVar[str] = "escalation"
    subjects: ClassVar[tuple[str, ...]] = ("case",)

    case: Annotated[Ident, Field(description="The field of events that names the case.")]
    calendar: Annotated[
        Ident | None, Field(description="The calendar by which its cases count working time, if not the workspace's.")
    ] = None
    begins: Annotated[Reference, Field(description="The type of event with which a case begins.")]
    handed: Annotated[
        Reference | None,
        Field(
            alias="handed over",
            description="The type of event after which a case is that of the person to whom the event belongs.",
        ),
    ] = None
    final: Annotated[_States, Field(description="The states in which a case ends.")]
    counts: Annotated[
        dict[str, Reference],
        Field(
            default_factory=dict,
            description="By name, the type of event that is counted in the case so far, for conditions.",
        ),
    ]
    hit: Annotated[
        Words | None,
        Field(description="`first`: of several moves that are possible, the first; unless said there may be one only."),
    ] = None
    states: Annotated[
        Annotated[dict[str, StateDefinition], NOT_EMPTY],
        Field(description="The states; a case begins in the first."),
    ]
    moves: Annotated[
        Annotated[list[MoveDefinition], NOT_EMPTY], Field(description="What leads from one state to another.")
    ]
    clocks: Annotated[dict[str, ClockDefinition], Field(default_factory=dict, description="What is timed.")]
    migrates: Annotated[
        MigrationDefinition | None,
        Field(description="How cases of an earlier version go on by this one; only a recorded event takes one over."),
    ] = None
    facts: Annotated[
        dict[str, FactDefinition],
        Field(default_factory=dict, description="Numbers of a person's cases in a period."),
    ]
    actions: Annotated[  # type: ignore[assignment]
        dict[str, CaseAction], Field(default_factory=dict, description="What a number of cases triggers.")
    ]
