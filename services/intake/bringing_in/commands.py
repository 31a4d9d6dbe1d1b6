"""Bringing journeys in: looked at first as a whole, then those that fit are opened, and the others named with why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from services.intake.bringing_in import rules
from services.intake.bringing_in.rules import Line, Read
from services.intake.groups.models import BusinessGroup
from services.intake.journeys import commands as journeys
from services.intake.journeys import publishing, queries
from services.intake.registry.models import Person
from services.intake.registry.rules import parse_nik
from shared.identity.areas import within
from shared.identity.officer import Officer
from shared.identity.permissions import Permission
from shared.kernel import clock
from shared.kernel.errors import DomainError, NotFound
from shared.privacy.fields import blind_indexes
from shared.programmes import half_way
from shared.programmes.definition import Programme, SubjectKind
from shared.storage.arrays import among
from shared.web import access

WRITTEN = 32
"""Characters of an identifier without its dashes."""


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A journey that is brought in: whose, how many acts, on which day the first was, and what waits for it now."""

    subject_id: UUID
    who: str
    lines: tuple[int, ...]
    acts: int
    began_on: date
    stages: tuple[str, ...]
    journey_id: UUID


@dataclass(frozen=True, slots=True)
class Stays:
    """Lines that could not be brought in, and why."""

    who: str
    lines: tuple[int, ...]
    why: DomainError


@dataclass(slots=True)
class BroughtIn:
    """What became, or would become, of a list."""

    programme: Programme
    brought_in: list[GoesOn] = field(default_factory=list)
    refused: list[Stays] = field(default_factory=list)

    @property
    def acts(self) -> int:
        """How many acts are brought in."""
        return sum(each.acts for each in self.brought_in)


def bring_in(
    session: Session, officer: Officer, programme: str, lines: Sequence[Line], version: int | None = None
) -> BroughtIn:
    """Open the journeys of a list that fit, and say which do not, and why.

    Raises NotPublished; what is wrong with single lines is said with these.
    """
    definition = publishing.newest(session, programme, version)
    access.require(officer, Permission.JOURNEYS_BRING_IN, agency=definition.lead)
    found = BroughtIn(definition)
    named = {who: [each for each in lines if each.who == who] for who in dict.fromkeys(each.who for each in lines)}
    read: dict[UUID, Read] = {}
    called: dict[UUID, str] = {}
    known = _known_as(session, officer, definition, named)
    for who, said in named.items():
        subject = known[who]
        if isinstance(subject, DomainError):
            found.refused.append(Stays(who, tuple(each.line for each in said), subject))
        acts = _read(definition, who, said, found)
        if isinstance(subject, DomainError) or acts is None:
            continue
        into = read.setdefault(subject, Read())
        into.acts += acts.acts
        into.lines += acts.lines
        called.setdefault(subject, who)
    opening = journeys.bring_in_journeys(
        session, officer, programme, {each: told.acts for each, told in read.items()}, definition.version
    )
    waits = queries.waits_for(session, opening.opened.values())
    for subject, journey_id in opening.opened.items():
        told = read[subject]
        found.brought_in.append(
            GoesOn(
                subject_id=subject,
                who=called[subject],
                lines=tuple(told.lines),
                acts=len(told.acts),
                began_on=min(each.done_on for each in told.acts),
                stages=waits[journey_id],
                journey_id=journey_id,
            )
        )
    found.refused += [Stays(called[each], tuple(read[each].lines), why) for each, why in opening.refused.items()]
    found.refused.sort(key=lambda each: each.lines)
    return found


def look(
    session: Session, officer: Officer, programme: str, lines: Sequence[Line], version: int | None = None
) -> BroughtIn:
    """What `bring_in` would do; nothing is kept of it."""
    with session.begin_nested() as trial:
        found = bring_in(session, officer, programme, lines, version)
        trial.rollback()
    return found


def _read(programme: Programme, who: str, said: Iterable[Line], found: BroughtIn) -> Read | None:
    """All acts of one journey, or none: one that cannot be read keeps the whole journey out."""
    read, wrong, sound = Read(), [], []
    for each in said:
        try:
            act = rules.read_act(programme, each)
            half_way.require_past(programme, act, clock.today())
            read.acts.append(act)
            read.lines.append(each.line)
            sound.append(each.line)
        except DomainError as refusal:
            wrong.append(Stays(who, (each.line,), refusal))
    if not wrong:
        return read
    found.refused += wrong
    if sound:
        found.refused.append(Stays(who, tuple(sound), rules.OthersRefused()))
    return None


def _known_as(
    session: Session, officer: Officer, programme: Programme, named: Iterable[str]
) -> dict[str, UUID | DomainError]:
    """Whom a list means by each of these, a NIK, a group's name, or the number of either; or why nobody."""
    found: dict[str, UUID | DomainError] = {}
    words = []
    for who in named:
        number = _number(who)
        if not who:
            found[who] = rules.NobodyNamed()
        elif number is not None:
            found[who] = number
        else:
            words.append(who)
    look_up = _persons if programme.subject.kind is SubjectKind.PERSON else _groups
    return found | look_up(session, officer, words)


def _persons(session: Session, officer: Officer, niks: Sequence[str]) -> dict[str, UUID | DomainError]:
    indexes: dict[bytes, str] = {}
    found: dict[str, UUID | DomainError] = {}
    for each in niks:
        try:
            indexes |= dict.fromkeys(blind_indexes(parse_nik(each).number, "nik"), each)
        except DomainError as unreadable:
            found[each] = unreadable
    bears, lives = aliased(Person), aliased(Person)
    rows = session.execute(
        select(bears.nik_index, lives.id)
        .join(lives, lives.id == func.coalesce(bears.merged_into, bears.id))
        .where(among(bears.nik_index, indexes), within(lives.area, officer.areas))
    )
    found |= {indexes[row.nik_index]: row.id for row in rows}
    return found | {each: NotFound(what="person") for each in niks if each not in found}


def _groups(session: Session, officer: Officer, names: Sequence[str]) -> dict[str, UUID | DomainError]:
    plain = {each: " ".join(each.casefold().split()) for each in names}
    rows = session.execute(
        select(BusinessGroup.id, func.lower(BusinessGroup.name).label("name")).where(
            within(BusinessGroup.area, officer.areas),
            func.lower(BusinessGroup.name).in_(set(plain.values())),
            BusinessGroup.dissolved_on.is_(None),
        )
    )
    called: dict[str, list[UUID]] = {}
    for row in rows:
        called.setdefault(row.name, []).append(row.id)
    found: dict[str, UUID | DomainError] = {}
    for each, name in plain.items():
        known = called.get(name, [])
        if len(known) == 1:
            found[each] = known[0]
        else:
            found[each] = rules.GroupNamedTwice(name=each) if known else rules.NoSuchGroup(name=each)
    return found


def _number(who: str) -> UUID | None:
    try:
        return UUID(who) if len(who) >= WRITTEN else None
    except ValueError:
        return None
