"""Lost updates: a request may say which revision of a referral it was made for, and is refused when that one is gone.

A program sends the `ETag` it was given as `If-Match`; a page's form carries `revision` in its address.
"""

import re
from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from shared.kernel.errors import Stale
from shared.referrals import commands

REVISION = re.compile(r"[0-9]{1,9}")


def hold(session: Session, referral_id: UUID) -> None:
    """Lock the referral and refuse a request that was made for another revision of it; raises Stale."""
    wanted = _wanted()
    if wanted is not None:
        commands.require_revision(session, referral_id, wanted)


def is_another(revision: int) -> bool:
    """Whether this request was made for another revision than this one; raises Stale."""
    return _wanted() not in (None, revision)


def _wanted() -> int | None:
    wanted = request.args.get("revision") or request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if wanted in ("", "*"):
        return None
    if not REVISION.fullmatch(wanted):
        raise Stale
    return int(wanted)
