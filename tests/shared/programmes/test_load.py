from datetime import date

import pytest

from shared.programmes.definition import Ends, SourceKind, SubjectKind
from shared.programmes.findings import Finding, ProgrammeInvalid
from shared.programmes.load import read
from tests.shared.programmes.samples import SAMPLE, changed, sample


def found_in(text: str) -> list[Finding]:
    with pytest.raises(ProgrammeInvalid) as refused:
        read(text, "sample.yaml")
    return list(refused.value.found)


def line_of(text: str, passage: str) -> int:
    return text[: text.index(passage)].count("\n") + 1


def test_a_sound_file_becomes_a_definition() -> None:
    programme = sample()
    assert programme.key == ("sample", 1)
    assert programme.subject.kind is SubjectKind.PERSON
    assert programme.figures["ceiling"].value == 15_000_000
    assert programme.figures["ceiling"].source is SourceKind.ARTICLE
    assert programme.stages["check"].ends == {"not-eligible": Ends.REFUSED, "mend": Ends.REFUSED}
    assert programme.stages["course"].within.unit == "month"
    assert programme.stages["course"].grace.count == 5
    assert programme.text == SAMPLE


def test_stages_stand_after_those_they_need_and_otherwise_as_in_the_file() -> None:
    assert sample().order == ("verification", "proposal", "course", "check", "graduation")


def test_upstream_and_downstream_follow_needs_all_the_way() -> None:
    programme = sample()
    assert programme.upstream("graduation") == {"verification", "proposal", "course", "check"}
    assert programme.downstream("proposal") == {"check", "graduation"}


@pytest.mark.parametrize(
    ("before", "after", "at", "says"),
    [
        ("does: training.course", "does: training.cours", "does: training.cours", "no service offers"),
        ("needs: [proposal]", "needs: [propozal]", "needs: [propozal]", "not a stage of this programme"),
        ("when: verification.outcome == 'eligible'", "when: verification.outcome == 'eligable'", "when: ver", "never"),
        ("when: verification.outcome == 'eligible'", "when: verification.result == 'x'", "when: ver", "no fact called"),
        ("when: verification.outcome == 'eligible'", "when: check.outcome == 'mend'", "when: check", "not known here"),
        ("when: verification.outcome == 'eligible'", "when: verification.outcome ==", "when: ver", "cannot be read"),
        ("when: verification.outcome == 'eligible'", "when: verification.outcome", "when: ver", "true or false"),
        ("stage: proposal, most", "stage: course, most", "returns_to", "does not come before it"),
        ("within: 1 months", "within: soonish", "within: soonish", "is not a time limit"),
        ("        within: 1 months\n".removeprefix("    "), "", "course:\n", "no limit"),
        ("agency: dp3a", "agency: dp3b", "agency: dp3b", "no agency role"),
        ("with: {course: basics, sessions: 2}", "with: {course: basics}", "with: {course", "does not fit"),
        ("with: {course: basics, sessions: 2}", "with: {course: b, sessions: two}", "with: {course: b", "does not fit"),
        ("source: article}", "source: gossip}", "ceiling: {value: 15", "must be one of"),
        (", source: article}", "}", "ceiling: {value: 15", "missing"),
        ("source: article}", "source: article, note: in goods}", "ceiling: {value: 15", "must be a mapping"),
        ("source: article}", "source: article, note: {en: in goods}}", "ceiling: {value: 15", "missing"),
        ("grace: 5 working days}", "grace: 5 working days, note: ours}", "service_levels", "must be a mapping"),
        ("title: {id: Usulan, en: Proposal}", "title: {id: Usulan}", "title: {id: Usulan}", "missing"),
        ("title: {id: Contoh, en: Sample}", "title: {en: Sample}", "title: {en", "missing"),
        ("when: person.age >= 18", "when: person.height > 3", "when: person.h", "no fact called"),
        ("when: person.age >= 18", "when: member.age >= 18", "when: member", "not known here"),
        ("when: person.age >= 18", "when: person.age >= 'x'", "when: person.age >= 'x'", "no answer"),
        ("expect: {eligible: true}", "expect: {eligible: false}", "- title: {id: Dewasa", "does not hold"),
        ("ends: {withdrawn: withdrawn}", "ends: {gone: withdrawn}", "ends: {gone", "never reports"),
        ("ends: {not-eligible: refused, mend: refused}", "ends: {}", "returns_to", "no return is left"),
        ('region: ["64.02"]', "region: [64.02]", "region: [64", "put it in quotes"),
        ("lead: dinsos\n", "lead: dinsos\nleed: x\n", "leed", "not known here"),
    ],
)
def test_a_mistake_is_told_with_its_line(before: str, after: str, at: str, says: str) -> None:
    text = changed(before, after)
    findings = found_in(text)
    assert any(says in each.what and each.line == line_of(text, at) for each in findings), findings
    assert all(each.remedy for each in findings)


def test_several_mistakes_are_told_at_once() -> None:
    text = changed("agency: dp3a", "agency: dp3b").replace("does: grants.goods-proposal", "does: grants.gifts")
    assert {each.line for each in found_in(text)} == {
        line_of(text, "agency: dp3b"),
        line_of(text, "does: grants.gifts"),
    }


def test_stages_that_wait_for_each_other_are_named() -> None:
    (finding,) = found_in(changed("needs: [proposal]", "needs: [graduation]"))
    assert "wait for each other" in finding.what
    assert "check" in finding.what
    assert "graduation" in finding.what


def test_a_stage_behind_an_outcome_that_ends_the_journey_is_unreachable() -> None:
    text = changed("when: verification.outcome == 'eligible'", "when: verification.outcome == 'not-eligible'")
    assert any("never be reached" in each.what for each in found_in(text))


def test_a_fact_that_may_be_missing_must_be_guarded() -> None:
    unguarded = changed("graduates: graduation.outcome == 'graduated'", "graduates: proposal.total > 0")
    assert any("guard it" in each.remedy for each in found_in(unguarded))
    read(
        changed("graduates: graduation.outcome == 'graduated'", "graduates: has(proposal.total) && proposal.total > 0")
    )


@pytest.mark.parametrize("text", ["", "- a list", "a: [", "id: x\nid: y", "just words"])
def test_what_is_not_a_programme_is_refused_with_a_line(text: str) -> None:
    assert all(each.line >= 1 for each in found_in(text))


def test_a_derived_figure_says_how() -> None:
    assert any("derived" in each.what for each in found_in(changed("source: article}", "source: derived}")))


def test_a_claimed_source_must_be_listed() -> None:
    text = changed("source: article}", "source: regulation}")
    assert any("no such source is listed" in each.what for each in found_in(text))


def test_a_reference_date_is_a_day_and_may_be_left_out() -> None:
    assert sample().reference_date is None
    assert read(SAMPLE + "\nreference_date: 2023-01-31\n").reference_date == date(2023, 1, 31)
    (finding,) = found_in(SAMPLE + "\nreference_date: someday\n")
    assert "must be a day, as in 2023-01-31" in finding.what
