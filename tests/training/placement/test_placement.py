from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.training.placement import commands, queries
from services.training.placement.models import JobBatch, JobSeeker, Vacancy
from services.training.placement.rules import NoPlacesLeft, VacancyFilled
from shared.events.intake import SubjectKind
from shared.identity.rules import Role
from tests.browsing import an_officer
from tests.training.desk import said
from tests.training.placement.conftest import BATCHES, VACANCIES, JobDesk, day

PATIENCE = 20


def counts_are_right(desk: JobDesk) -> bool:
    with desk.base.reading() as session:
        return queries.audit(session) == []


def test_she_is_trained_assessed_and_placed_with_an_employer(desk: JobDesk) -> None:
    (one,) = desk.take()
    vacancy = desk.vacancy()
    desk.trained(one)
    placement = {"vacancy_id": vacancy, "placed_on": day()}
    placed = desk.save(one, placement=placement)["placed"]
    assert placed == {
        "employer": "PT Rasa Etam",
        "position": "Juru masak",
        "sector": "services",
        "contract": "fixed-term",
        "placed_on": day(),
        "waiver": None,
    }
    assert desk.refused(one, placement=placement) == ("placed-already", ["placement.vacancy_id"])
    found = {"took_part": True, "passed": True, "assessed_on": day()}
    assert desk.complete(one) == ("placed", {"sector": "services", "placed_on": day(), **found})
    assert "Rasa" not in str(desk.reported()[-1].to_data())
    assert desk.client.get(f"{VACANCIES}/{vacancy}").get_json()["filled"] == 1
    assert counts_are_right(desk)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"took_part": True, "passed": True, "assessed_on": day()}, "passed"),
        ({"took_part": True, "passed": False, "assessed_on": day()}, "took-part"),
        ({"took_part": False}, "absent"),
    ],
)
def test_who_is_not_placed_passed_took_part_or_was_absent(desk: JobDesk, told: dict[str, Any], outcome: str) -> None:
    (one,) = desk.take()
    assert desk.complete(one, batch_id=desk.batch(), **told) == (outcome, {"sector": "services", **told})


def test_nobody_is_placed_without_having_passed_unless_a_waiver_says_why(desk: JobDesk) -> None:
    (one, other) = desk.take("64.02", "64.02")
    vacancy = desk.vacancy(openings=2, sector="formal")
    desk.trained(one, passed=False)
    placement = {"vacancy_id": vacancy, "placed_on": day()}
    assert desk.refused(one, placement=placement) == ("not-passed", ["placement.waiver"])
    assert desk.refused(one, placement=placement | {"waiver": "  "}) == ("invalid", ["placement.waiver"])
    waived = placement | {"waiver": "Sepuluh tahun bekerja di dapur hotel"}
    assert desk.save(one, placement=waived)["placed"]["waiver"] == waived["waiver"]
    assert desk.complete(one)[0] == "placed"
    # the experienced needs no batch at all
    assert desk.complete(other, placement=waived) == ("placed", {"sector": "formal", "placed_on": day()})
    assert "hotel" not in str(desk.reported()[-1].to_data())


def test_the_database_itself_places_nobody_without_a_pass_or_a_waiver(desk: JobDesk) -> None:
    (one,) = desk.take()
    vacancy = desk.vacancy()
    placed = {"vacancy_id": UUID(vacancy), "placed_on": "2026-01-02", "contract": "daily"}
    for values, why in (
        (placed, "placed_after_passing"),
        ({"passed": True}, "assessed_who_took_part"),
        ({"took_part": True}, "takes_part_in_a_batch"),
    ):
        with pytest.raises(IntegrityError, match=why), desk.base.transaction() as session:
            session.execute(update(JobSeeker).where(JobSeeker.referral_id == UUID(one)).values(**values))
    for table, values, why in (
        (JobBatch, {"taken": 4}, "never_oversold"),
        (Vacancy, {"filled": 2}, "never_overfilled"),
    ):
        desk.batch()
        with pytest.raises(IntegrityError, match=why), desk.base.transaction() as session:
            session.execute(update(table).values(**values))


def test_officers_at_many_desks_cannot_together_oversell_a_batch(desk: JobDesk) -> None:
    ids = [UUID(each) for each in desk.take(*["64.02.05.2001"] * 8)]
    batch = UUID(desk.batch(places=5))
    together = Barrier(8)

    def enrol(referral: UUID) -> bool:
        together.wait(timeout=PATIENCE)
        try:
            with desk.base.transaction() as session:
                commands.enrol(session, desk.officer, batch, [referral])
        except NoPlacesLeft:
            return False
        return True

    with ThreadPoolExecutor(8) as desks:
        assert list(desks.map(enrol, ids)).count(True) == 5
    assert counts_are_right(desk)


def test_officers_at_many_desks_cannot_together_overfill_a_vacancy(desk: JobDesk) -> None:
    ids = [UUID(each) for each in desk.take(*["64.02.05.2001"] * 6)]
    vacancy = UUID(desk.vacancy(openings=2))
    together = Barrier(6)

    def place(referral: UUID) -> bool:
        together.wait(timeout=PATIENCE)
        try:
            with desk.base.transaction() as session:
                seeker = commands.accepted(session, desk.officer, [referral])[referral]
                commands.place(
                    session, desk.officer, seeker, vacancy_id=vacancy, placed_on=commands.clock.today(), waiver="Ahli"
                )
        except VacancyFilled:
            return False
        return True

    with ThreadPoolExecutor(6) as desks:
        assert list(desks.map(place, ids)).count(True) == 2
    assert counts_are_right(desk)


def test_a_full_batch_refuses_and_names_the_places_that_are_left(desk: JobDesk) -> None:
    ids = desk.take("64.02", "64.02")
    batch = desk.batch(places=1)
    assert said(desk.enrol(batch, *ids)) == ("no-places-left", ["batch_id"])
    assert desk.enrol(batch, ids[0]).status_code == 200
    assert len(desk.enrol(batch, ids[0]).get_json()) == 1  # the same again changes nothing
    assert desk.work(ids[1])["batches"] == []
    assert counts_are_right(desk)


def test_a_group_takes_a_place_for_each_member(desk: JobDesk) -> None:
    earlier = {"formation": {"outcome": "formed", "facts": {"members": 3}}}
    (one,) = desk.take("64.02", subject_kind=SubjectKind.GROUP, earlier=earlier)
    assert desk.enrol(desk.batch(places=3), one).get_json()[0]["seats"] == 3


def test_changing_the_batch_frees_the_old_place_until_her_part_is_on_record(desk: JobDesk) -> None:
    (one,) = desk.take()
    first, second = desk.batch(places=1), desk.batch(places=1, sector="formal")
    desk.save(one, batch_id=first)
    desk.save(one, batch_id=second)
    assert desk.client.get(f"{BATCHES}/{first}").get_json()["taken"] == 0
    assert desk.save(one, leave_batch=True)["batch"] is None
    assert desk.refused(one, leave_batch=True) == ("no-batch-chosen", ["leave_batch"])
    desk.save(one, batch_id=first, took_part=True)
    assert desk.refused(one, batch_id=second) == ("result-on-record", ["batch_id"])
    assert desk.refused(one, leave_batch=True) == ("result-on-record", ["leave_batch"])
    assert counts_are_right(desk)


def test_letting_go_a_referral_frees_its_place(desk: JobDesk) -> None:
    leaving, staying = desk.an_offer(area="64.02"), desk.an_offer(area="64.02")
    ids = desk.offers(leaving, staying)
    desk.client.post("/training/v1/dinsos/referrals/accept", json={"ids": ids})
    batch = desk.batch(places=1)
    desk.enrol(batch, ids[0])
    for _ in range(2):
        desk.withdraw(leaving)
    assert desk.enrol(batch, ids[1]).status_code == 200
    assert counts_are_right(desk)


def test_who_took_part_keeps_her_place_on_record_when_the_referral_is_given_back(desk: JobDesk) -> None:
    (one,) = desk.take()
    batch = desk.batch()
    desk.save(one, batch_id=batch, took_part=True)
    no = {"reason": "not-reached", "explanation": "Pindah.", "suggestion": "end-journey"}
    assert desk.client.post(f"/training/v1/dinsos/referrals/{one}/return", json=no).status_code == 200
    assert desk.client.get(f"{BATCHES}/{batch}").get_json()["taken"] == 1
    assert counts_are_right(desk)


def test_cancelling_a_batch_frees_its_places_and_is_refused_once_somebody_took_part(desk: JobDesk) -> None:
    (one,) = desk.take()
    batch, other = desk.batch(), desk.batch()
    desk.enrol(batch, one)
    for _ in range(2):
        answer = desk.client.post(f"{BATCHES}/{batch}/cancel", json={"reason": "Instruktur sakit"})
        assert (answer.status_code, answer.get_json()["taken"]) == (200, 0)
    assert desk.work(one)["batch"] is None
    assert said(desk.enrol(batch, one)) == ("batch-cancelled", ["batch_id"])
    desk.save(one, batch_id=other, took_part=True)
    assert said(desk.client.post(f"{BATCHES}/{other}/cancel", json={"reason": "Hujan"}))[0] == "batch-has-begun"
    assert counts_are_right(desk)


def test_what_is_not_known_cannot_be_reported(desk: JobDesk) -> None:
    (one,) = desk.take()
    assert desk.not_complete(one) == ("no-batch-chosen", ["batch_id"])
    assert desk.refused(one, took_part=True) == ("no-batch-chosen", ["batch_id"])
    desk.save(one, batch_id=desk.batch())
    assert desk.not_complete(one) == ("result-missing", ["took_part"])
    assert desk.not_complete(one, took_part=True) == ("assessment-missing", ["passed"])
    assert desk.refused(one, passed=True, assessed_on=day()) == ("only-who-took-part", ["passed"])
    assert desk.refused(one, took_part=True, passed=True, assessed_on=day(1))[0] == "assessed-outside-time"


def test_nobody_took_part_in_a_batch_that_is_still_to_come(desk: JobDesk) -> None:
    (one,) = desk.take()
    desk.save(one, batch_id=desk.batch(first_day=day(2)))
    assert desk.refused(one, took_part=False) == ("not-begun-yet", ["took_part"])


def test_only_the_sectors_of_the_programme_are_trained_for_and_placed_in(desk: JobDesk) -> None:
    (one,) = desk.take()
    factory = desk.batch(sector="manufacturing")
    assert said(desk.enrol(factory, one)) == ("other-sector", ["batch_id"])
    desk.trained(one)
    placement = {"vacancy_id": desk.vacancy(sector="manufacturing"), "placed_on": day()}
    assert desk.refused(one, placement=placement) == ("other-sector", ["placement.vacancy_id"])
    closed = desk.vacancy()
    assert desk.client.post(f"{VACANCIES}/{closed}/close").get_json()["closed_at"]
    placement["vacancy_id"] = closed
    assert desk.refused(one, placement=placement) == ("vacancy-closed", ["placement.vacancy_id"])
    placement = {"vacancy_id": desk.vacancy(), "placed_on": day(1)}
    assert desk.refused(one, placement=placement) == ("placed-outside-time", ["placement.placed_on"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"places": 0}, "places"),
        ({"area": "99.99"}, "area"),
        ({"sector": "mining"}, "sector"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "last_day"),
    ],
)
def test_a_plan_that_cannot_be_held_is_refused(desk: JobDesk, changes: dict[str, Any], field: str) -> None:
    plan = {"sector": "services", "title": "T", "place": "P", "area": "64.02", "places": 1}
    assert said(desk.client.post(BATCHES, json=plan | {"first_day": day(), "last_day": day()} | changes))[1] == [field]


def test_another_offices_batches_and_vacancies_do_not_exist(desk: JobDesk) -> None:
    batch, vacancy = desk.batch(), desk.vacancy()
    other = desk.client_of(an_officer(Role.OFFICER, office="dinsos-kukar"))
    assert other.get(f"{BATCHES}/{batch}").status_code == 404
    assert other.post(f"{VACANCIES}/{vacancy}/close").status_code == 404
    assert desk.client_of(an_officer(Role.APPROVER)).get(BATCHES).status_code == 403
    assert [each["id"] for each in desk.client.get(BATCHES).get_json()["items"]] == [batch]
    assert [each["id"] for each in desk.client.get(VACANCIES).get_json()["items"]] == [vacancy]
    assert desk.client.get(f"{BATCHES}/{batch}/trainees").get_json() == []


def test_an_officer_plans_enrols_assesses_places_and_reports_on_pages(desk: JobDesk) -> None:
    browser = desk.browser()
    (one, other) = desk.take("64.02", "64.02")
    referral, batches = f"/training/dinsos/referrals/{one}", "/training/dinsos/batches"
    assert "Plan a batch" in browser.get(referral).text
    assert browser.get(f"{batches}/new").status_code == 200
    form = {"title": "Tata boga", "sector": "services", "place": "BLK", "area": "64.02", "places": "5"}
    assert browser.submit(batches, form).status_code == 422
    made = browser.submit(batches, form | {"first_day": day(), "last_day": day()})
    assert made.status_code == 303
    batch = made.headers["Location"].rsplit("/", 1)[1]
    assert "Tata boga" in browser.get(batches).text
    assert other in browser.get(f"{batches}/{batch}").text
    assert browser.submit(f"{batches}/{batch}/trainees", {"ids[]": other}).status_code == 303
    assert browser.submit(f"{batches}/{batch}/trainees", {}).status_code == 422
    assert browser.submit(f"{referral}/complete", {}).status_code == 422
    assert browser.submit(f"{referral}/work", {"batch_id": batch}).status_code == 303
    assert 'name="took_part"' in browser.get(referral).text
    result = {"took_part": "true", "passed": "true", "assessed_on": day()}
    assert browser.submit(f"{referral}/work", result).status_code == 303
    vacancies = "/training/dinsos/vacancies"
    told = {"employer": "PT Rasa", "position": "Juru masak", "sector": "services", "area": "64.02", "openings": "1"}
    assert browser.submit(vacancies, told).status_code == 422
    assert browser.submit(vacancies, told | {"contract": "permanent"}).status_code == 303
    assert "PT Rasa" in browser.get(vacancies).text
    vacancy = desk.client.get(VACANCIES).get_json()["items"][0]["id"]
    assert vacancy in browser.get(referral).text
    placement = result | {"placement.vacancy_id": vacancy, "placement.placed_on": day()}
    assert browser.submit(f"{referral}/work", placement).status_code == 303
    assert "PT Rasa" in browser.get(referral).text
    assert browser.submit(f"{referral}/complete", result).status_code == 303
    found = {"took_part": True, "passed": True, "assessed_on": day()}
    assert desk.reported()[-1].facts == {"sector": "services", "placed_on": day(), **found}
    assert "placed" in browser.get(f"{batches}/{batch}").text
    browser.submit_twice(f"{batches}/{batch}/cancel", {"reason": "Hujan"})
    assert "This batch does not take place" not in browser.get(f"{batches}/{batch}").text
    assert browser.submit_twice(f"{vacancies}/{vacancy}/close").status_code == 303


def test_thirty_in_a_batch_are_noted_with_one_press(desk: JobDesk) -> None:
    ids = desk.take(*["64.02"] * 30)
    batch = desk.batch(places=40)
    assert desk.enrol(batch, *ids).status_code == 200
    browser, page = desk.browser(), f"/training/dinsos/batches/{batch}"
    assert browser.get(page).text.count("Save the results") == 1
    told = {f"results.{each}.took_part": "true" for each in ids}
    told |= {f"results.{ids[0]}.passed": "true", f"results.{ids[0]}.assessed_on": day()}
    told[f"results.{ids[1]}.took_part"] = "false"
    assert browser.submit(f"{page}/results", told).status_code == 303
    lines = {each["referral_id"]: each for each in desk.client.get(f"{BATCHES}/{batch}/trainees").get_json()}
    assert (lines[ids[0]]["passed"], lines[ids[0]]["assessed_on"]) == (True, day())
    assert [each["took_part"] for each in lines.values()].count(True) == 29


def test_a_result_that_cannot_be_stands_at_its_row_and_nothing_is_half_saved(desk: JobDesk) -> None:
    one, other, elsewhere = desk.take("64.02", "64.02", "64.02")
    batch = desk.batch()
    assert desk.enrol(batch, one, other).status_code == 200
    browser, page = desk.browser(), f"/training/dinsos/batches/{batch}"
    told = {
        f"results.{one}.took_part": "true",
        f"results.{other}.took_part": "true",
        f"results.{other}.passed": "true",
        f"results.{elsewhere}.took_part": "true",
    }
    answer = browser.submit(f"{page}/results", told)
    assert answer.status_code == 422
    assert f'id="results-{other}-assessed_on-error"' in answer.text
    assert answer.text.split(f'name="results.{one}.took_part" value="true"')[1].startswith(" checked")
    rows = [{"id": one, "took_part": True}, {"id": elsewhere, "took_part": True}, {"id": other, "passed": True}]
    refused = desk.client.put(f"{BATCHES}/{batch}/results", json={"results": rows})
    assert sorted(refused.get_json()["errors"]) == ["results.1.id", "results.2.passed"]
    ahead = [{"id": one, "took_part": True, "passed": True, "assessed_on": day(1)}]
    refused = desk.client.put(f"{BATCHES}/{batch}/results", json={"results": ahead})
    assert said(refused)[1] == ["results.0.assessed_on"]
    lines = desk.client.get(f"{BATCHES}/{batch}/trainees").get_json()
    assert [each["took_part"] for each in lines] == [None, None]
    assert browser.submit(f"{page}/results", {}).status_code == 422
