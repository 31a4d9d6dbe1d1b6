"""Who holds the goods of a grant after its group has split, and which splits still wait for their goods to be divided.

Nobody's holding is written down: it is what was delivered to the group of the grant, less what it gave to those that
left it, and what these were given, less what they gave on. So whatever is divided, the units of a line stay as many as
were received.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, exists, func, select, union_all
from sqlalchemy.orm import Session

from services.grants.goods.models import GoodsDivision, GoodsShare, Grant, RabLine
from services.grants.groups.models import GroupSplit
from shared.events.intake import SubjectKind
from shared.referrals.models import Referral


def held(session: Session, grant: Grant) -> dict[UUID, dict[int, int]]:
    """The units of each line, by its number, that each group holds; groups that hold nothing are left out."""
    holding = _holdings(Grant.id == grant.id)
    rows = session.execute(
        select(holding.c.group_id, RabLine.number, holding.c.units)
        .join(RabLine, RabLine.id == holding.c.line_id)
        .where(holding.c.grant_id == grant.id, holding.c.units > 0)
        .order_by(RabLine.number)
    )
    found: dict[UUID, dict[int, int]] = {}
    for group_id, number, units in rows:
        found.setdefault(group_id, {})[number] = units
    return found


def undivided(grant_ids: Collection[UUID] | None = None) -> Select[Any]:
    """Grants, and the splits of groups that hold some of their goods and have not divided them, the oldest first."""
    # Only the holdings of groups that split are asked for: hardly any did, and there are many grants.
    holding = _holdings(Referral.subject_id.in_(select(GroupSplit.group_id)))
    holders = (
        select(holding.c.grant_id, holding.c.group_id)
        .group_by(holding.c.grant_id, holding.c.group_id)
        .having(func.max(holding.c.units) > 0)
        .subquery()
    )
    divided = exists().where(GoodsDivision.grant_id == holders.c.grant_id, GoodsDivision.split_id == GroupSplit.id)
    wanted = select(holders.c.grant_id, GroupSplit).join(GroupSplit, GroupSplit.group_id == holders.c.group_id)
    if grant_ids is not None:
        wanted = wanted.where(holders.c.grant_id.in_(grant_ids))
    return wanted.where(~divided).order_by(GroupSplit.id)


def to_divide(session: Session, grant: Grant) -> GroupSplit | None:
    """The split by which the goods of this grant are to be divided next."""
    return next((row.GroupSplit for row in session.execute(undivided([grant.id]))), None)


def standing(session: Session, grant: Grant) -> dict[str, Any]:
    """As plain JSON values: what is to be divided, how it was divided before, and who holds what."""
    lines = session.scalars(select(RabLine).where(RabLine.grant_id == grant.id).order_by(RabLine.number)).all()
    split, holding = to_divide(session, grant), held(session, grant)
    divisions, names = _divisions(session, grant, {line.id: line.number for line in lines})
    if split is not None:
        names |= split.names or {}
    return {
        "to_divide": split
        and {
            "split_id": str(split.id),
            "split_on": split.split_on.isoformat(),
            "berita_acara": split.berita_acara,
            "groups": [_named(each, names) for each in split.groups],
            "lines": [
                {"number": line.number, "item": line.item, "unit": line.unit, "units": units}
                for line in lines
                if (units := holding[split.group_id].get(line.number))
            ],
        },
        "divisions": divisions,
        "holders": [
            {**_named(group_id, names), "lines": [{"number": each, "units": units} for each, units in own.items()]}
            for group_id, own in sorted(holding.items())
        ]
        if divisions
        else [],
    }


def _divisions(session: Session, grant: Grant, numbers: dict[UUID, int]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    rows = session.execute(
        select(GoodsDivision, GroupSplit)
        .join(GroupSplit, GroupSplit.id == GoodsDivision.split_id)
        .where(GoodsDivision.grant_id == grant.id)
        .order_by(GoodsDivision.id)
    ).all()
    shares: dict[UUID, dict[int, list[dict[str, Any]]]] = {division.id: {} for division, _ in rows}
    names: dict[str, str] = {}
    for _, split in rows:
        names |= split.names or {}
    given = select(GoodsShare).where(GoodsShare.division_id.in_(shares)).order_by(GoodsShare.group_id)
    for share in session.scalars(given):
        line = shares[share.division_id].setdefault(numbers[share.rab_line_id], [])
        line.append({**_named(share.group_id, names), "quantity": share.quantity})
    found = [
        {
            "split_id": str(division.split_id),
            "berita_acara": division.berita_acara,
            "divided_on": division.divided_on.isoformat(),
            "lines": [{"number": number, "shares": own} for number, own in sorted(shares[division.id].items())],
        }
        for division, _ in rows
    ]
    return found, names


def _named(group_id: UUID, names: dict[str, str]) -> dict[str, str]:
    return {"group_id": str(group_id), "name": names.get(str(group_id)) or "–"}


def _holdings(whose: Any) -> Subquery:
    own = (
        select(RabLine.grant_id, RabLine.id.label("line_id"), Referral.subject_id.label("group_id"), RabLine.received)
        .join(Grant, Grant.id == RabLine.grant_id)
        .join(Referral, Referral.journey_id == Grant.journey_id)
        .where(Referral.subject_kind == SubjectKind.GROUP, whose)
        .distinct()
    )
    moved = (
        select(GoodsDivision.grant_id, GoodsShare.rab_line_id, GoodsShare.group_id, GoodsShare.quantity)
        .join(GoodsShare, GoodsShare.division_id == GoodsDivision.id)
        .where(GoodsShare.group_id != GoodsDivision.group_id)
    )
    given = moved.with_only_columns(
        GoodsDivision.grant_id, GoodsShare.rab_line_id, GoodsDivision.group_id, -GoodsShare.quantity
    )
    every = union_all(own, moved, given).subquery()
    grant_id, line_id, group_id, units = every.c
    return (
        select(
            grant_id.label("grant_id"),
            line_id.label("line_id"),
            group_id.label("group_id"),
            func.sum(units).label("units"),
        )
        .group_by(grant_id, line_id, group_id)
        .subquery()
    )
