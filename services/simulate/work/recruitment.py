"""Members of a group that has succeeded name others, and the office writes them down."""

from datetime import datetime

from services.simulate.case import Case

BRINGS = 0.96
"""Share of places for which a member finds somebody. Source: assumption, for the demonstration only."""


def recruit(case: Case) -> datetime | None:
    """Write down whom the members bring; groups that were recruited themselves bring nobody, so that it ends."""
    luck, work = case.chance("recruits"), case.work
    if _was_recruited(case):
        case.complete({"recruits": []})
        return None
    around = sorted(each["id"] for each in work["possible"])
    luck.shuffle(around)
    places = [each for each in work["recruits"] if luck.random() < BRINGS]
    named = [
        {"recruiter_id": place["recruiter_id"], "person_id": person}
        for place, person in zip(places, around, strict=False)
    ]
    case.save({"recruits": named})
    case.complete({})
    return None


def _was_recruited(case: Case) -> bool:
    journey = case.colleague("officer").get(f"/intake/v1/{case.agency}/journeys/{case.row['journey_id']}")
    return journey["parent_id"] is not None


ACTS = {"intake.recruitment": recruit}
