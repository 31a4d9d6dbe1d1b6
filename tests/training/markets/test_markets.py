from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.training.markets import queries
from services.training.markets.models import MarketCase, OffTake
from tests.training.markets.conftest import MarketDesk, day

SHOP = {"channel": "modern", "place": "Toko Oleh-oleh", "terms": "Konsinyasi, 20%", "listed_from": day(-10)}
ONLINE = {
    "channel": "digital",
    "place": "Pasar daring",
    "address": "https://toko.example.id/kue",
    "listed_from": day(-5),
}


def delivery(agreement: str, **told: object) -> dict[str, object]:
    return {"agreement_id": agreement, "number": "SJ-1", "delivered_on": day(-3), "delivered": 60} | told


def test_a_listing_in_a_modern_shop_says_where_since_when_and_on_which_terms(desk: MarketDesk) -> None:
    (one,) = desk.take()
    assert desk.refused(one, listing={**SHOP, "terms": None}) == ("required", ["listing.terms"])
    (shown,) = desk.save(one, listing=SHOP)["listings"]
    assert (shown["place"], shown["terms"], shown["listed_from"]) == (SHOP["place"], SHOP["terms"], SHOP["listed_from"])
    assert desk.complete(one, outcome="marketed") == ("marketed", {"channel": "modern", "sales": 0, "deliveries": 0})


def test_an_online_shop_needs_its_address(desk: MarketDesk) -> None:
    (one,) = desk.take()
    assert desk.refused(one, listing={**ONLINE, "address": None}) == ("required", ["listing.address"])
    assert desk.refused(one, listing={**ONLINE, "address": "not an address"})[1] == ["listing.address"]
    listing = desk.save(one, listing=ONLINE)["listings"][0]["id"]
    sale = {"listing_id": listing, "sold_on": day(), "amount": 75_000}
    assert desk.save(one, sales=[sale])["totals"]["by_channel"] == {"digital": 75_000}
    assert desk.refused(one, sales=[sale | {"sold_on": day(-6)}]) == ("not-listed-then", ["sales.0.sold_on"])
    assert desk.refused(one, sales=[sale | {"sold_on": None}]) == ("required", ["sales.0.sold_on"])
    ended = desk.save(one, ending={"listing_id": listing, "ended_on": day(-1)})["listings"][0]["ended_on"]
    assert ended == day(-1)
    assert desk.refused(one, sales=[sale | {"amount": 5}]) == ("not-listed-then", ["sales.0.sold_on"])
    assert desk.refused(one, ending={"listing_id": listing, "ended_on": day(1)})[0] == "yet-to-come"


def test_never_more_than_agreed_is_delivered_without_an_amendment(desk: MarketDesk) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    desk.save(one, deliveries=[delivery(agreed, accepted=60)])
    more = delivery(agreed, number="SJ-2", delivered=50)
    assert desk.refused(one, deliveries=[more]) == ("more-than-agreed", ["deliveries.0.delivered"])
    change = {"agreement_id": agreed, "quantity": 110, "amended_on": day(), "reason": "Pesanan bertambah"}
    shown = desk.save(one, amendment=change, deliveries=[more])
    assert (shown["agreements"][0]["quantity"], shown["agreements"][0]["open"]) == (110, 0)
    assert (shown["amendments"][0]["quantity_before"], shown["amendments"][0]["reason"]) == (100, "Pesanan bertambah")
    assert desk.refused(one, amendment=change | {"quantity": 90}) == ("less-than-delivered", ["amendment.quantity"])
    with desk.base.reading() as session:
        assert queries.audit(session) == []


def test_what_the_buyer_did_not_accept_may_be_delivered_again(desk: MarketDesk) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    desk.save(one, deliveries=[delivery(agreed, delivered=100)])
    again = delivery(agreed, number="SJ-2", delivered=40)
    assert desk.refused(one, deliveries=[again])[0] == "more-than-agreed"
    assert desk.not_complete(one, outcome="marketed") == ("not-inspected", ["outcome"])
    desk.save(one, deliveries=[delivery(agreed, delivered=None, delivered_on=None, accepted=60, paid=720_000)])
    desk.save(one, deliveries=[again | {"accepted": 40}])
    assert desk.complete(one, outcome="marketed") == (
        "marketed",
        {"channel": "off-taker", "sales": 1_200_000, "deliveries": 2},
    )
    assert desk.reported()[-1].facts == {"channel": "off-taker", "sales": 1_200_000, "deliveries": 2}


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"accepted": 61}, "more-than-delivered", "accepted"),
        ({"accepted": 10, "paid": 120_001}, "paid-too-much", "paid"),
        ({"paid": 1}, "paid-too-much", "paid"),
        ({"delivered_on": day(1)}, "yet-to-come", "delivered_on"),
        ({"delivered_on": day(-31)}, "outside-the-period", "delivered_on"),
        ({"delivered": None}, "required", "delivered"),
        ({"agreement_id": "0190a0de-0000-7000-8000-000000000000"}, "no-such-agreement", "agreement_id"),
    ],
)
def test_a_delivery_that_does_not_add_up_is_refused(
    desk: MarketDesk, told: dict[str, object], code: str, field: str
) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    assert desk.refused(one, deliveries=[delivery(agreed, **told)]) == (code, [f"deliveries.0.{field}"])
    assert desk.work(one)["deliveries"] == []


def test_no_agreement_is_signed_or_amended_on_a_day_to_come(desk: MarketDesk) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    change = {"agreement_id": agreed, "quantity": 110, "amended_on": day(1), "reason": "Pesanan bertambah"}
    signed = {"buyer": "UD Maju", "goods": "Kerupuk", "unit": "bungkus", "quantity": 1, "unit_price": 1}
    signed |= {"from_day": day(), "until_day": day(9), "signed_on": day(1)}
    assert desk.refused(one, amendment=change)[1] == ["amendment.amended_on"]
    assert desk.refused(one, agreement=signed)[1] == ["agreement.signed_on"]
    assert (len(desk.work(one)["agreements"]), desk.work(one)["amendments"]) == (1, [])


def test_a_new_price_leaves_earlier_deliveries_at_theirs(desk: MarketDesk) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    desk.save(one, deliveries=[delivery(agreed, delivered=10, accepted=10)])
    desk.save(
        one, amendment={"agreement_id": agreed, "unit_price": 15_000, "amended_on": day(), "reason": "Harga naik"}
    )
    shown = desk.save(one, deliveries=[delivery(agreed, number="SJ-2", delivered=10, accepted=10)])
    assert shown["totals"]["sales"] == 120_000 + 150_000


def test_the_database_itself_refuses_more_than_was_agreed(desk: MarketDesk) -> None:
    (one,) = desk.take()
    agreed = desk.agreed(one)
    with pytest.raises(IntegrityError, match="never_more_than_agreed"), desk.base.transaction() as session:
        session.execute(update(OffTake).where(OffTake.id == UUID(agreed)).values(counted=101))
    with desk.base.transaction() as session:
        session.execute(update(OffTake).where(OffTake.id == UUID(agreed)).values(counted=7))
    with desk.base.reading() as session:
        assert len(queries.audit(session)) == 1


def test_the_channel_that_sold_most_is_reported_with_the_sales_of_all(desk: MarketDesk) -> None:
    (one,) = desk.take("64.02")
    fair = desk.fair(area="64.02")
    listing = desk.save(one, fair_id=fair, listing=ONLINE)["listings"][0]["id"]
    agreed = desk.agreed(one)
    outcome, facts = desk.complete(
        one,
        outcome="marketed",
        sales=[
            {"fair_id": fair, "sold_on": day(), "amount": 900_000},
            {"listing_id": listing, "sold_on": day(), "amount": 100_000},
        ],
        deliveries=[delivery(agreed, delivered=10, accepted=5)],
    )
    assert (outcome, facts) == ("marketed", {"channel": "fair", "sales": 1_060_000, "deliveries": 1})


def test_who_did_not_reach_a_market_is_reported_with_the_reason_and_her_stand_is_free(desk: MarketDesk) -> None:
    (one,) = desk.take()
    fair = desk.fair(opens_on=day(3), closes_on=day(4))
    desk.save(one, fair_id=fair)
    assert desk.not_complete(one, outcome="not-marketed") == ("required", ["obstacle"])
    assert desk.not_complete(one, outcome="not-marketed", obstacle="other") == ("required", ["explanation"])
    done = desk.complete(one, outcome="not-marketed", obstacle="other", explanation="Pindah ke kampung suami.")
    assert done == ("not-marketed", {"sales": 0, "deliveries": 0, "obstacle": "other"})
    assert desk.stands(fair)["free"] == 3
    with desk.base.reading() as session:
        case = session.get_one(MarketCase, UUID(one))
        assert (case.obstacle, case.explanation) == ("other", "Pindah ke kampung suami.")
    assert "suami" not in str(desk.reported()[-1].to_data())


def test_nothing_reached_is_not_marketed_and_something_sold_is(desk: MarketDesk) -> None:
    (one,) = desk.take()
    assert desk.not_complete(one, outcome="marketed") == ("no-market-reached", ["outcome"])
    listing = desk.save(one, listing=SHOP)["listings"][0]["id"]
    desk.save(one, sales=[{"listing_id": listing, "sold_on": day(), "amount": 5_000}])
    assert desk.not_complete(one, outcome="not-marketed", obstacle="no-buyer") == ("sold-already", ["outcome"])


@pytest.mark.parametrize("channel", ["modern", "digital", "off-taker"])
def test_a_channel_that_the_programme_does_not_open_is_refused(desk: MarketDesk, channel: str) -> None:
    (one,) = desk.take(settings={"channels": ["fair"]})
    if channel == "off-taker":
        told = {"agreement": {"buyer": "UD", "goods": "Kue", "unit": "dus", "quantity": 1, "unit_price": 1}}
        told["agreement"] |= {"from_day": day(), "until_day": day(), "signed_on": day()}
    else:
        told = {"listing": {**(SHOP if channel == "modern" else ONLINE), "channel": channel}}
    assert desk.refused(one, **told)[0] == "channel-not-offered"


def test_many_are_completed_at_once_all_or_none(desk: MarketDesk) -> None:
    ids = desk.take("64.02", "64.02", "64.02")
    for each in ids[:2]:
        desk.save(each, listing=SHOP)
    done = [{"id": each, "done": {"outcome": "marketed"}} for each in ids]
    many = "/training/v1/dinsos/referrals/complete"
    assert desk.client.post(many, json={"referrals": done}).status_code == 422
    assert desk.reported() == []
    assert desk.client.post(many, json={"referrals": done[:2]}).status_code == 200
    assert [each.outcome for each in desk.reported()] == ["marketed", "marketed"]


def test_a_misspelt_field_is_not_taken_for_work(desk: MarketDesk) -> None:
    (one,) = desk.take()
    assert desk.refused(one, listings=[SHOP])[1] == ["listings"]
