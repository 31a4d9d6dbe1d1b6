"""What a coordinator does about a journey: who may, what it does, and what the office sees and answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from services.monitoring.app import create
from services.monitoring.meetings import commands as meetings
from services.monitoring.meetings import queries as agendas
from services.monitoring.meetings.models import Meeting
from services.monitoring.meetings.rules import OnAgendaAlready, Reason
from services.monitoring.steering import commands, queries
from services.monitoring.steering.models import CoordinatorAsk
from services.monitoring.steering.rules import (
    EXPLAIN_WITHIN,
    AnsweredAlready,
    AskedAlready,
    FlaggedAlready,
    JourneyIsOver,
    NotFlagged,
    NothingWaits,
    NudgedToday,
    Wants,
)
from shared.events import intake, referrals
from shared.events.monitoring import ExplanationAsked, ExplanationGiven, OfficeNudged
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import calendar, clock, ids
from shared.kernel.errors import DomainError, NotFound
from shared.storage import Database
from tests.announcements import announced
from tests.browsing import Browser, an_officer, bearer
from tests.monitoring import stories

COORDINATOR = an_officer(Role.COORDINATOR, office="bappeda-kaltim")
OFFICE = an_officer(Role.OFFICER, office="dinsos-kukar")
WHY = "Sudah dua minggu, kapan selesai?"


class Waiting:
    """A journey of which one stage waits for the office of Dinsos Kukar."""

    def __init__(self, base: Database, does: str = "proposal") -> None:
        self.base, self.story = base, stories.Story()
        at = clock.now() - timedelta(days=1)
        self.journey = stories.journey(self.story, at=at)
        self.about = stories.offer(self.story, self.journey, does, at)
        self.referral: UUID = self.about["referral_id"]
        stories.hear(base, self.story.heard)

    def tell(self, source: str, event: Any) -> None:
        stories.hear(self.base, [self.story.tell(source, event, clock.now())])

    def close(self) -> None:
        self.tell("grants", referrals.ReferralAccepted(**self.about))
        self.tell("grants", referrals.ReferralCompleted(**self.about, outcome="submitted", facts={}))

    def end(self) -> None:
        self.tell(
            "intake",
            intake.JourneyEnded(
                journey_id=self.journey, outcome=intake.JourneyOutcome.COMPLETED, because=None, ended_on=clock.today()
            ),
        )

    def act(self, act: Callable[..., Any], officer: Officer = COORDINATOR, **given: Any) -> Any:
        with self.base.transaction() as session:
            return act(session, officer, self.journey, **given)

    def nudge(self, officer: Officer = COORDINATOR) -> None:
        self.act(commands.nudge_office, officer, referral_id=self.referral, words=WHY)

    def ask(self, officer: Officer = COORDINATOR) -> CoordinatorAsk:
        asked: CoordinatorAsk = self.act(commands.ask_for_explanation, officer, referral_id=self.referral, words=WHY)
        return asked

    def seen(self, officer: Officer = OFFICE, answered: bool | None = False) -> list[CoordinatorAsk]:
        with self.base.reading() as session:
            return list(session.scalars(queries.asks(officer, answered=answered)))


@pytest.fixture
def waiting(monitoring_db: Database) -> Waiting:
    return Waiting(monitoring_db)


@pytest.fixture
def app(monitoring_db: Database) -> Flask:
    made = create(monitoring_db)
    made.testing = True
    return made


def test_a_nudge_is_before_the_office_with_who_when_and_why_until_the_stage_is_closed(waiting: Waiting) -> None:
    waiting.nudge()
    (ask,) = waiting.seen()
    assert (ask.wants, ask.words, ask.signed, ask.office) == (Wants.ATTENTION, WHY, "Petugas Uji", "dinsos-kukar")
    assert waiting.seen(an_officer(Role.OFFICER, office="dinsos-kubar")) == []
    assert isinstance(announced(waiting.base)[-1], OfficeNudged)
    with pytest.raises(NudgedToday):
        waiting.nudge()
    waiting.close()
    assert waiting.seen() == []


def test_an_explanation_is_owed_in_working_days_and_the_coordinator_reads_the_answer(waiting: Waiting) -> None:
    asked = waiting.ask()
    assert asked.due_at == calendar.deadline(asked.asked_at, EXPLAIN_WITHIN)
    with pytest.raises(AskedAlready):
        waiting.ask()
    with waiting.base.transaction() as session:
        commands.explain(session, OFFICE, asked.id, "Menunggu berkas RT.")
    (answered,) = waiting.seen(COORDINATOR, answered=True)
    assert (answered.answer, answered.answered_as) == ("Menunggu berkas RT.", "Petugas Uji")
    assert waiting.seen() == []
    assert [type(each) for each in announced(waiting.base)[-2:]] == [ExplanationAsked, ExplanationGiven]
    with pytest.raises(AnsweredAlready), waiting.base.transaction() as session:
        commands.explain(session, OFFICE, asked.id, "Lagi.")
    assert waiting.ask().id != asked.id, "once answered, it may be asked again"


@pytest.mark.parametrize("stranger", ["dinsos-kubar", "dinsos-kaltim", "dp3a-kukar"])
def test_no_other_office_answers(waiting: Waiting, stranger: str) -> None:
    asked = waiting.ask()
    with pytest.raises(NotFound), waiting.base.transaction() as session:
        commands.explain(session, an_officer(Role.OFFICER, office=stranger), asked.id, "Bukan kami.")


@pytest.mark.parametrize(
    ("viewer", "may_answer"),
    [
        (OFFICE, True),
        (COORDINATOR, False),
        (an_officer(Role.AUDITOR, office="bappeda-kaltim"), False),
        (an_officer(Role.OFFICER, Role.COORDINATOR, office="bappeda-kaltim"), False),
        (an_officer(Role.AUDITOR, office="dinsos-kukar"), False),
    ],
)
def test_only_whoever_may_answer_is_led_to_the_answer(
    waiting: Waiting, app: Flask, viewer: Officer, may_answer: bool
) -> None:
    asked = waiting.ask()
    browser, root = Browser(app, viewer), f"/monitoring/{viewer.agency}/asks"
    for part in ("", "/waiting", f"/about/{waiting.referral}"):
        said = browser.get(f"{root}{part}").text
        assert (f"{root}/{asked.id}" in said) == may_answer, part
    assert (browser.get(f"{root}/{asked.id}").status_code == 200) == may_answer


def test_a_nudge_wants_no_answer(waiting: Waiting) -> None:
    waiting.nudge()
    (ask,) = waiting.seen()
    with pytest.raises(AnsweredAlready), waiting.base.transaction() as session:
        commands.explain(session, OFFICE, ask.id, "Baik.")


@pytest.mark.parametrize(
    "officer",
    [
        an_officer(Role.OFFICER, Role.HEAD, office="dinsos-kukar"),
        an_officer(Role.AUDITOR, office="bappeda-kaltim"),
        an_officer(Role.COORDINATOR, office="bappeda-kaltim", areas=("64.07",)),
    ],
    ids=["no coordinator", "an auditor", "other areas"],
)
def test_nobody_but_the_coordinator_of_its_area_acts(waiting: Waiting, officer: Officer) -> None:
    for act in (
        lambda: waiting.nudge(officer),
        lambda: waiting.ask(officer),
        lambda: waiting.act(commands.flag_journey, officer, words=WHY),
        lambda: waiting.act(commands.put_on_agenda, officer, words=WHY),
        lambda: waiting.act(commands.lift_flag, officer),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert not isinstance(refused.value, NotFlagged)


def test_only_what_waits_can_be_asked_about(waiting: Waiting) -> None:
    with pytest.raises(NothingWaits):
        waiting.act(commands.nudge_office, referral_id=ids.new_id(), words=WHY)
    waiting.close()
    with pytest.raises(NothingWaits):
        waiting.nudge()
    waiting.end()
    with pytest.raises(JourneyIsOver):
        waiting.ask()


def test_a_confidential_talk_is_not_spoken_of(monitoring_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Waiting(monitoring_db)
    monkeypatch.setattr(queries, "CONFIDENTIAL", "grants.goods-proposal")
    with pytest.raises(NothingWaits):
        waiting.nudge()


def test_the_database_keeps_one_question_open_and_one_nudge_a_day(waiting: Waiting) -> None:
    for ask in (waiting.nudge, waiting.ask):
        ask()
        with waiting.base.reading() as session:
            known = {
                column.name: getattr(waiting.seen()[0], column.name) for column in CoordinatorAsk.__table__.columns
            }
        with pytest.raises(IntegrityError), waiting.base.transaction() as session:
            session.add(CoordinatorAsk(**known | {"id": ids.new_id()}))


def test_a_journey_is_flagged_once_until_the_flag_is_lifted(waiting: Waiting) -> None:
    with pytest.raises(NotFlagged):
        waiting.act(commands.lift_flag)
    waiting.act(commands.flag_journey, words=WHY)
    with pytest.raises(FlaggedAlready):
        waiting.act(commands.flag_journey, words=WHY)
    waiting.act(commands.lift_flag)
    waiting.act(commands.flag_journey, words=WHY)


def convene(base: Database, days: int = 3) -> Meeting:
    head = an_officer(Role.HEAD, office="dinsos-kukar")
    with base.transaction() as session:
        return meetings.convene(
            session, head, meets_on=clock.today() + timedelta(days=days), place="Aula", area="64.02", programmes=[]
        )


def asked_for(base: Database, meeting: Meeting) -> list[UUID | None]:
    with base.reading() as session:
        items = session.scalars(agendas.agenda(meeting.id)).all()
        return [each.journey_id for each in items if each.reason is Reason.ASKED]


def test_the_next_meeting_about_it_has_it_on_its_agenda_until_it_was_held(waiting: Waiting) -> None:
    base = waiting.base
    later, sooner = convene(base, 9), convene(base, 0)
    meeting = waiting.act(commands.put_on_agenda, words=WHY)
    assert meeting.id == sooner.id
    assert (asked_for(base, sooner), asked_for(base, later)) == ([waiting.journey], [])
    with pytest.raises(OnAgendaAlready):
        waiting.act(commands.put_on_agenda, words=WHY)
    head = an_officer(Role.HEAD, office="dinsos-kukar")
    with base.transaction() as session:
        meetings.renew_agenda(session, head, sooner.id)
    assert asked_for(base, sooner) == [waiting.journey], "made anew, it still stands there"
    with base.transaction() as session:
        meetings.hold(session, head, sooner.id, minutes="Dibahas.", attendance={"dinsos-kukar": 1, "dp3a-kukar": 1})
    with base.transaction() as session:
        meetings.renew_agenda(session, head, later.id)
    assert asked_for(base, later) == []


def test_without_a_meeting_it_waits_for_the_next_that_is_convened(waiting: Waiting) -> None:
    assert waiting.act(commands.put_on_agenda, words=WHY) is None
    assert asked_for(waiting.base, convene(waiting.base)) == [waiting.journey]


def test_coordinator_and_office_meet_on_their_pages(waiting: Waiting, app: Flask) -> None:
    her, office = Browser(app, COORDINATOR), Browser(app, OFFICE)
    page = f"/monitoring/bappeda/journeys/{waiting.journey}"
    assert f"{page}/steer" in her.get(page).text
    assert (
        f"/monitoring/dinsos/journeys/{waiting.journey}/steer"
        not in office.get(f"/monitoring/dinsos/journeys/{waiting.journey}").text
    )
    wrong = her.submit(f"{page}/nudge", {"referral_id": str(waiting.referral), "words": "  "})
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)
    about = {"referral_id": str(waiting.referral), "words": WHY}
    for part, given in (("nudge", about), ("explanation", about), ("flag", {"words": WHY}), ("agenda", {"words": WHY})):
        assert her.submit(f"{page}/{part}", given).status_code == 303, part
        assert her.submit(f"{page}/{part}", given).status_code == 409, part
    for part in ("waiting", f"about/{waiting.referral}"):
        assert office.get(f"/monitoring/dinsos/asks/{part}").text.count(WHY) == 2
    (ask,) = [each for each in waiting.seen() if each.due_at]
    assert office.submit(f"/monitoring/dinsos/asks/{ask.id}", {"answer": " "}).status_code == 422
    assert office.submit(f"/monitoring/dinsos/asks/{ask.id}", {"answer": "Besok."}).status_code == 303
    assert "Besok." in her.get(f"{page}/steer").text
    assert "Besok." in her.get("/monitoring/bappeda/asks?answered=true").text
    assert WHY in her.get("/monitoring/bappeda/asks").text, "the flag stands there"
    assert her.submit(f"{page}/flag/lift").status_code == 303


def test_programs_do_the_same(waiting: Waiting, app: Flask) -> None:
    client, base = app.test_client(), "/monitoring/v1/bappeda"
    her, office = bearer(COORDINATOR), bearer(OFFICE)
    given = {"referral_id": str(waiting.referral), "words": WHY}
    page = f"{base}/journeys/{waiting.journey}"
    assert client.post(f"{page}/nudge", json=given, headers=office).status_code == 403
    assert len(client.post(f"{page}/nudge", json=given, headers=her).json["asks"]) == 1
    asked = client.post(f"{page}/explanation", json=given, headers=her).json["asks"][0]
    assert client.post(f"{page}/flag", json={"words": WHY}, headers=her).json["flag"]["words"] == WHY
    assert client.post(f"{page}/agenda", json={"words": WHY}, headers=her).json["meeting_id"] is None
    assert len(client.get(f"{base}/flags", headers=her).json["items"]) == 1
    assert client.post(f"{page}/flag/lift", headers=her).json["flag"] is None
    assert client.get("/monitoring/v1/dinsos/asks", headers=office).json["items"][0]["id"] == asked["id"]
    answer = client.post(f"/monitoring/v1/dinsos/asks/{asked['id']}/answer", json={"answer": "Besok."}, headers=office)
    assert answer.json["answer"] == "Besok."
    assert client.get(f"{base}/asks?answered=true", headers=her).json["items"][0]["answer"] == "Besok."
