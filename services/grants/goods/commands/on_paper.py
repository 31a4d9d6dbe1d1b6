"""Goods that were handed over on paper, before Kail: a grant that begins where its deed (BAST) left it.

Its budget's lines stayed on paper: it has one line with the sum of the deed, so that the account can reconcile.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.grants.goods.models import Grant, RabLine
from services.grants.goods.rules import DECISION, GrantState
from shared.events.intake import StageBroughtIn
from shared.kernel.ids import new_id
from shared.referrals.models import Referral
from shared.storage.arrays import among
from shared.storage.rows import insert_rows

KIND = "grants.goods-hand-over"
ITEM, UNIT = "Barang menurut BAST", "paket"


def bring_in(session: Session, handed_over: Sequence[StageBroughtIn]) -> None:
    """Open grants whose goods were handed over on paper."""
    decided = session.scalars(
        select(Referral).where(
            among(Referral.journey_id, {each.journey_id for each in handed_over}),
            Referral.kind == DECISION,
            Referral.on_paper.is_not(None),
        )
    )
    decisions = {each.journey_id: each for each in sorted(decided, key=lambda each: each.attempt)}
    grants, lines = [], []
    for each in handed_over:
        decision, amount = decisions.get(each.journey_id), int(each.facts["amount"])
        grant_id = new_id()
        grants.append(
            {
                "id": grant_id,
                "journey_id": each.journey_id,
                "programme": each.programme,
                "area": each.area,
                "office": decision.office if decision else each.office,
                "fund_id": each.settings["fund"],
                "state": GrantState.HANDED_OVER,
                "total": amount,
                "decided_on": decision.on_paper if decision else None,
                "sk_number": decision.paper if decision else None,
                "on_paper": each.done_on,
                "paper": each.paper,
            }
        )
        lines.append(
            {
                "grant_id": grant_id,
                "number": 1,
                "item": f"{ITEM} {each.paper}" if each.paper else ITEM,
                "quantity": 1,
                "unit": UNIT,
                "unit_price": amount,
                "total": amount,
                "received": 1,
                "realised": amount,
                "closed_at": session.scalar(select(func.kail_now())),
            }
        )
    insert_rows(session, Grant, grants)
    insert_rows(session, RabLine, lines)
