"""What an officer writes reaches whoever decides after her: a table over all kinds of stage and all their forms."""

from collections.abc import Iterator
from importlib import import_module

import pytest

from shared.kernel.settings import SERVICES
from shared.programmes import kinds, library
from shared.programmes.kinds import BECAUSE, DECISION
from shared.referrals import words
from shared.referrals.work import StageWork

WORKS = [each for service in SERVICES for each in import_module(f"services.{service}.worker").WORKS]
OF_STAGES = [each for each in WORKS if each.kind != DECISION.name]


def entered(work: StageWork) -> Iterator[str]:
    """Every field of a stage's forms."""
    for schema in (work.work_schema, work.completion_schema):
        if schema is not None:
            yield from schema().fields


@pytest.mark.parametrize("work", OF_STAGES, ids=lambda each: each.kind)
def test_every_field_of_a_stages_forms_is_told_to_later_stages_or_says_why_not(work):
    kind = kinds.kind(work.kind)
    told = {*kind.facts, *kind.findings, BECAUSE}
    lost = [name for name in entered(work) if name not in work.not_told and work.told_as.get(name, name) not in told]
    assert lost == []


@pytest.mark.parametrize("work", OF_STAGES, ids=lambda each: each.kind)
def test_nothing_is_said_of_fields_that_no_form_has(work):
    assert {*work.told_as, *work.not_told} <= set(entered(work))


@pytest.mark.parametrize("kind", list(kinds.CATALOGUE.values()), ids=lambda each: each.name)
def test_every_fact_and_finding_has_a_word_and_every_adverse_outcome_is_one(kind):
    missing = [name for name in (*kind.facts, *kind.findings, BECAUSE) if name not in words.NAMES]
    assert missing == []
    assert set(kind.adverse) <= set(kind.outcomes)


@pytest.mark.parametrize("programme", list(library.published().values()), ids=lambda each: each.id)
def test_what_a_programme_lets_end_or_go_back_is_asked_about_before(programme):
    for stage in programme.stages.values():
        kind = kinds.kind(stage.does)
        against = {outcome for outcome in kind.outcomes if stage.goes_against_her(outcome)}
        assert against <= set(kind.adverse), stage.name


def test_the_confidential_conversation_reports_nothing_but_that_it_took_place():
    kind = kinds.kind("intake.protection")
    assert (kind.facts, kind.findings, kind.adverse) == ({}, {}, ())
