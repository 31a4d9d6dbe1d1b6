import dataclasses

import pytest
from sqlalchemy import select

from services.intake.journeys import commands, publishing, queries, rules
from services.intake.journeys.models import CameBack
from shared.bus.models import LoggedEvent
from shared.events.intake import (
    JourneyEnded,
    JourneyOpened,
    JourneyOutcome,
    ParticularsShared,
    StageOffered,
    StageStuck,
    StageWithdrawn,
    StuckBecause,
    SubjectKind,
)
from shared.events.referrals import (
    ParticularsMissing,
    ReferralCompleted,
    ReferralDeclined,
    ReferralUnanswered,
)
from shared.identity.rules import OtherOffice, Role
from shared.kernel import calendar, clock
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.privacy import sealed as seals
from shared.programmes import kinds, library
from tests.browsing import an_officer
from tests.intake.journeys.roads import KUBE, OFFICER, WRSE, WRSE_WAY, Road


def test_opening_announces_the_journey_and_its_first_offer(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    opened, offered = road.said()
    assert isinstance(opened, JourneyOpened)
    assert isinstance(offered, StageOffered)
    assert (opened.journey_id, opened.subject_kind, opened.members) == (journey, SubjectKind.PERSON, 1)
    assert (offered.stage, offered.attempt, offered.does) == ("verification", 1, "intake.verification")
    assert offered.office == "dinsos-kukar"  # nearest to where she lives
    assert offered.sender_office == "dinsos-kaltim"
    assert offered.remind_at < offered.due_at < offered.expires_at


def test_a_due_date_is_counted_in_working_days(road: Road) -> None:
    (journey,) = road.set_out()
    (offer,) = road.offers(journey)
    assert offer.due_at == calendar.deadline(clock.now(), 7)


def test_only_the_shared_fields_travel_and_only_sealed(road: Road) -> None:
    (journey,) = road.set_out()
    with road.database.reading() as session:
        row = session.scalars(select(LoggedEvent).where(LoggedEvent.type == "intake.stage-offered.v1")).one()
        told = seals.unseal("intake", "intake", row.sealed["intake"], row.id)
    assert set(told["particulars"]) == {"name", "village"}  # no NIK is known of her
    assert told["particulars"]["name"] not in row.body
    assert str(journey) in row.body


def test_a_groups_journey_starts_with_its_formation(road: Road) -> None:
    (group,) = road.groups()
    journey = road.open([group], KUBE).opened[group]
    (offer,) = road.offers(journey)
    assert (offer.stage, offer.subject_kind) == ("formation", SubjectKind.GROUP)


def test_whoever_cannot_set_out_is_refused_for_herself_and_hinders_nobody(road: Road) -> None:
    known, stranger = road.women(2), new_id()
    (far,) = road.women(area="64.07.01.2001")
    opening = road.open([*known, stranger, far])
    assert set(opening.opened) == set(known)
    assert {subject: type(error) for subject, error in opening.refused.items()} == {
        stranger: rules.SubjectUnknown,
        far: rules.OutsideRegion,
    }


def test_a_second_journey_in_the_same_version_is_refused_while_the_first_is_open(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    assert isinstance(road.open([woman]).refused[woman], rules.JourneyAlreadyOpen)
    assert len(road.said(JourneyOpened)) == 1
    with road.database.transaction() as session:
        commands.withdraw_journey(session, OFFICER, journey, "pindah")
    assert woman in road.open([woman]).opened


def test_an_officer_opens_only_in_her_own_areas(road: Road) -> None:
    (woman,) = road.women()
    elsewhere = an_officer(Role.OFFICER, office="dinsos-samarinda")
    with road.database.transaction() as session:
        opening = commands.open_journeys(session, elsewhere, WRSE, [woman])
    assert isinstance(opening.refused[woman], rules.OutsideOwnArea)


def test_journeys_go_all_the_way_to_graduation(road: Road) -> None:
    journeys = road.set_out(3)
    for stage, outcome, facts in WRSE_WAY:
        road.complete(stage, outcome, facts, *journeys)
    assert road.open_journeys_left() == 0
    ended = road.said(JourneyEnded)
    assert {each.journey_id for each in ended} == set(journeys)
    assert {each.outcome for each in ended} == {JourneyOutcome.GRADUATED}
    last = road.offers(journeys[0])[-1]
    assert last.earlier["decision"] == {"outcome": "accepted", "facts": {"sk_number": "460/1", "amount": 2_900_000}}


def test_a_batch_may_bring_several_happenings_of_one_journey_in_order(road: Road) -> None:
    (journey,) = road.set_out()
    first = road.of(ReferralCompleted, journey, "verification", outcome="mend", facts={})
    road.hear(first, first)
    assert [offer.attempt for offer in road.offers(journey)] == [1, 2]


def test_what_is_heard_twice_changes_nothing_the_second_time(road: Road) -> None:
    (journey,) = road.set_out()
    done = road.of(ReferralCompleted, journey, "verification", outcome="eligible", facts={})
    road.hear(done)
    before = len(road.said())
    road.hear(done)
    assert len(road.said()) == before


def test_a_completion_heard_without_its_acceptance_counts(road: Road) -> None:
    (journey,) = road.set_out()
    road.hear(road.of(ReferralCompleted, journey, "verification", outcome="eligible", facts={}))
    assert [offer.stage for offer in road.offers(journey)] == ["verification", "proposal"]


def test_a_report_that_the_kind_does_not_know_is_not_swallowed(road: Road) -> None:
    (journey,) = road.set_out()
    with pytest.raises(kinds.WrongReport):
        road.hear(road.of(ReferralCompleted, journey, "verification", outcome="splendid", facts={}))


def test_an_event_of_a_journey_nobody_opened_is_not_swallowed(road: Road) -> None:
    stray = ReferralUnanswered(
        journey_id=new_id(), referral_id=new_id(), stage="verification", agency="dinsos", office="dinsos-kaltim"
    )
    with pytest.raises(NotFound):
        road.hear(stray)


def decline(road: Road, journey: object) -> None:
    declined = road.of(ReferralDeclined, journey, "verification", reason="no-budget", suggestion="offer-elsewhere")
    road.hear(declined, sealed={"explanation": "Kuota habis"})


def test_a_declined_stage_waits_for_the_leading_office_with_what_was_said(road: Road) -> None:
    (journey,) = road.set_out()
    decline(road, journey)
    (stuck,) = road.said(StageStuck)
    assert (stuck.why, stuck.accountable_office) == (StuckBecause.DECLINED, "dinsos-kaltim")
    assert road.journey(journey).is_stuck
    with road.database.reading() as session:
        said = session.scalars(select(CameBack)).one()
    assert (said.office, said.reason, said.suggestion) == ("dinsos-kukar", "no-budget", "offer-elsewhere")
    assert said.explanation == "Kuota habis"


def test_a_stuck_stage_is_offered_to_another_office(road: Road) -> None:
    (journey,) = road.set_out()
    decline(road, journey)
    road.staff("dinsos-kaltim")
    with road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", "dinsos-kaltim")
    last = road.offers(journey)[-1]
    assert (last.attempt, last.office) == (2, "dinsos-kaltim")
    assert not road.journey(journey).is_stuck


def test_a_stage_goes_only_to_an_office_that_holds_its_role(road: Road) -> None:
    (journey,) = road.set_out()
    decline(road, journey)
    with pytest.raises(rules.OfficeOfAnotherRole), road.database.transaction() as session:
        commands.reoffer_stage(session, OFFICER, journey, "verification", "bappeda-kaltim")


def test_only_the_leading_office_decides_on_what_came_back(road: Road) -> None:
    (journey,) = road.set_out()
    decline(road, journey)
    with pytest.raises(OtherOffice), road.database.transaction() as session:
        commands.end_journey(session, an_officer(Role.OFFICER, office="dinsos-kukar"), journey, "tidak ada jalan")


def test_ending_a_journey_takes_its_offers_back_and_keeps_the_reason(road: Road) -> None:
    (journey,) = road.set_out()
    with road.database.transaction() as session:
        commands.end_journey(session, OFFICER, journey, "sudah dibantu program lain")
    assert [each.stage for each in road.said(StageWithdrawn)] == ["verification"]
    assert [each.outcome for each in road.said(JourneyEnded)] == [JourneyOutcome.STOPPED]
    assert road.journey(journey).end_reason == "sudah dibantu program lain"


def test_lost_particulars_are_sealed_anew_only_while_the_stage_waits(road: Road) -> None:
    (journey,) = road.set_out()
    missing = road.of(ParticularsMissing, journey, "verification")
    road.hear(missing, source="intake")
    assert [each.referral_id for each in road.said(ParticularsShared)] == [missing.referral_id]
    road.complete("verification", "eligible", {}, journey)
    road.hear(missing, source="intake")
    assert len(road.said(ParticularsShared)) == 1


def test_a_published_version_never_changes(road: Road) -> None:
    programme = library.programme(WRSE)
    with road.database.transaction() as session:
        assert not publishing.publish(session, programme)
        with pytest.raises(rules.AlreadyPublishedOtherwise):
            publishing.publish(session, dataclasses.replace(programme, text=programme.text + "\n# changed"))


def test_an_unpublished_programme_opens_nothing(road: Road) -> None:
    with pytest.raises(rules.NotPublished), road.database.transaction() as session:
        commands.open_journeys(session, OFFICER, "nowhere-2023", [new_id()])


def test_no_personal_data_stands_in_the_open_part_of_any_event(road: Road) -> None:
    road.set_out(2)
    with road.database.reading() as session:
        bodies = "".join(session.scalars(select(LoggedEvent.body)))
    assert "Perempuan Uji" not in bodies
    assert "+62812" not in bodies


def test_dates_are_of_the_deployments_zone(road: Road) -> None:
    road.set_out()
    (opened,) = road.said(JourneyOpened)
    assert opened.opened_on == clock.today()


def test_who_is_on_the_way_is_known_only_while_she_is(road: Road) -> None:
    (woman,) = road.women()
    journey = road.open([woman]).opened[woman]
    with road.database.transaction() as session:
        assert list(session.scalars(queries.open_subjects(WRSE))) == [woman]
        commands.withdraw_journey(session, OFFICER, journey, "pindah")
        assert list(session.scalars(queries.open_subjects(WRSE))) == []
