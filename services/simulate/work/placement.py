"""Distransnaker at training: gives places in a batch, notes who passed, finds vacancies and places."""

from datetime import date, datetime, timedelta

from services.simulate.case import Case, morning, working_days_later
from shared.kernel import calendar

PLACES = 20
ABSENT, PASSES, FINDS_WORK = 0.06, 0.85, 0.7
"""Shares of who does not come, who passes, and who is placed. Source: assumption; dp3a-kukar.txt gives none."""
WORK = {
    "manufacturing": ("PT Kayu Etam", "Operator produksi"),
    "services": ("Hotel Tepian", "Juru masak"),
    "formal": ("Koperasi Karyawan Sejahtera", "Tenaga administrasi"),
}
CONTRACTS = ("fixed-term", "permanent", "apprenticeship")


def place(case: Case) -> datetime | None:
    """Train her for a sector; after the batch note how she did, and look for work with who passed."""
    work = case.work
    if work["batch"] is None:
        return _enrol(case)
    last = date.fromisoformat(work["batch"]["last_day"])
    if case.today <= last:
        return morning(last + timedelta(days=1))
    if work["took_part"] is None:
        return _result(case)
    if work["passed"] == "true" and case.chance("work").random() < FINDS_WORK:
        case.complete({"placement": {"vacancy_id": _vacancy(case), "placed_on": case.today.isoformat()}})
    else:
        case.complete({})
    return None


def _result(case: Case) -> datetime | None:
    if case.attempt == 1 and case.chance("came").random() < ABSENT:
        case.complete({"took_part": False})
        return None
    passed = case.chance("passed").random() < PASSES
    case.save({"took_part": True, "passed": passed, "assessed_on": case.today.isoformat()})
    return working_days_later(case.chance("search").randint(3, 15)) if passed else working_days_later(1)


def _enrol(case: Case) -> datetime:
    coming = [
        each
        for each in case.work["batches"]
        if each["free"] >= case.work["seats"] and date.fromisoformat(each["first_day"]) > case.today
    ]
    if coming:
        batch, last = coming[0]["id"], date.fromisoformat(coming[0]["last_day"])
    else:
        batch, last = _plan(case)
    case.save({"batch_id": batch})
    return morning(last + timedelta(days=1))


def _plan(case: Case) -> tuple[str, date]:
    sector = case.chance("sector").choice(case.work["sectors"])
    first = calendar.add_working_days(case.today, 7)
    last = calendar.add_working_days(first, 9)
    batch = case.colleague("officer").post(
        f"/training/v1/{case.row['agency']}/batches",
        {
            "sector": sector,
            "title": f"Pelatihan kerja {first:%d-%m-%Y}",
            "place": "Balai Latihan Kerja",
            "area": case.row["area"],
            "places": max(PLACES, case.work["seats"]),
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
        },
    )
    return str(batch["id"]), last


def _vacancy(case: Case) -> str:
    """A vacancy that is open in one of her sectors; a new one where there is none."""
    if case.work["vacancies"]:
        return str(case.work["vacancies"][0]["id"])
    sector = case.work["batch"]["sector"]
    employer, position = WORK[sector]
    vacancy = case.colleague("officer").post(
        f"/training/v1/{case.row['agency']}/vacancies",
        {
            "employer": employer,
            "position": position,
            "sector": sector,
            "contract": case.chance("contract").choice(CONTRACTS),
            "area": case.row["area"],
            "openings": 5,
        },
    )
    return str(vacancy["id"])


ACTS = {"training.placement": place}
