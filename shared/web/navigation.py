"""What the header offers: the services in which the officer's agency works, and this service's own pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app, request

from shared.identity.officer import Officer
from shared.identity.rules import AGENCIES, Role
from shared.web.messages import N_

AGENCIES_OF = {
    "intake": ("dinsos", "dp3a", "kelurahan"),
    "grants": ("dinsos", "baznas", "koperasi"),
    "training": ("dinsos", "dp3a", "disperindag", "koperasi", "distransnaker", "perguruan-tinggi", "pengusaha"),
    "monitoring": AGENCIES,  # everybody may see what became of the people she handed on
}
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
    """An entry of a menu; `label` is a msgid, `address` may hold {agency}; without roles or agencies it is for all."""

    label: str
    address: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    agencies: frozenset[str] = field(default_factory=frozenset)

    def at(self, officer: Officer) -> str:
        """Where it leads this officer."""
        return self.address.format(agency=officer.agency)

    def is_for(self, officer: Officer) -> bool:
        """Whether this officer is offered it."""
        here = not self.agencies or officer.agency in self.agencies
        return here and (not self.roles or officer.has(*self.roles))

    def is_here(self, officer: Officer) -> bool:
        """Whether the page shown lies under it."""
        address = self.at(officer)
        return request.path == address or request.path.startswith(f"{address}/")


def services_of(officer: Officer) -> list[str]:
    """The services in which an officer's agency works; a student mentor has only her cash books."""
    if officer.has(Role.MENTOR):
        return ["training"]
    known = [name for name, agencies in AGENCIES_OF.items() if officer.agency in agencies]
    return [name for name in known if name in ("intake", "monitoring")] if _is_counsellor_only(officer) else known


def has_worklist(service: str, officer: Officer) -> bool:
    """Whether referrals may wait for this officer in a service."""
    return officer.has(*WORKERS) and (service != "monitoring" or officer.agency == "dinsos")


def entrance(service: str, officer: Officer) -> str:
    """Where an officer begins in a service: with what waits for her agency, or with the map of the programmes."""
    if officer.has(Role.MENTOR):
        return f"/training/{officer.agency}/cash-books"
    if service == "intake" and _is_counsellor_only(officer):
        return f"/intake/{officer.agency}/protection"
    return f"/{service}/{officer.agency}/" + ("referrals" if has_worklist(service, officer) else "programmes")


def _is_counsellor_only(officer: Officer) -> bool:
    return officer.has(Role.COUNSELLOR) and not officer.has(*WORKERS)


def menu(officer: Officer) -> Iterable[Link]:
    """This service's own pages, as far as they are for this officer."""
    return [link for link in current_app.extensions["kail"].menu if link.is_for(officer)]
