"""A group has split: its goods are divided line by line, by berita acara, and as many units are there as before."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.grants.goods import holdings, rules
from services.grants.goods.models import GoodsDivision, GoodsShare, Grant, RabLine
from services.grants.groups.models import GroupSplit
from shared.bus import announce
from shared.events.grants import DividedLine, GoodsDivided, ShareOfGoods
from shared.identity.officer import Officer
from shared.kernel import clock


def divide_goods(
    session: Session,
    officer: Officer,
    grant: Grant,
    *,
    split_id: UUID,
    berita_acara: str,
    divided_on: date,
    lines: Sequence[Mapping[str, Any]],
) -> GoodsDivision:
    """Write down who holds what of a locked grant's goods from now on; raises NothingToDivide, SharesDoNotAddUp."""
    rules.dated(divided_on, clock.today(), "divided_on")
    waiting = {row.GroupSplit.id: row.GroupSplit for row in session.execute(holdings.undivided([grant.id]))}
    split = waiting.get(split_id)
    if split is None:
        raise rules.NothingToDivide
    own = holdings.held(session, grant)[split.group_id]
    told = [(each["number"], _shares(each)) for each in lines]
    shares = rules.divide(own, told, split.groups)
    division = GoodsDivision(
        grant_id=grant.id,
        split_id=split.id,
        group_id=split.group_id,
        berita_acara=berita_acara,
        divided_on=divided_on,
        recorded_by=officer.id,
    )
    session.add(division)
    session.flush()
    _write(session, grant, division, shares)
    announce(session, _news(grant, split, own, shares, divided_on))
    return division


def _shares(line: Mapping[str, Any]) -> dict[UUID, int]:
    """What a line says; a group named twice is no share, and so the line is refused."""
    shares = {each["group_id"]: each["quantity"] for each in line["shares"]}
    return shares if len(shares) == len(line["shares"]) else {}


def _write(session: Session, grant: Grant, division: GoodsDivision, shares: Mapping[int, Mapping[UUID, int]]) -> None:
    known = select(RabLine.number, RabLine.id).where(RabLine.grant_id == grant.id)
    lines = {row.number: row.id for row in session.execute(known)}
    session.execute(
        insert(GoodsShare),
        [
            {"division_id": division.id, "rab_line_id": lines[line], "group_id": group_id, "quantity": quantity}
            for line, own in shares.items()
            for group_id, quantity in own.items()
        ],
    )


def _news(
    grant: Grant,
    split: GroupSplit,
    own: Mapping[int, int],
    shares: Mapping[int, Mapping[UUID, int]],
    divided_on: date,
) -> GoodsDivided:
    return GoodsDivided(
        journey_id=grant.journey_id,
        grant_id=grant.id,
        split_id=split.id,
        group_id=split.group_id,
        divided_on=divided_on,
        lines=[
            DividedLine(
                number=line,
                units=own[line],
                shares=[ShareOfGoods(group_id=each, units=units) for each, units in sorted(parts.items())],
            )
            for line, parts in sorted(shares.items())
        ],
    )
