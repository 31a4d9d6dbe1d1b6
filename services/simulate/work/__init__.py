"""What officers do for each kind of stage: one module for each service, one function for each kind.

A function does the next piece of work on a case and gives the moment at which to go on, or None when the stage is done.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.simulate.case import Case
from services.simulate.work import (
    assessments,
    cooperatives,
    grants,
    intake,
    markets,
    meetings,
    mentoring,
    monitoring,
    placement,
    products,
    protection,
    recruitment,
    training,
    zakat,
)

Act = Callable[[Case], datetime | None]

ACTS: Mapping[str, Act] = {
    **intake.ACTS,
    **assessments.ACTS,
    **recruitment.ACTS,
    **protection.ACTS,
    **grants.ACTS,
    **zakat.ACTS,
    **cooperatives.ACTS,
    **training.ACTS,
    **mentoring.ACTS,
    **markets.ACTS,
    **placement.ACTS,
    **products.ACTS,
    **monitoring.ACTS,
    **meetings.ACTS,
}
