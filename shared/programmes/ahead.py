"""What would follow if a stage ended so or so: the engine is asked beforehand, and nothing happens.

An office knows its own stage and what was reported before it, not what is going on beside it. So the journey is put
together from that: what must be settled before this stage and reported nothing was skipped, what could begin beside it
has begun. What only her consent, or a fact not reported yet, will decide is said to be open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from shared.programmes import engine, kinds
from shared.programmes.definition import Basis, Programme, Stage
from shared.programmes.engine import Answer, Completed, Step
from shared.programmes.expressions import compile_expression
from shared.programmes.state import OUT, JourneyState, StageState, Standing

ENGINES_OWN = frozenset({"outcome", "attempt"})
"""What a condition may ask of a stage without knowing its facts."""
NO_CHANCE_LEFT = 1_000_000


@dataclass(frozen=True, slots=True)
class Next:
    """A stage that is offered then; `perhaps` where a fact of this stage decides, `asks_consent` where she does."""

    stage: Stage
    perhaps: bool = False

    @property
    def asks_consent(self) -> bool:
        """Whether it is only offered with her consent."""
        return self.stage.basis is Basis.CONSENT


@dataclass(frozen=True, slots=True)
class Ahead:
    """What follows an outcome; `otherwise` is what follows once its second chances are used up."""

    outcome: str
    offers: tuple[Next, ...] = ()
    skips: tuple[Stage, ...] = ()
    sends_back_to: Stage | None = None
    repeats: bool = False
    most: int | None = None
    takes_back: tuple[Stage, ...] = ()
    waits_for: tuple[Stage, ...] = ()
    ends: tuple[str, ...] = ()
    spawns: str | None = None
    otherwise: "Ahead | None" = None

    @property
    def ends_badly(self) -> bool:
        """Whether the journey is over without having reached its last stage."""
        return bool(self.ends) and not {engine.GRADUATED, engine.COMPLETED} & set(self.ends)


def ahead(programme: Programme, name: str, earlier: Mapping[str, Mapping[str, Any]], attempt: int) -> list[Ahead]:
    """For each outcome of a stage that is being done, what follows; `earlier` is what the stages before it reported."""
    stage = programme.stages[name]
    known, open_ended = _with_facts_open(programme, name)
    found = []
    for outcome in kinds.kind(stage.does).outcomes:
        foreseen = _foreseen(known, open_ended, name, earlier, attempt, outcome, used=0)
        if attempt > 1 and foreseen.most is not None:  # the chances may be used up by now: the office cannot know
            used_up = _foreseen(known, open_ended, name, earlier, attempt, outcome, used=NO_CHANCE_LEFT)
            foreseen = replace(foreseen, otherwise=used_up)
        found.append(foreseen)
    return found


@lru_cache(maxsize=256)
def _with_facts_open(programme: Programme, name: str) -> tuple[Programme, frozenset[str]]:
    """The programme without the conditions that ask for facts of this stage, and the stages that had one."""

    def asks_facts(condition: str | None) -> bool:
        asks = compile_expression(condition).asks if condition else ()
        return any(thing == name and fact not in ENGINES_OWN for thing, fact in asks)

    open_ended = frozenset(each.name for each in programme.stages.values() if asks_facts(each.when))
    stages = {
        each.name: replace(each, when=None) if each.name in open_ended else each for each in programme.stages.values()
    }
    if not asks_facts(programme.graduates):
        return replace(programme, stages=stages), open_ended
    return replace(programme, stages=stages, graduates="true"), open_ended | {programme.id}


def _foreseen(
    programme: Programme,
    open_ended: frozenset[str],
    name: str,
    earlier: Mapping[str, Mapping[str, Any]],
    attempt: int,
    outcome: str,
    *,
    used: int,
) -> Ahead:
    stage = programme.stages[name]
    numbers = count(2)
    own = UUID(int=1)

    def naming() -> UUID:
        return UUID(int=next(numbers))

    consents = {each.agency: Answer.GIVEN for each in programme.stages.values()}
    now = StageState(Standing.ACCEPTED, attempt, str(own), returns=used, repeats=used)
    journey = engine.move(programme, _so_far(programme, name, earlier, now), naming, consents).journey
    step = engine.advance(programme, journey, Completed(name, own, outcome, {}), naming, consents)
    told = Ahead(
        outcome,
        skips=tuple(programme.stages[each] for each in step.skipped),
        takes_back=tuple(programme.stages[each.stage] for each in step.withdrawals),
        ends=_endings(programme, step, open_ended),
        spawns=stage.spawns.programme if stage.spawns and outcome in stage.spawns.on else None,
    )
    if not used and stage.returns_to and outcome in stage.returns_to.on:
        return replace(
            told, skips=(), sends_back_to=programme.stages[stage.returns_to.stage], most=stage.returns_to.most
        )
    if not used and stage.repeat and outcome in stage.repeat.on:
        return replace(told, repeats=True, most=stage.repeat.most)
    offered = tuple(Next(programme.stages[each.stage], each.stage in open_ended) for each in step.offers)
    beside = () if offered or step.ended else tuple(programme.stages[each] for each in step.journey.standing(*OUT))
    return replace(told, offers=offered, waits_for=beside)


def _so_far(programme: Programme, name: str, earlier: Mapping[str, Mapping[str, Any]], now: StageState) -> JourneyState:
    stages = {
        each: StageState(Standing.DONE, 1, outcome=report.get("outcome"), facts=dict(report.get("facts") or {}))
        for each, report in earlier.items()
        if each in programme.stages and each != name
    }
    for each in programme.upstream(name):
        stages.setdefault(each, StageState(Standing.SKIPPED))
    return JourneyState({**stages, name: now})


def _endings(programme: Programme, step: Step, open_ended: frozenset[str]) -> tuple[str, ...]:
    if not step.ended or step.journey.ended is None:
        return ()
    outcome, _because = step.journey.ended
    if outcome == engine.GRADUATED and programme.id in open_ended:
        return engine.GRADUATED, engine.COMPLETED
    return (outcome,)
