"""What kinds of acting, posts and reasons for being away are called on pages."""

from flask_babel import gettext as _

from services.intake.accounts import words as accounts
from services.intake.accounts.rules import LeaveReason
from shared.identity.acting import POSTS, ActingKind
from shared.web.messages import N_

KINDS = {
    ActingKind.PLT: N_("Plt: the post is vacant"),
    ActingKind.PLH: N_("Plh: its holder is away"),
}
REASONS = {
    LeaveReason.ANNUAL: N_("Annual leave"),
    LeaveReason.DUTY_TRAVEL: N_("Duty travel"),
    LeaveReason.TRAINING: N_("Training"),
    LeaveReason.OTHER: N_("Another reason"),
}


def kinds() -> list[tuple[str, str]]:
    """The kinds of acting as a form offers them."""
    return [(each.value, _(called)) for each, called in KINDS.items()]


def posts() -> list[tuple[str, str]]:
    """The posts as a form offers them."""
    return [(each.value, accounts.role(each.value)) for each in POSTS]


def reasons() -> list[tuple[str, str]]:
    """The reasons as a form offers them."""
    return [(each.value, _(called)) for each, called in REASONS.items()]


def reason(of: LeaveReason | None) -> str:
    """Why somebody is away, where it was said."""
    return _(REASONS[of]) if of else "–"
