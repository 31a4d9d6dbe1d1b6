"""From the compartment into an economic programme: outside it is a journey that DP3A opened, and no more."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.intake.journeys import particulars, publishing
from services.intake.journeys.models import Journey
from services.intake.journeys.particulars import Asked
from services.intake.registry import queries as registry
from services.intake.registry.rules import UNLESS_SHE_SAYS, Channel
from services.simulate.work.protection import offer_talk
from shared.bus.models import LoggedEvent
from shared.events.intake import SubjectKind
from shared.kernel import clock
from shared.privacy import sealed
from shared.programmes import library
from tests.browsing import Browser
from tests.intake.journeys import roads
from tests.intake.protection.conftest import Compartment
from tests.intake.protection.test_outside import IDENTIFIER, MOMENT, offered

PROGRAMME = "pemberdayaan-kukar"
CONTACT = {"channel": "message", "hours": "pagi", "never_call": True, "code_word": "melati"}


@pytest.fixture
def published(compartment: Compartment) -> Compartment:
    with compartment.base.transaction() as session:
        publishing.publish(session, library.programme(PROGRAMME))
    return compartment


def announced(compartment: Compartment) -> list[Any]:
    """What was announced since the last time, without what differs by itself."""
    with compartment.base.transaction() as session:
        rows = session.execute(select(LoggedEvent.type, LoggedEvent.body).order_by(LoggedEvent.seq)).all()
        session.execute(LoggedEvent.__table__.delete())
    return [(kind, MOMENT.sub("~", IDENTIFIER.sub("~", json.dumps(json.loads(body)["data"])))) for kind, body in rows]


def test_a_referral_onward_says_only_referred_by_dp3a(published: Compartment) -> None:
    helped, other = published.women(2)
    case = published.case(helped)
    answer = published.ask(published.counsellor, "POST", f"cases/{case['id']}/onward", {"programme": PROGRAMME})
    assert answer.status_code == 201, answer.text
    onward = announced(published)
    given = {"programme": PROGRAMME, "subject_ids": [str(other)]}
    assert published.ask(published.officer, "POST", "/intake/v1/dp3a/journeys", given).status_code == 200
    assert onward == announced(published)
    assert any("dp3a-kukar" in body for _, body in onward)
    (step,) = published.read(case)["steps"]
    assert (step["kind"], step["programme"]) == ("referred-onward", PROGRAMME)


WISHES = [
    {"channel": channel.value, "never_call": False, **more}
    for channel in Channel
    for more in ({}, {"never_call": True, "hours": "pagi", "code_word": "melati", "through": "Ibu RT Sri"})
]


@pytest.mark.parametrize("contact", WISHES, ids=lambda wish: f"{wish['channel']}-{len(wish)}")
def test_a_referral_onward_tells_its_offices_only_through_which_office_to_go(
    published: Compartment, contact: dict[str, Any]
) -> None:
    (woman,) = published.women()
    before = _wish(published, woman)
    case = published.case(woman, safe_contact=contact)
    published.ask(published.counsellor, "POST", f"cases/{case['id']}/onward", {"programme": PROGRAMME})
    with published.base.reading() as session:
        rows = session.scalars(select(LoggedEvent).where(LoggedEvent.type == "intake.stage-offered.v1")).all()
    told = {
        json.loads(row.body)["data"]["stage"]: sealed.unseal("intake", "intake", row.sealed["intake"], row.id)[
            "particulars"
        ]
        for row in rows
        if row.sealed
    }
    assert told["assessment"]["safe_contact"] == {"channel": "through-office", "office": "dp3a-kukar"}
    assert "safe_contact" not in told["protection"]
    assert _wish(published, woman) == before == UNLESS_SHE_SAYS
    shown = [
        published.ask(published.officer, "GET", f"/intake/v1/dp3a/persons/{woman}"),
        published.ask(published.officer, "GET", f"/intake/v1/dp3a/journeys?subject_id={woman}"),
        Browser(published.app, published.officer).get(f"/intake/dp3a/persons/{woman}"),
    ]
    for answer in shown:
        assert answer.status_code == 200
        assert not re.search('melati|Ibu RT Sri|"through-office" selected', answer.text)
    assert published.read(case)["safe_contact"] == {name: value for name, value in contact.items() if value}


def test_everybody_may_be_reached_only_through_an_office_and_every_journey_is_stored_alike(
    published: Compartment,
) -> None:
    helped, asked, other = published.women(3)
    case = published.case(helped, safe_contact=CONTACT)
    published.ask(published.counsellor, "POST", f"cases/{case['id']}/onward", {"programme": PROGRAMME})
    path = f"/intake/v1/dp3a/persons/{asked}"
    wish = {"channel": "through-office", "never_call": False}
    assert published.ask(published.officer, "PUT", f"{path}/contact-wish", wish).status_code == 204
    through = {"channel": "through-office", "office": "dp3a-kukar"}
    assert published.ask(published.officer, "GET", path).get_json()["contact_wish"] == through
    assert "DP3A" in Browser(published.app, published.officer).get(f"/intake/dp3a/persons/{asked}").text
    given = {"programme": PROGRAMME, "subject_ids": [str(asked), str(other)]}
    assert published.ask(published.officer, "POST", "/intake/v1/dp3a/journeys", given).status_code == 200
    with published.base.reading() as session:
        stored = session.execute(text("SELECT subject_id, octet_length(contact) AS size FROM journey")).all()
        journeys = session.execute(select(Journey.id, Journey.subject_id)).all()
        parts = parts_of(session, [(row.id, row.subject_id) for row in journeys])
    assert len(stored) == 3
    assert len({row.size for row in stored}) == 1
    assert parts == {helped: through, asked: through, other: UNLESS_SHE_SAYS}


def parts_of(session: Any, journeys: list[tuple[UUID, UUID]]) -> dict[UUID, Any]:
    """What an office on the way is told of how to reach each of them."""
    wanted = [Asked(SubjectKind.PERSON, subject, ("safe_contact",), None, journey) for journey, subject in journeys]
    parts = particulars.parts(session, wanted)
    return {subject: part["particulars"]["safe_contact"] for (_, subject), part in zip(journeys, parts, strict=True)}


def test_a_journey_that_cannot_be_opened_leaves_no_step_and_no_wish(published: Compartment) -> None:
    (woman,) = published.women()
    case = published.case(woman, safe_contact=CONTACT)
    path = f"cases/{case['id']}/onward"
    assert published.ask(published.counsellor, "POST", path, {"programme": roads.WRSE}).status_code == 404
    assert published.read(case)["steps"] == []
    assert _wish(published, woman) == UNLESS_SHE_SAYS


def test_any_officer_may_note_how_any_woman_wishes_to_be_reached(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    path = f"/intake/v1/dp3a/persons/{woman}"
    assert compartment.ask(compartment.officer, "PUT", f"{path}/contact-wish", CONTACT).status_code == 204
    assert compartment.ask(compartment.officer, "GET", path).get_json()["contact_wish"] == CONTACT
    browser = Browser(compartment.app, compartment.officer)
    page = f"/intake/dp3a/persons/{woman}"
    assert browser.submit(f"{page}/contact-wish", {"hours": "siang"}).status_code == 422
    assert browser.submit(f"{page}/contact-wish", {"channel": "visit", "never_call": "false"}).status_code == 303
    assert _wish(compartment, woman) == {"channel": "visit"}
    assert browser.get(page).status_code == 200


def test_the_talk_asks_every_woman_how_she_wishes_to_be_reached(compartment: Compartment) -> None:
    (woman,) = compartment.women()
    path = offered(compartment.base, woman)
    compartment.ask(compartment.officer, "POST", f"{path}/accept")
    browser = Browser(compartment.app, compartment.officer)
    page = path.replace("/v1", "")
    assert 'name="contact.channel"' in browser.get(page).text
    assert browser.submit(f"{page}/complete", {"contact.hours": "pagi"}).status_code == 422
    contact = {"contact.channel": "at-office", "contact.never_call": "true"}
    for unsaid in (contact, {"asks": "true", "contact.channel": "at-office"}):  # neither is taken for a no
        refused = browser.submit(f"{page}/complete", unsaid)
        assert (refused.status_code, "nothing is taken for a yes or a no" in refused.text) == (422, True)
    assert browser.submit(f"{page}/complete", contact | {"asks": "true"}).status_code == 303
    assert _wish(compartment, woman) == {"channel": "at-office", "never_call": True}
    assert compartment.due()["requests"] == []
    compartment.take_over()
    assert len(compartment.due()["requests"]) == 1


def test_a_simulated_officer_completes_the_talk_and_a_counsellor_opens_a_case(
    compartment: Compartment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.simulate.work.protection.ASKS", 1)
    monkeypatch.setattr("services.simulate.work.protection.COUNSELLED", 1)
    (woman,) = compartment.women()
    path = offered(compartment.base, woman)
    compartment.ask(compartment.officer, "POST", f"{path}/accept")
    assert offer_talk(Desk(compartment, path)) is None  # type: ignore[arg-type]
    assert compartment.due()["requests"] == []
    assert len(compartment.due()["cases"]) == 1


class Desk:
    """A case as the simulation sees it, asked through the app rather than over a socket."""

    def __init__(self, compartment: Compartment, path: str) -> None:
        self.compartment, self.path = compartment, path
        self.row = {"agency": "dp3a", "subject_kind": "person"}
        self.today = clock.today()

    def chance(self, what: str) -> Any:
        from random import Random

        return Random(what)

    def complete(self, done: Any) -> None:
        assert self.compartment.ask(self.compartment.officer, "POST", f"{self.path}/complete", done).status_code == 200
        self.compartment.take_over()

    def colleague(self, role: str) -> Any:
        compartment = self.compartment

        class Counsellor:
            def get(self, path: str) -> Any:
                return compartment.ask(compartment.counsellor, "GET", path).get_json()

            def post(self, path: str, body: Any) -> Any:
                answer = compartment.ask(compartment.counsellor, "POST", path, body)
                assert answer.status_code < 300, answer.text
                return answer.get_json() if answer.data else {}

        assert role == "counsellor"
        return Counsellor()


def _wish(compartment: Compartment, woman: UUID) -> Any:
    with compartment.base.reading() as session:
        return registry.particulars_of_persons(session, [woman], ["safe_contact"])[woman].get("safe_contact")
