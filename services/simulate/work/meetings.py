"""Offices that convene meetings: one a month discusses what waits for it; and offices that do their tasks."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from services.simulate.case import Case, morning, working_days_later
from services.simulate.client import Client, Json
from shared.identity.areas import meet
from shared.identity.offices import all_offices
from shared.kernel import calendar, clock
from shared.kernel.calendar import add_months
from shared.programmes import library

KIND = "monitoring.meeting"
PLACE = "Ruang rapat"
NOTICE = (5, 15)
"""Working days from the invitation to the meeting. Source: assumption."""
DECIDED_ON, MOST_DECISIONS = 0.4, 6
"""Share of the agenda on which something is decided, and how much at most. Source: assumption."""
WITHIN = (10, 25)
"""Working days that an office gets for a task. Source: assumption."""
MINUTES = "Perkembangan dan hambatan setiap butir agenda dibahas; kantor yang terlambat menyampaikan sebabnya."
DECISIONS = {
    "waiting": "Menindaklanjuti kebutuhan yang belum terjawab.",
    "overdue": "Menyelesaikan rujukan yang terlambat.",
    "unanswered": "Menjawab rujukan yang belum ditanggapi.",
    "stuck": "Memutuskan kelanjutan tahap yang dikembalikan.",
    "stalled": "Mengunjungi usaha yang macet dan mengusulkan bantuan.",
    "fund": "Mengusulkan tambahan pagu.",
}
DONE = "Sudah dilaksanakan."

Luck = Callable[..., Random]


def wait_for_meeting(case: Case) -> datetime | None:
    """Convene the month's meeting where none is planned; its being held completes the stage."""
    planned = case.work["planned"]
    if planned is None:
        return morning(_convene(case))
    meets_on = date.fromisoformat(planned["meets_on"])
    return morning(meets_on) if meets_on > case.today else working_days_later(1)


def _convene(case: Case) -> date:
    day = calendar.add_working_days(case.today, case.chance("meeting").randint(*NOTICE))
    if case.work["last"]:
        day = max(day, add_months(date.fromisoformat(case.work["last"]["meets_on"]), 1))
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    region = all_offices()[case.row["office"]].region
    invitation = {"meets_on": day.isoformat(), "place": PLACE, "area": region, "programmes": []}
    case.colleague("officer").post(f"/monitoring/v1/{case.agency}/meetings", invitation)
    return day


def convening() -> frozenset[str]:
    """The agencies for whose meeting some programme waits."""
    stages = [stage for programme in library.published().values() for stage in programme.stages.values()]
    return frozenset(stage.agency for stage in stages if stage.does == KIND)


def hold_meetings(officer: Client, agency: str, luck: Luck, done: Counter[str]) -> None:
    """Hold the office's meetings whose day has come: decide on some of the agenda, and put them on record."""
    today = clock.today()
    for meeting in list(officer.every(f"/monitoring/v1/{agency}/meetings")):
        if meeting["state"] != "planned" or date.fromisoformat(meeting["meets_on"]) > today:
            continue
        path = f"/monitoring/v1/{agency}/meetings/{meeting['id']}"
        officer.post(f"{path}/agenda")
        here = _around(meeting["area"])
        _decide(officer, path, here, luck("meeting", officer.office, meeting["meets_on"]))
        others = [each for each in sorted(here) if here[each] != agency][:3]
        attendance = {officer.office: 2, **dict.fromkeys(others, 1)}
        officer.post(f"{path}/hold", {"minutes": MINUTES, "attendance": attendance})
        done["meetings"] += 1


def _decide(officer: Client, path: str, here: dict[str, str], chance: Random) -> None:
    decided = 0
    for item in officer.every(f"{path}/agenda"):
        if decided == MOST_DECISIONS:
            break
        if item["office"] in here and chance.random() < DECIDED_ON:
            due_on = calendar.add_working_days(clock.today(), chance.randint(*WITHIN))
            told = {"item_id": item["id"], "decision": DECISIONS[item["reason"]], "office": item["office"]}
            officer.post(f"{path}/decisions", {**told, "due_on": due_on.isoformat()})
            decided += 1


def do_tasks(officer: Client, agency: str, luck: Luck, done: Counter[str]) -> None:
    """Take on what meetings gave the office to do, and finish it about its day, sometimes a little late."""
    for task in list(officer.every(f"/monitoring/v1/{agency}/tasks")):
        path = f"/monitoring/v1/{agency}/tasks/{task['id']}"
        if task["office"] != officer.office:
            continue
        if task["state"] == "open":
            officer.post(f"{path}/accept")
        elif clock.today() >= _done_on(task, luck):
            officer.post(f"{path}/finish", {"note": DONE})
            done["tasks"] += 1


def _done_on(task: Json, luck: Luck) -> date:
    due_on = date.fromisoformat(task["due_on"])
    return due_on + timedelta(days=luck("task", task["office"], task["due_on"], task["decision"]).randint(-10, 3))


def _around(area: str) -> dict[str, str]:
    """The offices of an area by their identifiers, with their agencies."""
    offices = all_offices().values()
    return {each.id: each.agency for each in offices if meet([each.region], [area])}


ACTS = {KIND: wait_for_meeting}
