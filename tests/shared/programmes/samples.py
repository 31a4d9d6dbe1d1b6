"""A small programme with everything the engine knows: side by side, a join, a skip, second chances, repeats."""

from textwrap import dedent

from shared.programmes.definition import Programme
from shared.programmes.load import read

SAMPLE = dedent("""\
    id: sample
    version: 1
    title: {id: Contoh, en: Sample}
    budget_year: 2023
    region: ["64.02"]
    lead: dinsos
    sources: [{kind: article, file: sample.txt, title: Sample}]
    figures:
      ceiling: {value: 15_000_000, unit: rupiah per person, source: article}
    service_levels: {source: assumption, grace: 5 working days}
    subject: {kind: person}
    eligibility:
      - id: adult
        when: person.age >= 18
        text: {id: Dewasa, en: An adult}
        source: assumption
    stages:
      verification:
        title: {id: Verifikasi, en: Verification}
        agency: dinsos
        does: intake.verification
        within: 7 working days
        with: {check: registry}
        ends: {not-eligible: refused, check-dukcapil: refused}
        repeat: {on: [check-dukcapil], most: 2}
      proposal:
        title: {id: Usulan, en: Proposal}
        agency: dinsos
        does: grants.goods-proposal
        needs: [verification]
        when: verification.outcome == 'eligible'
        within: 30 working days
        with: {fund: apbd, ceiling: 15_000_000}
        ends: {withdrawn: withdrawn}
      course:
        title: {id: Pelatihan, en: Course}
        agency: dp3a
        does: training.course
        needs: [verification]
        within: 1 months
        with: {course: basics, sessions: 2}
      check:
        title: {id: Pemeriksaan, en: Check}
        agency: dinsos
        does: intake.verification
        needs: [proposal]
        within: 7 working days
        with: {check: file}
        returns_to: {on: [mend], stage: proposal, most: 2}
        ends: {not-eligible: refused, mend: refused}
      graduation:
        title: {id: Kelulusan, en: Graduation}
        agency: dinsos
        does: monitoring.graduation
        needs: [course, check]
        within: 14 working days
        with: {signatures: 2}
    graduates: graduation.outcome == 'graduated'
    examples:
      - title: {id: Dewasa, en: An adult}
        given: {person: {age: 30, area: 64.02.01.1001}}
        expect: {eligible: true}
    """)


def sample() -> Programme:
    """The sample as it stands."""
    return read(SAMPLE)


def changed(before: str, after: str) -> str:
    """The sample's text with one passage put otherwise; fails when the passage is not there exactly once."""
    assert SAMPLE.count(before) == 1, before
    return SAMPLE.replace(before, after)
