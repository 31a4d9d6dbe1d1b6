"""An office's day: its officers go through the worklists of the four services and do what is due.

Who forgets, who declines and who gives back is drawn once for each offer; a second offer of a stage is treated well,
so that journeys do not circle.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from random import Random
from uuid import UUID

from services.simulate.case import Case, moment, morning
from services.simulate.chance import Chance
from services.simulate.client import Client, Json, Refused
from services.simulate.work import ACTS
from shared.identity import offices
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.identity.rules import Role
from shared.kernel import calendar, clock
from shared.kernel.settings import SERVICES
from shared.programmes import library
from shared.programmes.kinds import DECISION, kind
from shared.web import access

PATIENCE = 10
"""How often an officer tries what is refused before she gives the referral back."""
NEVER = datetime.max.replace(tzinfo=clock.zone())


class Manner(StrEnum):
    """How an officer treats an offer."""

    PROMPT = "prompt"  # takes it on within days
    LATE = "late"  # takes it on only when reminded
    FORGETS = "forgets"  # never answers: it goes back as unanswered
    DECLINES = "declines"  # says no, with a reason
    RETURNS = "returns"  # takes it on and gives it back


MANNERS = {
    Manner.PROMPT: 0.885,
    Manner.LATE: 0.06,
    Manner.FORGETS: 0.015,
    Manner.DECLINES: 0.025,
    Manner.RETURNS: 0.015,
}
NOES = (
    ("no-places", "Jadwal bulan ini penuh.", "offer-again-later"),
    ("incomplete-file", "Nomor telepon penerima tidak aktif; mohon dilengkapi.", "mend-and-return"),
    ("not-reached", "Tiga kali dikunjungi, penerima tidak di tempat.", "offer-again-later"),
)


@cache
def services_of(agency: str) -> tuple[str, ...]:
    """The services at which an agency has a worklist, by the stages that the programmes give it."""
    stages = [stage for programme in library.published().values() for stage in programme.stages.values()]
    found = {kind(stage.does).service for stage in stages if stage.agency == agency}
    return tuple(service for service in SERVICES if service in found)


@dataclass
class Desk:
    """One office, whom it can ask, and what it has in mind for each referral."""

    office: str
    agency: str
    everybody: list[Client]
    chance: Chance
    number_of: Callable[[str], int]
    refusals: Counter[str]
    done: Counter[str]
    wakes: dict[str, datetime] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    """How often an act on each referral was refused."""

    def colleague(self, role: str, office: str | None = None) -> Client:
        """Somebody of this office, or of another that she calls, who holds a role."""
        return next(each for each in self.everybody if each.office == (office or self.office) and role in each.roles)

    def may(self, permission: Permission) -> bool:
        """Whether an officer of this office holds a permission."""
        region = offices.office(self.office).region
        somebody = Officer(
            id=UUID(int=0),
            name="",
            office=self.office,
            agency=self.agency,
            roles=frozenset({Role.OFFICER}),
            areas=(region,),
        )
        return access.holds(somebody, permission)

    def work_a_day(self) -> Iterator[datetime]:
        """Do all that is due today; gives the moments at which something will be due next."""
        for service in services_of(self.agency):
            for row in list(self.colleague("officer").every(f"/{service}/v1/{self.agency}/referrals")):
                if row["kind"] != DECISION.name:  # a head decides, on the journey itself: `lead`
                    yield from self._treat(service, row)

    def _treat(self, service: str, row: Json) -> Iterator[datetime]:
        now = clock.now()
        wake = self.wakes.get(f"{row['id']}:{row['state']}") or self._first_look(row)
        path = f"/{service}/v1/{self.agency}/referrals/{row['id']}"
        if wake <= now:
            try:
                wake = self._act(path, row)
            except Refused as refused:
                self.refusals[refused.code] += 1
                wake = self._try_again(path, row)
        self.wakes[f"{row['id']}:{row['state']}"] = wake
        due = (moment(row[name]) for name in ("remind_at", "due_at", "expires_at") if row[name])
        yield from (each for each in (wake, *due) if each > now)

    def _act(self, path: str, row: Json) -> datetime:
        officer = self.colleague("officer")
        manner = self._manner(row)
        if row["state"] in ("offered", "opened"):
            if manner is Manner.DECLINES:
                self._say_no(officer, f"{path}/decline", row)
                return NEVER
            officer.post(f"{path}/accept")
            self.done["accepted"] += 1
            return clock.now()
        if manner is Manner.RETURNS:
            self._say_no(officer, f"{path}/return", row)
            return NEVER
        case = Case(row, self.number_of(row["journey_id"]), path, self.colleague, self.chance.of, self.done)
        wake = ACTS[row["kind"]](case)
        if wake is None:
            self.done["completed"] += 1
        return wake or NEVER

    def _try_again(self, path: str, row: Json) -> datetime:
        """Tomorrow; not for ever, so that no journey stands still because of what its office cannot do."""
        self.refused[row["id"]] += 1
        if row["state"] != "accepted" or self.refused[row["id"]] < PATIENCE:
            return clock.now() + timedelta(days=1)
        self._say_no(self.colleague("officer"), f"{path}/return", row)
        return NEVER

    def _say_no(self, officer: Client, path: str, row: Json) -> None:
        reason, explanation, suggestion = self._luck(row, "no").choice(NOES)
        officer.post(path, {"reason": reason, "explanation": explanation, "suggestion": suggestion})
        self.done["declined" if path.endswith("decline") else "returned"] += 1

    def _first_look(self, row: Json) -> datetime:
        """When the office turns to a referral that it has not dealt with in this state."""
        luck = self._luck(row, row["state"])
        manner = self._manner(row)
        if row["state"] == "accepted":
            return self._later(row["accepted_at"], luck.randint(1, 6))
        if manner is Manner.FORGETS:
            return NEVER
        if manner is Manner.LATE:
            return self._later(row["remind_at"], 1)
        return self._later(row["offered_at"], luck.randint(0, 3))

    @staticmethod
    def _later(since: str, days: int) -> datetime:
        day = moment(since).astimezone(clock.zone()).date()
        return morning(calendar.add_working_days(day, days)) if days else moment(since)

    def _manner(self, row: Json) -> Manner:
        if row["attempt"] > 1:
            return Manner.PROMPT
        return self._luck(row, "manner").choices(list(MANNERS), list(MANNERS.values()))[0]

    def _luck(self, row: Json, what: str) -> Random:
        return self.chance.of(self.number_of(row["journey_id"]), row["stage"], row["attempt"], what)
