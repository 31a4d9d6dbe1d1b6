"""What the guide says to one officer: her roles, the page that she came from, and the stages that her office does."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.guide.texts import Entry, guide
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.identity.permissions import LEADING
from shared.programmes import kinds, library
from shared.programmes.kinds import DECISION
from shared.referrals import reach
from shared.referrals.work import Works
from shared.web import access
from shared.web.language import language


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that she can do, and the page where she does it."""

    text: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in the reader's language, without whatever she may not do."""

    title: str
    job: str
    steps: Sequence[Doing]
    next: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that her office does, in which programme, and what is done there."""

    title: str
    programme: str
    what: str


@dataclass(frozen=True, slots=True)
class Read:
    """The guide as one officer reads it."""

    page: Told | None
    roles: Sequence[Told]
    stages: Sequence[Stage]


def read(officer: Officer, service: str, page: str, works: Works) -> Read:
    """What the guide says to an officer who came from a page of this service."""
    about = guide().page(service, page)
    return Read(
        page=_told(officer, "", about) if about else None,
        roles=[_told(officer, role.to(language()), guide().roles[role]) for role in sorted(officer.roles)],
        stages=_stages(officer, works),
    )


def _told(officer: Officer, title: str, entry: Entry) -> Told:
    spoken = language()
    steps = [
        Doing(each.text.to(spoken), each.at.format(agency=officer.agency) if each.at else None)
        for each in entry.steps
        if access.holds(officer, each.needs)
    ]
    return Told(title, entry.job.to(spoken), steps, entry.next.to(spoken))


def _stages(officer: Officer, works: Works) -> list[Stage]:
    """The stages of this service that published programmes of her areas give to her agency, if she can do them."""
    does, spoken = reach.of(officer, works).does, language()
    around = [each for each in library.published().values() if meet(officer.areas, each.region)]
    found = [
        Stage(stage.title.to(spoken), programme.title.to(spoken), _what(stage.does))
        for programme in around
        for stage in programme.stages.values()
        if stage.agency == officer.agency and stage.does in does
    ]
    if DECISION.name in does and access.works_at(officer, LEADING):
        title = kinds.kind(DECISION.name).title.to(spoken)
        found += [
            Stage(title, each.title.to(spoken), _what(DECISION.name)) for each in around if each.lead == officer.agency
        ]
    return found


def _what(kind: str) -> str:
    """What is done at a stage of this kind; a kind that the guide does not know yet is called by its title."""
    return guide().stages.get(kind, kinds.kind(kind).title).to(language())
