"""Whoever lifts products at training: describes one, comes back while it is made, and records each rung it has."""

from datetime import date, datetime, timedelta

from services.simulate.case import Case, working_days_later
from services.simulate.client import Json

PRODUCTS = (
    {"kind": "food", "name": "Kerupuk ikan", "shelf_days": 60},
    {"kind": "food", "name": "Keripik pisang", "shelf_days": 45},
    {"kind": "food", "name": "Cokelat karakter", "shelf_days": 30},
    {"kind": "catering", "name": "Nasi kotak", "shelf_days": None},
    {"kind": "food", "name": "Jajan basah", "shelf_days": 1},
    {"kind": "craft", "name": "Aksesori manik", "shelf_days": None},
    {"kind": "clothing", "name": "Baju anak", "shelf_days": None},
)
BRANDS = ("Dapur Etam", "Rasa Ampenan", "Mutiara Sasak", "Karya Ibu", "Lestari")
LADDER = ("made-to-order", "steady-production", "brand", "packaging-and-standard", "licence")
STOPS_SHORT = 0.15
"""How many stages end before the rung. Source: assumption."""


def lift(case: Case) -> datetime | None:
    """Describe the product and begin its log; some weeks later record the rungs and close the stage."""
    work, luck = case.work, case.chance("product")
    target = LADDER.index(work["target"])
    weeks = work["requirements"]["steady_weeks"]["value"]
    if work["product"] is None:
        evidence = [] if "made-to-order" in _seen(work) else [_evidence(case, "made-to-order")]
        case.save({"product": luck.choice(PRODUCTS), "production": [_made(case, case.today)], "evidence": evidence})
        return working_days_later(5 * weeks)
    stop = luck.randrange(target + 1) if case.attempt == 1 and luck.random() < STOPS_SHORT else None
    wanted = [rung for rung in LADDER[: target + 1 if stop is None else stop] if rung not in _seen(work)]
    production = []
    if (stop is None and target and work["steady_weeks"] < weeks) or "steady-production" in wanted:
        production = [_made(case, case.today - timedelta(weeks=week)) for week in range(weeks)]
    missing = {} if stop is None else {"missing": "Produksi belum rutin; baru dibuat bila ada pesanan."}
    case.complete({"production": production, "evidence": [_evidence(case, rung) for rung in wanted], **missing})
    return None


def _seen(work: Json) -> set[str]:
    """The rungs that need no new evidence; a licence for what the product no longer is does."""
    found = {each["rung"] for each in work["ladder"] if each["evidence"]}
    return found - ({"licence"} if work["licence"] != work["licence_needed"] else set())


def _made(case: Case, day: date) -> Json:
    luck = case.chance(f"made {day}")
    return {"made_on": day.isoformat(), "quantity": luck.randint(10, 60), "unit": "bungkus", "quality_kept": True}


def _evidence(case: Case, rung: str) -> Json:
    today, number = case.today.isoformat(), f"{case.number:05}"
    seen: Json = {"rung": rung, "what": "Dilihat petugas di tempat produksi", "seen_on": today}
    match rung:
        case "brand":
            seen |= {"brand": case.chance("brand").choice(BRANDS), "label_seen": True}
        case "packaging-and-standard":
            seen |= {"checked": case.work["points"]}
        case "licence":
            needed = case.work["licence_needed"]
            seen |= {"licence": needed, "nib": f"91200{number:0>8}"}
            if needed != "none":
                score = case.chance("course").randint(60, 95)
                seen |= {"course_score": score, "premises_checked_on": today, "document_number": f"SIM-{number}"}
    return seen


ACTS = {"training.products": lift}
