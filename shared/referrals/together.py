"""One act for many referrals: as far as it goes, so that whoever it is refused for hinders nobody else.

All that can be done is done with the same commands as one by one, in as few statements; where something refuses, the
lot is halved until it is clear for whom. `look` says beforehand what would be done, by doing it and taking it back.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.events.intake import SubjectKind
from shared.identity.officer import Officer
from shared.identity.rules import OutsideArea
from shared.kernel.errors import Conflict, DomainError, Invalid, NotFound
from shared.referrals import commands, queries, rules, schemas
from shared.referrals.models import Referral
from shared.referrals.rules import Move, NotAColleague
from shared.referrals.work import Works
from shared.storage.arrays import among
from shared.web import roster


class Act(StrEnum):
    """What can be done with many referrals at once."""

    ACCEPT = "accept"
    REPORT = "report"  # the same result for all of them
    SAVE = "save"  # the same work so far for all of them
    HAND_OVER = "hand-over"  # to one colleague


MOVES: Mapping[Act, Move] = {
    Act.ACCEPT: Move.ACCEPT,
    Act.REPORT: Move.COMPLETE,
    Act.SAVE: Move.COMPLETE,
    Act.HAND_OVER: Move.COMPLETE,
}
OF_ONE_STAGE = frozenset({Act.REPORT, Act.SAVE})
"""Acts for which something is told that only one stage asks for."""


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
    facts: Mapping[str, Any] | None = None


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
    each: Mapping[UUID, Mapping[str, Any]] = MappingProxyType({}),
    colleague: UUID | None = None,
    strict: bool = True,
    stage: "Key | None" = None,
) -> Result:
    """Do it for all of whom it can be done, each once however often named; raises Invalid where what is told is wrong.

    `done` is told of all of them, `each` of single ones beside it. What is wrong with a single one refuses her alone.
    `stage` is the one that is meant, where that is not the stage of most of them.
    Every referral is locked before, in the order of their ids, so that halving the lot waits for nobody.
    """
    wanted = sorted(set(ids))
    if not wanted:
        raise NobodyChosen().at("ids")
    known = {one.id: one for one in commands.locked(session, wanted) if _is_hers(officer, one)}
    result = Result()
    chosen = stage if act in OF_ONE_STAGE and stage else _of_one_stage(works, act, known.values())
    if chosen is not None:
        require_told(works, officer, act, chosen, dict(done or {}), strict)
    if act is Act.HAND_OVER and colleague is None:
        raise NotAColleague().at("colleague")
    able, told = [], {}
    for one in wanted:
        try:
            _require(works, officer, act, chosen, known.get(one))
            if act in OF_ONE_STAGE:
                told[one] = _told(works, act, known[one].kind, {**(done or {}), **each.get(one, {})}, strict)
            able.append(one)
        except DomainError as refused:
            result.refused[one] = refused
    ran: list[Referral] = []
    if able:
        run = _run(session, officer, works, act, known, told, colleague)
        ran = _as_far_as_it_goes(session, able, run, result)
    result.done = sorted(one.id for one in ran)
    ended = {one.id: (one.outcome, one.facts) for one in ran}
    result.lines = {one: _line(known[one], *ended.get(one, (None, None))) for one in wanted if one in known}
    return result


def require_told(
    works: Works, officer: Officer, act: Act, stage: "Key", done: dict[str, Any], strict: bool = True
) -> None:
    """Refuse what is told wrong for everybody of a stage, whoever may not do its work, and what differs for each."""
    if act not in OF_ONE_STAGE:
        return
    kind = stage[3]
    if _form(works, act, kind) is None:
        raise OneByOne
    officer.require(*works[kind].roles)
    _told(works, act, kind, done, strict)


def stage_of_most(session: Session, officer: Officer, works: Works, act: Act, ids: Collection[UUID]) -> "Key | None":
    """The stage of most of those for whom the same can be told together, however many are chosen."""
    if act not in OF_ONE_STAGE:
        return None
    about = (Referral.programme, Referral.version, Referral.stage, Referral.kind)
    rows = session.execute(
        select(*about, func.count())
        .where(among(Referral.id, ids), queries.hers(officer), Referral.state.in_(rules.MOVES[Move.COMPLETE][0]))
        .group_by(*about)
    ).all()
    counted = {(row[0], row[1], row[2], row[3]): row[4] for row in rows if _form(works, act, row[3])}
    return max(counted, key=lambda each: (counted[each], each)) if counted else None


def stage_of(session: Session, officer: Officer, works: Works, act: Act, ids: Collection[UUID]) -> Referral | None:
    """One of the chosen that stands for the stage of most of them; None where none of them can be acted on."""
    known = [each for each in commands.locked(session, sorted(set(ids))) if _is_hers(officer, each)]
    key = _of_one_stage(works, act, known)
    able = [each for each in known if MOVES[act] in rules.moves_from(each.state)]
    return next((each for each in able if act not in OF_ONE_STAGE or _key(each) == key), None)


def rows_of(session: Session, officer: Officer, works: Works, stage: Referral, ids: Collection[UUID]) -> list[Referral]:
    """Those of the chosen that are at this stage and in work: whom a form with a row for each is about."""
    found = [each for each in commands.locked(session, sorted(set(ids))) if _is_hers(officer, each)]
    able = [each for each in found if _key(each) == _key(stage) and Move.COMPLETE in rules.moves_from(each.state)]
    return [each for each in able if officer.works_in(each.area)]


Key = tuple[str, int, str, str]


def _key(referral: Referral) -> Key:
    return referral.programme, referral.version, referral.stage, referral.kind


def _is_hers(officer: Officer, referral: Referral) -> bool:
    return (referral.agency, referral.office) == (officer.agency, officer.office)


def _of_one_stage(works: Works, act: Act, known: Collection[Referral]) -> Key | None:
    """The stage of most of those for whom the same can be told together."""
    if act not in OF_ONE_STAGE:
        return None
    able = [each for each in known if Move.COMPLETE in rules.moves_from(each.state) and _form(works, act, each.kind)]
    counted = Counter(_key(each) for each in able)
    return max(counted, key=lambda each: (counted[each], each)) if counted else None


def _form(works: Works, act: Act, kind: str) -> str | None:
    return works[kind].together if act is Act.REPORT else works[kind].saved_together


def _told(works: Works, act: Act, kind: str, given: dict[str, Any], strict: bool) -> schemas.Told:
    if act is Act.REPORT:
        return schemas.completion_of(works, kind, given, strict=strict)
    return schemas.Told(schemas.work_of(works, kind, given, strict=strict))


def _require(works: Works, officer: Officer, act: Act, chosen: Key | None, referral: Referral | None) -> None:
    if referral is None:
        raise NotFound(what="referral")
    if not officer.works_in(referral.area):
        raise OutsideArea
    rules.after(referral.state, MOVES[act])
    if act in OF_ONE_STAGE:
        if _form(works, act, referral.kind) is None:
            raise OneByOne
        if _key(referral) != chosen:
            raise OtherStage


def _run(
    session: Session,
    officer: Officer,
    works: Works,
    act: Act,
    known: Mapping[UUID, Referral],
    told: Mapping[UUID, schemas.Told],
    colleague: UUID | None,
) -> Run:
    if act is Act.ACCEPT:
        return lambda ids: commands.accept_referrals(session, officer, ids)
    if act is Act.HAND_OVER:
        return lambda ids: _hand_over(session, officer, works, [known[each] for each in ids], colleague)

    if act is Act.SAVE:
        return lambda ids: commands.record_works(session, officer, works, {each: told[each].done for each in ids})

    def report(ids: list[UUID]) -> Sequence[Referral]:
        given = {each: told[each].done for each in ids}
        because = {each: told[each].because for each in ids}
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


def _line(referral: Referral, outcome: str | None, facts: Mapping[str, Any] | None) -> Line:
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
        facts=facts,
    )
