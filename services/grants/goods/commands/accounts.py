"""The accountability report: what was spent on each line, with the receipts that show it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.grants.funds import queries as money
from services.grants.goods import rules
from services.grants.goods.commands.orders import lines_of
from services.grants.goods.commands.proposals import locked_grants
from services.grants.goods.models import AccountReport, Grant, RabLine
from services.grants.goods.rules import AccountOutcome, GrantState
from shared.identity.officer import Officer


def record_report(session: Session, officer: Officer, journey_id: UUID, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write the report as it is now, in place of what was written before."""
    (grant,) = locked_grants(session, [journey_id]).values()
    rules.expect(grant.state, GrantState.HANDED_OVER)
    known = {each.number for each in lines_of(session, grant)}
    for each in lines:
        if each["number"] not in known:
            raise rules.NoSuchLine(number=each["number"])
    report = {"lines": [dict(each) for each in lines], "recorded_by": officer.id, "recorded_at": func.kail_now()}
    session.execute(
        insert(AccountReport)
        .values(grant_id=grant.id, **report)
        .on_conflict_do_update(index_elements=["grant_id"], set_=report)
    )


def close_reports(session: Session, outcomes: Mapping[UUID, AccountOutcome]) -> dict[UUID, int]:
    """Accept reports that reconcile with what was spent, or note that they are incomplete; by journey, what was spent.

    An accepted report is the last word on a grant, so no line may be waiting for a rest. Raises LinesStillOpen,
    DoesNotReconcile.
    """
    grants = locked_grants(session, outcomes)
    ids = [grant.id for grant in grants.values()]
    written = select(AccountReport).where(AccountReport.grant_id.in_(ids))
    reports = {each.grant_id: each for each in session.scalars(written)}
    open_lines = select(RabLine.grant_id).where(RabLine.grant_id.in_(ids), RabLine.closed_at.is_(None))
    waiting = set(session.scalars(open_lines))
    realised: dict[UUID, int] = {}
    for (_, grant_id), balance in money.held(session, ids).items():
        realised[grant_id] = realised.get(grant_id, 0) + balance.realised
    realised |= {grant.id: grant.total for grant in grants.values() if grant.on_paper}  # no ledger knows of it
    spent = {}
    for journey_id, outcome in outcomes.items():
        grant = grants[journey_id]
        rules.expect(grant.state, GrantState.HANDED_OVER)
        spent[journey_id] = _spent(reports.get(grant.id))
        if outcome is AccountOutcome.ACCEPTED:
            _accept(grant, spent[journey_id], realised.get(grant.id, 0), still_open=grant.id in waiting)
    return spent


def _accept(grant: Grant, spent: int, realised: int, *, still_open: bool) -> None:
    if still_open:
        raise rules.LinesStillOpen
    rules.reconcile(spent, realised)
    grant.state = GrantState.ACCOUNTED


def _spent(report: AccountReport | None) -> int:
    return sum(int(each["spent"]) for each in report.lines) if report else 0
