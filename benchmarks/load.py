"""Reading a thousand rules with the place of every word, against the C loader of PyYAML, which keeps none."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from benchmarks.figure import Figure, best
from workflow.syntax.reader import read

RULE = """\
  rule_{number}:
    title: {{en: Rule {number}, zh: 规则 {number}}}
    when: revenue >= {number}000 CNY and csat >= 4.5
    on: revenue
    by: attainment
    mode: marginal
    tiers:
      - {{from: 0%, rate: 1%}}
      - {{from: 80%, rate: 2%}}
      - {{from: 100%, rate: 3.5%}}
    prorate: days served
"""
RULES = 1_000


def figures() -> Iterator[Figure]:
    """At most half of the loader's time."""
    text = "pay:\n" + "".join(RULE.format(number=number) for number in range(RULES))
    ours = best(lambda: read(text, "rules.yaml"))
    theirs = best(lambda: yaml.load(text, Loader=yaml.CSafeLoader))
    yield Figure("load.rules", ours, theirs, 0.5)
