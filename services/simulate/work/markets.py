"""Disperindag, DP3A and entrepreneurs at training: bring a product to a fair, a shop, a platform or an off-taker."""

from datetime import date, datetime, timedelta

from services.simulate.case import Case, morning, working_days_later
from services.simulate.client import Json
from shared.kernel import calendar

STANDS = 25
AWAY = ("31.71", "Balai Sidang, Jakarta")
"""Where a fair outside the city is held."""
NOT_REACHED = 0.06
"""How many do not get to a market at the first attempt. Source: assumption."""
OBSTACLES = ("not-steady", "below-standard", "no-buyer", "stepped-back")
SHOPS = ("Toko Oleh-oleh Etam", "Swalayan Mahakam", "Gerai Dekranasda")
BUYERS = ("UD Rasa Nusantara", "CV Boga Lestari", "PT Pangan Sejahtera")
GOODS = ("Kerupuk ikan", "Kue kering", "Keripik pisang", "Amplang")
DELIVERIES = 2


def market(case: Case) -> datetime | None:
    """Go the way of one channel that the programme opens, step by step."""
    if case.attempt == 1 and case.chance("reached").random() < NOT_REACHED:
        case.complete({"outcome": "not-marketed", "obstacle": case.chance("obstacle").choice(OBSTACLES)})
        return None
    channel = case.chance("channel").choice(case.work["channels"])
    if channel == "fair":
        return _at_a_fair(case)
    return _through_an_off_taker(case) if channel == "off-taker" else _in_a_shop(case, channel)


def _at_a_fair(case: Case) -> datetime | None:
    held = case.work["bookings"]
    if not held:
        return _book(case)
    last = max(date.fromisoformat(each["closes_on"]) for each in held)
    if last >= case.today:
        return morning(last + timedelta(days=1))
    luck = case.chance("sales")
    sales = [_sold(each, luck.randint(0, 18) * 50_000) for each in case.work["sales"]]
    case.complete({"outcome": "marketed", "sales": sales})
    return None


def _book(case: Case) -> datetime:
    coming = [each for each in case.work["choices"] if date.fromisoformat(each["opens_on"]) > case.today]
    if coming:
        fair, closes_on = coming[0]["id"], date.fromisoformat(coming[0]["closes_on"])
    else:
        fair, closes_on = _plan(case)
    case.save({"fair_id": fair})
    booked = case.colleague("officer").get(case.path)["work"]
    if booked["arrangements"]:
        travel = [
            {"fair_id": each["fair_id"], "ticket": f"Tiket {case.number:05}", "lodging": "Wisma Peserta Pameran"}
            for each in booked["arrangements"]
        ]
        case.save({"arrangements": travel})
    return morning(closes_on + timedelta(days=1))


def _plan(case: Case) -> tuple[str, date]:
    area, venue = AWAY if case.work["travel"] else (case.row["area"][:5], "Lapangan kantor bupati")
    opens_on = calendar.add_working_days(case.today, 10)
    closes_on = opens_on + timedelta(days=2)
    fair = case.colleague("officer").post(
        f"/training/v1/{case.row['agency']}/fairs",
        {
            "title": f"Pameran produk usaha perempuan {opens_on:%d-%m-%Y}",
            "venue": venue,
            "area": area,
            "opens_on": opens_on.isoformat(),
            "closes_on": closes_on.isoformat(),
            "stands": STANDS,
        },
    )
    return str(fair["id"]), closes_on


def _in_a_shop(case: Case, channel: str) -> datetime | None:
    if not case.work["listings"]:
        listing = {"channel": channel, "listed_from": case.today.isoformat()}
        if channel == "modern":
            listing |= {"place": case.chance("shop").choice(SHOPS), "terms": "Konsinyasi, bagi hasil 20 persen"}
        else:
            listing |= {"place": "Pasar daring", "address": f"https://toko.example.id/{case.number}"}
        case.save({"listing": listing})
        return working_days_later(20)
    sale = {"listing_id": case.work["listings"][0]["id"], "sold_on": case.today.isoformat()}
    case.complete({"outcome": "marketed", "sales": [_sold(sale, case.chance("sales").randint(0, 30) * 25_000)]})
    return None


def _through_an_off_taker(case: Case) -> datetime | None:
    if not case.work["agreements"]:
        case.save({"agreement": _agreement(case)})
        return working_days_later(8)
    (agreed, *_) = case.work["agreements"]
    done = len(case.work["deliveries"])
    if done < DELIVERIES:
        brought = agreed["quantity"] // DELIVERIES
        taken = brought - (brought // 10 if case.chance(f"quality-{done}").random() < 0.2 else 0)
        delivery = {
            "agreement_id": agreed["id"],
            "number": f"SJ-{done + 1}",
            "delivered_on": case.today.isoformat(),
            "delivered": brought,
            "accepted": taken,
            "paid": taken * agreed["unit_price"],
        }
        case.save({"deliveries": [delivery]})
        return working_days_later(8)
    case.complete({"outcome": "marketed"})
    return None


def _agreement(case: Case) -> Json:
    luck = case.chance("agreement")
    return {
        "buyer": luck.choice(BUYERS),
        "goods": luck.choice(GOODS),
        "unit": "bungkus",
        "quantity": luck.randint(4, 12) * 50,
        "unit_price": luck.randint(8, 20) * 1_000,
        "from_day": case.today.isoformat(),
        "until_day": (case.today + timedelta(days=365)).isoformat(),
        "signed_on": case.today.isoformat(),
    }


def _sold(row: Json, amount: int) -> Json:
    return {name: row[name] for name in ("fair_id", "listing_id", "sold_on") if row.get(name)} | {"amount": amount}


ACTS = {"training.market": market}
