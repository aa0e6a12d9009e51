"""A small workspace in memory, of which each test writes only what it is about."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from tests.syntax.texts import under
from workflow.checks.checked import CheckedIncentive, CheckedWorkspace
from workflow.checks.passes import check
from workflow.diagnostics import Diagnostic, in_order
from workflow.model.files import read_files

WORKSPACE = """\
language: 1
workspace: small
title: {en: Small, zh: 小}
currency: CNY
rounding: half up
time zone: Asia/Shanghai
day count: {days: calendar, ends: both, factor: exact}
languages: [en, zh-CN]
"""
EVENTS = """\
events:
  deal.won:
    belongs to: seller
    fields: {seller: person, amount: money, product: {is: "one of [cloud, hardware]"}}
  deal.returned:
    relates: {to: deal.won, by: deal, as: reversal}
    fields: {deal: event, amount: money}
  survey.answered:
    belongs to: seller
    fields: {seller: person, score: number from 1 to 5}
  quota.set:
    belongs to: seller
    fields: {seller: person, amount: money, period: period}
  rain.fell:
    fields: {depth: number}
"""
PEOPLE = """\
people:
  fields:
    role: text
    supervisor: {is: person, optional: yes}
    commission_rate: {is: percent, optional: yes}
"""
ACTIONS = """\
actions:
  training: {basics: {title: {en: Basics, zh: 基础}}}
  coaching: {recovery: {title: {en: Recovery, zh: 补救}}}
"""
PEOPLE_SOURCE = """\
source: people
read: records/people.csv
register: people
person: Person
from: From
fields: {role: Role, supervisor: Supervisor, commission_rate: Rate}
"""
DEALS_SOURCE = """\
source: deals
read: records/deals.csv
event: deal.won
id: Id
changed: never
time: Day
fields: {seller: Seller, amount: {column: Amount, currency: CNY}, product: Product}
"""
SURVEYS_SOURCE = """\
source: surveys
read: records/surveys.csv
event: survey.answered
id: Id
changed: never
time: Day
fields: {seller: Seller, score: Score}
"""
QUOTAS_SOURCE = """\
source: quotas
read: records/quotas.csv
event: quota.set
id: Id
changed: never
time: Day
fields: {seller: Seller, amount: {column: Amount, currency: CNY}, period: Period}
"""
FILES: Mapping[str, str] = {
    "workspace.yaml": WORKSPACE,
    "catalogue/events.yaml": EVENTS,
    "catalogue/people.yaml": PEOPLE,
    "catalogue/actions.yaml": ACTIONS,
    "sources/deals.yaml": DEALS_SOURCE,
    "sources/people.yaml": PEOPLE_SOURCE,
    "sources/quotas.yaml": QUOTAS_SOURCE,
    "sources/surveys.yaml": SURVEYS_SOURCE,
}
"""A workspace without policies and without mistakes."""
POLICY = "incentives/bonus.yaml"
HEAD = """\
policy: incentive
id: bonus
version: 1
title: {en: Bonus, zh: 奖金}
effective: {from: 2026-01-01}
owner: hr
reason: a test
subject: person
each: quarter
"""
MEASURES = """\
measures:
  revenue: {sum: amount, of: deal.won}
  deals: {count: events, of: deal.won}
  quota: {latest: amount, of: quota.set}
  csat: {average: score, of: survey.answered}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the checks found in a workspace."""

    workspace: CheckedWorkspace | None
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """The code and the underlined words of each, in order."""
        return [(each.code, under(self.texts.get(each.span.path, ""), each.span)) for each in self.diagnostics]

    @property
    def policy(self) -> CheckedIncentive:
        """The first policy of a workspace without mistakes."""
        assert self.workspace is not None, self.mistakes
        first = self.workspace.policies[0]
        assert isinstance(first, CheckedIncentive)
        return first

    @property
    def only(self) -> Diagnostic:
        """The one mistake there is."""
        (found,) = self.diagnostics
        return found


def told(files: Mapping[str, str | None]) -> Told:
    """What the checks say of the small workspace with these files laid over it; None takes one away."""
    together = {**FILES, **{path: text if text is None else textwrap.dedent(text) for path, text in files.items()}}
    texts = {path: text for path, text in together.items() if text is not None}
    written, unreadable = read_files(texts)
    workspace, found = check(written)
    return Told(workspace, in_order((*unreadable, *found)), texts)


def told_of(body: str, head: str = HEAD, files: Mapping[str, str | None] | None = None) -> Told:
    """What they say of a policy with this body, among other files; it means no limit unless the body says one."""
    written = textwrap.dedent(body)
    unlimited = "" if "cap:" in written or "pay:" not in written else "\ncap: none\n"
    return told({**(files or {}), POLICY: head + written + unlimited})


def measured(body: str, files: Mapping[str, str | None] | None = None) -> Told:
    """What they say of a policy that has the usual measures and this body; an unused measure is no matter here."""
    found = told_of(MEASURES + textwrap.dedent(body), files=files)
    return Told(found.workspace, tuple(each for each in found.diagnostics if each.code != "unused"), found.texts)
