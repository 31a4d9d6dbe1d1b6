"""A stage that needs her consent: it waits for her answer, and a no costs her that stage and nothing else."""

import json
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.rules import AGENCIES
from shared.programmes import engine
from shared.programmes.definition import CONSENT_AGENCIES, Basis, Programme
from shared.programmes.engine import (
    Answer,
    CameBack,
    Completed,
    ConsentAnswered,
    ConsentMissing,
    Happening,
    No,
    OfferAgain,
    StepBack,
    Undone,
)
from shared.programmes.findings import ProgrammeInvalid
from shared.programmes.load import read
from shared.programmes.state import OPEN, OUT, JourneyState, Standing
from tests.shared.programmes.samples import SAMPLE, changed

STUDENTS = "perguruan-tinggi"
TEXT = changed("agency: dp3a", f"agency: {STUDENTS}")


class Asked:
    """One journey whose course is given by students, and what she has answered about them so far."""

    def __init__(self, programme: Programme | None = None, **answers: Answer) -> None:
        self.programme, self.answers, numbers = programme or read(TEXT), dict(answers), count(1)
        self.naming = lambda: UUID(int=next(numbers))
        self.last = engine.start(self.programme, self.naming, self.answers)

    @property
    def journey(self) -> JourneyState:
        return self.last.journey

    def hear(self, happening: Happening) -> engine.Step:
        self.last = engine.advance(self.programme, self.journey, happening, self.naming, self.answers)
        return self.last

    def report(self, stage: str, outcome: str, **facts: object) -> engine.Step:
        return self.hear(Completed(stage, UUID(self.journey.stages[stage].referral), outcome, facts))

    def answer(self, answer: Answer) -> engine.Step:
        self.answers[STUDENTS] = answer
        return self.hear(ConsentAnswered(STUDENTS))

    def course(self) -> tuple[Standing, str | None]:
        state = self.journey.stages["course"]
        return state.standing, state.why


@pytest.mark.parametrize("agency", AGENCIES)
def test_each_agency_has_its_usual_basis(agency: str) -> None:
    stages = read(changed("agency: dp3a", f"agency: {agency}")).stages
    assert stages["course"].basis is (Basis.CONSENT if agency in CONSENT_AGENCIES else Basis.PUBLIC_TASK)


def test_a_programme_may_name_another_basis() -> None:
    programme = read(changed("agency: dp3a", "agency: dp3a\n    basis: consent"))
    assert programme.stages["course"].basis is Basis.CONSENT
    assert [each.name for each in programme.consent_stages("dp3a")] == ["course"]
    assert not read(SAMPLE).asks_consent


def test_a_basis_that_the_law_does_not_know_is_told_with_its_line() -> None:
    text = changed("agency: dp3a", "agency: dp3a\n    basis: habit")
    with pytest.raises(ProgrammeInvalid) as refused:
        read(text, "sample.yaml")
    (finding,) = refused.value.found
    assert finding.line == text[: text.index("basis: habit")].count("\n") + 1
    assert "public-task, consent" in finding.what


def test_a_later_condition_may_count_on_a_refusal() -> None:
    read(TEXT.replace("needs: [course, check]", "needs: [course, check]\n    when: course.outcome == 'skipped'"))


def test_an_example_may_say_that_she_refuses() -> None:
    refusing = TEXT + (
        "  - title: {id: Menolak, en: She refuses}\n"
        f"    given: {{refuses: [{STUDENTS}], reports: [{{verification: eligible}}]}}\n"
        "    expect: {waits_for: proposal}\n"
    )
    read(refusing)
    with pytest.raises(ProgrammeInvalid):
        read(refusing.replace("waits_for: proposal", "waits_for: course"))


def test_without_an_answer_the_stage_waits_for_the_leading_office_and_the_others_go_on() -> None:
    walk = Asked()
    step = walk.report("verification", "eligible")
    assert [offer.stage for offer in step.offers] == ["proposal"]
    assert [(each.stage, each.why) for each in step.stuck] == [("course", CameBack.CONSENT_MISSING)]
    assert walk.course() == (Standing.STUCK, "consent-missing")


def test_waiting_is_said_once() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    before = walk.journey.stages["course"]
    assert walk.report("proposal", "submitted").stuck == []
    assert not walk.hear(ConsentAnswered(STUDENTS)).changed
    assert walk.journey.stages["course"] == before


def test_consent_offers_the_stage_by_itself() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    (offer,) = walk.answer(Answer.GIVEN).offers
    assert (offer.stage, offer.attempt) == ("course", 1)
    assert walk.course() == (Standing.OFFERED, None)


def test_a_refusal_skips_the_stage_and_the_journey_goes_on() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    step = walk.answer(Answer.REFUSED)
    assert (step.skipped, step.withdrawals, step.ended) == (["course"], [], False)
    assert walk.course() == (Standing.SKIPPED, "consent-refused")
    walk.report("proposal", "submitted")
    walk.report("check", "eligible")
    assert walk.report("graduation", "graduated").journey.ended == ("graduated", None)


def test_a_refusal_known_before_is_not_asked_again() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.REFUSED
    step = walk.report("verification", "eligible")
    assert (step.skipped, step.stuck) == (["course"], [])


def test_a_withdrawal_takes_the_offer_back() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    referral = UUID(walk.journey.stages["course"].referral)
    (taken,) = walk.answer(Answer.REFUSED).withdrawals
    assert (taken.referral_id, taken.reason) == (referral, No.CONSENT_WITHDRAWN)
    assert walk.course() == (Standing.SKIPPED, "consent-refused")


def test_what_was_done_before_a_withdrawal_stays_done() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.report("course", "attended")
    assert not walk.answer(Answer.REFUSED).changed
    assert walk.course()[0] is Standing.DONE


def test_the_withdrawal_of_the_last_open_stage_ends_the_journey() -> None:
    text = TEXT.replace("needs: [course, check]", "needs: [check]")
    walk = Asked(read(text))
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.report("proposal", "submitted")
    walk.report("check", "eligible")
    walk.report("graduation", "graduated")
    assert walk.journey.standing(*OPEN) == ["course"]
    step = walk.answer(Answer.REFUSED)
    assert step.journey.ended == ("graduated", None)
    assert len(step.withdrawals) == 1


def test_a_stage_that_lacks_consent_cannot_be_offered_by_hand() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    with pytest.raises(ConsentMissing):
        walk.hear(OfferAgain("course"))


def test_a_stage_that_came_back_is_skipped_when_she_withdraws() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.hear(Undone("course", UUID(walk.journey.stages["course"].referral), CameBack.DECLINED))
    step = walk.answer(Answer.REFUSED)
    assert (step.skipped, step.withdrawals) == (["course"], [])


def test_a_new_version_may_do_without_consent() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    newer = read(SAMPLE.replace("version: 1", "version: 2"))
    assert [each.stage for each in engine.move(newer, walk.journey, walk.naming).offers] == ["course"]


def test_a_journey_that_is_over_hears_no_answer() -> None:
    walk = Asked()
    walk.hear(StepBack())
    assert not walk.answer(Answer.GIVEN).changed


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), max_size=40))
def test_nobody_is_asked_without_consent_and_nobody_is_lost(chosen: list[tuple[int, int]]) -> None:
    walk = Asked()
    for what, which in chosen:
        out = walk.journey.standing(*OUT)
        match what:
            case 0 if not walk.journey.ended:
                walk.answer(Answer.GIVEN)
            case 1 if not walk.journey.ended:
                walk.answer(Answer.REFUSED)
            case 2 if out:
                name = out[which % len(out)]
                walk.hear(Undone(name, UUID(walk.journey.stages[name].referral), CameBack.RETURNED))
            case 3 if walk.journey.stages.get("course") and walk.answers.get(STUDENTS) is Answer.GIVEN:
                if walk.course() == (Standing.STUCK, "returned") and not walk.journey.ended:
                    walk.hear(OfferAgain("course"))
            case _ if out:
                name = out[which % len(out)]
                outcomes = {"verification": "eligible", "proposal": "submitted", "course": "attended"}
                walk.report(name, outcomes.get(name, ("mend", "eligible")[which % 2] if name == "check" else "not-yet"))
        journey = walk.journey
        assert bool(journey.standing(*OPEN)) is (journey.ended is None)
        if "course" in journey.standing(*OUT):
            assert walk.answers.get(STUDENTS) is Answer.GIVEN
        if walk.answers.get(STUDENTS) is Answer.REFUSED and "course" in journey.stages:
            assert walk.course()[0] in (Standing.SKIPPED, Standing.DONE, Standing.AGAIN)
        assert JourneyState.from_json(json.loads(json.dumps(journey.to_json()))) == journey
