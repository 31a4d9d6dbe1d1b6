"""DP3A in the compartment: every woman is offered a talk, and what some of them ask for stays with the counsellors."""

from datetime import datetime

from services.simulate.case import Case
from services.simulate.client import Json

ASKS = 0.12
"""Share of women who ask for a conversation. Source: assumption, for the demonstration only."""
COUNSELLED = 0.6
KINDS = ("domestic-violence", "discrimination", "other")
CHANNELS = ("message", "at-office", "visit")


def offer_talk(case: Case) -> datetime | None:
    """Offer the talk and close the stage; a counsellor then opens the cases of those who asked."""
    luck = case.chance("talk")
    asks = luck.random() < ASKS and case.row["subject_kind"] == "person"
    wishes = luck.random() < 0.3 and case.row["subject_kind"] == "person"
    told: Json = {"asks": asks}
    if wishes:
        wish = {"channel": luck.choice(CHANNELS), "hours": "Pagi hari", "never_call": luck.random() < 0.5}
        told |= {"contact": wish}
    case.complete(told)
    if asks and luck.random() < COUNSELLED:  # the others wait in the counsellors' list until the next one comes
        _counsel(case)
    return None


def _counsel(case: Case) -> None:
    """See to who was to be spoken to by now, then to who has asked."""
    luck, counsellor = case.chance("case"), case.colleague("counsellor")
    address = f"/intake/v1/{case.row['agency']}/protection"
    due = counsellor.get(f"{address}/due")
    for each in due["cases"]:
        if each["is_overdue"]:
            counsellor.post(f"{address}/cases/{each['id']}/close", {"reason": "safe"})
    for request in due["requests"]:
        opened = counsellor.post(
            f"{address}/cases",
            {
                "request_id": request["id"],
                "kind": luck.choice(KINDS),
                "notes": "Catatan contoh untuk peragaan.",
                "under_tpks": False,
                "safe_contact": {"channel": luck.choice(CHANNELS), "never_call": True},
            },
        )
        step = {"kind": luck.choice(("legal-aid", "social-assistance")), "note": "Didampingi."}
        counsellor.post(f"{address}/cases/{opened['id']}/steps", {**step, "done_on": case.today.isoformat()})


ACTS = {"intake.protection": offer_talk}
