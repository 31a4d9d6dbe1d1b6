"""The later intakes of a demonstration: smaller ones that are still on their way when the officers go home.

What they leave open lies in the worklists, for whoever wants to try an agency's work by hand. Which of them have begun
is noted in the home, so that a second start goes on where the first one stopped and works nobody's journey to its end
who was left to be tried.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from services.simulate.begin import BEGINNINGS, Beginning
from services.simulate.case import moment
from shared.kernel import clock

DAYS = (150, 60, 25, 8, 2)
"""How long the officers work on after each of them; the last days are the fewest, so that every stage of a programme
is on somebody's desk at the end, whether it comes early or late."""


@dataclass(frozen=True)
class Intake:
    """One of them: the how-manieth, how the programmes begin, and until when the officers then work."""

    number: int
    beginnings: tuple[Beginning, ...]
    until: datetime
    is_new: bool


@dataclass(frozen=True)
class Intakes:
    """The note of which have begun, in a file."""

    note: Path

    @property
    def any_begun(self) -> bool:
        """Whether the people of the articles have reached their ends, and others have set out since."""
        return self.note.exists()

    def ahead(self) -> Iterator[Intake]:
        """Those not worked on to their last day yet, one after the other."""
        ends = self._ends()
        for number, days in enumerate(DAYS, start=1):
            is_new = number > len(ends)
            until = clock.now() + timedelta(days=days) if is_new else ends[number - 1]
            if until > clock.now():
                yield Intake(number, tuple(_later(each, number) for each in BEGINNINGS), until, is_new)

    def begun(self, intake: Intake) -> None:
        """Note that one has set out."""
        self.note.write_text(json.dumps([each.isoformat() for each in (*self._ends(), intake.until)]))

    def _ends(self) -> list[datetime]:
        return [moment(each) for each in json.loads(self.note.read_text())] if self.any_begun else []


def _later(beginning: Beginning, number: int) -> Beginning:
    """How a programme begins for a later intake: its groups are numbered on, and nobody is in two programmes."""
    return replace(beginning, first=beginning.usual + 1 + (number - 1) * beginning.later, doubled="")
