"""The offices that lead a programme ask whether an agency may be told; a few say no, and a few take it back later."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from random import Random

from services.simulate.case import moment, morning
from services.simulate.client import Client, Json
from shared.kernel import calendar, clock

REFUSES = 0.01
"""Share of persons who say no to an agency. Source: assumption, for the demonstration only."""
TAKES_BACK = 0.04
"""Share of journeys in which somebody takes a consent back. Source: assumption, for the demonstration only."""
WITHIN_WORKING_DAYS = (10, 80)

Luck = Callable[..., Random]


def ask_for_consent(officer: Client, agency: str, journeys: Iterable[Json], luck: Luck, done: Counter[str]) -> None:
    """Ask everybody whose answer one of these stuck journeys waits for, and note what they say."""
    for journey in journeys:
        missing: dict[tuple[str, str, str], list[str]] = {}
        for line in _lines(officer, agency, journey):
            if line["said"] is None:
                says_no = luck(journey["id"], "consent", line["recipient"], line["person_id"]).random() < REFUSES
                matter = line["programme"], line["recipient"], "refused" if says_no else "given"
                missing.setdefault(matter, []).append(line["person_id"])
        for (programme, recipient, answer), people in sorted(missing.items()):
            told = {"programme": programme, "recipient": recipient, "answer": answer, "person_ids": people}
            officer.post(f"/intake/v1/{agency}/consents", {**told, **_today()})
            done["consents" if answer == "given" else "consents refused"] += len(people)


def take_consent_back(
    officer: Client, agency: str, journeys: Iterable[Json], luck: Luck, done: Counter[str]
) -> Iterator[datetime]:
    """Note that somebody takes a consent back; gives the moments at which the next ones will."""
    for journey in journeys:
        chance = luck(journey["id"], "takes consent back")
        if chance.random() >= TAKES_BACK:
            continue
        opened = moment(journey["opened_at"]).astimezone(clock.zone()).date()
        day = morning(calendar.add_working_days(opened, chance.randint(*WITHIN_WORKING_DAYS)))
        lines = _lines(officer, agency, journey)
        given = [each for each in lines if each["said"] == "given"]
        if not lines or any(each["said"] == "withdrawn" for each in lines):
            continue
        if day > clock.now():
            yield day
        elif given:
            line = chance.choice(given)
            matter = {name: line[name] for name in ("programme", "recipient", "person_id")}
            officer.post(f"/intake/v1/{agency}/consents/withdraw", {**matter, **_today()})
            done["consents taken back"] += 1


def _lines(officer: Client, agency: str, journey: Json) -> list[Json]:
    found: list[Json] = officer.get(f"/intake/v1/{agency}/consents", journey_id=journey["id"])["items"]
    return found


def _today() -> Json:
    return {"how": "paper", "answered_on": clock.today().isoformat()}
