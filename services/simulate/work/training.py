"""Whoever teaches: plans briefings, gives places, marks who came."""

from datetime import date, datetime

from services.simulate.case import Case, morning
from shared.kernel import calendar

PLACES = 60
AGAIN = "Diulang bersama kelompoknya; materinya telah diperbarui."
PLACE = {"dinsos-kaltim": ("64.72", "Aula Dinas Sosial Provinsi, Samarinda")}


def teach(case: Case) -> datetime | None:
    """Find or plan a course; after its last session mark who came and close the stage."""
    work = case.work
    if work["course_id"] is None:
        return _enrol(case)
    waiting = [each for each in work["attendance"] if date.fromisoformat(each["held_on"]) > case.today]
    if waiting:
        return morning(date.fromisoformat(waiting[-1]["held_on"]))
    absent = case.attempt == 1 and case.chance("came").random() < 0.05
    case.complete(
        {"attendance": [_mark(each["number"], work["members"], absent=absent) for each in work["attendance"]]}
    )
    return None


def _mark(number: int, members: int | None, *, absent: bool) -> dict[str, int | bool]:
    if members is not None:
        return {"number": number, "members": 0 if absent else members}
    return {"number": number, "present": not absent}


def _enrol(case: Case) -> datetime:
    coming = [
        each
        for each in case.work["choices"]
        if each["free"] >= (case.work["members"] or 1) and date.fromisoformat(each["first_day"]) > case.today
    ]
    if coming:
        course, first = coming[0]["id"], date.fromisoformat(coming[0]["first_day"])
    else:
        first = calendar.add_working_days(case.today, 8)
        course = _plan(case, first)
    again = {"taught_before_reason": AGAIN} if case.work["same_course_before"] else {}
    case.save({"course_id": course, **again})
    return morning(calendar.add_working_days(first, 1))


def _plan(case: Case, first: date) -> str:
    area, place = PLACE.get(case.row["office"], (case.row["area"][:5], "Kantor kecamatan"))
    asked = case.seen["settings"]
    days = [calendar.add_working_days(first, day) if day else first for day in range(asked["sessions"])]
    course = case.colleague("officer").post(
        f"/training/v1/{case.agency}/courses",
        {
            "type": asked["course"],
            "title": f"Bimbingan teknis {first:%d-%m-%Y}",
            "area": area,
            "places": PLACES,
            "sessions": [{"held_on": day.isoformat(), "place": place} for day in days],
        },
    )
    return str(course["id"])


ACTS = {"training.course": teach}
