"""What the header offers: the services in which the officer's agency works, and this service's own pages.

Which agency does what is said by the published programmes alone: a page is offered where some programme of the
officer's region gives her agency a stage of the page's kinds, and with a new programme it appears by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app, request

from shared.identity.officer import Officer
from shared.identity.rules import AGENCIES, Role, covers
from shared.programmes import library
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
    """An entry of a menu; `label` is a msgid, `address` may hold {agency}.

    Without roles it is for all of them; without agencies and kinds for every agency, else for these agencies and for
    those that do stages of these kinds. An entry with others `beneath` it leads to an overview of them; it is for
    whoever one of them is for.
    """

    label: str
    address: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    agencies: frozenset[str] = field(default_factory=frozenset)
    kinds: frozenset[str] = field(default_factory=frozenset)
    beneath: tuple["Link", ...] = ()

    def at(self, officer: Officer) -> str:
        """Where it leads this officer."""
        return self.address.format(agency=officer.agency)

    def is_for(self, officer: Officer, kinds: frozenset[str]) -> bool:
        """Whether this officer, whose agency does stages of these kinds, is offered it."""
        if self.beneath:
            return any(each.is_for(officer, kinds) for each in self.beneath)
        everywhere = not self.agencies and not self.kinds
        here = everywhere or officer.agency in self.agencies or not self.kinds.isdisjoint(kinds)
        return here and (not self.roles or officer.has(*self.roles))

    def is_here(self, officer: Officer) -> bool:
        """Whether the page shown lies under it."""
        address = self.at(officer)
        under = request.path == address or request.path.startswith(f"{address}/")
        return under or any(each.is_here(officer) for each in self.beneath)

    def shortened(self, officer: Officer, kinds: frozenset[str]) -> "Link":
        """It itself, or the only entry beneath it that is for this officer: an overview of one page is a detour."""
        beneath = [each for each in self.beneath if each.is_for(officer, kinds)]
        return beneath[0] if len(beneath) == 1 else self


def services_of(officer: Officer) -> list[str]:
    """The services in which an officer's agency works; a student mentor has only her cash books."""
    if officer.has(Role.MENTOR):
        return ["training"]
    known = [name for name, agencies in AGENCIES_OF.items() if officer.agency in agencies]
    return [name for name in known if name in ("intake", "monitoring")] if _is_counsellor_only(officer) else known


def has_worklist(service: str, officer: Officer) -> bool:
    """Whether referrals may wait for this officer in a service."""
    works = service != "monitoring" or any(kind.startswith("monitoring.") for kind in kinds_of(officer))
    return officer.has(*WORKERS) and works


def kinds_of(officer: Officer) -> frozenset[str]:
    """The kinds of stages that the programmes of her region give to an officer's agency."""
    return frozenset(
        stage.does
        for programme in library.published().values()
        if any(covers(own, each) or covers(each, own) for own in officer.areas for each in programme.region)
        for stage in programme.stages.values()
        if stage.agency == officer.agency
    )


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


def _is_counsellor_only(officer: Officer) -> bool:
    return officer.has(Role.COUNSELLOR) and not officer.has(*WORKERS)


def menu(officer: Officer) -> Iterable[Link]:
    """This service's own pages, as far as they are for this officer."""
    kinds = kinds_of(officer)
    return [
        link.shortened(officer, kinds) for link in current_app.extensions["kail"].menu if link.is_for(officer, kinds)
    ]


def above(officer: Officer) -> Link | None:
    """The overview from which the page shown is reached, where her menu has one; none on the overview itself."""
    found = (link for link in menu(officer) if link.beneath and link.is_here(officer))
    return next((link for link in found if request.path != link.at(officer)), None)
