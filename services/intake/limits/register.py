"""Every limit of the law that runs in Kail: how long it is, where it stands, and who still owes what it asks for.

They never move: not for an outage, not for a holiday that a city adds. The time limits of a programme's stages are the
programme's own and stand in its file. What merely ends by itself (a session, leave, a look through the broken glass)
is no limit that anybody can miss.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from services.intake.breaches import queries as breaches
from services.intake.consents.rules import WITHIN
from services.intake.corrections import queries as corrections
from services.intake.disclosures import queries as disclosures
from services.intake.groups import queries as groups
from services.intake.groups.commands import MEND_SOURCE, MEND_WITHIN
from services.intake.protection.terms import terms as protection
from services.intake.rights.terms import Term, terms
from services.intake.sharing import queries as sharing
from shared.outages.rules import Owed
from shared.programmes.definition import Text

AN_HOUR = timedelta(hours=1)


class Unit(StrEnum):
    """In what a limit is counted."""

    HOURS = "hours"  # of the clock: nights, weekends and holidays count
    WORKING_DAYS = "working-days"


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """A limit of the law; `owed` asks what is past it at a moment, and is None where only a number may be told."""

    id: str
    title: Text
    count: int
    unit: Unit
    source: str
    verified: bool
    owed: Callable[[Session, datetime], Iterable[Owed]] | None
    is_everywhere: bool = False
    """Whether every service has a part in keeping it; else intake alone has."""


def legal_limits() -> tuple[LegalLimit, ...]:
    """All of them, as this deployment has them."""
    rights, compartment = terms(), protection()
    return (
        _of_the_clock(
            "disclosure",
            Text("Menjawab permintaan melihat data", "Answering who asks to see her data"),
            rights.disclosure,
            disclosures.owed,
        ),
        _of_the_clock(
            "correction",
            Text("Menjawab permintaan perbaikan", "Answering who asks for a correction"),
            rights.correction,
            corrections.owed,
        ),
        _of_the_clock(
            "breach-notice",
            Text("Memberi tahu kegagalan pelindungan", "Telling of a failure of protection"),
            rights.breach_notice,
            breaches.owed,
        ),
        LegalLimit(
            "withdrawal",
            Text("Memberlakukan penarikan persetujuan", "Letting a withdrawn consent take effect"),
            WITHIN // AN_HOUR,
            Unit.HOURS,
            "UU 27/2022: consent that is taken back takes effect within 3 x 24 hours",
            False,
            sharing.owed,
            is_everywhere=True,
        ),
        LegalLimit(
            "group-mending",
            Text("Melengkapi kelompok di bawah jumlah minimum", "Mending a group below its minimum"),
            MEND_WITHIN.count,
            Unit.WORKING_DAYS,
            MEND_SOURCE,
            False,
            groups.owed,
        ),
        LegalLimit(
            "follow-up",
            Text("Menindaklanjuti pengaduan (ruang rahasia)", "Following up a complaint (compartment)"),
            compartment.follow_up.count,
            Unit.WORKING_DAYS,
            compartment.follow_up.source,
            compartment.follow_up.verified,
            None,
        ),
        LegalLimit(
            "police-report",
            Text("Melapor kepada kepolisian (ruang rahasia)", "Reporting to the police (compartment)"),
            compartment.police_report.count,
            Unit.HOURS,
            compartment.police_report.source,
            compartment.police_report.verified,
            None,
        ),
    )


def _of_the_clock(
    name: str, title: Text, term: Term, owed: Callable[[Session, datetime], Iterable[Owed]]
) -> LegalLimit:
    return LegalLimit(name, title, term.hours, Unit.HOURS, term.source, term.verified, owed)
