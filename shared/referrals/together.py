"""One act for many referrals: as far as it goes, so that whoever it is refused for hinders nobody else.

All that can be done is done with the same commands as one by one, in as few statements; where something refuses, the
lot is halved until it is clear for whom. `look` says beforehand what would be done, by doing it and taking it back.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import OutsideArea
from shared.kernel.errors import Conflict, DomainError, Invalid, NotFound
from shared.referrals import commands, rules, schemas
from shared.referrals.models import Referral
from shared.referrals.rules import Move, NotAColleague
from shared.referrals.work import Works
from shared.web import roster


class Act(StrEnum):
    """What can be done with many referrals at once."""

    ACCEPT = "accept"
    REPORT = "report"  # the same result for all of them
    HAND_OVER = "hand-over"  # to one colleague


MOVES: Mapping[Act, Move] = {Act.ACCEPT: Move.ACCEPT, Act.REPORT: Move.COMPLETE, Act.HAND_OVER: Move.COMPLETE}


class OtherStage(Conflict):
    """This is another stage than most of the chosen ones; report it by itself."""

    indonesian = "Tahap ini lain dari sebagian besar yang dipilih; laporkan tersendiri."


class OneByOne(Conflict):
    """Results of this stage differ from person to person; report them one by one."""

    indonesian = "Hasil tahap ini berbeda untuk setiap orang; laporkan satu per satu."


class NobodyChosen(Invalid):
    """Choose at least one referral."""

    indonesian = "Pilih paling sedikit satu rujukan."


@dataclass(frozen=True, slots=True)
class Line:
    """A referral that the act was for, as its worklist shows it, and how it ended where its stage is done."""

    id: UUID
    journey_id: UUID
    programme: str
    version: int
    stage: str
    kind: str
    area: str
    subject_kind: SubjectKind
    outcome: str | None


@dataclass(slots=True)
class Result:
    """What was done, and what could not be and why; `lines` are those of both that the officer may see."""

    done: list[UUID] = field(default_factory=list)
    refused: dict[UUID, DomainError] = field(default_factory=dict)
    lines: dict[UUID, Line] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[tuple[str | None, int]]:
        """How many end how, the most first."""
        return Counter(self.lines[each].outcome for each in self.done).most_common()


Run = Callable[[list[UUID]], Sequence[Referral]]


def do(
    session: Session,
    officer: Officer,
    works: Works,
    act: Act,
    ids: Collection[UUID],
    *,
    done: Mapping[str, Any] | None = None,
    colleague: UUID | None = None,
    strict: bool = True,
) -> Result:
    """Do it for all of whom it can be done, each once however often named; raises Invalid where what is told is wrong.

    Every referral is locked before, in the order of their ids, so that halving the lot waits for nobody.
    """
    wanted = sorted(set(ids))
    if not wanted:
        raise NobodyChosen().at("ids")
    known = {each.id: each for each in commands.locked(session, wanted) if _is_hers(officer, each)}
    result = Result()
    chosen = _of_one_stage(works, act, known.values())
    if chosen is not None:  # what is told wrong is wrong for everybody
        officer.require(*works[chosen[3]].roles)
        schemas.completion_of(works, chosen[3], dict(done or {}), strict=strict)
    if act is Act.HAND_OVER and colleague is None:
        raise NotAColleague().at("colleague")
    able = []
    for each in wanted:
        try:
            _require(works, officer, act, chosen, known.get(each))
            able.append(each)
        except DomainError as refused:
            result.refused[each] = refused
    ran: list[Referral] = []
    if able:
        run = _run(session, officer, works, act, known, done, colleague, strict)
        ran = _as_far_as_it_goes(session, able, run, result)
    result.done = sorted(each.id for each in ran)
    ended = {each.id: each.outcome for each in ran}
    result.lines = {each: _line(known[each], ended.get(each)) for each in wanted if each in known}
    return result


def stage_of(session: Session, officer: Officer, works: Works, act: Act, ids: Collection[UUID]) -> Referral | None:
    """One of the chosen that stands for the stage of most of them; None where none of them can be acted on."""
    known = [each for each in commands.locked(session, sorted(set(ids))) if _is_hers(officer, each)]
    key = _of_one_stage(works, act, known)
    able = [each for each in known if MOVES[act] in rules.moves_from(each.state)]
    return next((each for each in able if act is not Act.REPORT or _key(each) == key), None)


Key = tuple[str, int, str, str]


def _key(referral: Referral) -> Key:
    return referral.programme, referral.version, referral.stage, referral.kind


def _is_hers(officer: Officer, referral: Referral) -> bool:
    return (referral.agency, referral.office) == (officer.agency, officer.office)


def _of_one_stage(works: Works, act: Act, known: Collection[Referral]) -> Key | None:
    """The stage of most of those whose result can be reported together."""
    if act is not Act.REPORT:
        return None
    able = [each for each in known if Move.COMPLETE in rules.moves_from(each.state) and works[each.kind].together]
    counted = Counter(_key(each) for each in able)
    return max(counted, key=lambda each: (counted[each], each)) if counted else None


def _require(works: Works, officer: Officer, act: Act, chosen: Key | None, referral: Referral | None) -> None:
    if referral is None:
        raise NotFound(what="referral")
    if not officer.works_in(referral.area):
        raise OutsideArea
    rules.after(referral.state, MOVES[act])
    if act is Act.REPORT:
        if works[referral.kind].together is None:
            raise OneByOne
        if _key(referral) != chosen:
            raise OtherStage


def _run(
    session: Session,
    officer: Officer,
    works: Works,
    act: Act,
    known: Mapping[UUID, Referral],
    done: Mapping[str, Any] | None,
    colleague: UUID | None,
    strict: bool,
) -> Run:
    if act is Act.ACCEPT:
        return lambda ids: commands.accept_referrals(session, officer, ids)
    if act is Act.HAND_OVER:
        return lambda ids: _hand_over(session, officer, works, [known[each] for each in ids], colleague)

    def report(ids: list[UUID]) -> Sequence[Referral]:
        told = {each: schemas.completion_of(works, known[each].kind, dict(done or {}), strict=strict) for each in ids}
        given = {each: said.done for each, said in told.items()}
        because = {each: said.because for each, said in told.items()}
        return commands.complete_referrals(session, officer, works, given, because)

    return report


def _hand_over(
    session: Session, officer: Officer, works: Works, referrals: Sequence[Referral], colleague: UUID | None
) -> Sequence[Referral]:
    name = ""
    for kind, area in sorted({(each.kind, each.area) for each in referrals}):
        people = roster.of_office(session, officer.office, works[kind].roles, area)
        found = next((each for each in people if each.id == colleague and each.id != officer.id), None)
        if found is None:
            raise NotAColleague().at("colleague")
        name = found.name
    assert colleague is not None
    return commands.reassign(session, officer, [each.id for each in referrals], colleague, name)


def _as_far_as_it_goes(session: Session, ids: list[UUID], run: Run, result: Result) -> list[Referral]:
    try:
        with session.begin_nested():
            done = list(run(ids))
            session.flush()
            return done
    except DomainError as refused:
        if len(ids) == 1:
            result.refused[ids[0]] = refused
            return []
    middle = len(ids) // 2
    first = _as_far_as_it_goes(session, ids[:middle], run, result)
    return first + _as_far_as_it_goes(session, ids[middle:], run, result)


def _line(referral: Referral, outcome: str | None) -> Line:
    return Line(
        id=referral.id,
        journey_id=referral.journey_id,
        programme=referral.programme,
        version=referral.version,
        stage=referral.stage,
        kind=referral.kind,
        area=referral.area,
        subject_kind=referral.subject_kind,
        outcome=outcome,
    )
