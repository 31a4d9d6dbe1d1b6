"""Her right to correct: another decides, history stays, every copy follows, and no NIK is given twice."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.intake.changes import commands as changes
from services.intake.consents.rules import Said
from services.intake.corrections import commands, rules
from services.intake.corrections.models import Correction
from services.intake.corrections.rules import CorrectionState, RefusalReason
from services.intake.groups.models import GroupMember
from services.intake.groups.rules import MemberRole
from services.intake.journeys import publishing
from services.intake.registry import mending
from services.intake.registry import queries as registry
from services.intake.registry.models import DuplicateReview, HouseholdMember, Person, Residence
from services.intake.registry.records import AreaNotFound
from services.intake.registry.rules import (
    Caution,
    Detail,
    NoFamilyCard,
    NotSixteenDigits,
    PhoneUnreadable,
    RecordMerged,
    Sex,
)
from services.intake.rights.rules import Identified, NotRegistering
from services.training.worker import WORKS as TRAINING_WORKS
from shared.bus import Heard
from shared.bus.models import LoggedEvent
from shared.events.envelope import class_of
from shared.events.intake import ConsentWithdrawn, ParticularsCorrected, StageOffered
from shared.identity.rules import OtherOffice, OutsideArea, Role, RoleMissing
from shared.kernel import clock
from shared.kernel.errors import Forbidden
from shared.privacy.fields import blind_index
from shared.privacy.looks import Look
from shared.programmes.load import read
from shared.referrals.handlers import hear_consents_withdrawn, hear_particulars_corrected, hear_stages_offered
from shared.referrals.models import Referral
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.browsing import Browser, an_officer, bearer
from tests.intake.sharing.roads import BAZNAS, FILE, OFFICER, STUDENTS, VILLAGE, Road

PAGES, API = "/intake/dinsos", "/intake/v1/dinsos"
APPROVER = an_officer(Role.APPROVER, office="dinsos-mataram")
NIK, OTHER_NIK = "5271015204889001", "5271015204889002"
KK = "5271010101109001"
ELSEWHERE = "52.71.01.1005"
MEMBERS = "members-mataram"


def note(road: Road, woman: UUID, officer: Any = OFFICER, **wanted: str) -> Correction:
    with road.database.transaction() as session:
        return commands.note_correction(
            session,
            officer,
            woman,
            identified=Identified.ID_CARD,
            seen="KTP 5271 … 9001",
            evidence="Surat Dukcapil 470/9",
            wanted={Detail(name): value for name, value in wanted.items()},
        )


def grant(road: Road, noted: Correction, officer: Any = APPROVER) -> Correction:
    with road.database.transaction() as session:
        return commands.grant_correction(session, officer, noted.id)


def refuse(road: Road, noted: Correction, officer: Any = APPROVER) -> Correction:
    with road.database.transaction() as session:
        return commands.refuse_correction(
            session, officer, noted.id, reason=RefusalReason.EVIDENCE_MISSING, explanation="Bawa surat dari Dukcapil."
        )


def correct(road: Road, woman: UUID, **wanted: str) -> Correction:
    return grant(road, note(road, woman, **wanted))


def person(road: Road, woman: UUID) -> Person:
    with road.database.reading() as session:
        return session.get_one(Person, woman)


def with_nik(road: Road, nik: str) -> UUID:
    (woman,) = road.women(nik=nik, nik_index=blind_index(nik, "nik"))
    return woman


def test_what_she_has_corrected_changes_with_its_history_and_is_found_again(road: Road) -> None:
    woman = with_nik(road, NIK)
    was = person(road, woman)
    done = correct(road, woman, name=" Siti  Rahmah ", nik=OTHER_NIK, phone="0812 0000 9002", marital_status="married")
    now = person(road, woman)
    assert (now.name, now.nik, now.phone, now.marital_status) == (
        *("Siti Rahmah", OTHER_NIK),
        *("+6281200009002", "married"),
    )
    assert done.state is CorrectionState.DONE
    assert done.before == {"name": was.name, "nik": NIK, "phone": was.phone, "marital_status": "widowed"}
    with road.database.reading() as session:
        assert registry.person_by_nik(session, OFFICER, OTHER_NIK).id == woman
        assert now.name_index == blind_index("siti rahmah", "name")
        (raw,) = session.execute(text("SELECT wanted FROM correction")).scalars()
        assert b"Rahmah" not in raw


def test_another_village_and_another_family_card_keep_their_days(road: Road) -> None:
    (woman,) = road.women()
    correct(road, woman, address="Jalan Contoh 1", kk=KK, relation="spouse")
    correct(road, woman, area="Dasan Agung, Selaparang, Mataram", address="Jalan Contoh 2", relation="head")
    with road.database.reading() as session:
        homes = session.scalars(select(Residence).order_by(Residence.until.is_(None))).all()
        assert [(each.area == VILLAGE, each.address, each.until) for each in homes] == [
            (True, "Jalan Contoh 1", clock.today()),
            (False, "Jalan Contoh 2", None),
        ]
        assert person(road, woman).area == homes[1].area
        cards = session.scalars(select(HouseholdMember).order_by(HouseholdMember.until.is_(None))).all()
        assert [(each.relation, each.until) for each in cards] == [("spouse", clock.today()), ("head", None)]
        assert {each["kk"] for each in registry.households_of(session, [woman])} == {KK}


def test_an_address_that_was_written_wrongly_is_mended_in_its_village(road: Road) -> None:
    (woman,) = road.women()
    correct(road, woman, address="Jalan Salah 1")
    done = correct(road, woman, address="Jalan Benar 1")
    assert done.before == {"address": "Jalan Salah 1"}
    with road.database.reading() as session:
        assert [(each.address, each.until) for each in session.scalars(select(Residence))] == [("Jalan Benar 1", None)]


def test_what_was_to_be_checked_is_checked_afresh(road: Road) -> None:
    (woman,) = road.women(cautions=[Caution.NIK_MISSING, Caution.PHONE_UNREADABLE, Caution.REPORTED_DEAD])
    correct(road, woman, nik="5271011204889001", phone="081200009003")  # a man's digits, and the caution says so
    assert person(road, woman).cautions == [Caution.SEX_DIFFERS_FROM_NIK, Caution.REPORTED_DEAD]
    correct(road, woman, nik=NIK)
    assert person(road, woman).cautions == [Caution.REPORTED_DEAD]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"nik": "527101520488900"}, NotSixteenDigits),
        ({"phone": "siapa saja"}, PhoneUnreadable),
        ({"area": "Antah Berantah"}, AreaNotFound),
        ({"area": "52.71"}, AreaNotFound),
        ({"phone": "+6281200009001"}, rules.NothingToCorrect),
        ({}, rules.NothingToCorrect),
    ],
)
def test_what_cannot_be_read_or_stands_there_already_is_not_noted(
    road: Road, wanted: dict[str, str], error: type[Exception]
) -> None:
    (woman,) = road.women()
    with pytest.raises(error):
        note(road, woman, **wanted)


def test_she_cannot_stand_in_a_household_without_a_family_card(road: Road) -> None:
    (woman,) = road.women()
    noted = note(road, woman, relation="head")
    with pytest.raises(NoFamilyCard):
        grant(road, noted)


def test_whoever_noted_it_does_not_decide_and_nobody_decides_twice(road: Road) -> None:
    (woman,) = road.women()
    both = an_officer(Role.OFFICER, Role.HEAD, office="dinsos-mataram")
    noted = note(road, woman, both, name="Siti")
    with pytest.raises(rules.NoterCannotDecide):
        grant(road, noted, both)
    for officer, error in (
        (an_officer(office="dinsos-mataram"), RoleMissing),
        (an_officer(Role.APPROVER, office="dinsos-kukar"), OutsideArea),
        (an_officer(Role.APPROVER, office="dp3a-kukar", areas=("52.71",)), OtherOffice),
    ):
        with pytest.raises(error):
            grant(road, noted, officer)
    with pytest.raises(IntegrityError):
        decided_by_whoever_noted_it(road, noted)
    grant(road, noted)
    for again in (grant, refuse):
        with pytest.raises(rules.DecidedAlready):
            again(road, noted)


def decided_by_whoever_noted_it(road: Road, noted: Correction) -> None:
    """What no command does, and the database refuses."""
    with road.database.transaction() as session:
        found = session.get_one(Correction, noted.id)
        found.state, found.before = CorrectionState.DONE, {}
        found.decided_by, found.decided_at = found.noted_by, clock.now()


def test_only_an_office_that_registers_in_her_area_notes_it(road: Road) -> None:
    (woman,) = road.women()
    for officer, error in (
        (an_officer(office="baznas-mataram"), NotRegistering),
        (an_officer(office="dinsos-kukar"), OutsideArea),
        (APPROVER, Forbidden),
    ):
        with pytest.raises(error):
            note(road, woman, officer, name="Siti")
    with pytest.raises(OutsideArea):
        note(road, woman, area="64.02.05.2001")  # moved away: the office there registers her


def test_it_is_refused_only_with_a_reason_and_an_explanation(road: Road) -> None:
    (woman,) = road.women()
    was = person(road, woman).name
    noted = refuse(road, note(road, woman, name="Siti"))
    assert (noted.state, noted.reason, noted.explanation) == (
        *(CorrectionState.REFUSED, RefusalReason.EVIDENCE_MISSING),
        "Bawa surat dari Dukcapil.",
    )
    assert person(road, woman).name == was
    with pytest.raises(IntegrityError), road.database.transaction() as session:
        session.execute(text("UPDATE correction SET explanation = NULL"))


def test_a_nik_that_somebody_else_bears_opens_a_review_and_is_not_given_twice(road: Road) -> None:
    bearer_of_it = with_nik(road, NIK)
    (woman,) = road.women()
    noted = note(road, woman, nik=NIK)
    assert noted.state is CorrectionState.IN_REVIEW
    with road.database.reading() as session:
        (review,) = session.scalars(select(DuplicateReview)).all()
        assert (review.person_id, review.record_id, review.run_id) == (bearer_of_it, woman, None)
    with pytest.raises(rules.NikStillAnothers):
        grant(road, noted)
    with road.database.transaction() as session:
        entered = changes.settle_review(session, OFFICER, review.id, same=False, evidence="Surat Dukcapil 470/1")
        assert entered.id == woman  # her record stands there already: nobody is entered anew
    correct(road, bearer_of_it, nik=OTHER_NIK)
    assert grant(road, noted).state is CorrectionState.DONE
    assert person(road, woman).nik == NIK


def test_the_review_may_find_that_both_are_one_person(road: Road) -> None:
    bearer_of_it = with_nik(road, NIK)
    (woman,) = road.women()
    noted = note(road, woman, nik=NIK)
    with road.database.transaction() as session:
        changes.settle_review(session, OFFICER, noted.review_id, same=True, evidence="Surat Dukcapil 470/1")
    assert person(road, woman).merged_into == bearer_of_it
    with pytest.raises(RecordMerged):
        grant(road, noted)
    assert refuse(road, noted).state is CorrectionState.REFUSED


def test_a_nik_that_somebody_has_come_to_bear_meanwhile_is_reviewed_first(road: Road) -> None:
    (woman,) = road.women()
    noted = note(road, woman, nik=NIK)
    with_nik(road, NIK)
    assert grant(road, noted).state is CorrectionState.IN_REVIEW
    assert person(road, woman).nik is None
    with road.database.reading() as session:
        assert session.scalars(select(DuplicateReview.record_id)).all() == [woman]


def sealed(row: LoggedEvent, service: str) -> Heard[Any]:
    """An event of intake's log as it reaches a service."""
    envelope = json.loads(row.body)
    event = class_of(row.type).from_data(envelope["data"])
    part = (row.sealed or {}).get(service)
    return Heard(event=event, source="intake", subscriber=service, position=1, envelope=envelope, part=part)


def carry(road: Road, other: Database, service: str, works: Any) -> None:
    """Let a service hear all of intake's log that concerns particulars, in order."""
    known = by_kind(works)
    with road.database.reading() as session:
        rows = session.scalars(select(LoggedEvent).order_by(LoggedEvent.seq)).all()
    with other.transaction() as session:
        for row in rows:
            heard = sealed(row, service)
            match heard.event:
                case StageOffered():
                    hear_stages_offered(session, [heard], works=known)
                case ParticularsCorrected():
                    hear_particulars_corrected(session, [heard], works=known)
                case ConsentWithdrawn():
                    hear_consents_withdrawn(session, [heard], works=known)


def copies(base: Database) -> list[dict[str, Any] | None]:
    with base.reading() as session:
        return list(session.scalars(select(Referral.particulars).order_by(Referral.id)))


def test_the_copies_that_were_shared_are_corrected_and_only_in_what_was_shared(
    road: Road, training_db: Database
) -> None:
    woman, journey = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.answer(Said.REFUSED, BAZNAS, woman)
    done = correct(road, woman, name="Siti Rahmah", nik=NIK, kk=KK, phone="081200009009")
    told = {each.stage: each for each in road.said(ParticularsCorrected)}
    assert {name: each.agency for name, each in told.items()} == {"verification": "dinsos", "course": STUDENTS}
    assert {(each["stage"], tuple(each["fields"])) for each in done.told} == {
        ("verification", ("name", "nik")),
        ("course", ("name", "phone")),
    }
    assert told["course"].referral_id == road.referral(journey, "course")
    for _ in range(2):  # heard twice
        carry(road, training_db, "training", TRAINING_WORKS)
    assert copies(training_db) == [{"name": "Siti Rahmah", "phone": "+6281200009009"}]
    with road.database.reading() as session:
        bodies = " ".join(session.scalars(select(LoggedEvent.body)))
        assert "Siti" not in bodies
        assert NIK not in bodies


def test_what_she_took_back_is_not_told_again_by_a_correction(road: Road, training_db: Database) -> None:
    woman, _ = road.woman_on_her_way()
    road.consent(STUDENTS, woman)
    road.take_back(STUDENTS, woman)
    correct(road, woman, name="Siti Rahmah")
    assert {each.stage for each in road.said(ParticularsCorrected)} == {"verification"}
    carry(road, training_db, "training", TRAINING_WORKS)
    assert copies(training_db) == [None]


def test_what_is_not_shared_corrects_nobodys_copy(road: Road) -> None:
    woman, _ = road.woman_on_her_way()
    assert correct(road, woman, sex=Sex.MALE.value, kk=KK).told == []
    assert road.said(ParticularsCorrected) == []


def test_of_a_group_only_her_own_line_is_corrected(road: Road, training_db: Database) -> None:
    file = FILE.replace("id: women-mataram", f"id: {MEMBERS}").replace(
        "{kind: person}", "{kind: group, size: {min: 2, max: 5}}"
    )
    file = file.replace("shares: [name, phone]", "shares: [name, phone, members]")
    with road.database.transaction() as session:
        publishing.publish(session, read(file))
    chair, member = road.women(2)
    group = road.group([chair, member])
    with road.database.transaction() as session:
        session.scalars(select(GroupMember).filter_by(person_id=chair)).one().role = MemberRole.CHAIR
    (journey,) = road.open([group], MEMBERS).opened.values()
    road.complete("verification", "eligible", {}, journey)
    road.consent(STUDENTS, chair, member, programme=MEMBERS)
    correct(road, member, name="Siti Rahmah", phone="081200009009")
    correct(road, chair, phone="081200009008")
    carry(road, training_db, "training", TRAINING_WORKS)
    (held,) = copies(training_db)
    assert held is not None
    names = {each["id"]: each["name"] for each in held["members"]}
    assert (names[str(member)], names[str(chair)]) == ("Siti Rahmah", person(road, chair).name)
    assert (held["name"], held["phone"]) == ("Kelompok 0", "+6281200009008")


def test_of_a_group_that_she_left_before_it_set_out_nothing_is_told(road: Road) -> None:
    members = road.women(3)
    group = road.group(members)
    with road.database.transaction() as session:
        left = session.scalars(select(GroupMember).filter_by(person_id=members[0])).one()
        left.joined_on, left.left_on = date(2020, 1, 1), date(2020, 2, 1)
    road.open([group], "groups-mataram")
    correct(road, members[0], name="Siti Rahmah", phone="081200009009")
    assert road.said(ParticularsCorrected) == []


def test_both_doors_note_and_decide_and_every_look_is_logged(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    client = app.test_client()
    given = {"identified": "id-card", "seen": "KTP 9001", "evidence": "Surat 470/9", "wanted": {"name": "Siti Rahmah"}}
    key = {"Idempotency-Key": "a"}
    noted = [
        client.post(f"{API}/persons/{woman}/corrections", headers=bearer(OFFICER) | key, json=given) for _ in range(2)
    ]
    assert [each.status_code for each in noted] == [201, 201]
    number = noted[0].json["id"]
    assert noted[1].json["id"] == number
    assert (noted[0].json["details"], noted[0].json["state"]) == (["name"], "waiting")
    assert "Siti" not in str(client.get(f"{API}/corrections", headers=bearer(APPROVER)).json)
    browser = Browser(app, APPROVER)
    page = browser.get(f"{PAGES}/corrections/{number}").text
    assert "Siti Rahmah" in page
    assert "Surat 470/9" in page
    assert browser.submit(f"{PAGES}/corrections/{number}/refuse", {"reason": "other"}).status_code == 422
    assert browser.submit(f"{PAGES}/corrections/{number}/grant").status_code == 303
    shown = client.get(f"{API}/corrections/{number}", headers=bearer(OFFICER)).json
    assert (shown["state"], shown["lines"][0]["wanted"], shown["told"]) == ("done", "Siti Rahmah", [])
    assert shown["lines"][0]["before"].startswith("Perempuan Uji")
    with road.database.reading() as session:
        looks = session.scalars(select(Look.why).where(Look.subject_id == woman)).all()
    assert looks.count(f"correction {number}") >= 3
    assert "Late" not in browser.get(f"{PAGES}/corrections").text


def test_a_person_notes_it_on_a_page_and_is_told_what_is_wrong_beside_its_field(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    browser = Browser(app, OFFICER)
    assert "She asks for a correction" in browser.get(f"{PAGES}/persons/{woman}").text
    form = {"identified": "known", "seen": "Kader desa", "evidence": "Surat 470/9", "wanted.nik": "12"}
    address = f"{PAGES}/persons/{woman}/corrections"
    wrong = browser.submit(address, form)
    assert wrong.status_code == 422
    assert 'id="wanted-nik-error"' in wrong.text
    unborn = (clock.today() + timedelta(days=1)).isoformat()
    ahead = browser.submit(address, form | {"wanted.nik": "", "wanted.birth_date": unborn})
    assert (ahead.status_code, 'id="wanted-birth_date-error"' in ahead.text) == (422, True)
    assert browser.submit(address, form | {"wanted.nik": ""}).status_code == 422
    noted = browser.submit(address, form | {"wanted.nik": NIK, "wanted.has_business": "true"})
    assert noted.status_code == 303
    assert NIK in browser.get(noted.location).text


def test_every_correction_has_its_clock(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    noted = note(road, woman, name="Siti")
    assert noted.due_at - noted.noted_at == timedelta(hours=72)
    with clock.frozen(noted.due_at + timedelta(seconds=1)):
        assert "Overdue" in Browser(app, APPROVER).get(f"{PAGES}/corrections").text


def test_what_the_registry_holds_reads_as_it_is_written(road: Road) -> None:
    woman = with_nik(road, NIK)
    correct(road, woman, kk=KK, relation="head", area=ELSEWHERE, address="Jalan Contoh 3")
    with road.database.reading() as session:
        held = mending.held(session, session.get_one(Person, woman))
    for detail, value in held.items():
        assert value is not None
        assert mending.read(detail, value, clock.today()) == value
