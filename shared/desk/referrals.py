"""What waits for one officer on her office's worklist, as rows of her start page."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shared.desk import rows
from shared.identity.officer import Officer
from shared.programmes.kinds import DECISION
from shared.referrals import queries, reach, words
from shared.referrals.commands import WORKERS
from shared.referrals.models import Referral
from shared.referrals.queries import LATE_FIRST, Wanted
from shared.referrals.rules import WAITING, Tray
from shared.referrals.work import StageWork, by_kind


def source(service: str, works: tuple[StageWork, ...]) -> rows.Source:
    """The referrals of one service that wait for an officer: hers, nobody's, and those that she alone can sign."""
    known = by_kind(works)

    def waiting(session: Session, officer: Officer) -> rows.Part:
        if not officer.has(*WORKERS):
            return rows.Part()
        hers = reach.of(officer, known)
        part = Wanted(tray=Tray.FOR_ME, reach=hers)
        asked = queries.worklist(officer, officer.agency, part)
        found = session.scalars(asked.order_by(*LATE_FIRST).limit(rows.MOST)).all()
        standing = queries.standing(session, officer, officer.agency, part)
        return rows.Part([_row(service, officer, hers, each) for each in found], *standing)

    return waiting


def _row(service: str, officer: Officer, hers: reach.Reach, referral: Referral) -> rows.Row:
    part = "answer" if referral.state in WAITING else "work"
    return rows.Row(
        kind="referral",
        act=_act(hers, referral),
        what=words.stage_title(referral),
        about=f"{words.place(referral.area)} · {referral.number}",
        address=f"/{service}/{officer.agency}/referrals/{referral.id}?tray={Tray.FOR_ME}#{part}",
        due_at=referral.due_at,
        remind_at=referral.remind_at,
    )


def _act(hers: reach.Reach, referral: Referral) -> str:
    if referral.kind == DECISION.name:
        return _("Decide")
    if referral.state in WAITING:
        return _("Answer")
    if referral.handled_by is None:
        return _("Give to somebody")
    return _("Sign") if referral.kind in hers.signs else _("Do the work")
