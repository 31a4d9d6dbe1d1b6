"""What keys, their states and what they allow are called on pages."""

from collections.abc import Iterable

from flask_babel import gettext as _

from services.intake.accounts.keys import Standing
from shared.identity.permissions import Permission
from shared.web.messages import N_

STANDING = {
    Standing.GOOD: (N_("Good"), "good"),
    Standing.EXPIRED: (N_("Expired"), "neutral"),
    Standing.REVOKED: (N_("Revoked"), "bad"),
}
SCOPES = {
    Permission.AUDITS_READ: N_("See what the last audits found"),
    Permission.BREACHES_READ: N_("See failures of protection"),
    Permission.BREACHES_REACH: N_("See whom a failure of protection concerns"),
    Permission.BREACHES_RECORD: N_("Record failures of protection"),
    Permission.CALENDARS_CHANGE: N_("Add days to the calendar of a region"),
    Permission.CALENDARS_READ: N_("See the calendar"),
    Permission.CANDIDATES_READ: N_("See who qualifies for a programme"),
    Permission.CASH_BOOKS_READ: N_("Read cash books"),
    Permission.CASH_BOOKS_WRITE: N_("Write in cash books"),
    Permission.CONSENTS_ASK: N_("Note consents"),
    Permission.COOPERATIVES_READ: N_("See cooperatives"),
    Permission.COOPERATIVES_RUN: N_("Run cooperatives: members and savings"),
    Permission.CORRECTIONS_NOTE: N_("Note corrections of data"),
    Permission.CORRECTIONS_READ: N_("See corrections of data"),
    Permission.COURSES_READ: N_("See courses"),
    Permission.COURSES_PLAN: N_("Plan courses"),
    Permission.COURSES_RUN: N_("Enrol for courses and note attendance"),
    Permission.DEATHS_READ: N_("See deaths that were noted"),
    Permission.DISCLOSURES_SERVE: N_("Answer requests for own data"),
    Permission.ENTITLEMENTS_READ: N_("See who has received what aid"),
    Permission.FAIRS_READ: N_("See fairs"),
    Permission.FAIRS_PLAN: N_("Plan fairs"),
    Permission.FAIRS_RUN: N_("Give stands at fairs"),
    Permission.FIGURES_READ: N_("Read figures without names"),
    Permission.FUNDS_OPEN: N_("Open and close funds"),
    Permission.FUNDS_READ: N_("See funds"),
    Permission.GOODS_READ: N_("See goods of grants"),
    Permission.GOODS_RUN: N_("Order, receive and divide goods"),
    Permission.GROUPS_CHANGE: N_("Change business groups"),
    Permission.GROUPS_READ: N_("See business groups"),
    Permission.JOURNEYS_READ: N_("See journeys"),
    Permission.JOURNEYS_START: N_("Begin journeys"),
    Permission.JOURNEYS_BRING_IN: N_("Bring in journeys that began on paper"),
    Permission.JOURNEYS_COORDINATE: N_("Remind offices, ask them why, flag journeys"),
    Permission.JOURNEYS_NOTE: N_("Read and write notes on journeys"),
    Permission.JOURNEYS_MOVE: N_("Move journeys to another version of their programme"),
    Permission.JOURNEYS_STEER: N_("Offer stages again, withdraw, end journeys"),
    Permission.LOANS_READ: N_("See loans"),
    Permission.LOANS_RUN: N_("Note what is paid back of loans"),
    Permission.MACHINE_READ: N_("See how the services stand"),
    Permission.MEETINGS_READ: N_("See meetings"),
    Permission.MEETINGS_RUN: N_("Run meetings"),
    Permission.MENTORS_ASSIGN: N_("Assign student mentors"),
    Permission.MENTORS_RUN: N_("Look after student mentors"),
    Permission.OVERRIDES_DECIDE: N_("Agree, as the second person, that a check departs from the registries"),
    Permission.OFFICES_READ: N_("See offices"),
    Permission.PAPERS_READ: N_("Read the papers of data protection"),
    Permission.PLACEMENTS_READ: N_("See placements"),
    Permission.PLACEMENTS_PLAN: N_("Plan placements"),
    Permission.PLACEMENTS_RUN: N_("Run placements"),
    Permission.PRODUCTS_READ: N_("See products"),
    Permission.PRODUCTS_RUN: N_("Describe products and note what was seen of them"),
    Permission.PROGRAMMES_READ: N_("See programmes"),
    Permission.PROGRAMMES_TRY: N_("Try programmes"),
    Permission.RECRUITMENT_READ: N_("See recruitment"),
    Permission.REFERRALS_READ: N_("See the office's referrals, without names"),
    Permission.REFERRALS_WORK: N_("Work through the office's referrals"),
    Permission.REGISTRY_NOTE: N_("Read and write notes on persons"),
    Permission.REGISTRY_CHANGE: N_("Change persons in the registry"),
    Permission.REGISTRY_IMPORT: N_("Bring registry files in"),
    Permission.REGISTRY_READ: N_("Read persons in the registry"),
    Permission.RIGHTS_SEE: N_("Open the page on data and rights"),
    Permission.SOLD_GOODS_READ: N_("See goods that were sold"),
    Permission.TASKS_DO: N_("Do tasks of meetings"),
    Permission.TASKS_READ: N_("See tasks of meetings"),
    Permission.ZAKAT_ASSESS: N_("Assess who is entitled to zakat"),
    Permission.ZAKAT_READ: N_("See zakat"),
}
"""Whatever a key may be given, in plain words."""


def standing(of: Standing) -> tuple[str, str]:
    """What the state of a key is called, and the kind of its tag."""
    called, kind = STANDING[Standing(of)]
    return _(called), kind


def scope(name: str) -> str:
    """What a permission lets a program do; one that is no more by its name."""
    known = {each.value: called for each, called in SCOPES.items()}
    return _(known[name]) if name in known else name


def scopes(names: Iterable[str]) -> str:
    """What several permissions let a program do, one after the other."""
    return "; ".join(scope(each) for each in names)


def offered(may_give: Iterable[Permission]) -> list[tuple[str, str]]:
    """Permissions as a form offers them."""
    return [(each.value, scope(each.value)) for each in may_give]
