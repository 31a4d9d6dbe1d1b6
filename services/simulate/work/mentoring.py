"""A university at training: takes in students for a term, has cash books kept month by month, and reports."""

from datetime import date, datetime, timedelta
from random import Random

from services.simulate.case import Case, morning
from services.simulate.client import Json
from shared.kernel.calendar import add_months

STUDENTS = 3
INCOME = ("Penjualan kerupuk", "Penjualan jajan basah", "Pesanan hajatan", "Penjualan di pasar pagi")
EXPENSE = ("Ikan dan tepung", "Minyak goreng", "Plastik kemasan", "Gas elpiji", "Ongkos angkut")
NEGLECTED = 0.08
"""How many books have a month with too few entries. Source: assumption."""


def mentor(case: Case) -> datetime | None:
    """Give the book its mentor; after each month write what was in her notes; report after the last."""
    work = case.work
    if work["mentor_id"] is None:
        case.save({"mentor_id": _mentor_of(case, work)})
        return morning(add_months(case.today, 1))
    for month in work["months"]:
        ends = date.fromisoformat(month["ends_on"])
        if case.today <= ends:
            return morning(ends + timedelta(days=1))
        lines = _entries(case, month) if not month["entries"] else []
        if lines:
            path = f"/training/v1/{case.row['agency']}/cash-books/{case.row['id']}/entries"
            case.colleague("officer").post(path, {"entries": lines})
    case.complete({})
    return None


def _mentor_of(case: Case, work: Json) -> str:
    """A student whose term lasts long enough; a new cohort where there is none."""
    until = add_months(case.today, case.seen["settings"]["months"])
    luck = case.chance("mentor")
    fitting = [each["id"] for each in work["choices"] if date.fromisoformat(each["ends_on"]) >= until]
    if not fitting:
        term = {
            "begins_on": case.today.isoformat(),
            "ends_on": min(until + timedelta(days=60), _a_year(case)).isoformat(),
        }
        cohort = case.colleague("officer").post(
            f"/training/v1/{case.row['agency']}/cohorts",
            {
                "title": f"Angkatan pendamping {case.today:%m-%Y}",
                **term,
                "mentors": [_student(case, each) for each in range(STUDENTS)],
            },
        )
        fitting = [each["id"] for each in cohort["mentors"]]
    return str(luck.choice(sorted(fitting)))


def _a_year(case: Case) -> date:
    return add_months(case.today, 12)


def _student(case: Case, number: int) -> Json:
    return {
        "name": f"Pendamping Contoh {number + 1}",
        "student_number": f"SIM{case.today:%y%m%d}{case.number:05}{number}",
    }


def _entries(case: Case, month: Json) -> list[Json]:
    luck = case.chance(f"month {month['number']}")
    asked = case.work["entries_asked"]
    neglected = case.attempt == 1 and luck.random() < NEGLECTED
    count = luck.randrange(asked) if neglected else asked + luck.randint(0, 3)
    begins, ends = date.fromisoformat(month["begins_on"]), date.fromisoformat(month["ends_on"])
    days = sorted(begins + timedelta(days=luck.randint(0, (ends - begins).days)) for _ in range(count))
    return [_entry(luck, day, comes_in=place % 2 == 0) for place, day in enumerate(days)]


def _entry(luck: Random, day: date, *, comes_in: bool) -> Json:
    return {
        "happened_on": day.isoformat(),
        "direction": "in" if comes_in else "out",
        "amount": luck.randint(60, 400) * 1000 if comes_in else luck.randint(20, 200) * 1000,
        "what": luck.choice(INCOME if comes_in else EXPENSE),
    }


ACTS = {"training.mentoring": mentor}
