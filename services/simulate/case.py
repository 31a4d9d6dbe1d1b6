"""A referral on an officer's desk: what she sees of it, and what she and her colleagues can do with it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from random import Random
from typing import Any

from services.simulate.client import Client, Json, Refused
from shared.kernel import calendar, clock

ASKED_WHY = "reason-missing"
WHY = (
    "Belum lengkap; sudah dijelaskan kepada yang bersangkutan.",
    "Belum memenuhi yang diminta pada tahap ini.",
    "Belum dapat dilaksanakan; dicoba lagi setelah kendalanya teratasi.",
)


@dataclass(frozen=True)
class Case:
    """One accepted referral, the colleagues by role, and the luck of its journey."""

    row: Json
    number: int
    """The how-manieth journey of the simulation it belongs to."""
    path: str
    colleague: Callable[..., Client]
    draw: Callable[..., Random]
    done: Counter[str] = field(default_factory=Counter)
    """What the report counts."""

    @property
    def kind(self) -> str:
        """The stage's kind."""
        return str(self.row["kind"])

    @property
    def agency(self) -> str:
        """The role of the office at whose desk it lies, which its addresses name."""
        return str(self.row["agency"])

    @property
    def attempt(self) -> int:
        """How often the stage has been offered."""
        return int(self.row["attempt"])

    @cached_property
    def seen(self) -> Json:
        """The referral with its particulars, settings and work, as an officer opens it."""
        return self.colleague("officer").get(self.path)

    @property
    def work(self) -> Json:
        """The work so far."""
        found: Json = self.seen["work"]
        return found

    def chance(self, what: str) -> Random:
        """The luck of this journey in one matter of this stage and attempt."""
        return self.draw(self.number, self.row["stage"], self.attempt, what)

    def save(self, work: Json, *, by: str = "officer") -> None:
        """Save how far the work has come."""
        self.colleague(by).put(f"{self.path}/work", work)

    def complete(self, done: Json, *, by: str = "officer") -> None:
        """Close the stage; where the result goes against her, say why once asked."""
        try:
            self.colleague(by).post(f"{self.path}/complete", done)
        except Refused as asked:
            if asked.code != ASKED_WHY:
                raise
            self.colleague(by).post(f"{self.path}/complete", {**done, "because": self.chance("why").choice(WHY)})

    @property
    def today(self) -> date:
        """The domain's day."""
        return clock.today()


def working_days_later(days: int) -> datetime:
    """The morning of a working day so many working days ahead."""
    return morning(calendar.add_working_days(clock.today(), days))


def morning(day: date) -> datetime:
    """Eight o'clock of a day in the deployment's zone."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=clock.zone())


def moment(text: Any) -> datetime:
    """A moment as the services write it."""
    return datetime.fromisoformat(text)
