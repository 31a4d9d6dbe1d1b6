"""The offices that lead a programme: they decide on the stages that came back, and note who steps back."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from random import Random

from services.simulate.case import moment, morning
from services.simulate.client import Client, Json, Refused
from shared.kernel import calendar, clock

MOST_OFFERS = 4
"""After so many offers of one stage the head ends the journey rather than ask once more."""
STEP_BACK = 0.03
"""Share of journeys that are given up on the way. Source: assumption, for the demonstration only."""
WITHIN_WORKING_DAYS = (5, 90)
REASONS = ("Pindah ke luar daerah.", "Sudah bekerja tetap.", "Harus merawat keluarga yang sakit.")

Luck = Callable[..., Random]


def decide_on_stuck(
    head: Client, agency: str, journeys: Iterable[Json], done: Counter[str], refusals: Counter[str]
) -> None:
    """Offer each stuck stage of these journeys once more, or end one where that has been tried often enough."""
    for journey in journeys:
        path = f"/intake/v1/{agency}/journeys/{journey['id']}"
        for stage in head.get(path)["stages"]:
            if stage["standing"] != "stuck" or stage["why"] == "consent-missing":
                continue
            try:
                if stage["attempt"] < MOST_OFFERS:
                    head.post(f"{path}/reoffer", {"stage": stage["stage"]})
                    done["offered again"] += 1
                else:
                    head.post(f"{path}/end", {"reason": "Berulang kali tidak terlaksana."})
                    done["ended"] += 1
                    break
            except Refused as refused:
                refusals[refused.code] += 1


def let_step_back(
    officer: Client, agency: str, journeys: Iterable[Json], luck: Luck, done: Counter[str]
) -> Iterator[datetime]:
    """Note that some women and groups step back; gives the moments at which the next ones will."""
    for journey in journeys:
        chance = luck(journey["id"], "steps back")
        if chance.random() >= STEP_BACK:
            continue
        opened = moment(journey["opened_at"]).astimezone(clock.zone()).date()
        day = morning(calendar.add_working_days(opened, chance.randint(*WITHIN_WORKING_DAYS)))
        if day > clock.now():
            yield day
            continue
        reason = chance.choice(REASONS)
        officer.post(f"/intake/v1/{agency}/journeys/{journey['id']}/withdraw", {"reason": reason})
        journey["status"] = "ended"
        done["stepped back"] += 1
