"""Without consent nothing is shared; with the last consent it is; and taken back, it is gone."""

import threading

import pytest

from services.intake.consents.rules import (
    AnsweredInFuture,
    NoConsentNeeded,
    NothingToWithdraw,
    Said,
    WithdrawInstead,
)
from services.intake.journeys import commands as journeys
from shared.events.intake import (
    ConsentWithdrawn,
    JourneyEnded,
    StageOffered,
    StageSkipped,
    StageStuck,
    StageWithdrawn,
    StuckBecause,
)
from shared.events.referrals import ReferralDeclined
from shared.identity.rules import OutsideArea, Role
from shared.kernel import clock
from shared.programmes.engine import ConsentMissing
from shared.web.access import NotItsWork
from tests.browsing import an_officer
from tests.intake.sharing.roads import BAZNAS, GROUPS, OFFICER, STUDENTS, Road


def test_without_consent_the_stage_waits_and_the_leading_office_is_accountable(road: Road) -> None:
    _, journey = road.woman_on_her_way()
    assert [each.stage for each in road.offers(journey)] == ["verification"]
    stuck = {each.stage: each for each in road.said(StageStuck)}
    assert stuck.keys() == {"course", "support"}
    assert {each.why for each in stuck.values()} == {StuckBecause.CONSENT_MISSING}
    assert (stuck["support"].accountable_office, stuck["support"].agency) == ("dinsos-mataram", BAZNAS)
    assert road.journey(journey).is_stuck


def test_the_last_missing_consent_offers_the_stage_by_itself(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    assert [each.stage for each in road.offers(journey)] == ["verification", "course"]
    assert road.stands(journey, "course") == ("offered", None)
    assert road.stands(journey, "support") == ("stuck", "consent-missing")
    road.consent(BAZNAS, woman)
    assert not road.journey(journey).is_stuck


def test_consent_given_before_she_sets_out_is_not_asked_again(road: Road) -> None:
    (woman,) = road.women()
    road.consent(STUDENTS, woman)
    road.consent(BAZNAS, woman)
    (journey,) = road.open([woman]).opened.values()
    road.complete("verification", "eligible", {}, journey)
    assert {each.stage for each in road.offers(journey)} == {"verification", "course", "support"}
    assert road.said(StageStuck) == []


def test_a_woman_who_refuses_baznas_does_not_lose_her_journey(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.answer(Said.REFUSED, BAZNAS, woman)
    (skipped,) = road.said(StageSkipped)
    assert (skipped.stage, skipped.why) == ("support", "consent-refused")
    road.complete("course", "attended", {}, journey)
    road.complete("graduation", "graduated", {}, journey)
    (ended,) = road.said(JourneyEnded)
    assert ended.outcome == "graduated"


def test_every_member_of_a_group_is_asked(road: Road) -> None:
    members = road.women(3)
    (journey,) = road.open([road.group(members)], GROUPS).opened.values()
    road.complete("verification", "eligible", {}, journey)
    road.consent(STUDENTS, *members[:2], programme=GROUPS)
    assert road.stands(journey, "course") == ("stuck", "consent-missing")
    road.consent(STUDENTS, members[2], programme=GROUPS)
    assert road.stands(journey, "course")[0] == "offered"


def test_one_member_who_refuses_skips_the_stage_for_the_group(road: Road) -> None:
    members = road.women(3)
    (journey,) = road.open([road.group(members)], GROUPS).opened.values()
    road.complete("verification", "eligible", {}, journey)
    road.answer(Said.REFUSED, BAZNAS, members[1], programme=GROUPS)
    assert road.stands(journey, "support") == ("skipped", "consent-refused")
    assert road.stands(journey, "course") == ("stuck", "consent-missing")


def test_consent_withdrawn(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.consent(BAZNAS, woman)
    referral = road.referral(journey, "support")
    assert road.sealed_for(journey) == {"verification": True, "course": True, "support": True}
    done = road.take_back(BAZNAS, woman)
    # sharing stops, the recipient is told, and what is still on its way is erased
    assert [(each.referral_id, each.reason) for each in road.said(StageWithdrawn)] == [(referral, "consent-withdrawn")]
    (told,) = road.said(ConsentWithdrawn)
    assert (told.journey_id, told.agency) == (journey, BAZNAS)
    assert [(each.referral_id, each.stage, each.does) for each in told.referrals] == [
        (referral, "support", "grants.goods-accountability")
    ]
    assert road.sealed_for(journey) == {"verification": True, "course": True, "support": False}
    # the journey goes on, and what must be kept is named to her
    assert road.stands(journey, "support") == ("skipped", "consent-refused")
    assert road.stands(journey, "course")[0] == "offered"
    (shared,) = done.shared
    assert (shared.stage, shared.fields, shared.is_open) == ("support", ("name", "village"), True)
    assert "must be accounted for" in shared.keeps.en
    assert (done.effective_by - done.withdrawn_at).total_seconds() == 72 * 3600
    assert road.answers(woman) == ["given", "given", "withdrawn"]


def test_a_withdrawal_reaches_stages_that_are_done_and_journeys_that_are_over(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.answer(Said.REFUSED, BAZNAS, woman)
    road.complete("course", "attended", {}, journey)
    road.complete("graduation", "graduated", {}, journey)
    done = road.take_back(STUDENTS, woman)
    (told,) = road.said(ConsentWithdrawn)
    assert [each.stage for each in told.referrals] == ["course"]
    assert not done.shared[0].is_open
    assert road.said(StageWithdrawn) == []
    assert road.stands(journey, "course")[0] == "done"


def test_a_withdrawal_before_anything_was_shared_deletes_nothing(road: Road) -> None:
    (woman,) = road.women()
    road.open([woman])
    road.consent(BAZNAS, woman)
    assert road.take_back(BAZNAS, woman).shared == []
    assert road.said(ConsentWithdrawn) == []


def test_a_member_who_takes_back_takes_the_offer_from_her_group(road: Road) -> None:
    members = road.women(2)
    (journey,) = road.open([road.group(members)], GROUPS).opened.values()
    road.complete("verification", "eligible", {}, journey)
    road.consent(STUDENTS, *members, programme=GROUPS)
    road.take_back(STUDENTS, members[0], GROUPS)
    assert road.stands(journey, "course") == ("skipped", "consent-refused")
    assert [each.agency for each in road.said(ConsentWithdrawn)] == [STUDENTS]


def test_she_may_consent_again_later_and_the_next_journey_counts_on_it(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(BAZNAS, woman)
    road.take_back(BAZNAS, woman)
    road.consent(BAZNAS, woman)
    assert road.stands(journey, "support")[0] == "skipped"
    assert road.answers(woman) == ["given", "withdrawn", "given"]


def test_a_stage_that_came_back_waits_for_nobody_once_she_withdraws(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    no = {"reason": "no-places", "suggestion": "offer-again-later"}
    road.hear(road.of(ReferralDeclined, journey, "course", **no), sealed={"explanation": "Penuh"})
    road.take_back(STUDENTS, woman)
    assert road.stands(journey, "course") == ("skipped", "consent-refused")


def test_an_answer_is_noted_once(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    assert road.consent(BAZNAS, woman) == {woman}
    assert road.consent(BAZNAS, woman) == set()
    assert [each.stage for each in road.offers(journey)].count("support") == 1


def test_a_stage_without_consent_cannot_be_offered_by_hand(road: Road) -> None:
    _, journey = road.woman_on_her_way()
    with pytest.raises(ConsentMissing), road.database.transaction() as session:
        journeys.reoffer_stage(session, OFFICER, journey, "support")


def test_bad_answers_are_refused_and_change_nothing(road: Road) -> None:
    woman, _ = road.woman_on_her_way()
    with pytest.raises(NoConsentNeeded):
        road.consent("dinsos", woman)
    with pytest.raises(AnsweredInFuture):
        road.answer(Said.GIVEN, BAZNAS, woman, answered_on=clock.today().replace(year=clock.today().year + 1, day=1))
    with pytest.raises(NothingToWithdraw):
        road.take_back(BAZNAS, woman)
    road.consent(BAZNAS, woman)
    with pytest.raises(WithdrawInstead):
        road.answer(Said.REFUSED, BAZNAS, woman)
    assert road.answers(woman) == ["given"]


def test_only_the_leading_agency_in_her_area_asks_and_no_other_may_note_a_withdrawal(road: Road) -> None:
    woman, journey = road.woman_on_her_way()
    others = an_officer(Role.OFFICER, office="baznas-mataram"), an_officer(Role.OFFICER, office="dinsos-kaltim")
    for officer, error in zip(others, (NotItsWork, OutsideArea), strict=True):
        with pytest.raises(error), road.database.transaction() as session:
            road_answer(session, officer, woman)
    road.consent(BAZNAS, woman)
    before = road.stands(journey, "support")
    for officer, error in zip(others, (NotItsWork, OutsideArea), strict=True):
        with pytest.raises(error):
            road.take_back(BAZNAS, woman, officer=officer)
    assert road.stands(journey, "support") == before
    road.take_back(BAZNAS, woman)
    assert road.stands(journey, "support")[0] == "skipped"


def road_answer(session, officer, woman):
    from services.intake.consents.rules import How
    from services.intake.sharing.commands import record_consents

    record_consents(
        session,
        officer,
        programme="women-mataram",
        recipient=BAZNAS,
        person_ids=[woman],
        answer=Said.GIVEN,
        how=How.RECORDED,
        answered_on=clock.today(),
    )


def test_a_withdrawal_and_a_report_at_once_never_leave_an_offer_behind(road: Road) -> None:
    """The report would offer the stage; whichever comes first, in the end nobody is asked without consent."""
    ready = []
    for _ in range(6):
        (woman,) = road.women()
        (journey,) = road.open([woman]).opened.values()
        road.consent(BAZNAS, woman)
        ready.append((woman, journey))
    failed: list[BaseException] = []

    def safely(act, *told) -> None:
        try:
            act(*told)
        except BaseException as error:  # noqa: BLE001 (a thread's error must reach the test)
            failed.append(error)

    for woman, journey in ready:
        threads = [
            threading.Thread(target=safely, args=(road.complete, "verification", "eligible", {}, journey)),
            threading.Thread(target=safely, args=(road.take_back, BAZNAS, woman)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    offered = {each.referral_id for each in road.said(StageOffered) if each.stage == "support"}
    taken = {each.referral_id for each in road.said(StageWithdrawn)}
    assert offered == taken
    assert {road.stands(journey, "support")[0] for _, journey in ready} == {"skipped"}


def test_the_other_programmes_ask_nobody(road: Road, home) -> None:
    from tests.intake.journeys.roads import Road as Plain

    plain = Plain(road.database)
    (journey,) = plain.set_out()
    plain.complete("verification", "eligible", {}, journey)
    assert [each.stage for each in plain.offers(journey)] == ["verification", "proposal"]
