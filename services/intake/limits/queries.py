"""Which limits of the law passed while Kail stood still, and are still owed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.intake.limits.register import LegalLimit, legal_limits
from services.intake.protection import queries as protection
from shared.kernel import calendar, clock
from shared.outages import queries as outages
from shared.outages.rules import Gap, Owed, gap_of
from shared.privacy.cells import FEWEST_SHOWN, suppressed
from shared.storage.clock import now_of

Gaps = Mapping[str, Sequence[Gap]]
"""The times in which no bell of a service rang, by service."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Something owed by law whose date passed while a service stood still."""

    limit: LegalLimit
    owed: Owed
    service: str
    gap: Gap

    def __str__(self) -> str:
        """What the audit says of it: an identifier and an office, nobody's name."""
        return (
            f"{self.limit.title.en} ({self.limit.count} {self.limit.unit.value.replace('-', ' ')}): {self.owed.what} "
            f"was due from {self.owed.office} by {self.owed.due_at.isoformat(timespec='minutes')}, passed while "
            f"{self.service} stood still ({self.gap}), and is still owed"
        )


def missed(session: Session, gaps: Gaps) -> Iterator[Missed]:
    """All that is still owed by law and whose date passed in one of these times."""
    now = now_of(session)
    for limit in legal_limits():
        services = tuple(gaps) if limit.is_everywhere else ("intake",)
        for owed in limit.owed(session, now) if limit.owed else ():
            for service in services:
                if (gap := gap_of(owed.due_at, gaps.get(service, ()))) is not None:
                    yield Missed(limit, owed, service, gap)
                    break


def missed_in_compartment(session: Session, gaps: Gaps) -> str | None:
    """How many dates of the protection compartment passed in these times: a number alone, and no small one."""
    days = protection.passed(session, now_of(session).astimezone(clock.zone()).date())
    number = sum(count for day, count in days.items() if gap_of(calendar.end_of_day(day), gaps.get("intake", ())))
    if not number:
        return None
    return f"fewer than {FEWEST_SHOWN}" if suppressed(number) else str(number)


def audit(session: Session, gaps: Gaps) -> Iterator[str]:
    """The limits of the law that passed while Kail stood still, in words."""
    yield from map(str, missed(session, gaps))
    number = missed_in_compartment(session, gaps)
    if number is not None:
        yield f"{number} dates of the protection compartment passed while intake stood still; its counsellors see which"


@dataclass(frozen=True, slots=True)
class Line:
    """A limit of the law with how much is past it, and how much of that passed while intake stood still.

    Of the compartment neither is told.
    """

    limit: LegalLimit
    overdue: int | None
    missed: int | None


def lines(session: Session) -> list[Line]:
    """The register, with what is owed at the moment."""
    now, gaps = now_of(session), outages.gaps(session)
    found = []
    for limit in legal_limits():
        late = None if limit.owed is None else list(limit.owed(session, now))
        in_gaps = None if late is None else sum(gap_of(each.due_at, gaps) is not None for each in late)
        found.append(Line(limit, None if late is None else len(late), in_gaps))
    return found
