"""What entitlements hear: who is behind an offer, once more after a loss, and that a journey is over."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from services.grants.entitlements import commands
from services.grants.entitlements.models import AidBeneficiary, AidCase
from shared.bus import Heard, batch
from shared.bus.subscribers import Hearing
from shared.events.envelope import Event
from shared.events.intake import ConsentWithdrawn, JourneyEnded, JourneyOutcome, ParticularsShared, StageOffered
from shared.referrals import handlers as worklist
from shared.referrals.models import Referral
from shared.referrals.rules import OPEN
from shared.referrals.work import StageWork, Works, by_kind
from shared.storage.arrays import among
from shared.storage.rows import insert_rows

PREMATURE = frozenset({JourneyOutcome.REFUSED, JourneyOutcome.WITHDRAWN, JourneyOutcome.STOPPED})


def subscriber_hears(works: Iterable[StageWork]) -> Mapping[type[Event], Hearing]:
    """The part of grants' table of handlers that keeps its worklist, and who is behind each referral on it."""
    known = by_kind(works)
    return {
        **worklist.subscriber_hears(known.values()),
        StageOffered: batch(partial(hear_stages_offered, works=known), concerned_only=True),
        ParticularsShared: batch(hear_particulars_shared),
        ConsentWithdrawn: batch(partial(hear_consents_withdrawn, works=known)),
    }


def hear_stages_offered(session: Session, heard: Sequence[Heard[StageOffered]], *, works: Works) -> None:
    """Open the worklist's rows, and keep who is behind those that give aid."""
    worklist.hear_stages_offered(session, heard, works=works)
    _keep(session, [each for each in heard if each.event.does in works])


def hear_particulars_shared(session: Session, heard: Sequence[Heard[ParticularsShared]]) -> None:
    """Put back the shared fields of referrals that had lost them, and who is behind those."""
    worklist.hear_particulars_shared(session, heard)
    _keep(session, heard)


def hear_consents_withdrawn(session: Session, heard: Sequence[Heard[ConsentWithdrawn]], *, works: Works) -> None:
    """Forget what was shared of her, and who is behind those stages; a share of aid given is a finance record."""
    worklist.hear_consents_withdrawn(session, heard, works=works)
    taken = [each.event for each in heard]
    about = {(event.journey_id, event.agency, shared.stage) for event in taken for shared in event.referrals}
    theirs = tuple_(Referral.journey_id, Referral.agency, Referral.stage).in_(about)
    session.execute(delete(AidBeneficiary).where(AidBeneficiary.referral_id.in_(select(Referral.id).where(theirs))))


def hear_journeys_ended(session: Session, heard: Sequence[Heard[JourneyEnded]]) -> None:
    """Forget who was behind a journey that is over; one that ended too early lets go of what it had not received."""
    ended = [each.event.journey_id for each in heard]
    premature = [each.event.journey_id for each in heard if each.event.outcome in PREMATURE]
    commands.let_go(session, premature)
    over = select(AidCase.referral_id).where(AidCase.journey_id.in_(ended))
    session.execute(delete(AidBeneficiary).where(AidBeneficiary.referral_id.in_(over)))


def _keep(session: Session, heard: Sequence[Heard[StageOffered]] | Sequence[Heard[ParticularsShared]]) -> None:
    told: dict[Any, dict[str, Any]] = {
        each.event.referral_id: each.sealed["aid"] for each in heard if each.sealed and "aid" in each.sealed
    }
    if not told:
        return
    open_here = session.execute(
        select(Referral.id, Referral.journey_id, Referral.kind, Referral.programme, Referral.agency, Referral.office)
        .where(among(Referral.id, told), Referral.state.in_(OPEN))
        .order_by(Referral.id)
    ).all()
    cases = [
        {
            "referral_id": row.id,
            **{name: getattr(row, name) for name in ("journey_id", "kind", "programme", "agency", "office")},
            **{name: told[row.id][name] for name in ("budget_year", "compatibility")},
        }
        for row in open_here
    ]
    people = [
        {
            "referral_id": row.id,
            "person_id": one["person"],
            "household_id": one["household"],
            **{name: one[name] for name in ("aid", "household_aid")},
        }
        for row in open_here
        for one in told[row.id]["beneficiaries"]
    ]
    for table, rows in ((AidCase, cases), (AidBeneficiary, people)):
        insert_rows(session, table, rows, unless_known=True)
