from shared.kernel.ids import new_id
from tests.training.markets.conftest import MarketDesk, day


def test_an_officer_plans_a_fair_books_sells_and_reports_on_pages(desk: MarketDesk) -> None:
    browser = desk.browser()
    (one, other) = desk.offers(desk.an_offer(), desk.an_offer())
    referral, fairs = f"/training/dinsos/referrals/{one}", "/training/dinsos/fairs"
    for each in (one, other):
        browser.submit(f"/training/dinsos/referrals/{each}/accept")
    assert "Plan a fair" in browser.get(referral).text
    assert browser.get(f"{fairs}/new").status_code == 200
    form = {"title": "Pameran Kriya", "venue": "Balai Sidang", "area": "31.71", "stands": "2"}
    assert browser.submit(fairs, form).status_code == 422
    made = browser.submit(fairs, form | {"opens_on": day(), "closes_on": day()})
    assert made.status_code == 303
    fair = made.headers["Location"].rsplit("/", 1)[1]
    assert "Pameran Kriya" in browser.get(fairs).text
    assert one in browser.get(f"{fairs}/{fair}").text
    assert browser.submit(f"{fairs}/{fair}/stands", {"ids[]": other}).status_code == 303
    assert browser.submit(f"{fairs}/{fair}/stands", {}).status_code == 422
    assert browser.submit(f"{referral}/work", {"fair_id": fair}).status_code == 303
    assert 'name="arrangements.0.ticket"' in browser.get(referral).text
    travel = {"arrangements.0.fair_id": fair, "arrangements.0.ticket": "KA 7301", "arrangements.0.lodging": "Wisma"}
    assert browser.submit(f"{referral}/work", travel).status_code == 303
    sale = {"sales.0.fair_id": fair, "sales.0.sold_on": day(), "sales.0.amount": "450000"}
    assert browser.submit(f"{referral}/work", sale).status_code == 303
    assert "Rp450.000" in browser.get(f"{fairs}/{fair}").text
    assert browser.submit(f"{referral}/complete", {}).status_code == 422
    assert browser.submit(f"{referral}/complete", {"outcome": "marketed", **sale}).status_code == 303
    assert desk.reported()[-1].facts == {"channel": "fair", "sales": 450_000, "deliveries": 0}
    assert browser.submit(f"{fairs}/{fair}/cancel", {}).status_code == 422
    assert browser.submit(f"{fairs}/{fair}/cancel", {"reason": "Hujan"}).status_code == 409
    assert "This fair does not take place" not in browser.get(f"{fairs}/{fair}").text


def test_a_fair_is_cancelled_on_its_page(desk: MarketDesk) -> None:
    browser, fair = desk.browser(), desk.fair()
    address = f"/training/dinsos/fairs/{fair}"
    assert browser.submit_twice(f"{address}/cancel", {"reason": "Gedung terbakar"}).status_code == 303
    assert "Gedung terbakar" in browser.get(address).text


def test_an_officer_lists_agrees_delivers_and_amends_on_pages(desk: MarketDesk) -> None:
    browser = desk.browser()
    (one,) = desk.take()
    referral = f"/training/dinsos/referrals/{one}"
    listing = {
        "listing.channel": "digital",
        "listing.place": "Pasar daring",
        "listing.address": "https://toko.example.id/kue",
        "listing.listed_from": day(-2),
    }
    assert browser.submit(f"{referral}/work", listing | {"listing.address": ""}).status_code == 422
    assert browser.submit(f"{referral}/work", listing).status_code == 303
    (listed,) = desk.work(one)["listings"]
    sale = {"sales.0.listing_id": listed["id"], "sales.0.sold_on": day(), "sales.0.amount": "20000"}
    assert browser.submit(f"{referral}/work", sale).status_code == 303
    agreement = {
        "agreement.buyer": "UD Maju",
        "agreement.goods": "Kerupuk ikan",
        "agreement.unit": "bungkus",
        "agreement.quantity": "100",
        "agreement.unit_price": "12000",
        "agreement.from_day": day(-3),
        "agreement.until_day": day(30),
        "agreement.signed_on": day(-3),
    }
    assert browser.submit(f"{referral}/work", agreement).status_code == 303
    (agreed,) = desk.work(one)["agreements"]
    page = browser.get(referral).text
    assert "UD Maju" in page
    assert 'name="deliveries.0.number"' in page
    delivered = {
        "deliveries.0.agreement_id": agreed["id"],
        "deliveries.0.number": "SJ-1",
        "deliveries.0.delivered_on": day(),
        "deliveries.0.delivered": "101",
    }
    refused = browser.submit(f"{referral}/work", delivered)
    assert refused.status_code == 422
    assert "amendment before more is delivered" in refused.text
    amendment = {
        "amendment.agreement_id": agreed["id"],
        "amendment.quantity": "101",
        "amendment.amended_on": day(),
        "amendment.reason": "Pesanan bertambah",
    }
    assert browser.submit(f"{referral}/work", delivered | amendment).status_code == 303
    page = browser.get(referral).text
    assert "Pesanan bertambah" in page
    assert 'name="deliveries.0.accepted"' in page
    told = {"deliveries.0.agreement_id": agreed["id"], "deliveries.0.number": "SJ-1", "deliveries.0.accepted": "100"}
    ended = browser.submit(f"{referral}/work", {"ending.listing_id": listed["id"], "ending.ended_on": day()})
    assert ended.status_code == 303
    assert browser.submit(f"{referral}/complete", told | {"outcome": "marketed"}).status_code == 303
    assert desk.reported()[-1].facts == {"channel": "off-taker", "sales": 1_220_000, "deliveries": 1}
    assert "Marketed" in browser.get(referral).text


def test_what_everybody_sold_in_a_day_is_noted_on_one_sheet(desk: MarketDesk) -> None:
    one, two, three, done = desk.take("64.02", "64.02", "64.02", "64.02")
    fair = desk.fair(stands=5, area="64.02")
    desk.book(fair, one, two, done)
    desk.save(done, sales=[{"fair_id": fair, "sold_on": day(), "amount": 70_000}])
    desk.complete(done, outcome="marketed")
    browser, address = desk.browser(), f"/training/dinsos/fairs/{fair}"
    page = browser.get(address).text
    assert (f'name="sales.{one}.amount"' in page, f'name="sales.{done}.amount"' in page) == (True, False)
    form = {"sold_on": day(), f"sales.{one}.amount": "Rp450.000", f"sales.{two}.amount": "0"}
    assert browser.submit(f"{address}/sales", form).status_code == 303
    assert [each["sold"] for each in desk.stands(fair)["stands"]] == [450_000, 0, 70_000]
    assert 'value="450000"' in browser.get(f"{address}?day={day()}").text
    assert browser.submit(f"{address}/sales", {"sold_on": day(), f"sales.{one}.amount": "500000"}).status_code == 303
    assert [each["sold"] for each in desk.stands(fair)["stands"]] == [500_000, 0, 70_000], "corrected, not added"
    for wrong in (
        {"sold_on": day(), f"sales.{one}.amount": "9", f"sales.{three}.amount": "9"},  # no stand
        {"sold_on": day(), f"sales.{one}.amount": "9", f"sales.{done}.amount": "9"},  # closed
        {"sold_on": day(), f"sales.{one}.amount": "9", f"sales.{two}.amount": "1,5"},
        {"sold_on": day(1), f"sales.{one}.amount": "9"},  # yet to come
        {"sold_on": day(-1), f"sales.{one}.amount": "9"},
        {"sold_on": "", f"sales.{one}.amount": "9"},
        {"sold_on": day()},
    ):
        assert browser.submit(f"{address}/sales", wrong).status_code == 422, wrong
    assert [each["sold"] for each in desk.stands(fair)["stands"]] == [500_000, 0, 70_000], "all of them, or none"
    ahead = {"sold_on": day(1), "sales": [{"id": one, "amount": 1_000}]}
    assert list(desk.client.put(f"/training/v1/dinsos/fairs/{fair}/sales", json=ahead).get_json()["errors"]) == [
        "sold_on"
    ]
    told = {"sold_on": day(), "sales": [{"id": one, "amount": 1_000}, {"id": two, "amount": 2_000}]}
    answer = desk.client.put(f"/training/v1/dinsos/fairs/{fair}/sales", json=told)
    assert [each["sold"] for each in answer.get_json()["stands"]] == [1_000, 2_000, 70_000]
    assert desk.client.put(f"/training/v1/dinsos/fairs/{new_id()}/sales", json=told).status_code == 404
