"""Whatever a file of a workspace says, it is read or refused with a message of ours; nothing of it is lost silently."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from tests.model.mutants import mutants
from workflow.checks.checked import CheckedIncentive
from workflow.checks.passes import check
from workflow.diagnostics import CODES, Diagnostic, Span, has_errors, in_order
from workflow.model.files import read_files
from workflow.model.incentive import Incentive
from workflow.plan.kinds import lower
from workflow.plan.occasions import Occasion
from workflow.plan.relations import fields_of
from workflow.words import LANGUAGES, say

EXAMPLES = 1500 if os.environ.get("WORKFLOW_HYPOTHESIS") == "long" else 150
QUARTER = ("2026-Q3", datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
ALIEN = ("function-", "read()", "workflow.", "<class", "CurrencyCell", "Definition", "pydantic", "None")
"""What only a developer would know."""


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_is_read_or_explained(texts: Mapping[str, str]) -> None:
    """No exception; each diagnostic lies in its file and can be said; what has no error is whole and can be planned."""
    written, unreadable = read_files(texts)
    checked, mistakes = check(written)
    diagnostics = in_order((*unreadable, *mistakes))
    for diagnostic in diagnostics:
        lies_in_its_file(diagnostic, texts)
        can_be_said(diagnostic)
    if has_errors(diagnostics):
        return
    assert checked is not None
    assert len(checked.policies) == len(written.policies)
    assert len(checked.sources) == len(written.sources)
    contents = {document.path: document.content for document in written.policies}
    for policy in checked.policies:
        content = contents[policy.path]
        assert {each.name for each in policy.values} == set(content.values)
        assert [each.name for each in policy.actions] == list(content.actions)
        if isinstance(content, Incentive):
            assert isinstance(policy, CheckedIncentive)
            assert {each.name for each in policy.measures} == set(content.measures)
            assert [each.name for each in policy.pay] == list(content.pay)
        occasion = Occasion(*QUARTER, QUARTER[1:], dict.fromkeys(checked.events, "undeclared"))
        none = dict.fromkeys((use.name for use in policy.facts), ())
        windows = dict.fromkeys(policy.windows())
        occasion = replace(occasion, windows=windows, lacking=none, stands=none, by_hand=none)
        assert fields_of(lower(policy, checked, occasion).plan)


def lies_in_its_file(diagnostic: Diagnostic, texts: Mapping[str, str]) -> None:
    """Every place of it can be shown; of a file that is missing only its name can."""
    fix = (diagnostic.fix.span,) if diagnostic.fix else ()
    for span in (diagnostic.span, *diagnostic.related, *fix):
        if diagnostic.code == "missing-file":
            assert span.path not in texts
            continue
        lines = texts[span.path].split("\n")
        assert (span.line, span.column) <= (span.end_line, span.end_column), span
        for line, column in ((span.line, span.column), (span.end_line, span.end_column)):
            assert 1 <= line <= len(lines), span
            assert 1 <= column <= len(lines[line - 1]) + 1, span
    assert diagnostic.span != Span("", 0, 0, 0, 0)


def can_be_said(diagnostic: Diagnostic) -> None:
    """In both languages, without a word of the machinery that the author didn't write."""
    own = " ".join(str(value) for value in diagnostic.args.values())
    for language in LANGUAGES:
        sentence = say(language, CODES[diagnostic.code].room, diagnostic.code, **diagnostic.args)
        assert sentence
        assert not [word for word in ALIEN if word in sentence and (word not in own or word in ALIEN[:6])], sentence
