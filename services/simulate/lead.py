"""The leading office's head: decides on the stages that came back."""

from collections import Counter

from services.simulate.client import Client, Refused

MOST_OFFERS = 4
"""After so many offers of one stage the head ends the journey rather than ask once more."""


def decide_on_stuck(head: Client, done: Counter[str], refusals: Counter[str]) -> None:
    """Offer each stuck stage once more, or end the journey when that has been tried often enough."""
    for journey in list(head.every("/intake/v1/dinsos/journeys", state="stuck")):
        path = f"/intake/v1/dinsos/journeys/{journey['id']}"
        for stage in head.get(path)["stages"]:
            if stage["standing"] != "stuck":
                continue
            try:
                if stage["attempt"] < MOST_OFFERS:
                    head.post(f"{path}/reoffer", {"stage": stage["stage"]})
                    done["offered again"] += 1
                else:
                    head.post(f"{path}/end", {"reason": "Berulang kali tidak terlaksana."})
                    done["ended"] += 1
            except Refused as refused:
                refusals[refused.code] += 1
