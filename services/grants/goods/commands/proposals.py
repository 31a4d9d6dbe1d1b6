"""A grant begins: a proposal is opened for a journey, its RAB is written, submitted, perhaps mended and sent again.

A proposal sets no money aside. More is proposed than a fund can bear, and that is what the reserve list is for; money
is reserved when a decision is prepared and committed when it is signed (see `decisions`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.grants.goods import rules
from services.grants.goods.models import Grant, RabLine
from services.grants.goods.rules import GrantState, ProposalOutcome
from shared.identity.officer import Officer
from shared.kernel.errors import NotFound
from shared.referrals.models import Referral
from shared.storage.arrays import among
from shared.storage.rows import insert_rows, insertion, names_in, parameter

MENDABLE = (GrantState.DRAFTED, GrantState.PROPOSED, GrantState.RESERVE_LISTED, GrantState.WITHDRAWN)


def open_grants(session: Session, referrals: Iterable[Referral]) -> None:
    """Open a grant for each journey that is asked to propose; one that comes back to be mended is written on."""
    rows = [
        {
            "journey_id": each.journey_id,
            "programme": each.programme,
            "area": each.area,
            "office": each.office,
            "fund_id": each.settings["fund"],
            "ceiling": each.settings.get("ceiling"),
            "state": GrantState.DRAFTED,
        }
        for each in referrals
    ]
    if rows:
        told = parameter(Grant, rows)
        opening = insertion(Grant, names_in(told))
        asked = {name: opening.excluded[name] for name in ("office", "fund_id", "ceiling", "state")}
        session.execute(
            opening.on_conflict_do_update(index_elements=["journey_id"], set_=asked, where=Grant.state.in_(MENDABLE)),
            told,
        )


def record_proposals(session: Session, officer: Officer, budgets: Mapping[UUID, Sequence[Mapping[str, Any]]]) -> None:
    """Write the RAB of each journey as it is now, in place of what was written before; raises RabAboveCeiling."""
    grants = locked_grants(session, budgets)
    for journey_id, lines in budgets.items():
        grant = grants[journey_id]
        rules.expect(grant.state, GrantState.DRAFTED)
        grant.total = rules.total_of(((line["quantity"], line["unit_price"]) for line in lines), grant.ceiling)
        grant.recorded_by = officer.id
    session.execute(
        delete(RabLine)
        .where(among(RabLine.grant_id, [each.id for each in grants.values()]))
        .execution_options(synchronize_session=False)
    )
    insert_rows(
        session,
        RabLine,
        [
            {
                "grant_id": grants[journey_id].id,
                "number": number,
                "item": line["item"],
                "quantity": line["quantity"],
                "unit": line["unit"],
                "unit_price": line["unit_price"],
                "total": line["quantity"] * line["unit_price"],
            }
            for journey_id, lines in budgets.items()
            for number, line in enumerate(lines, start=1)
        ],
    )


def submit_proposals(session: Session, officer: Officer, outcomes: Mapping[UUID, ProposalOutcome]) -> dict[UUID, Grant]:
    """Submit the proposals of these journeys, or note that they were withdrawn; raises EmptyRab."""
    grants = locked_grants(session, outcomes)
    for journey_id, outcome in outcomes.items():
        grant = grants[journey_id]
        rules.expect(grant.state, GrantState.DRAFTED)
        if outcome is ProposalOutcome.WITHDRAWN:
            grant.state = GrantState.WITHDRAWN
            continue
        if not grant.total:
            raise rules.EmptyRab
        grant.state, grant.submitted_by = GrantState.PROPOSED, officer.id
    return grants


def locked_grants(session: Session, journey_ids: Collection[UUID], *, missing_ok: bool = False) -> dict[UUID, Grant]:
    """The grants of these journeys, locked in one order; raises NotFound when one has none."""
    wanted = select(Grant).where(among(Grant.journey_id, journey_ids)).order_by(Grant.id).with_for_update()
    found = session.scalars(wanted, execution_options={"populate_existing": True})
    grants = {grant.journey_id: grant for grant in found}
    if not missing_ok and len(grants) < len(set(journey_ids)):
        raise NotFound(what="grant")
    return grants
