"""catalogue/: what can be recorded of events, people and customers, and what can be triggered."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflow.model.leaves import Ident, Reference, Whole, Words, YesOrNo
from workflow.model.reading import Written
from workflow.model.shapes import NOT_EMPTY, ONE_OR_MORE, Titled, short_for


class FieldDefinition(Titled):
    """A field by its type, or the block form with what else is to say of it."""

    type: Annotated[
        Words | None, Field(alias="is", description="money, person, number from 1 to 5, one of [a, b] ...")
    ] = None
    list_of: Annotated[
        Annotated[dict[str, Words], NOT_EMPTY] | None,
        Field(alias="list of", description="Instead of a type: the parts of the event, each a person and a percent."),
    ] = None
    optional: Annotated[YesOrNo | None, Field(description="yes: a record may leave it out; it is then missing.")] = None
    digits: Annotated[
        Whole | None, Field(alias="digits after the point", description="Of money: 4 unless said, 6 at most.")
    ] = None


FieldDefinitions = dict[str, Annotated[FieldDefinition, short_for("is")]]


class Relation(Written):
    """How an event refers to an earlier one."""

    to: Annotated[Reference, Field(description="The type of the event it refers to.")]
    by: Annotated[Ident, Field(description="The field that names that event's id.")]
    role: Annotated[Words, Field(alias="as", description="reversal, receipt, correction or cancellation.")]


class EventDefinition(Titled):
    """An event type: whose it is, what it relates to, its fields."""

    belongs_to: Annotated[
        Ident | None, Field(alias="belongs to", description="The person field that says whose event it is.")
    ] = None
    relates: Annotated[Relation | None, Field(description="The earlier event that it reverses, pays or corrects.")] = (
        None
    )
    case: Annotated[
        Ident | None, Field(description="The field that names the case it is about, where policies replay cases.")
    ] = None
    fields: Annotated[FieldDefinitions, Field(description="What a record of this type holds, by name.")]


class Events(Written):
    """The whole of catalogue/events.yaml."""

    events: Annotated[dict[str, EventDefinition], Field(description="Event types, by dotted name.")]


class Columns(Written):
    """The columns of a register."""

    fields: Annotated[FieldDefinitions, Field(description="The columns, by name.")]


class People(Written):
    """The whole of catalogue/people.yaml."""

    people: Annotated[Columns, Field(description="What the register says of a person.")]
    roles: Annotated[
        dict[str, Titled],
        Field(default_factory=dict, description="Who else acts, is told or may see what others don't, besides hr."),
    ]


class Customers(Written):
    """The whole of catalogue/customers.yaml."""

    customers: Annotated[Columns, Field(description="What the register says of a customer.")]


class Item(Titled):
    """Something that can be triggered."""

    seen_by: Annotated[
        Annotated[list[Ident], NOT_EMPTY, ONE_OR_MORE] | None,
        Field(alias="seen by", description="The roles that see for whom it is triggered; everybody unless said."),
    ] = None


class ActionLists(Written):
    """The catalogue's items by kind of action."""

    training: Annotated[dict[str, Item], Field(default_factory=dict, description="Courses.")]
    coaching: Annotated[dict[str, Item], Field(default_factory=dict, description="Coaching programmes.")]
    award: Annotated[dict[str, Item], Field(default_factory=dict, description="Awards.")]
    task: Annotated[dict[str, Item], Field(default_factory=dict, description="Tasks.")]
    nominate: Annotated[
        dict[str, Item], Field(default_factory=dict, description="Positions that somebody may be nominated for.")
    ]
    support: Annotated[
        dict[str, Item], Field(default_factory=dict, description="Help that somebody is offered, such as counselling.")
    ]


class Actions(Written):
    """The whole of catalogue/actions.yaml."""

    actions: Annotated[ActionLists, Field(description="What a policy can trigger, by kind and name.")]
