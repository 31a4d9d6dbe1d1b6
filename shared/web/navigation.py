"""What the header offers: the services in which the officer's agency works, and this service's own pages.

A page is offered to whoever holds the permission that it asks for, by the one table. Which agency does what is said by
the published programmes alone, so with a new programme its pages appear by themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from flask import current_app, request

from shared.identity.officer import Officer
from shared.identity.permissions import EVERY, LEADING, REGISTERING, Permission, doing
from shared.identity.rules import Role
from shared.web import access, sessions
from shared.web.messages import N_

WORKING_IN = {
    "intake": (REGISTERING, LEADING, doing("intake.")),
    "grants": (doing("grants."),),
    "training": (doing("training."),),
    "monitoring": (EVERY,),  # everybody may see what became of the people she handed on
}
"""The kinds of agencies that work in each service."""
WORKERS = (Role.OFFICER, Role.APPROVER, Role.HEAD)
TITLES = {
    "intake": N_("Registration"),
    "grants": N_("Grants"),
    "training": N_("Training"),
    "monitoring": N_("Monitoring"),
}

PURPOSES = {
    "intake": N_("People, groups and eligibility: who may begin, and where each journey stands."),
    "grants": N_("Proposals, decisions, goods and the funds that pay for them."),
    "training": N_("Courses, mentoring and markets."),
    "monitoring": N_("Visits, outcomes and graduation."),
}


@dataclass(frozen=True)
class Link:
    """An entry of a menu; `label` is a msgid, `address` may hold {agency}.

    It is for whoever holds the permission that its page asks for; with `kinds`, only where a programme of her areas has
    a stage of one of them. An entry with others `beneath` it leads to an overview of them; it is for whoever one of
    them is for.
    """

    label: str
    address: str
    permission: Permission
    kinds: frozenset[str] = frozenset()
    beneath: tuple["Link", ...] = ()

    def at(self, officer: Officer) -> str:
        """Where it leads this officer."""
        return self.address.format(agency=officer.agency)

    def is_for(self, officer: Officer) -> bool:
        """Whether this officer is offered it."""
        if self.beneath:
            return any(each.is_for(officer) for each in self.beneath)
        wanted = not self.kinds or not self.kinds.isdisjoint(access.workplace(officer).around)
        return wanted and access.holds(officer, self.permission)

    def is_here(self, officer: Officer) -> bool:
        """Whether the page shown lies under it."""
        address = self.at(officer)
        under = request.path == address or request.path.startswith(f"{address}/")
        return under or any(each.is_here(officer) for each in self.beneath)


def services_of(officer: Officer) -> list[str]:
    """The services in which an officer's agency works; a student mentor has only her cash books.

    Whoever tries programmes or records breaches of protection does so in intake, wherever she works.
    """
    if officer.has(Role.MENTOR):
        return ["training"]
    if _is_counsellor_only(officer):
        return ["intake", "monitoring"]
    looks_in = {"intake"} if access.holds(officer, Permission.BREACHES_RECORD) else set()
    return [name for name, kinds in WORKING_IN.items() if name in looks_in or access.works_at(officer, *kinds)]


def has_worklist(service: str, officer: Officer) -> bool:
    """Whether referrals may wait for this officer in a service."""
    owes = (doing(f"{service}."), LEADING) if service == "intake" else (doing(f"{service}."),)
    return officer.has(*WORKERS) and access.works_at(officer, *owes)


def entrance(service: str, officer: Officer) -> str:
    """Where an officer begins in a service: with what waits for her agency, or with the map of the programmes.

    A coordinator begins with the dashboard.
    """
    if officer.has(Role.MENTOR):
        return f"/training/{officer.agency}/cash-books"
    if service == "intake" and _is_counsellor_only(officer):
        return f"/intake/{officer.agency}/protection"
    if service == "monitoring" and officer.has(Role.COORDINATOR):
        return f"/monitoring/{officer.agency}/dashboard"
    return f"/{service}/{officer.agency}/" + ("referrals" if has_worklist(service, officer) else "programmes")


def help_address(officer: Officer) -> str:
    """Where the guide speaks of the page shown; of one that leaves no trace it is not said where she was."""
    guide = f"/{current_app.extensions['kail'].service}/{officer.agency}/guide"
    _, _, *parts = request.path.split("/")
    page = parts[0] if parts and parts[0] == "account" else parts[1] if len(parts) > 1 else ""
    if page in ("", "guide") or sessions.is_hidden(request.path):
        return guide
    return f"{guide}?page={quote(page)}"


def _is_counsellor_only(officer: Officer) -> bool:
    return officer.has(Role.COUNSELLOR) and not officer.has(*WORKERS)


def menu(officer: Officer) -> Iterable[Link]:
    """This service's own pages, as far as they are for this officer."""
    return [link for link in current_app.extensions["kail"].menu if link.is_for(officer)]


def above(officer: Officer) -> Link | None:
    """The overview from which the page shown is reached, where her menu has one; none on the overview itself."""
    found = (link for link in menu(officer) if link.beneath and link.is_here(officer))
    return next((link for link in found if request.path != link.at(officer)), None)
