"""Dinas Sosial at monitoring: visits in the programme's months, and two signatures at the end."""

from datetime import date, datetime
from typing import Any

from services.simulate.case import Case, morning, working_days_later

CAUSES = ("illness", "market", "market", "disaster", "other")


def visit(case: Case) -> datetime | None:
    """Go there when a visit is due, write down what was found, close the stage after the last."""
    planned = next((each for each in case.work["visits"] if each["visited_on"] is None), None)
    if planned is None:
        case.complete({})
        return None
    due = date.fromisoformat(planned["due_on"])
    if due > case.today:
        return morning(due)
    case.save(findings(case, planned["number"]))
    return working_days_later(1)


def findings(case: Case, number: int) -> dict[str, Any]:
    """A business mostly keeps the way it once took; each visit sees a little of its luck."""
    fortune = case.draw(case.number, "fortune").random()
    luck = case.chance(f"visit {number}")
    seen = fortune + luck.uniform(-0.12, 0.12)
    condition = "growing" if seen > 0.28 else "steady" if seen > 0.12 else "stalled"
    omzet = int(luck.uniform(0.6, 1.4) * (1_200_000 + 3_800_000 * fortune)) // 1000 * 1000
    return {
        "visited_on": case.today.isoformat(),
        "omzet": omzet,
        "profit": int(omzet * luck.uniform(0.12, 0.38)) if condition != "stalled" else -luck.randint(0, 200) * 1000,
        "goods": "in-use" if condition != "stalled" else luck.choice(("broken", "sold", "in-use")),
        "condition": condition,
        "cause": luck.choice(CAUSES) if condition == "stalled" else None,
    }


def graduate(case: Case) -> datetime | None:
    """An officer signs, then the head signs the same."""
    found = case.seen["earlier"].get("monitoring", {}).get("outcome")
    luck = case.chance("verdict")
    signed: dict[str, str | None]
    if found == "stalled":
        signed = {"verdict": "failed", "cause": luck.choice(CAUSES)}
    else:
        signed = {"verdict": "graduated" if found == "growing" or luck.random() < 0.5 else "not-yet", "cause": None}
    case.save(signed)
    case.complete(signed, by="head")
    return None


ACTS = {"monitoring.visits": visit, "monitoring.graduation": graduate}
