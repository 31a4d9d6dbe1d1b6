from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.training.markets import queries
from services.training.markets.commands import fairs
from services.training.markets.models import FairBooking
from services.training.markets.rules import NoStandsLeft
from shared.identity.rules import Role
from shared.kernel import clock
from tests.browsing import an_officer
from tests.training.desk import said
from tests.training.markets.conftest import FAIRS, JAKARTA, MarketDesk, day

PAMULANG_BARAT, PAMULANG_TIMUR, PONDOK_CABE_ILIR, KEDAUNG, REMPOA = (
    "36.74.06.1001",
    "36.74.06.1008",
    "36.74.06.1005",
    "36.74.06.1006",
    "36.74.05.1005",
)
PATIENCE = 20


def test_pamulang_barat_pamulang_timur_pondok_cabe_ilir_and_kedaung_lie_in_pamulang_and_rempoa_in_ciputat_timur(
    desk: MarketDesk,
) -> None:
    """An event may draw from several kecamatan."""
    ids = desk.take(PAMULANG_BARAT, PAMULANG_TIMUR, PONDOK_CABE_ILIR, KEDAUNG, REMPOA)
    fair = desk.fair(stands=5)
    assert desk.book(fair, *ids).status_code == 200
    assert desk.stands(fair)["kecamatan"] == {"36.74.06": 4, "36.74.05": 1}
    page = desk.browser().get(f"/training/dinsos/fairs/{fair}").text
    assert "Pamulang, Kota Tangerang Selatan: 4" in page
    assert "Ciputat Timur, Kota Tangerang Selatan: 1" in page


def test_officers_at_many_desks_cannot_together_oversell_the_stands_of_a_fair(desk: MarketDesk) -> None:
    ids = [UUID(each) for each in desk.take(*["64.02.05.2001"] * 8)]
    fair = UUID(desk.fair(stands=5))
    together = Barrier(8)

    def book(referral: UUID) -> bool:
        together.wait(timeout=PATIENCE)
        try:
            with desk.base.transaction() as session:
                fairs.book(session, desk.officer, fair, [referral])
        except NoStandsLeft:
            return False
        return True

    with ThreadPoolExecutor(8) as desks:
        assert list(desks.map(book, ids)).count(True) == 5
    assert [each["stand"] for each in desk.stands(str(fair))["stands"]] == [1, 2, 3, 4, 5]


def test_the_database_itself_gives_no_stand_twice_and_none_that_is_not_there(desk: MarketDesk) -> None:
    first, second = desk.take("64.02", "64.02")
    fair = desk.fair()
    desk.book(fair, first, second)
    for stand, why in ((1, "uq_fair_booking_stand"), (4, "fk_fair_booking")):
        with pytest.raises(IntegrityError, match=why), desk.base.transaction() as session:
            session.execute(update(FairBooking).where(FairBooking.referral_id == UUID(second)).values(stand=stand))


def test_a_full_fair_refuses_names_what_is_left_and_books_none(desk: MarketDesk) -> None:
    ids = desk.take("64.02", "64.02", "64.02")
    fair = desk.fair(stands=2)
    full = desk.book(fair, *ids)
    assert said(full) == ("no-stands-left", ["fair_id"])
    assert desk.stands(fair)["free"] == 2
    assert desk.book(fair, *ids[:2]).status_code == 200
    assert desk.book(fair, *ids[:2]).get_json()["free"] == 0  # the same again changes nothing
    assert [each["id"] for each in desk.work(ids[2])["choices"]] == []


def test_cancelling_a_fair_frees_its_stands(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair()
    desk.book(fair, one)
    for _ in range(2):
        answer = desk.client.post(f"{FAIRS}/{fair}/cancel", json={"reason": "Gedung terbakar"})
        assert answer.get_json()["cancelled_because"] == "Gedung terbakar"
    assert desk.stands(fair)["stands"] == []
    assert desk.work(one)["bookings"] == []
    assert said(desk.book(fair, one)) == ("fair-cancelled", ["fair_id"])
    with desk.base.reading() as session:
        assert queries.audit(session) == []


def test_letting_go_a_referral_frees_its_stand(desk: MarketDesk) -> None:
    leaving, staying = desk.an_offer(area="64.02"), desk.an_offer(area="64.02")
    ids = desk.offers(leaving, staying)
    desk.client.post("/training/v1/dinsos/referrals/accept", json={"ids": ids})
    fair = desk.fair(stands=1)
    assert desk.book(fair, ids[0]).status_code == 200
    for _ in range(2):
        desk.withdraw(leaving)
    assert desk.book(fair, ids[1]).status_code == 200
    assert [each["referral_id"] for each in desk.stands(fair)["stands"]] == ids[1:]


def test_a_referral_that_is_given_back_frees_its_stand(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair(stands=1)
    desk.book(fair, one)
    no = {"reason": "not-reached", "explanation": "Tiga kali dikunjungi.", "suggestion": "offer-again-later"}
    assert desk.client.post(f"/training/v1/dinsos/referrals/{one}/return", json=no).status_code == 200
    assert desk.stands(fair)["free"] == 1


def test_an_officer_lets_a_stand_go_unless_something_was_sold_from_it(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair(stands=1)
    assert desk.save(one, fair_id=fair)["bookings"][0]["stand"] == 1
    assert desk.save(one, release_fair_id=fair)["bookings"] == []
    assert desk.refused(one, release_fair_id=fair) == ("no-stand-booked", ["release_fair_id"])
    desk.save(one, fair_id=fair, sales=[{"fair_id": fair, "sold_on": day(), "amount": "Rp250.000"}])
    assert desk.refused(one, release_fair_id=fair) == ("sold-there", ["release_fair_id"])
    cancelled = desk.client.post(f"{FAIRS}/{fair}/cancel", json={"reason": "Hujan"})
    assert said(cancelled)[0] == "fair-has-begun"


def test_stand_ticket_and_lodging_go_together_outside_the_city(desk: MarketDesk) -> None:
    (one,) = desk.take(PAMULANG_BARAT)
    away, home = desk.fair(area=JAKARTA), desk.fair(area=REMPOA)
    for each in (away, home):
        desk.save(one, fair_id=each, sales=[{"fair_id": each, "sold_on": day(), "amount": 0}])
    assert {each["fair_id"]: each["lacks_travel"] for each in desk.work(one)["bookings"]} == {away: True, home: False}
    assert desk.not_complete(one, outcome="marketed") == ("travel-missing", ["outcome"])
    desk.save(one, arrangements=[{"fair_id": away, "ticket": "KA 7301"}])
    assert desk.not_complete(one, outcome="marketed")[0] == "travel-missing"
    desk.save(one, arrangements=[{"fair_id": away, "lodging": "Wisma Kriya"}])
    assert desk.work(one)["arrangements"][0]["ticket"] == "KA 7301"
    assert desk.complete(one, outcome="marketed") == ("marketed", {"channel": "fair", "sales": 0, "deliveries": 0})


def test_sales_are_noted_for_days_of_the_fair_that_have_come_and_noting_again_corrects_them(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair(closes_on=day(2), area="64.02")
    desk.save(one, fair_id=fair)
    for wrong in (day(-1), day(1), day(3)):
        sale = {"fair_id": fair, "sold_on": wrong, "amount": 1}
        assert desk.refused(one, sales=[sale]) == ("not-on-that-day", ["sales.0.sold_on"])
    for amount in (300_000, 350_000):
        shown = desk.save(one, sales=[{"fair_id": fair, "sold_on": day(), "amount": amount}])
    assert shown["totals"] == {"sales": 350_000, "deliveries": 0, "by_channel": {"fair": 350_000}}
    assert desk.stands(fair)["stands"][0]["sold"] == 350_000
    assert desk.not_complete(one, outcome="marketed") == ("fair-not-over", ["outcome"])
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert len(desk.work(one)["sales"]) == 3
        with desk.base.reading() as session:
            end = queries.progress(session, [UUID(one)], clock.today())[UUID(one)]
    assert end.sold == 350_000


def test_a_stand_that_was_held_is_accounted_for_before_the_stage_ends(desk: MarketDesk) -> None:
    (one,) = desk.take("64.02")
    fair = desk.fair(area="64.02")
    desk.save(one, fair_id=fair)
    assert desk.not_complete(one, outcome="marketed") == ("sales-missing", ["outcome"])
    told = {"sales": [{"fair_id": fair, "sold_on": day(), "amount": 90_000}]}
    outcome, facts = desk.complete(one, outcome="marketed", **told)
    assert (outcome, facts["sales"]) == ("marketed", 90_000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stands": 0}, "stands"),
        ({"area": "99.99"}, "area"),
        ({"closes_on": "2020-01-01"}, "closes_on"),
        ({"opens_on": "2020-01-01", "closes_on": "2020-01-02"}, "closes_on"),
        ({"title": ""}, "title"),
    ],
)
def test_a_plan_that_cannot_be_held_is_refused(desk: MarketDesk, changes: dict[str, object], field: str) -> None:
    plan = {"title": "P", "venue": "V", "area": "31.71", "opens_on": day(), "closes_on": day(), "stands": 1}
    assert said(desk.client.post(FAIRS, json=plan | changes))[1] == [field]


def test_a_fair_that_is_over_takes_no_bookings(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair()
    with (
        clock.frozen(clock.now() + timedelta(days=1)),
        pytest.raises(Exception, match="over on"),
        desk.base.transaction() as session,
    ):
        fairs.book(session, desk.officer, UUID(fair), [UUID(one)])


def test_a_programme_without_fairs_books_none(desk: MarketDesk) -> None:
    (one,) = desk.take(settings={"channels": ["digital"]})
    assert desk.refused(one, fair_id=desk.fair()) == ("channel-not-offered", ["fair_id"])


def test_another_offices_fair_does_not_exist(desk: MarketDesk) -> None:
    fair = desk.fair()
    other = desk.client_of(an_officer(Role.OFFICER, office="dinsos-kukar"))
    assert other.get(f"{FAIRS}/{fair}").status_code == 404
    assert other.post(f"{FAIRS}/{fair}/cancel", json={"reason": "Tidak jadi"}).status_code == 404
    assert desk.client_of(an_officer(Role.APPROVER)).get(f"{FAIRS}/{fair}").status_code == 403
    listed = desk.client.get(FAIRS).get_json()["items"]
    assert [each["id"] for each in listed] == [fair]
    assert desk.client.get(f"{FAIRS}/{fair}").get_json()["stands"] == 3
