"""The number of a journey, as people write it down and read it out: 482-109-355.

Nine digits and no letters, because digits sound alike in no language spoken here. It is read off the journey's own
identifier, which every service holds: so it stands in every list without being told, is the same everywhere, and never
changes. Intake gives a new journey only an identifier whose number nobody else has.
"""

import re
from uuid import UUID

SIZE = 9
"""Digits."""
SHORTEST = 4
"""How many last digits somebody has to say at least."""
TYPED = re.compile(r"(?:(?:nomor|number|no|nr)\b|#)?[\s.:]*([0-9][0-9\s./\u2010-\u2014-]*)")


def of(journey_id: UUID) -> str:
    """A journey's number as it is shown: 482-109-355."""
    return shown(plain(journey_id))


def plain(journey_id: UUID) -> str:
    """A journey's number without its hyphens, as `kail_journey_number` in the databases says it, too."""
    return f"{(journey_id.int & 0xFFFF_FFFF_FFFF) % 10**SIZE:0{SIZE}d}"


def shown(digits: str) -> str:
    """A number without its hyphens as it is shown; of one that is not whole, the last digits: …109-355."""
    grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", "-", digits)
    return grouped if len(digits) == SIZE else f"…{grouped}"


def read(typed: str) -> str | None:
    """The digits of a number, or the last ones of it, however somebody wrote them; None where it is no number.

    A journey's whole identifier is read as its number.
    """
    said = typed.strip().casefold()
    try:
        return plain(UUID(said))
    except ValueError:
        found = TYPED.fullmatch(said)
    digits = re.sub(r"[^0-9]", "", found[1]) if found else ""
    return digits if SHORTEST <= len(digits) <= SIZE else None
