"""A stage that needs her consent: it waits for her answer, and a no costs her that stage and nothing else."""

import json
from dataclasses import replace
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
    Withdrawal,
)
from shared.programmes.findings import ProgrammeInvalid
from shared.programmes.load import read
from shared.programmes.state import OPEN, OUT, JourneyState, StageState, Standing
from tests.refusals import refused
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


def test_a_stage_that_waits_for_her_answer_has_a_number_of_its_own() -> None:
    walk = Asked()
    (stuck,) = walk.report("verification", "eligible").stuck
    assert isinstance(stuck.referral_id, UUID)
    assert stuck.referral_id != UUID(walk.journey.stages["proposal"].referral)
    assert walk.journey.stages["course"] == StageState(Standing.STUCK, 0, str(stuck.referral_id), why="consent-missing")


def test_a_repeated_stage_that_has_to_wait_for_her_answer_remembers_its_tries() -> None:
    walk = Asked(read(TEXT.replace("sessions: 2}", "sessions: 2}\n    repeat: {on: [absent], most: 1}")))
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    del walk.answers[STUDENTS]
    (stuck,) = walk.report("course", "absent").stuck
    assert walk.journey.stages["course"] == StageState(
        Standing.STUCK, 1, str(stuck.referral_id), why="consent-missing", repeats=1
    )
    (offer,) = walk.answer(Answer.GIVEN).offers
    assert (offer.stage, offer.attempt) == ("course", 2)
    assert walk.report("course", "absent").offers == []
    assert walk.course()[0] is Standing.DONE


def test_a_second_chance_that_has_to_wait_for_her_answer_is_still_counted() -> None:
    before = "agency: dinsos\n    does: intake.verification\n    needs: [proposal]"
    walk = Asked(read(changed(before, before.replace("dinsos", STUDENTS))))
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.report("proposal", "submitted")
    walk.report("check", "mend")
    del walk.answers[STUDENTS]
    (stuck,) = walk.report("proposal", "submitted").stuck
    assert walk.journey.stages["check"] == StageState(
        Standing.STUCK, 1, str(stuck.referral_id), why="consent-missing", returns=1
    )
    (offer,) = walk.answer(Answer.GIVEN).offers
    assert (offer.stage, offer.attempt) == ("check", 2)
    assert walk.journey.stages["check"].returns == 1


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
    step = walk.answer(Answer.GIVEN)
    (offer,) = step.offers
    assert (offer.stage, offer.attempt) == ("course", 1)
    assert (step.withdrawals, step.skipped, step.stuck, step.changed) == ([], [], [], True)
    assert walk.course() == (Standing.OFFERED, None)


def test_a_refusal_skips_the_stage_and_the_journey_goes_on() -> None:
    walk = Asked()
    walk.report("verification", "eligible")
    step = walk.answer(Answer.REFUSED)
    assert (step.skipped, step.offers, step.withdrawals, step.stuck) == (["course"], [], [], [])
    assert (step.ended, step.changed) == (False, True)
    assert walk.course() == (Standing.SKIPPED, "consent-refused")
    walk.report("proposal", "submitted")
    walk.report("check", "eligible")
    assert walk.report("graduation", "graduated").journey.ended == ("graduated", None)


def test_a_refusal_known_before_is_not_asked_again() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.REFUSED
    step = walk.report("verification", "eligible")
    assert (step.skipped, step.stuck) == (["course"], [])
    assert walk.course() == (Standing.SKIPPED, "consent-refused")


def test_a_withdrawal_takes_the_offer_back() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    referral = UUID(walk.journey.stages["course"].referral)
    step = walk.answer(Answer.REFUSED)
    assert step.withdrawals == [Withdrawal("course", referral, No.CONSENT_WITHDRAWN)]
    assert step.changed is True
    assert walk.course() == (Standing.SKIPPED, "consent-refused")


def test_a_stage_found_to_lack_consent_makes_an_answer_a_change() -> None:
    walk = Asked()
    walk.answers["baznas"] = Answer.GIVEN
    walk.report("verification", "eligible")
    stages = {name: state for name, state in walk.journey.stages.items() if name != "course"}
    step = engine.advance(walk.programme, JourneyState(stages), ConsentAnswered("baznas"), walk.naming, walk.answers)
    assert [(each.stage, each.why) for each in step.stuck] == [("course", CameBack.CONSENT_MISSING)]
    assert (step.offers, step.withdrawals, step.skipped, step.changed) == ([], [], [], True)


def test_an_answer_that_leaves_nothing_open_ends_the_journey_and_is_a_change() -> None:
    walk = Asked()
    done = JourneyState({name: StageState(Standing.DONE, 1) for name in walk.programme.stages})
    step = engine.advance(walk.programme, done, ConsentAnswered(STUDENTS), walk.naming, walk.answers)
    assert (step.journey.ended, step.ended, step.changed) == (("completed", None), True, True)
    assert (step.offers, step.withdrawals, step.skipped, step.stuck) == ([], [], [], [])


def test_a_stage_she_takes_back_keeps_its_tries_and_is_due_no_more() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.last.journey = walk.journey.with_stage("course", due_at="2023-03-01")
    offered = walk.journey.stages["course"]
    walk.answer(Answer.REFUSED)
    assert walk.journey.stages["course"] == replace(
        offered, standing=Standing.SKIPPED, why="consent-refused", due_at=None
    )


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
    with refused(ConsentMissing, stage="course"):
        walk.hear(OfferAgain("course"))


def test_a_stage_that_came_back_is_offered_by_hand_only_with_the_consent_for_its_own_agency() -> None:
    walk = Asked()
    walk.answers[STUDENTS] = Answer.GIVEN
    walk.report("verification", "eligible")
    walk.hear(Undone("course", UUID(walk.journey.stages["course"].referral), CameBack.DECLINED))
    walk.answers = {"baznas": Answer.GIVEN}
    with refused(ConsentMissing, stage="course"):
        walk.hear(OfferAgain("course"))
    walk.answers = {STUDENTS: Answer.GIVEN}
    (offer,) = walk.hear(OfferAgain("course")).offers
    assert (offer.stage, offer.attempt) == ("course", 2)


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


def test_what_she_allowed_before_is_offered_at_the_start_and_on_a_new_version() -> None:
    before = "agency: dinsos\n    does: intake.verification\n    within"
    first = read(changed(before, before.replace("dinsos", STUDENTS)))
    (stuck,) = Asked(first).last.stuck
    assert stuck.stage == "verification"
    assert [each.stage for each in Asked(first, **{STUDENTS: Answer.GIVEN}).last.offers] == ["verification"]
    walk = Asked()
    walk.report("verification", "eligible")
    newer = read(TEXT.replace("version: 1", "version: 2"))
    assert engine.move(newer, walk.journey, walk.naming).offers == []
    moved = engine.move(newer, walk.journey, walk.naming, {STUDENTS: Answer.GIVEN})
    assert [each.stage for each in moved.offers] == ["course"]


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
