"""Takes a programme over that has run on paper: journeys that begin where the papers say that they stand.

The engine itself is told what was done, act after act, as if each had been reported on its day: so second chances,
repeats and conditions count as they would have. Only what stands open after the last of them is offered, and only with
her consent where one is needed: what is not written down was not done.

What Kail has no record of, nobody can go on with. So the steps of one chain (a budget, its decision, its hand-over) are
brought in together or not at all, aid that was given comes with its amount, and money that is owed stays out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shared.kernel.errors import Invalid
from shared.kernel.ids import new_id
from shared.programmes import engine, kinds
from shared.programmes.definition import Basis, Programme, Stage, Text
from shared.programmes.engine import Answer, Completed, ConsentAnswered, Consents, NewId, Step
from shared.programmes.state import OPEN, OUT, SETTLED, JourneyState, StageState, Standing

NOTHING = Text("tidak ada", "nothing")


class NoSuchStage(Invalid):
    """The programme has no stage '{stage}'; its stages are: {stages}."""

    indonesian = "Program ini tidak memiliki tahap '{stage}'; tahapnya: {stages}."


class NothingWasDone(Invalid):
    """Nothing was done on paper: open this journey as a new one."""

    indonesian = "Belum ada yang dikerjakan di atas kertas: bukalah sebagai perjalanan baru."


class StillAhead(Invalid):
    """{stage} is dated {done_on}, which lies ahead: write the day on which it was done."""

    indonesian = "{stage} bertanggal {done_on}, padahal belum tiba: tulis tanggal pelaksanaannya."


class ReportedAhead(Invalid):
    """{stage} reports {fact} = {day}, which lies ahead: write the day on which it was done."""

    indonesian = "{stage} melaporkan {fact} = {day}, padahal belum tiba: tulis tanggal pelaksanaannya."


class NotReachedSo(Invalid):
    """What was done before does not lead to {stage}: {waits} comes first. Add what is missing, or mend the days."""

    indonesian = "{stage} belum dapat dicapai: {waits} lebih dahulu. Tambahkan yang kurang, atau perbaiki tanggalnya."


class NothingAhead(Invalid):
    """With {stage} this journey was over: nothing is left to be done, and its papers stay as they are."""

    indonesian = "Perjalanan ini sudah selesai dengan {stage}: tidak ada yang perlu dilanjutkan."


class WorksOnPaper(Invalid):
    """{stage} goes on with what Kail itself knows of {done}: bring both in from paper, or do {done} anew in Kail."""

    indonesian = (
        "{stage} meneruskan catatan {done} di dalam Kail: masukkan keduanya dari kertas, atau kerjakan {done} lagi di"
        " Kail."
    )


class StillOwed(Invalid):
    """{stage} lent money that is paid back in instalments: record the loan in Kail, do this stage there."""

    indonesian = (
        "{stage} meminjamkan uang yang diangsur: catat pinjamannya di Kail dengan mengerjakan tahap ini di sana."
    )


class AmountUnsaid(Invalid):
    """{stage} gave aid: write how much, in rupiah."""

    indonesian = "{stage} memberi bantuan: tuliskan jumlahnya dalam rupiah."


class NotGivenAnyway(Invalid):
    """{stage} can only be left out where it needs consent; say with which result it ended."""

    indonesian = "{stage} hanya boleh dilewati bila memerlukan persetujuan; tuliskan hasilnya."


@dataclass(frozen=True, slots=True)
class Act:
    """A stage that was done on paper: on which day, with which outcome and facts, under which number.

    The outcome `skipped` says that a stage that needs consent was left out.
    """

    stage: str
    outcome: str
    done_on: date
    facts: Mapping[str, Any]
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An act as the journey has it: which turn of its stage it was, under the number of a referral of its own."""

    act: Act
    attempt: int
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A journey that begins half-way: what was done, in order, and the step by which it goes on."""

    done: tuple[Done, ...]
    step: Step

    @property
    def began_on(self) -> date:
        """The day of the first act."""
        return min(each.act.done_on for each in self.done)


def act(programme: Programme, stage: str, outcome: str, done_on: date, **said: Any) -> Act:
    """An act as a paper tells it: with its `number`, its `amount` in rupiah, and whatever else it `reported`.

    Raises NoSuchStage, AmountUnsaid, StillOwed, and WrongReport for what such a stage cannot report.
    """
    number, amount, facts = said.get("number"), said.get("amount"), dict(said.get("reported") or {})
    found = _stage(programme, stage)
    kind = kinds.kind(found.does)
    paper = kind.on_paper
    if outcome == engine.SKIPPED_OUTCOME:
        if found.basis is not Basis.CONSENT:
            raise NotGivenAnyway(stage=found.title).at("outcome")
        return Act(stage, outcome, done_on, {}, number)
    for fact, value in ((paper.day, done_on.isoformat()), (paper.number, number), (paper.amount, amount)):
        if fact is not None and value is not None:
            facts.setdefault(fact, value)
    kind.require_report(outcome, facts, found.settings)
    if outcome in paper.lends or (paper.loan is not None and facts.get(paper.loan)):
        raise StillOwed(stage=found.title).at("outcome")
    if outcome in paper.gives and not facts.get(paper.amount or ""):
        raise AmountUnsaid(stage=found.title).at("amount")
    return Act(stage, outcome, done_on, facts, number)


def require_past(programme: Programme, said: Act, today: date) -> None:
    """Refuse a day to come, of the act itself or of what it reports; raises StillAhead, ReportedAhead."""
    stage = _stage(programme, said.stage)
    if said.done_on > today:
        raise StillAhead(stage=stage.title, done_on=said.done_on.isoformat()).at("date")
    known = kinds.kind(stage.does).facts
    for fact, value in said.facts.items():
        if known.get(fact) is date and value is not None and date.fromisoformat(value) > today:
            raise ReportedAhead(stage=stage.title, fact=fact, day=value).at(f"facts.{fact}")


def take_up(
    programme: Programme,
    acts: Iterable[Act],
    today: date,
    naming: NewId = new_id,
    consents: Consents = engine.NOBODY_ASKED,
) -> TakenUp:
    """Begin a journey after what was done on paper; acts of one day count in the order of the programme's stages.

    Raises NothingWasDone, StillAhead, ReportedAhead, NotReachedSo, NothingAhead, WorksOnPaper.
    """
    place = {name: number for number, name in enumerate(programme.order)}
    in_turn = sorted(acts, key=lambda each: (each.done_on, place[_stage(programme, each.stage).name]))
    if not in_turn:
        raise NothingWasDone
    allowed = {stage.agency: Answer.GIVEN for stage in programme.stages.values()}
    journey, done = engine.start(programme, naming, allowed).journey, list[Done]()
    for each in in_turn:
        stage = programme.stages[each.stage]
        require_past(programme, each, today)
        if journey.ended:
            raise NothingAhead(stage=programme.stages[done[-1].act.stage].title).at("stage")
        at = journey.stages.get(each.stage)
        if at is None or at.standing not in OUT or at.referral is None:
            raise NotReachedSo(stage=stage.title, waits=_titles(programme, journey.standing(*OPEN))).at("stage")
        journey = engine.advance(programme, journey, _said(stage, each, at), naming, _for(stage, each, allowed)).journey
        done.append(Done(each, at.attempt, UUID(at.referral)))
    if journey.ended:
        raise NothingAhead(stage=programme.stages[done[-1].act.stage].title).at("stage")
    _refuse_what_hangs_on(programme, journey)
    step = engine.move(programme, _not_asked_yet(journey), naming, consents)
    step.skipped[:] = step.journey.standing(Standing.SKIPPED)
    if step.ended:  # whatever was left needs a consent that was refused
        raise NothingAhead(stage=programme.stages[done[-1].act.stage].title).at("stage")
    return TakenUp(tuple(each for each in done if each.act.outcome != engine.SKIPPED_OUTCOME), step)


def _stage(programme: Programme, name: str) -> Stage:
    if name not in programme.stages:
        raise NoSuchStage(stage=name, stages=", ".join(programme.order)).at("stage")
    return programme.stages[name]


def _said(stage: Stage, said: Act, at: StageState) -> Completed | ConsentAnswered:
    if said.outcome == engine.SKIPPED_OUTCOME:
        return ConsentAnswered(stage.agency)
    assert at.referral is not None
    return Completed(said.stage, UUID(at.referral), said.outcome, dict(said.facts))


def _for(stage: Stage, said: Act, allowed: Mapping[str, Answer]) -> Consents:
    return {**allowed, stage.agency: Answer.REFUSED} if said.outcome == engine.SKIPPED_OUTCOME else allowed


def _refuse_what_hangs_on(programme: Programme, journey: JourneyState) -> None:
    """Refuse what would have to go on with a record that only a paper has."""
    done = {programme.stages[name].does: programme.stages[name].title for name in journey.standing(Standing.DONE)}
    settled = journey.standing(*SETTLED)
    for name, stage in programme.stages.items():
        for needed in () if name in settled else kinds.kind(stage.does).goes_on_with:
            if needed in done:
                raise WorksOnPaper(stage=stage.title, done=done[needed]).at("stage")


def _not_asked_yet(journey: JourneyState) -> JourneyState:
    """The journey as if nobody had been asked yet for what stands open: whoever is asked now is asked anew."""
    stages = {}
    for name, at in journey.stages.items():
        if at.standing not in OPEN:
            stages[name] = at
        elif at.attempt > 1 or at.returns or at.repeats:
            stages[name] = StageState(Standing.AGAIN, at.attempt - 1, returns=at.returns, repeats=at.repeats)
    return JourneyState(stages)


def _titles(programme: Programme, names: Sequence[str]) -> Text:
    titles = [programme.stages[each].title for each in names]
    return Text(", ".join(each.id for each in titles), ", ".join(each.en for each in titles)) if titles else NOTHING
