"""Those who sign see the programme's criterion, and it is kept with their signature."""

import pytest
from sqlalchemy import select, text

from services.monitoring.outcomes.models import GraduationSignature
from services.monitoring.outcomes.rules import Signature, Verdict
from services.monitoring.worker import WORKS
from shared.events.monitoring import GraduationSigned
from shared.identity.rules import Role
from shared.programmes import kinds, library
from shared.referrals import commands
from shared.referrals.handlers import hear_stages_offered
from shared.referrals.work import by_kind
from shared.storage import Database
from tests.announcements import announced_in
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.shared.referrals import offers

CRITERION = {"id": "Usaha berjalan tanpa bantuan.", "en": "The business runs without help.", "source": "assumption"}


@pytest.mark.parametrize("criterion", [CRITERION, None])
def test_a_signature_keeps_the_criterion_it_was_given_by(monitoring_db: Database, criterion: dict | None) -> None:
    settings = {"signatures": 2} | ({"criterion": criterion} if criterion else {})
    event = offers.offer(stage="sustainability", does="monitoring.graduation", settings=settings)
    with monitoring_db.transaction() as session:
        hear_stages_offered(session, [offers.heard(event, {}, by="monitoring")], works=by_kind(WORKS))
    app, officer = web_app("monitoring", monitoring_db), an_officer(Role.OFFICER)
    app.testing = True
    path = f"/monitoring/v1/dinsos/referrals/{event.referral_id}"
    client, header = app.test_client(), bearer(officer)
    assert client.post(f"{path}/accept", headers=header).status_code == 200
    assert client.put(f"{path}/work", json={"verdict": "graduated"}, headers=header).status_code == 200
    work = client.get(path, headers=header).json["work"]
    assert work["criterion"] == criterion
    assert work["signatures"][0]["criterion"] == criterion
    page = Browser(app, officer).get(f"/monitoring/dinsos/referrals/{event.referral_id}").text
    assert (CRITERION["en"] in page) is (criterion is not None)
    with monitoring_db.reading() as session:
        assert session.scalar(text("SELECT criterion FROM graduation_signature")) == criterion


@pytest.mark.parametrize("missing", ["id", "en", "source"])
def test_a_criterion_needs_both_languages_and_its_source(missing: str) -> None:
    given = {name: value for name, value in CRITERION.items() if name != missing}
    kind = kinds.kind("monitoring.graduation")
    assert "criterion" in kind.wrong_settings({"signatures": 2, "criterion": given})
    assert kind.wrong_settings({"signatures": 2, "criterion": CRITERION}) == {}
    assert kind.wrong_settings({"signatures": 2}) == {}


@pytest.mark.parametrize(
    ("programme", "stage"), [("kusiapp-mataram", "assessment"), ("usaha-mikro-kaltim-2023", "sustainability")]
)
def test_where_the_article_gives_no_criterion_ours_is_marked_as_an_assumption(programme: str, stage: str) -> None:
    assert library.programme(programme).stages[stage].settings["criterion"]["source"] == "assumption"


def test_a_head_signs_many_results_at_once_and_each_is_kept_and_told(monitoring_db: Database) -> None:
    events = [offers.offer(stage="end", does="monitoring.graduation", settings={"signatures": 1}) for _ in range(3)]
    head = offers.officer(roles=frozenset({Role.HEAD}))
    given = {"verdict": Verdict.GRADUATED, "cause": None}
    with monitoring_db.transaction() as session:
        hear_stages_offered(session, [offers.heard(each, {}, by="monitoring") for each in events], works=by_kind(WORKS))
        ids = [each.referral_id for each in events]
        commands.accept_referrals(session, head, ids)
        commands.complete_referrals(session, head, by_kind(WORKS), dict.fromkeys(ids, given))
        signed = session.scalars(select(GraduationSignature)).all()
        assert {(each.referral_id, each.number, each.word) for each in signed} == {
            (each, 1, Signature(head.id, Verdict.GRADUATED, None)) for each in ids
        }
        told = [each for each in announced_in(session) if isinstance(each, GraduationSigned)]
        assert sorted(each.referral_id for each in told) == sorted(ids)
