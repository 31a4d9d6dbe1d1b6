"""A fact that lists words opens several branches at once, and a word that no stage offers is a mistake."""

from textwrap import dedent

import pytest

from shared.programmes import engine, kinds
from shared.programmes.definition import Programme
from shared.programmes.findings import ProgrammeInvalid
from shared.programmes.kinds import WrongReport
from shared.programmes.load import read
from shared.programmes.state import OUT

KUKAR = dedent("""\
    id: sample-network
    version: 1
    title: {id: Contoh, en: Sample}
    budget_year: 2024
    region: ["64.02"]
    lead: dp3a
    sources: [{kind: article, file: sample.txt, title: Sample}]
    service_levels: {source: assumption, grace: 5 working days}
    subject: {kind: person}
    eligibility:
      - id: woman
        when: person.sex == 'female'
        text: {id: Perempuan, en: A woman}
        source: article
    stages:
      assessment:
        title: {id: Asesmen, en: Assessment}
        agency: dp3a
        does: intake.assessment
        within: 7 working days
        with: {needs: [skills, business, work]}
      course:
        title: {id: Pelatihan, en: Course}
        agency: dp3a
        does: training.course
        needs: [assessment]
        when: "'skills' in assessment.needs"
        within: 1 months
        with: {course: basics, sessions: 2}
      mentoring:
        title: {id: Penguatan, en: Strengthening}
        agency: dp3a
        does: training.course
        needs: [assessment]
        when: "assessment.needs.exists(n, n == 'business')"
        within: 1 months
        with: {course: business, sessions: 2}
    graduates: "course.outcome == 'attended' || size(assessment.needs) == 0"
    examples:
      - title: {id: Dua kebutuhan, en: Two needs at once}
        given: {reports: [{assessment: {outcome: assessed, needs: [skills, business]}}]}
        expect: {waits_for: [course, mentoring]}
      - title: {id: Tanpa kebutuhan, en: Nothing needed}
        given: {reports: [{assessment: nothing-needed}]}
        expect: {ends: graduated}
    """)


def programme() -> Programme:
    return read(KUKAR)


def after(**facts: object) -> engine.Step:
    definition = programme()
    journey = engine.start(definition).journey
    referral = engine.UUID(journey.stages["assessment"].referral)
    return engine.advance(definition, journey, engine.Completed("assessment", referral, "assessed", dict(facts)))


@pytest.mark.parametrize(
    ("needs", "open_ones"),
    [
        (["skills"], ["course"]),
        (["skills", "business"], ["course", "mentoring"]),
        (["business", "work"], ["mentoring"]),
    ],
)
def test_several_answers_at_once_open_several_branches(needs: list[str], open_ones: list[str]) -> None:
    assert after(needs=needs).journey.standing(*OUT) == open_ones


def test_a_list_that_was_not_reported_is_empty() -> None:
    step = after()
    assert step.skipped == ["course", "mentoring"]
    assert step.journey.ended == ("graduated", None)


def test_a_word_that_the_stage_does_not_offer_is_refused_in_a_report() -> None:
    with pytest.raises(WrongReport, match="the stage offers skills, business, work"):
        after(needs=["skills", "magic"])
    kinds.kind("intake.assessment").require_report("assessed", {"needs": ["magic"]})  # nobody has said what is offered


def found_in(before: str, now: str) -> list[tuple[int, str]]:
    assert KUKAR.count(before) == 1
    with pytest.raises(ProgrammeInvalid) as refused:
        read(KUKAR.replace(before, now), "sample.yaml")
    return [(each.line, each.what) for each in refused.value.found]


def line_of(passage: str) -> int:
    return KUKAR[: KUKAR.index(passage)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ("'skills' in assessment.needs", "'skils' in assessment.needs", "does not offer 'skils'"),
        ("'skills' in assessment.needs", "'skills' in assessment.need", "no fact called need"),
        ("needs: [skills, business, work]", "needs: []", "does not fit intake.assessment"),
    ],
)
def test_the_checker_names_the_line_of_a_word_that_is_not_offered(before: str, now: str, says: str) -> None:
    (found,) = found_in(before, now)
    assert found[0] == line_of(before)
    assert says in found[1]


def test_an_example_with_a_word_that_is_not_offered_does_not_hold() -> None:
    (found,) = found_in("needs: [skills, business]}", "needs: [skills, magic]}")
    assert "the stage offers skills, business, work" in found[1]


def test_words_are_nobody_for_whom_a_journey_could_be_opened() -> None:
    spawning = "with: {needs: [skills, business, work]}\n    spawns: {on: [assessed], programme: x, subjects: needs}"
    (found,) = found_in("with: {needs: [skills, business, work]}", spawning)
    assert "reports no list called needs" in found[1]
