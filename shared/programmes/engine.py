"""Carries a journey from stage to stage: (programme, journey so far, what happened) → what to do now.

A pure function, so that its laws can be tested by the thousand and a batch of happenings costs no query: the caller
stores the journey that comes back and announces the rest. What is heard about a referral that the journey no longer
waits for (heard twice, or overtaken) changes nothing.

A stage whose agency needs her consent is not offered without it: it is stuck until she has answered, and skipped when
she says no, so that a no to one agency never costs her the journey. What she answered is asked anew at every step.

How a report is read, in this order: a second chance (`returns_to`) while one is left; the same stage again (`repeat`)
while that is left; the end, if the outcome is one that `ends` the journey; otherwise the journey goes on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.programmes import kinds
from shared.programmes.definition import Basis, Programme, Stage
from shared.programmes.expressions import MISSING, Expression, compile_expression
from shared.programmes.state import OPEN, OUT, SETTLED, JourneyState, StageState, Standing

NewId = Callable[[], UUID]

GRADUATED, COMPLETED, WITHDRAWN, STOPPED = "graduated", "completed", "withdrawn", "stopped"
CONSENT_REFUSED = "consent-refused"
"""Why a stage was skipped although its condition holds."""
SKIPPED_OUTCOME = "skipped"
"""What a condition reads as the outcome of a stage that was skipped."""


class StageNotStuck(Conflict):
    """Only a stage that came back, or that no office has accepted yet, can be offered again; '{stage}' is neither."""

    indonesian = "Hanya tahap yang kembali atau belum diterima yang dapat ditawarkan lagi; '{stage}' tidak."


class ConsentMissing(Conflict):
    """The stage '{stage}' needs consent that is not there; record it, and the stage is offered by itself."""

    indonesian = "Tahap '{stage}' memerlukan persetujuan yang belum ada; catat dahulu, lalu tahap ditawarkan sendiri."


class JourneyIsOver(Conflict):
    """This journey has already ended."""

    indonesian = "Perjalanan ini sudah berakhir."


class DoesNotFitVersion(Conflict):
    """The journey cannot move to version {version}, which does not have the stage '{stage}' that it has reached."""

    indonesian = "Perjalanan tidak dapat pindah ke versi {version}: tahap '{stage}' yang dicapai tidak ada di sana."


class Answer(StrEnum):
    """What she, or all of her group together, answered about an agency; without one she was not asked."""

    GIVEN = "given"  # everybody concerned allows it
    REFUSED = "refused"  # somebody said no, or took her consent back


Consents = Mapping[str, Answer]
"""By agency; where one is missing, not everybody has answered yet."""
NOBODY_ASKED: Consents = {}


class CameBack(StrEnum):
    """Why a stage waits for the leading office: it came back undone, or could not even be offered."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    RETURNED = "returned"
    CONSENT_MISSING = "consent-missing"


class No(StrEnum):
    """Why an offered stage is no longer wanted from an office."""

    JOURNEY_ENDED = "journey-ended"
    SECOND_CHANCE = "second-chance"
    OFFERED_ELSEWHERE = "offered-elsewhere"
    CONSENT_WITHDRAWN = "consent-withdrawn"


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody in the office looked at the referral."""

    stage: str
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Accepted:
    """The office took the referral on."""

    stage: str
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Completed:
    """The stage reported its outcome and facts."""

    stage: str
    referral_id: UUID
    outcome: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """The referral came back: declined, returned or unanswered."""

    stage: str
    referral_id: UUID
    why: CameBack


@dataclass(frozen=True, slots=True)
class OfferAgain:
    """The leading office offers a stage again, to the same office or another."""

    stage: str


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """What she allows an agency has changed."""

    agency: str


@dataclass(frozen=True, slots=True)
class StepBack:
    """The person or group withdraws from the programme."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The leading office ends the journey."""

    because: str | None = None


Happening = Opened | Accepted | Completed | Undone | OfferAgain | ConsentAnswered | StepBack | Stop


@dataclass(frozen=True, slots=True)
class Offer:
    """A stage to be offered, under a fresh referral."""

    stage: str
    attempt: int
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An offer to be taken back."""

    stage: str
    referral_id: UUID
    reason: No


@dataclass(frozen=True, slots=True)
class Stuck:
    """A stage that came back, or lacks her consent, and now waits for the leading office."""

    stage: str
    referral_id: UUID
    why: CameBack


@dataclass(frozen=True, slots=True)
class SpawnedJourney:
    """A journey to be opened for a subject whom a stage named."""

    stage: str
    programme: str
    subject_id: UUID


@dataclass(slots=True)
class Step:
    """What came of one happening: the journey as it is now, and what to announce."""

    journey: JourneyState
    offers: list[Offer]
    withdrawals: list[Withdrawal]
    skipped: list[str]
    stuck: list[Stuck]
    spawns: list[SpawnedJourney]
    ended: bool = False
    changed: bool = False


class _Plan:
    """A programme with its conditions compiled, made once for each version."""

    __slots__ = ("downstream", "graduates", "lists", "stages", "when")

    def __init__(self, programme: Programme) -> None:
        self.stages: tuple[Stage, ...] = tuple(programme.stages[name] for name in programme.order)
        self.when: dict[str, Expression] = {
            stage.name: compile_expression(stage.when) for stage in self.stages if stage.when
        }
        self.downstream = {stage.name: programme.downstream(stage.name) for stage in self.stages}
        self.graduates = compile_expression(programme.graduates)
        self.lists = frozenset(
            (stage.name, fact)
            for stage in self.stages
            for fact, expected in kinds.kind(stage.does).facts.items()
            if expected is list
        )


@lru_cache(maxsize=256)
def _plan_of(programme: Programme) -> _Plan:
    return _Plan(programme)


def start(programme: Programme, naming: NewId = new_id, consents: Consents = NOBODY_ASKED) -> Step:
    """Set out: the stages that need no other are offered."""
    return _go_on(programme, {}, Step(JourneyState(), [], [], [], [], [], changed=True), naming, consents)


def advance(
    programme: Programme,
    journey: JourneyState,
    happening: Happening,
    naming: NewId = new_id,
    consents: Consents = NOBODY_ASKED,
) -> Step:
    """Take in what happened; raises WrongReport, StageNotStuck, ConsentMissing or JourneyIsOver."""
    step = Step(journey, [], [], [], [], [])
    match happening:
        case OfferAgain(stage):
            return _offer_again(programme, _under_way(journey), stage, step, naming, consents)
        case ConsentAnswered(agency):
            return step if journey.ended else _heed(programme, dict(journey.stages), agency, step, naming, consents)
        case StepBack():
            return _end(dict(_under_way(journey).stages), WITHDRAWN, None, step)
        case Stop(because):
            return _end(dict(_under_way(journey).stages), STOPPED, because, step)
        case Completed():
            before = _waiting_for(journey, happening)
            return _complete(programme, before, happening, step, naming, consents) if before else step
        case Opened() | Accepted() | Undone():
            before = _waiting_for(journey, happening)
            return _note(before, happening, step) if before else step


def _waiting_for(journey: JourneyState, happening: Opened | Accepted | Completed | Undone) -> StageState | None:
    """The stage that waits for this referral; None when it was heard before or has been overtaken."""
    before = journey.stages.get(happening.stage)
    if journey.ended or before is None or before.standing not in OUT:
        return None
    return before if before.referral == str(happening.referral_id) else None


def _note(before: StageState, happening: Opened | Accepted | Undone, step: Step) -> Step:
    match happening:
        case Opened():
            if before.standing is Standing.OFFERED:
                _put(step, happening.stage, replace(before, standing=Standing.OPENED))
        case Accepted():
            if before.standing is not Standing.ACCEPTED:
                _put(step, happening.stage, replace(before, standing=Standing.ACCEPTED))
        case Undone(stage, referral, why):
            step.stuck.append(Stuck(stage, referral, why))
            _put(step, stage, replace(before, standing=Standing.STUCK, why=why.value, due_at=None))
    return step


def move(
    programme: Programme, journey: JourneyState, naming: NewId = new_id, consents: Consents = NOBODY_ASKED
) -> Step:
    """Put a journey on another version, which must have every stage that it has reached.

    Raises DoesNotFitVersion, JourneyIsOver, and ExpressionFailed where a condition of that version reads a stage that
    is still open.
    """
    for name in _under_way(journey).stages:
        if name not in programme.stages:
            raise DoesNotFitVersion(version=programme.version, stage=name)
    step = Step(journey, [], [], [], [], [], changed=True)
    return _go_on(programme, dict(journey.stages), step, naming, consents)


def _under_way(journey: JourneyState) -> JourneyState:
    if journey.ended:
        raise JourneyIsOver
    return journey


def _put(step: Step, name: str, state: StageState) -> None:
    step.journey = JourneyState({**step.journey.stages, name: state}, step.journey.ended)
    step.changed = True


def _complete(
    programme: Programme, before: StageState, report: Completed, step: Step, naming: NewId, consents: Consents
) -> Step:
    stage = programme.stages[report.stage]
    kinds.kind(stage.does).require_report(report.outcome, report.facts, stage.settings)
    stages = dict(step.journey.stages)
    done = stages[stage.name] = replace(
        before, standing=Standing.DONE, outcome=report.outcome, facts=report.facts, why=None, due_at=None
    )
    step.changed = True
    if stage.spawns and report.outcome in stage.spawns.on:
        _spawn(stage, report.facts, step)
    if stage.returns_to and report.outcome in stage.returns_to.on and done.returns < stage.returns_to.most:
        stages[stage.name] = replace(done, returns=done.returns + 1)
        _put_back(programme, stages, stage.returns_to.stage, step)
    elif stage.repeat and report.outcome in stage.repeat.on and done.repeats < stage.repeat.most:
        stages[stage.name] = replace(done, standing=Standing.AGAIN, repeats=done.repeats + 1)
    elif report.outcome in stage.ends:
        return _end(stages, stage.ends[report.outcome].value, stage.name, step)
    return _go_on(programme, stages, step, naming, consents)


def _spawn(stage: Stage, facts: dict[str, Any], step: Step) -> None:
    assert stage.spawns
    for subject in facts.get(stage.spawns.subjects) or ():
        step.spawns.append(SpawnedJourney(stage.name, stage.spawns.programme, UUID(subject)))


def _put_back(programme: Programme, stages: dict[str, StageState], target: str, step: Step) -> None:
    """Start again at `target`: it and all that follows it wait anew, and offers among them are taken back."""
    for name in (target, *_plan_of(programme).downstream[target]):
        state = stages.get(name)
        if state is None:
            continue
        _take_back(name, state, No.SECOND_CHANCE, step)
        stages[name] = StageState(Standing.AGAIN, state.attempt, returns=state.returns, repeats=state.repeats)


def _take_back(name: str, state: StageState, reason: No, step: Step) -> None:
    if state.standing in OUT:
        step.withdrawals.append(Withdrawal(name, UUID(state.referral), reason))


def _heed(
    programme: Programme, stages: dict[str, StageState], agency: str, step: Step, naming: NewId, consents: Consents
) -> Step:
    """Take back and skip what she no longer allows; then go on, which offers what she allows by now."""
    if consents.get(agency) is Answer.REFUSED:
        for stage in programme.consent_stages(agency):
            state = stages.get(stage.name)
            if state is not None and state.standing in OPEN:
                _take_back(stage.name, state, No.CONSENT_WITHDRAWN, step)
                _skip(stages, stage.name, step, CONSENT_REFUSED)
    _go_on(programme, stages, step, naming, consents)
    step.changed = step.ended or bool(step.offers or step.withdrawals or step.skipped or step.stuck)
    return step


def _offer_again(
    programme: Programme, journey: JourneyState, name: str, step: Step, naming: NewId, consents: Consents
) -> Step:
    before = journey.stages.get(name)
    if before is None or before.standing not in (Standing.STUCK, Standing.OFFERED, Standing.OPENED):
        raise StageNotStuck(stage=name)
    stage = programme.stages[name]
    if stage.basis is Basis.CONSENT and consents.get(stage.agency) is not Answer.GIVEN:
        raise ConsentMissing(stage=name)
    _take_back(name, before, No.OFFERED_ELSEWHERE, step)
    _put(step, name, _offered(name, before, step, naming))
    return step


def _offered(name: str, before: StageState | None, step: Step, naming: NewId) -> StageState:
    offer = Offer(name, before.attempt + 1 if before else 1, naming())
    step.offers.append(offer)
    return StageState(
        Standing.OFFERED,
        offer.attempt,
        str(offer.referral_id),
        returns=before.returns if before else 0,
        repeats=before.repeats if before else 0,
    )


def _skip(stages: dict[str, StageState], name: str, step: Step, why: str | None = None) -> None:
    before = stages.get(name) or StageState(Standing.SKIPPED)
    stages[name] = replace(before, standing=Standing.SKIPPED, why=why, due_at=None)
    step.skipped.append(name)


def _await_consent(stages: dict[str, StageState], name: str, step: Step, naming: NewId) -> None:
    """Let a stage wait for her answer; it has a number by which it is spoken of, but nobody is asked to do it."""
    before = stages.get(name) or StageState(Standing.STUCK)
    if _awaits_consent(before):
        return
    stuck = Stuck(name, naming(), CameBack.CONSENT_MISSING)
    step.stuck.append(stuck)
    stages[name] = StageState(
        Standing.STUCK,
        before.attempt,
        str(stuck.referral_id),
        why=stuck.why.value,
        returns=before.returns,
        repeats=before.repeats,
    )


def _awaits_consent(state: StageState) -> bool:
    return state.standing is Standing.STUCK and state.why == CameBack.CONSENT_MISSING


def _go_on(programme: Programme, stages: dict[str, StageState], step: Step, naming: NewId, consents: Consents) -> Step:
    """Offer or skip every stage whose needs are settled; end the journey when no stage is open any more."""
    plan = _plan_of(programme)
    for stage in plan.stages:  # in order, so that one pass also settles what follows a skipped stage
        before = stages.get(stage.name)
        if before is not None and before.standing is not Standing.AGAIN and not _awaits_consent(before):
            continue
        if not _all_settled(stages, stage.needs):
            continue
        condition = plan.when.get(stage.name)
        if condition is not None and not condition.holds(_looking_up(plan, stages)):
            _skip(stages, stage.name, step)
            continue
        answer = consents.get(stage.agency) if stage.basis is Basis.CONSENT else Answer.GIVEN
        if answer is Answer.GIVEN:
            stages[stage.name] = _offered(stage.name, before, step, naming)
        elif answer is Answer.REFUSED:
            _skip(stages, stage.name, step, CONSENT_REFUSED)
        else:
            _await_consent(stages, stage.name, step, naming)
    if any(state.standing in OPEN for state in stages.values()):
        step.journey = JourneyState(stages)
        return step
    graduated = plan.graduates.holds(_looking_up(plan, stages))
    return _end(stages, GRADUATED if graduated else COMPLETED, None, step)


def _all_settled(stages: dict[str, StageState], needs: Iterable[str]) -> bool:
    for name in needs:
        state = stages.get(name)
        if state is None or state.standing not in SETTLED:
            return False
    return True


def _looking_up(plan: _Plan, stages: dict[str, StageState]) -> Callable[[str, str], Any]:
    def look_up(stage: str, fact: str) -> Any:
        state = stages.get(stage)
        if state is None or state.standing not in SETTLED:
            return MISSING
        if fact == "outcome":
            return state.outcome if state.standing is Standing.DONE else SKIPPED_OUTCOME
        if fact == "attempt":
            return state.attempt
        value = state.facts.get(fact)
        if value is not None:
            return value
        return [] if (stage, fact) in plan.lists else MISSING  # who reports no list has found nothing to list

    return look_up


def _end(stages: dict[str, StageState], outcome: str, because: str | None, step: Step) -> Step:
    for name, state in stages.items():
        _take_back(name, state, No.JOURNEY_ENDED, step)
    # An offer made in this very step was never announced: forget both.
    unsaid = {offer.referral_id for offer in step.offers}
    step.withdrawals = [each for each in step.withdrawals if each.referral_id not in unsaid]
    step.offers.clear()
    closed = {
        name: replace(state, standing=Standing.SKIPPED, why=No.JOURNEY_ENDED.value, due_at=None)
        if state.standing in OPEN or state.standing is Standing.AGAIN
        else state
        for name, state in stages.items()
    }
    step.journey = JourneyState(closed, (outcome, because))
    step.ended = step.changed = True
    return step
