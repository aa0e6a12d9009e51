"""The names of people, for readers: the register's column `name`, if it has one."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.intake.evidence import Evidence

REGISTER, KEY, NAME = "register people", "person", "name"


def names_of(evidence: Evidence) -> Mapping[str, str]:
    """The newest known name of each person, by id; empty where the register has no column `name`."""
    fields = {field.name for field in evidence.tables.get(REGISTER, ())}
    if NAME not in fields:
        return {}
    newest: dict[str, tuple[object, str]] = {}
    for person, since, name in evidence.rows(REGISTER, (KEY, "from", NAME)):
        if (
            isinstance(person, str)
            and isinstance(name, str)
            and (person not in newest or str(since) > str(newest[person][0]))
        ):
            newest[person] = (since, name)
    return {person: name for person, (_, name) in sorted(newest.items())}
