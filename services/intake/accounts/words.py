"""What roles, states and steps of accounts are called on pages."""

from typing import Any

from flask_babel import gettext as _

from services.intake.accounts.rules import Purpose, State, What
from shared.identity.rules import Role
from shared.web.language import language
from shared.web.messages import N_

DOES = {
    Role.OFFICER: N_("works through referrals: verifies, records, hands over"),
    Role.APPROVER: N_("decides on what an officer has verified"),
    Role.HEAD: N_("answers for the office and signs"),
    Role.COORDINATOR: N_("sees every agency and changes nothing of theirs"),
    Role.AUDITOR: N_("reads everything"),
    Role.MENTOR: N_("keeps the cash books of her term"),
    Role.ADMINISTRATOR: N_("runs the installation: accounts, programmes, held events"),
    Role.COUNSELLOR: N_("reads and keeps protection cases; only at DP3A"),
}
STATES = {
    State.INVITED: (N_("Invited"), "waiting"),
    State.ACTIVE: (N_("Active"), "good"),
    State.SUSPENDED: (N_("Suspended"), "warning"),
    State.CLOSED: (N_("Closed"), "neutral"),
}
WHAT = {
    What.OPENED: N_("Opened with a first password"),
    What.INVITED: N_("Invited"),
    What.CHANGED: N_("Changed"),
    What.SUSPENDED: N_("Suspended"),
    What.RESUMED: N_("Resumed"),
    What.CLOSED: N_("Closed"),
    What.RESET: N_("Password reset"),
    What.LINK_MADE: N_("One-time link made"),
    What.LINK_USED: N_("Password chosen by the link"),
    What.CONFIRMED: N_("Rights confirmed"),
    What.PASSWORD_CHANGED: N_("Password changed"),
    What.CONTACT_CHANGED: N_("Telephone or e-mail changed"),
    What.STEP_ENROLLED: N_("Second step set up"),
    What.STEP_REMOVED: N_("Second step removed"),
    What.KEY_ISSUED: N_("Key for a system made"),
    What.KEY_REVOKED: N_("Key of a system revoked"),
    What.CHANGE_ASKED: N_("Change asked for"),
    What.LEAVE_NOTED: N_("Leave noted"),
    What.LEAVE_ENDED: N_("Leave ended"),
    What.APPOINTED: N_("Appointed to act"),
    What.APPOINTMENT_ENDED: N_("Acting ended"),
}
TITLES = {
    Purpose.INVITATION: N_("Welcome to Kail"),
    Purpose.RESET: N_("Choose another password"),
}


def role(name: str) -> str:
    """What a role is called."""
    return Role(name).to(language()).capitalize()


def roles(names: list[str]) -> str:
    """What roles are called, one after the other."""
    return ", ".join(role(each) for each in names)


def offered_roles() -> list[tuple[str, str]]:
    """The roles as a form offers them, with what each does."""
    return [(each.value, f"{role(each)}: {_(DOES[each])}") for each in Role]


def named_roles() -> list[tuple[str, str]]:
    """The roles by name alone."""
    return [(each.value, role(each)) for each in Role]


def state(of: State) -> tuple[str, str]:
    """What a state is called, and the kind of its tag."""
    called, kind = STATES[State(of)]
    return _(called), kind


def states() -> list[tuple[str, str]]:
    """The states as a form offers them."""
    return [(each.value, _(called)) for each, (called, _kind) in STATES.items()]


def what(of: What) -> str:
    """What befell an account."""
    return _(WHAT[What(of)])


def said(values: dict[str, Any]) -> str:
    """The values of a line of the log, on one line."""
    return "; ".join(f"{_called(name)}: {_value(name, value)}" for name, value in values.items())


def _called(name: str) -> str:
    known = {
        "name": _("Name"),
        "office": _("Office"),
        "roles": _("Roles"),
        "areas": _("Areas"),
        "state": _("State"),
        "why": _("Reason"),
        "purpose": _("For"),
        "system": _("System"),
        "key": _("Key"),
        "scopes": _("Allows"),
        "expires_on": _("Good until"),
        "acts": _("Signs as"),
        "from": _("From"),
        "to": _("To"),
        "signed": _("Decided by"),
    }
    return known.get(name, name)


def _value(name: str, value: Any) -> str:
    if name == "roles":
        return roles(value)
    if name == "state":
        return state(value)[0]
    if name == "purpose":
        return _("an invitation") if value == Purpose.INVITATION else _("another password")
    return ", ".join(value) if isinstance(value, list) else str(value)
