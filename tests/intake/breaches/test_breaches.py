"""A failure of protection: those concerned and the authority are told in time, and no notice tells of a case."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.intake.breaches import commands, queries, rules, words
from services.intake.breaches.models import Breach, BreachPerson
from services.intake.breaches.rules import Cause, DataKind, Measure, Scope, Way
from services.intake.groups.models import GroupMember
from services.intake.registry import commands as registry
from services.intake.registry.models import Person
from services.intake.rights.rules import NotRegistering
from services.intake.rights.terms import terms
from shared.identity.rules import OutsideArea, Role, RoleMissing
from shared.kernel import clock
from shared.kernel.errors import NotFound
from shared.privacy.fields import blind_index
from shared.privacy.looks import Look
from tests.browsing import Browser, an_officer, bearer
from tests.intake.people import register
from tests.intake.sharing.roads import GROUPS, OFFICER, WOMEN, Road

COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-mataram")
RECORDED, REACHED = "/intake/v1/bappeda/breaches", "/intake/v1/dinsos/breaches"
NIK = "5271015204889001"
WHAT, DONE = "Laptop petugas hilang di angkot.", "Laptop dikunci dari jauh."
TOLD: dict[str, Any] = {
    "data": [DataKind.IDENTITY, DataKind.CONTACT],
    "cause": Cause.LOST,
    "what": WHAT,
    "measures": [Measure.ACCESS_CLOSED],
    "done": DONE,
}


def record(road: Road, officer: Any = COORDINATOR, **given: Any) -> Breach:
    with road.database.transaction() as session:
        return commands.record_breach(session, officer, **TOLD | {"found_at": clock.now()} | given)


def of_area(road: Road, **given: Any) -> Breach:
    return record(road, scope=Scope.AREA, area="52.71.01", **given)


def concerned(road: Road, breach: Breach) -> set[UUID]:
    with road.database.reading() as session:
        return set(session.scalars(select(BreachPerson.person_id).filter_by(breach_id=breach.id)))


def tell(road: Road, breach: Breach, *women: UUID, officer: Any = OFFICER, at: datetime | None = None) -> int:
    with road.database.transaction() as session:
        return commands.note_told(
            session, officer, breach.id, person_ids=women, told_at=at or clock.now(), way=Way.VISIT
        )


def tell_authority(road: Road, breach: Breach, officer: Any = COORDINATOR) -> Breach:
    with road.database.transaction() as session:
        return commands.note_authority_told(
            session, officer, breach.id, told_at=clock.now(), note="Surat 046/1 kepada lembaga"
        )


def line(road: Road, breach: Breach, officer: Any = COORDINATOR) -> dict[str, Any]:
    with road.database.reading() as session:
        return queries.lines(session, officer, [session.get_one(Breach, breach.id)])[0]


def test_it_concerns_those_of_a_kecamatan_and_nobody_who_died_or_lives_elsewhere(road: Road) -> None:
    here, gone = road.women(2)
    with road.database.transaction() as session:
        (elsewhere,) = register(session, area="52.71.02.1001")
        session.get_one(Person, gone).died_on = clock.today()
    assert concerned(road, of_area(road)) == {here}
    assert elsewhere


def test_it_concerns_everybody_of_a_programme_alone_or_in_a_group_while_she_belonged_to_it(road: Road) -> None:
    (alone,) = road.women()
    road.open([alone])
    assert concerned(road, record(road, scope=Scope.PROGRAMME, programme=WOMEN)) == {alone}
    member, left = road.women(2)
    group = road.group([member, left])
    with road.database.transaction() as session:
        before = session.scalars(select(GroupMember).filter_by(person_id=left)).one()
        before.joined_on, before.left_on = date(2020, 1, 1), date(2020, 2, 1)
    road.open([group], GROUPS)
    assert concerned(road, record(road, scope=Scope.PROGRAMME, programme=GROUPS)) == {member}


def test_it_concerns_those_whose_nik_is_named_and_that_is_a_look(road: Road) -> None:
    (woman,) = road.women(nik=NIK, nik_index=blind_index(NIK, "nik"))
    breach = record(road, scope=Scope.PERSONS, niks=[NIK, NIK])
    assert concerned(road, breach) == {woman}
    with road.database.reading() as session:
        assert session.scalars(select(Look.why).where(Look.subject_id == woman)).all() == [f"breach {breach.id}"]
    with pytest.raises(rules.NikUnknown):
        record(road, scope=Scope.PERSONS, niks=["5271015204889009"])


def test_what_cannot_be_is_not_recorded(road: Road) -> None:
    road.women()
    now = clock.now()
    for given, error in (
        ({"found_at": now + timedelta(hours=1)}, rules.FoundAhead),
        ({"happened_from": now + timedelta(hours=1)}, rules.OutOfOrder),
        ({"happened_until": now + timedelta(hours=1)}, rules.OutOfOrder),
        ({"happened_from": now, "happened_until": now - timedelta(hours=1)}, rules.OutOfOrder),
        ({"area": None}, rules.ScopeMissing),
        ({"area": "52.71"}, rules.NotKecamatan),
        ({"area": "52.71.06"}, rules.NobodyConcerned),
        ({"area": "64.02.05"}, OutsideArea),
        ({"officer": OFFICER}, RoleMissing),
    ):
        with pytest.raises(error):
            record(road, **{"scope": Scope.AREA, "area": "52.71.01", "found_at": now} | given)
    with road.database.reading() as session:
        assert session.scalars(select(Breach)).all() == []


def test_the_clock_of_hours_runs_from_the_finding_until_everybody_and_the_authority_were_told(road: Road) -> None:
    one, other = road.women(2)
    breach = of_area(road)
    assert breach.due_at - breach.found_at == timedelta(hours=72)
    assert line(road, breach)["is_overdue"] is False
    with clock.frozen(breach.due_at + timedelta(seconds=1)):
        assert line(road, breach)["is_overdue"]
        assert tell(road, breach, one) == 1
        assert (line(road, breach)["told"], line(road, breach)["concerned"]) == (1, 2)
        tell(road, breach, other)
        assert line(road, breach)["is_overdue"]  # the authority is still to be told
        tell_authority(road, breach)
        assert (line(road, breach)["is_done"], line(road, breach)["is_overdue"]) == (True, False)
        with pytest.raises(rules.AuthorityToldAlready):
            tell_authority(road, breach)


def test_how_and_when_each_was_reached_stays_as_it_was_noted_first(road: Road) -> None:
    (woman,) = road.women()
    breach = of_area(road)
    assert tell(road, breach, woman) == 1
    assert tell(road, breach, woman, at=clock.now()) == 0
    with road.database.reading() as session:
        kept = session.scalars(select(BreachPerson)).one()
        assert (kept.way, kept.told_by) == (Way.VISIT, OFFICER.id)
    for told_at in (breach.found_at - timedelta(hours=1), clock.now() + timedelta(hours=1)):
        with pytest.raises(rules.ToldOutOfOrder):
            tell(road, breach, woman, at=told_at)
    with pytest.raises(IntegrityError):
        told_by_nobody(road)


def told_by_nobody(road: Road) -> None:
    """What no command does, and the database refuses."""
    with road.database.transaction() as session:
        session.scalars(select(BreachPerson)).one().told_by = None


def test_only_an_office_that_registers_in_her_area_reaches_her(road: Road) -> None:
    (woman,) = road.women()
    breach = of_area(road)
    for officer, error in (
        (an_officer(office="baznas-mataram"), NotRegistering),
        (COORDINATOR, NotRegistering),
        (an_officer(office="dinsos-kukar"), OutsideArea),
    ):
        with pytest.raises(error):
            tell(road, breach, woman, officer=officer)
    with pytest.raises(NotFound):
        tell_authority(road, breach, an_officer(Role.COORDINATOR, office="bappeda-kaltim"))


def test_the_notice_tells_the_three_things_in_both_languages(road: Road, app: Flask) -> None:
    road.women()
    breach = of_area(road, what_en="An officer's laptop was lost on a bus.")
    answer = app.test_client().get(f"{RECORDED}/{breach.id}/notice", headers=bearer(COORDINATOR))
    indonesian, english = answer.json["items"]
    assert [each["title"] for each in indonesian["parts"]] == ["Data apa", "Kapan dan bagaimana", "Upaya kami"]
    assert [each["title"] for each in english["parts"]] == ["What data", "When and how", "What we do about it"]
    assert indonesian["parts"][0]["lines"] == ["nama, NIK, dan tanggal lahir", "nomor telepon dan alamat"]
    assert WHAT in indonesian["parts"][1]["lines"]
    assert "An officer's laptop was lost on a bus." in english["parts"][1]["lines"]
    assert english["parts"][2]["lines"] == ["The access was closed", DONE]  # nobody has written it in English
    term = terms().breach_notice
    assert (term.verified, "art. 46" in term.source) == (False, True)


def test_no_notice_and_no_kind_of_data_tells_of_a_protection_case(road: Road, app: Flask) -> None:
    told = [words.DATA[each] for each in DataKind] + [words.CAUSES[each] for each in Cause]
    assert not any("protection" in each or "violence" in each for each in told)
    (woman,) = road.women()
    breach = of_area(road)
    shown = app.test_client().get(f"{REACHED}/{breach.id}/persons", headers=bearer(OFFICER)).json["items"]
    assert [set(each) for each in shown] == [
        {"person_id", "name", "phone", "contact_wish", "village", "told_at", "way"}
    ]
    assert shown[0]["person_id"] == str(woman)


def test_who_is_to_reach_them_sees_how_each_wishes_to_be_reached_and_leaves_a_trace(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    with road.database.transaction() as session:
        registry.note_contact_wishes(session, {woman: {"channel": "message", "never_call": True}})
    breach = of_area(road)
    browser = Browser(app, OFFICER)
    page = browser.get(f"/intake/dinsos/breaches/{breach.id}").text
    assert "By message; never call" in page
    form = {"person_ids[]": [str(woman)], "way": "message", "told_at": breach.found_at.isoformat()}
    assert browser.submit(f"/intake/dinsos/breaches/{breach.id}/persons/told", form).status_code == 303
    assert "By message" in browser.get(f"/intake/dinsos/breaches/{breach.id}").text
    with road.database.reading() as session:
        looks = session.scalars(select(Look.why).where(Look.subject_id == woman)).all()
    assert set(looks) == {f"breach {breach.id}"}


def test_a_coordinator_sees_numbers_and_nobodys_name(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    breach = of_area(road)
    browser = Browser(app, COORDINATOR)
    page = browser.get(f"/intake/bappeda/breaches/{breach.id}").text
    assert "0 of 1" in page
    with road.database.reading() as session:
        assert session.get_one(Person, woman).name not in page
    client = app.test_client()
    assert client.get(f"{RECORDED}/{breach.id}/persons", headers=bearer(COORDINATOR)).status_code == 403
    baznas = bearer(an_officer(office="baznas-mataram"))
    assert client.get("/intake/v1/baznas/breaches", headers=baznas).status_code == 403
    elsewhere = bearer(an_officer(Role.COORDINATOR, office="bappeda-kaltim"))
    assert client.get(f"{RECORDED}/{breach.id}", headers=elsewhere).status_code == 404


def test_both_doors_record_it_once_and_say_what_is_wrong_beside_its_field(road: Road, app: Flask) -> None:
    road.women()
    client, now = app.test_client(), clock.now()
    given = {
        "data": ["identity"],
        "cause": "lost",
        "what": WHAT,
        "found_at": now.isoformat(),
        "done": DONE,
        "scope": "area",
        "area": "52.71.01",
    }
    key = {"Idempotency-Key": "a"}
    answers = [client.post(RECORDED, headers=bearer(COORDINATOR) | key, json=given) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
    browser = Browser(app, COORDINATOR)
    local = now.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")  # as a page's field writes it, without an offset
    form = {"data[]": ["identity", "aid"], "cause": "lost", "what": WHAT, "done": DONE, "found_at": local}
    wrong = browser.submit("/intake/bappeda/breaches", form | {"scope": "area"})
    assert wrong.status_code == 422
    assert 'id="area-error"' in wrong.text
    noted = browser.submit("/intake/bappeda/breaches", form | {"scope": "area", "area": "52.71.01"})
    assert noted.status_code == 303
    listed = client.get(RECORDED, headers=bearer(COORDINATOR)).json["items"]
    assert [each["data"] for each in listed] == [["identity", "aid"], ["identity"]]
    assert listed[0]["found_at"][:16] == now.strftime("%Y-%m-%dT%H:%M")
    ahead = (now + timedelta(hours=1)).astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")
    early = browser.submit(f"{noted.location}/authority", {"told_at": ahead, "note": "Surat 046/1"})
    assert (early.status_code, 'id="fauthority-told_at-error"' in early.text) == (422, True)
    told = browser.submit(f"{noted.location}/authority", {"told_at": local, "note": "Surat 046/1"})
    assert told.status_code == 303  # told in the minute in which it was found
    assert Browser(app, COORDINATOR).get(f"{noted.location}/notice").status_code == 200


def test_she_finds_it_in_what_is_held_of_her(road: Road, app: Flask) -> None:
    (woman,) = road.women()
    breach = of_area(road)
    tell(road, breach, woman)
    client = app.test_client()
    card = {"identified": "id-card", "seen": "KTP 9001"}
    noted = client.post(f"/intake/v1/dinsos/persons/{woman}/disclosures", headers=bearer(OFFICER), json=card)
    held = client.get(f"/intake/v1/dinsos/disclosures/{noted.json['id']}/dossier", headers=bearer(OFFICER)).json
    assert [(each["cause"], each["data"], each["way"]) for each in held["breaches"]] == [
        ("lost", ["identity", "contact"], "visit")
    ]


def test_the_form_names_every_kecamatan_of_the_officers_areas(app: Flask) -> None:
    page = Browser(app, COORDINATOR).get("/intake/bappeda/breaches/new").text
    assert '<option value="52.71.01">Ampenan, Kota Mataram</option>' in page
    assert 'value="52.71"' not in page
