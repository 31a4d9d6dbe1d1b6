"""What intake believes about rights over one's own data: which offices serve them, and how she shows who she is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.intake.registry.rules import require_unmerged
from shared.identity import offices
from shared.kernel.errors import Conflict, Forbidden


class Identified(StrEnum):
    """How somebody who asks about her data has shown who she is."""

    ID_CARD = "id-card"  # KTP
    FAMILY_CARD = "family-card"  # KK
    OTHER_DOCUMENT = "other-document"  # a letter of the kelurahan, for instance
    KNOWN = "known"  # to the officer in person; the note says from where
    PROXY = "proxy"  # somebody else came with her written authority


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of something wait for an officer, and how many of these are past their date."""

    number: int
    overdue: int = 0


class NotRegistering(Forbidden):
    """The office that registers persons answers this; send her there."""

    indonesian = "Ini dijawab oleh dinas yang mendaftarkan orang; arahkan ia ke sana."


class NotHerself(Conflict):
    """This person has died; nobody can ask for her."""

    indonesian = "Orang ini sudah meninggal; tidak ada yang dapat meminta atas namanya."


def require_registering(office: str) -> None:
    """Hold an officer to an office that registers: what intake holds of persons is its own; raises NotRegistering."""
    if not offices.registers(office):
        raise NotRegistering


def require_herself(merged_into: UUID | None, died_on: date | None) -> None:
    """Refuse a record on which nobody can ask; raises RecordMerged with the one that lives, NotHerself."""
    require_unmerged(merged_into)
    if died_on is not None:
        raise NotHerself
