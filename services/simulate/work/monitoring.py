"""The leading offices at monitoring: visits in the programme's months, and two signatures at the end."""

from datetime import date, datetime
from random import Random
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
    luck = case.chance("verdict")
    found = {report["outcome"] for report in case.seen["earlier"].values()}
    if "stalled" in found:
        signed = _signed("failed", luck)
    elif found & SEEN_BY_VISITS:
        signed = _signed("graduated" if "growing" in found or luck.random() < 0.5 else "not-yet", luck)
    else:  # nobody visited: the more of her steps went wrong, the less likely she stands on her own feet
        wrong = sum(report["outcome"] in SETBACKS for report in case.seen["earlier"].values())
        chance = luck.random() + 0.25 * wrong - 0.15 * (case.attempt - 1)
        signed = _signed("graduated" if chance < 0.75 else "not-yet" if chance < 1.1 else "failed", luck)
    case.save(signed)
    case.complete(signed, by="head")
    return None


SEEN_BY_VISITS = frozenset({"growing", "steady"})
SETBACKS = frozenset({"absent", "not-kept", "not-yet", "not-marketed", "not-joined", "took-part"})


def _signed(verdict: str, luck: Random) -> dict[str, str | None]:
    return {"verdict": verdict, "cause": luck.choice(CAUSES) if verdict == "failed" else None}


ACTS = {"monitoring.visits": visit, "monitoring.graduation": graduate}
