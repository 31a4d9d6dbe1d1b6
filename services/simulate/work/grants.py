"""Dinas Sosial at grants: proposals with their budgets, decisions, orders and hand-overs, accounts."""

from datetime import datetime
from random import Random

from services.simulate.case import Case, working_days_later
from services.simulate.client import Json, Refused

KITS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "menjahit": (("Mesin jahit", "unit", 2_350_000), ("Kain katun", "meter", 38_000), ("Benang", "gulung", 9_000)),
    "kue": (("Oven", "unit", 1_450_000), ("Tepung terigu", "sak", 245_000), ("Loyang", "buah", 65_000)),
    "warung": (("Etalase", "unit", 1_200_000), ("Beras", "sak", 310_000), ("Minyak goreng", "dus", 225_000)),
    "keripik": (("Wajan besar", "buah", 420_000), ("Alat pengemas", "unit", 650_000), ("Pisang", "tandan", 45_000)),
    "ternak": (("Kandang ayam", "unit", 1_900_000), ("Bibit ayam", "ekor", 12_000), ("Pakan", "sak", 395_000)),
}
"""Goods, units and prices in rupiah: plausible, not measured."""
WITHOUT_CEILING = 18_000_000
"""Rupiah that a group asks for where the programme names no ceiling. Source: assumption, for the demonstration only."""
VENDORS = ("Toko Sumber Rejeki", "CV Mahakam Jaya", "UD Etam Bersama", "Toko Berkah")
WITNESSES = ("Ketua RT", "Petugas kelurahan", "Pendamping sosial")


def propose(case: Case) -> datetime | None:
    """Write the budget (RAB) with the applicants and submit it."""
    case.complete(
        {
            "outcome": "submitted",
            "lines": budget(case.chance("kit"), case.seen["settings"]["ceiling"] or WITHOUT_CEILING),
        }
    )
    return None


def budget(luck: Random, ceiling: int) -> list[Json]:
    """A budget that uses most of the ceiling and does not pass it."""
    left = int(ceiling * luck.uniform(0.88, 1.0))
    kit = KITS[luck.choice(sorted(KITS))]
    lines = []
    for place, (item, unit, price) in enumerate(kit):
        share = left if place == len(kit) - 1 else left * 2 // 3
        if quantity := share // price:
            lines.append({"item": item, "unit": unit, "quantity": quantity, "unit_price": price})
            left -= quantity * price
    return lines


def decide(case: Case) -> datetime | None:
    """An officer lays the decision before the approver, who signs; where the fund is empty it goes to the reserve.

    She has seen what they already receive: what excludes this aid refuses it, and a warning gets its answer.
    """
    sk = {"sk_number": f"460/{case.number:04}.{case.attempt}/DINSOS/{case.today:%Y}", "sk_date": case.today.isoformat()}
    beside = beside_other_aid(case)
    refused = case.chance("verdict").random() < 0.03 or beside is None
    try:
        case.save({"verdict": "refused", **sk} if refused else {"verdict": "accepted", **sk, **(beside or {})})
        if beside is None or not refused:
            note_other_aid(case, beside)
    except Refused as full:
        if full.code != "fund-exhausted":
            raise
        case.save({"verdict": "reserve", **sk})
    case.complete({}, by="approver")
    return None


def beside_other_aid(case: Case) -> Json | None:
    """What a decision has to say of the aid that its people already receive; None where that excludes this one."""
    met = case.work["aid"]["met"]
    if any(each["policy"] == "block" for each in met):
        return None
    if any(each["policy"] == "warn" for each in met):
        return {"aid_acknowledged": "Bantuan yang sudah diterima untuk konsumsi; bantuan ini modal usaha."}
    return {}


def note_other_aid(case: Case, beside: Json | None) -> None:
    """Let the report show that other aid refused this one, or was given a reason."""
    if beside is None:
        case.done["refused beside other aid"] += 1
    elif beside:
        case.done["warnings of other aid answered"] += 1


def hand_over(case: Case) -> datetime | None:
    """Order first; some days later the goods come and are handed over line by line."""
    luck = case.chance("delivery")
    grant = case.work["grant"]
    if not any(order["state"] == "placed" for order in grant["orders"]):
        number = f"SP-{case.number:04}/{case.attempt}"
        case.save({"order": {"number": number, "vendor": luck.choice(VENDORS), "ordered_on": case.today.isoformat()}})
        return working_days_later(luck.randint(4, 12))
    open_lines = [line for line in grant["lines"] if line["open_quantity"]]
    late = luck.randrange(len(open_lines)) if luck.random() < 0.08 else None
    case.complete(
        {
            "deed": {
                "number": f"BAST-{case.number:04}/{case.attempt}",
                "handed_over_on": case.today.isoformat(),
                "witnesses": luck.sample(WITNESSES, 2),
            },
            "lines": [_delivered(line, short=place == late) for place, line in enumerate(open_lines)],
        }
    )
    return None


def _delivered(line: Json, *, short: bool) -> Json:
    there = line["open_quantity"]
    taken = there - 1 if short and there > 1 else there
    return {
        "number": line["number"],
        "condition": "as-agreed" if taken == there else "short",
        "quantity": taken,
        "unit_price": line["unit_price"],
    }


def account(case: Case) -> datetime | None:
    """Account for what was really spent, line by line; the first report is incomplete at times."""
    lines = case.work["grant"]["lines"]
    is_open = any(line["open_quantity"] for line in lines)
    if case.attempt == 1 and case.chance("account").random() < 0.08 and not is_open:
        case.complete({"outcome": "incomplete"})
        return None
    if is_open:
        _close_open_lines(case, lines)
    spent = [
        {"number": line["number"], "spent": line["realised"], "receipt": f"KW-{case.number:04}-{line['number']}"}
        for line in lines
    ]
    case.complete({"outcome": "accepted", "lines": spent})
    return None


def _close_open_lines(case: Case, lines: list[Json]) -> None:
    """The office that wrote the budget no longer waits for what the vendor cannot deliver."""
    grant = case.work["grant"]
    there = case.colleague("officer", grant["office"])
    for line in lines:
        if line["open_quantity"]:
            there.post(f"/grants/v1/{case.agency}/grants/{grant['id']}/lines/{line['number']}/close")


ACTS = {
    "grants.goods-proposal": propose,
    "grants.goods-decision": decide,
    "grants.goods-hand-over": hand_over,
    "grants.goods-accountability": account,
}
