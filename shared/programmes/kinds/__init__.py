"""The catalogue of stage kinds: what a programme may ask of a service, and what it will be told.

One kind of work no programme asks for, and every journey may need: the leading office's decision on a stage that came
back. It is offered, taken on and reported like any other.

Like the events, this is a contract between services: a kind's settings, its possible outcomes and the facts that it
reports stand here, and the checker, the engine and the service that offers the kind all read them.
"""

from collections.abc import Mapping

from shared.programmes.definition import Text
from shared.programmes.kinds import grants, intake, monitoring, training
from shared.programmes.kinds.kind import (
    BECAUSE,
    Fact,
    OnPaper,
    Reach,
    Settings,
    StageKind,
    UnknownKind,
    WrongReport,
    described,
)

__all__ = [
    "BECAUSE", "CATALOGUE", "DECISION", "Fact", "OnPaper", "Reach", "Settings", "StageKind", "UnknownKind",
    "WrongReport", "described", "kind", "of_service",
]  # fmt: skip

CATALOGUE: Mapping[str, StageKind] = {
    each.name: each for each in (*intake.KINDS, *grants.KINDS, *training.KINDS, *monitoring.KINDS)
}

DECISION = StageKind(
    "intake.decision",
    Text("Keputusan kantor pemimpin", "Decision of the leading office"),
    ("offered-again", "consent-answered", "sent-back", "ended"),
    adverse=("ended",),
)


def kind(name: str) -> StageKind:
    """The stage kind of this name; raises UnknownKind."""
    try:
        return CATALOGUE[name] if name != DECISION.name else DECISION
    except KeyError:
        raise UnknownKind(kind=name) from None


def of_service(service: str) -> tuple[StageKind, ...]:
    """The stage kinds that one service offers."""
    return tuple(each for each in CATALOGUE.values() if each.service == service)
