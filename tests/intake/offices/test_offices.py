"""Offices are added, renamed, closed and handed over by page, API and command, without a restart."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from services.grants.funds.models import Fund
from services.grants.worker import GRANTS
from services.intake.accounts import commands as accounts
from services.intake.accounts import log
from services.intake.accounts.models import AccountLine, OfficerAccount
from services.intake.accounts.queries import officer_of
from services.intake.accounts.rules import State, What
from services.intake.journeys import commands as journeys
from services.intake.journeys import rules as journeys_rules
from services.intake.offices.models import OfficeChange
from services.intake.worker import INTAKE
from services.operate.agencies import agencies as command
from services.operate.audit import audit
from shared.events.grants import FundHandedOver
from shared.events.intake import AccessEnded, JourneyHandedOver, OfficeHandedOver
from shared.events.referrals import ReferralDeclined
from shared.identity import office_files, offices
from shared.identity.officer import Officer
from shared.identity.rules import Role
from shared.kernel import clock
from shared.storage import Database
from shared.succession import handlers as succession
from tests.announcements import announced
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.grants.desk import Desk
from tests.intake.journeys.roads import OFFICER, Road, heard
from tests.monitoring import stories

NEW = {"id": "dinsos-berau", "agency": "dinsos", "name": "Dinas Sosial Contoh", "region": "64.03", "registers": True}
OFFICES = "/intake/v1/bappeda/offices"


@pytest.fixture
def admin(agencies: Path):
    return an_officer(Role.ADMINISTRATOR, office="bappeda-kaltim")


@pytest.fixture
def ask(intake_db: Database, admin):
    client = web_app("intake", intake_db).test_client()
    return lambda method, address, **json: client.open(
        OFFICES + address, method=method, json=json or None, headers=bearer(admin)
    )


def test_an_office_that_is_added_by_api_is_there_at_once_and_its_file_is_sound(ask, agencies: Path, intake_db):
    assert offices.resolve("dinsos", "64.03").id == "dinsos-kaltim"
    before = (agencies / "kaltim.yaml").read_text()
    added = ask("POST", "", **NEW)
    assert (added.status_code, added.json["name"], added.json["registers"]) == (201, NEW["name"], True)
    assert offices.resolve("dinsos", "64.03.05").id == "dinsos-berau"
    assert offices.registers("dinsos-berau")
    assert offices.check(agencies) == []
    assert (agencies / "kaltim.yaml").read_text() == before
    assert 'region: "64.03", registers: true, source: assumption}' in (agencies / office_files.FILE).read_text()
    shown = ask("GET", "/dinsos-berau").json
    assert [each["what"] for each in shown["changes"]] == ["added"]
    assert "dinsos-berau" in [each["id"] for each in ask("GET", "").json["items"]]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "dinsos-kaltim"}, "id"),
        ({"id": "Dinsos Berau"}, "id"),
        ({"id": "dinsos-berau\n"}, "id"),
        ({"region": "64"}, "region"),
        ({"region": "99.99"}, "region"),
        ({"region": "6403"}, "region"),
        ({"agency": "dukcapil"}, "agency"),
        ({"name": "A"}, "name"),
        ({"name": "Dinas\nSosial"}, "name"),
        ({"name": "Dinas \x00"}, "name"),
    ],
)
def test_an_office_that_is_not_right_is_refused_beside_its_field_and_no_file_changes(ask, agencies, changed, field):
    before = sorted((path.name, path.read_text()) for path in agencies.glob("*.yaml"))
    answer = ask("POST", "", **{**NEW, **changed})
    assert answer.status_code == 422, answer.json
    assert list(answer.json["errors"]) == [field]
    assert sorted((path.name, path.read_text()) for path in agencies.glob("*.yaml")) == before


def test_a_deployment_with_no_file_at_all_gets_its_first_office(ask, agencies: Path):
    for path in agencies.iterdir():
        path.unlink()
    agencies.rmdir()
    assert ask("POST", "", **NEW).status_code == 201
    assert list(offices.all_offices()) == ["dinsos-berau"]


def test_a_renamed_office_keeps_its_identifier_its_former_name_and_the_comments_of_its_file(ask, agencies: Path):
    assert ask("PATCH", "/dinsos-kukar", name='Dinas "Sosial": {Baru} # satu').status_code == 200
    assert ask("PATCH", "/dinsos-kukar", name="Dinas Sosial Lain").json["formerly"] == [
        "Dinas Sosial Kabupaten Kutai Kartanegara",
        'Dinas "Sosial": {Baru} # satu',
    ]
    text = (agencies / "kaltim.yaml").read_text()
    assert text.startswith("# Who holds which agency role in East Kalimantan.")
    assert offices.check(agencies) == []
    assert offices.office("dinsos-kukar").name == "Dinas Sosial Lain"
    assert ask("PATCH", "/dinsos-kukar", registers=False).json["registers"] is False
    assert ask("PATCH", "/nobody").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_but_an_administrator_changes_offices(intake_db, agencies: Path, role: Role):
    office = "dp3a-kukar" if role is Role.COUNSELLOR else "bappeda-kaltim"
    other = an_officer(role, office=office)
    client = web_app("intake", intake_db).test_client()
    address = f"/intake/v1/{other.agency}/offices"
    assert client.post(address, json=NEW, headers=bearer(other)).status_code == 403
    assert client.get(address, headers=bearer(other)).status_code == (200 if role is Role.AUDITOR else 403)


def test_two_administrators_at_once_lose_none_of_their_offices(agencies: Path):
    def add(number: int) -> None:
        with office_files.changing() as draft:
            office = {"id": f"dinsos-{number}", "agency": "dinsos", "name": "Contoh", "region": f"11.{number}"}
            draft.add({**office, "source": "assumption"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(10, 30)))
    assert {f"dinsos-{number}" for number in range(10, 30)} <= offices.all_offices().keys()


def test_a_folder_in_which_nothing_may_be_written_is_said_and_nothing_is_noted(
    ask, agencies: Path, intake_db, monkeypatch
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    answer = ask("POST", "", **NEW)
    assert (answer.status_code, answer.json["code"]) == (503, "folder-not-writable")
    assert [path.name for path in agencies.iterdir() if path.name.startswith(".") and path.name != ".lock"] == []
    with intake_db.reading() as session:
        assert session.scalars(select(OfficeChange)).all() == []


def test_an_office_that_never_worked_is_closed_without_a_successor_and_every_other_needs_one(ask, road: Road):
    ask("POST", "", **NEW)
    road.set_out()
    refused = ask("POST", "/dinsos-kaltim/close")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["successor"])
    closed = ask("POST", "/dinsos-berau/close").json
    assert closed["closed_on"] == clock.today().isoformat()
    assert offices.resolve("dinsos", "64.03").id == "dinsos-kaltim"
    assert ask("PATCH", "/dinsos-berau", name="Dinas Lain").json["code"] == "office-closed"


@pytest.mark.parametrize("successor", ["dinsos-kaltim", "bappeda-kaltim", "nobody-knows", "dinsos-tutup"])
def test_only_another_open_office_of_the_same_role_takes_over(ask, successor: str):
    ask("POST", "", **{**NEW, "id": "dinsos-tutup"})
    ask("POST", "/dinsos-tutup/close")
    answer = ask("POST", "/dinsos-kaltim/hand-over", successor=successor)
    assert (answer.status_code, answer.json["code"]) == (422, "not-a-successor")
    assert offices.office("dinsos-kaltim").is_open


def deliver(databases: dict[str, Database]) -> None:
    """Let intake and grants hear what intake has announced of offices, as the bus brings it; twice."""
    told = [each for each in announced(databases["intake"]) if isinstance(each, OfficeHandedOver)]
    for subscriber in (INTAKE, GRANTS) * 2:
        with databases[subscriber.name].transaction() as session:
            for event in told:
                hearing = subscriber.hearing_of(event.type_by("intake"))
                assert hearing
                hearing.run(session, [heard(event, "intake")])


def test_a_closed_office_s_journeys_stages_officers_and_funds_go_to_its_successor(
    ask, road: Road, desk: Desk, databases: dict[str, Database]
):
    (journey,) = road.set_out()
    desk.open_fund()
    ask("POST", "", **{**NEW, "id": "dinsos-baru", "region": "64.09", "registers": False})
    with road.database.transaction() as session:
        session.add(
            OfficerAccount(
                username="satu",
                name="Satu",
                office="dinsos-kaltim",
                agency="dinsos",
                roles=["officer"],
                areas=["64"],
                password_hash="-",
            )
        )
    answer = ask("POST", "/dinsos-kaltim/hand-over", successor="dinsos-baru")
    assert (answer.status_code, answer.json["id"], answer.json["registers"]) == (200, "dinsos-baru", True)
    assert offices.office("dinsos-kaltim").successor == "dinsos-baru"
    assert ask("POST", "/dinsos-kukar/hand-over", successor="dinsos-baru").status_code == 200  # it has the first stage
    deliver(databases)
    after = road.journey(journey)
    assert (after.lead_office, after.state["stages"]["verification"]["office"]) == ("dinsos-baru", "dinsos-baru")
    waiting = [road.referral(journey, "verification")]
    assert road.said(JourneyHandedOver) == [
        JourneyHandedOver(journey_id=journey, office=office, successor="dinsos-baru", referrals=waiting)
        for office in ("dinsos-kaltim", "dinsos-kukar")
    ]
    with road.database.reading() as session:
        assert session.scalars(select(OfficerAccount.office)).all() == ["dinsos-baru"]
    with desk.database.reading() as session:
        assert session.scalars(select(Fund.owner_office)).all() == ["dinsos-baru"]
    funds = [each for each in announced(desk.database) if isinstance(each, FundHandedOver)]
    assert [(each.office, each.successor) for each in funds] == [("dinsos-kaltim", "dinsos-baru")]
    assert [each for each in audit(databases) if each.where == "offices"] == []
    owed = ask("GET", "/dinsos-baru").json["owed"]
    assert owed == {"officers": 1, "leads": 1, "stages": 1}


@pytest.mark.parametrize(
    ("office", "successor", "areas", "status"),
    [
        ("dinsos-kaltim", "dinsos-kukar", ["64.02"], 403),
        ("dinsos-kukar", "dinsos-kaltim", ["64.02"], 403),
        ("dinsos-kukar", "dinsos-kaltim", ["64"], 200),
    ],
)
def test_an_administrator_hands_over_in_her_areas_alone(intake_db, agencies: Path, office, successor, areas, status):
    there = hired(intake_db, "satu", office=office)
    by = an_officer(Role.ADMINISTRATOR, office="bappeda-kaltim", areas=areas)
    client = web_app("intake", intake_db).test_client()
    answer = client.post(f"{OFFICES}/{office}/hand-over", json={"successor": successor}, headers=bearer(by))
    assert answer.status_code == status, answer.json
    with intake_db.reading() as session:
        moved = session.get_one(OfficerAccount, there.id).office == successor
    assert (moved, offices.office(office).is_open) == (status == 200, status != 200)


@pytest.mark.parametrize("at", ["dinsos-kukar", "dinsos-kaltim"])
def test_nobody_begins_at_an_office_that_is_closed_and_who_is_left_there_is_still_called_anew(
    ask, admin, intake_db: Database, at: str
):
    assert ask("POST", "/dinsos-kukar/hand-over", successor="dinsos-kaltim").status_code == 200
    late = hired(intake_db, "satu", office=at)
    sentence = "Dinas Sosial Kabupaten Kutai Kartanegara sudah ditutup; pilih kantor yang masih buka."
    given = {"username": "dua", "name": "Dua", "roles": ["officer"], "office": "dinsos-kukar"}
    refused = pytest.raises(accounts.OfficeIsClosed)
    with refused as said, intake_db.transaction() as session:
        accounts.invite(session, None, **given)
    assert said.value.errors["office"][0].message("id") == sentence
    with pytest.raises(accounts.OfficeIsClosed), intake_db.transaction() as session:
        accounts.create_officer(session, **given, password="kail bukan ikan")
    with intake_db.transaction() as session:
        assert accounts.change(session, None, late.id, name="Satu Lagi").office == at
    elsewhere = {"dinsos-kukar": "dinsos-kaltim", "dinsos-kaltim": "dinsos-kukar"}[at]
    if elsewhere == "dinsos-kukar":
        with pytest.raises(accounts.OfficeIsClosed), intake_db.transaction() as session:
            accounts.change(session, None, late.id, office=elsewhere)
    else:
        with intake_db.transaction() as session:
            assert accounts.change(session, None, late.id, office=elsewhere).office == elsewhere


def hired(base: Database, username: str, **given) -> Officer:
    """Somebody who has an account, as she is."""
    usual = {"office": "dinsos-kaltim", "agency": "dinsos", "roles": ["officer"], "areas": ["64"], "password_hash": "-"}
    with base.transaction() as session:
        account = OfficerAccount(username=username, name=username.title(), **(usual | given))
        session.add(account)
        session.flush()
        return officer_of(account)


def test_officers_who_move_with_their_office_have_a_line_a_revision_and_an_end_of_what_they_had_open(
    ask, admin, intake_db: Database
):
    ask("POST", "", **{**NEW, "id": "dinsos-baru", "region": "64.09"})
    satu, dua = hired(intake_db, "satu"), hired(intake_db, "dua", state=State.SUSPENDED, agency="dp3a")
    tiga = hired(intake_db, "tiga", state=State.CLOSED, password_hash=None)
    other = hired(intake_db, "empat", office="dinsos-kukar")
    client = web_app("intake", intake_db).test_client()
    held, others = bearer(satu), bearer(other)
    assert client.get("/intake/v1/dinsos/referrals", headers=held).status_code == 200
    assert ask("POST", "/dinsos-kaltim/hand-over", successor="dinsos-baru").status_code == 200
    assert client.get("/intake/v1/dinsos/referrals", headers=held).status_code == 401
    assert client.get("/intake/v1/dinsos/referrals", headers=others).status_code == 200
    with intake_db.reading() as session:
        accounts = {each.username: each for each in session.scalars(select(OfficerAccount))}
        kept = {name: (each.office, each.agency, each.revision, each.areas) for name, each in accounts.items()}
        assert kept == {
            **dict.fromkeys(("satu", "dua", "tiga"), ("dinsos-baru", "dinsos", 2, ["64"])),
            "empat": ("dinsos-kukar", "dinsos", 1, ["64"]),
        }
        lines = session.scalars(select(AccountLine).order_by(AccountLine.seq)).all()
        moved = ({"office": "dinsos-kaltim"}, {"office": "dinsos-baru"})
        assert [(each.by, each.about, each.what, each.before, each.after) for each in lines] == [
            (admin.id, each.id, What.CHANGED, *moved) for each in (dua, satu, tiga)
        ]
        assert log.broken_at(session) is None
    ended = [each for each in announced(intake_db) if isinstance(each, AccessEnded)]
    assert [(each.officer_id, each.closed) for each in ended] == [(dua.id, True), (satu.id, True)]


def test_an_account_is_moved_by_its_own_command_alone(ask, intake_db: Database):
    late = hired(intake_db, "satu")
    with intake_db.transaction() as session:
        succession.hand_over(session, "dinsos-kaltim", "dinsos-kukar")
        assert session.get_one(OfficerAccount, late.id).office == "dinsos-kaltim"
    assert [ask("POST", "/dinsos-kaltim/hand-over", successor="dinsos-kukar").status_code for _ in range(2)] == [
        200
    ] * 2
    with intake_db.reading() as session:
        assert session.get_one(OfficerAccount, late.id).office == "dinsos-kukar"
        assert len(session.scalars(select(AccountLine)).all()) == 1


def test_a_role_that_the_successor_s_agency_does_not_have_is_refused_and_nothing_has_moved(
    ask, road: Road, intake_db: Database
):
    road.set_out()
    hired(intake_db, "ayu")
    hired(intake_db, "satu", agency="dp3a", roles=["counsellor"])
    before = len(announced(intake_db))
    refused = ask("POST", "/dinsos-kaltim/hand-over", successor="dinsos-kukar")
    assert (refused.status_code, refused.json["code"]) == (422, "role-stays-behind")
    assert list(refused.json["errors"]) == ["successor"]
    assert "satu" in refused.text
    assert offices.office("dinsos-kaltim").is_open
    assert len(announced(intake_db)) == before
    with intake_db.reading() as session:
        assert set(session.scalars(select(OfficerAccount.office))) == {"dinsos-kaltim"}
        assert session.scalars(select(AccountLine)).all() == session.scalars(select(OfficeChange)).all() == []


@pytest.mark.parametrize(("handed_over", "then"), [(True, "dinsos-samarinda"), (False, "dinsos-kaltim")])
def test_what_is_offered_again_goes_to_the_successor_of_a_closed_office(ask, agencies, road, handed_over, then):
    road.staff("dinsos-kukar", "dinsos-kaltim")
    (journey,) = road.set_out()
    declined = road.of(ReferralDeclined, journey, "verification", reason="no-budget", suggestion="offer-elsewhere")
    road.hear(declined, sealed={"explanation": "Kuota habis"})
    if handed_over:
        assert ask("POST", "/dinsos-kukar/hand-over", successor="dinsos-samarinda").status_code == 200
    else:
        take_its_line_away(agencies, "dinsos-kukar")
    with road.database.transaction() as session:
        with pytest.raises((journeys_rules.OfficeOfAnotherRole, offices.UnknownOffice)):
            journeys.reoffer_stage(session, OFFICER, journey, "verification", "dinsos-kukar")
        journeys.reoffer_stage(session, OFFICER, journey, "verification")
    assert [each.office for each in road.offers(journey)] == ["dinsos-kukar", then]


def take_its_line_away(agencies: Path, office: str) -> None:
    path = agencies / "kaltim.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if f"id: {office}," not in line))


def test_an_office_whose_line_was_removed_while_it_owes_work_is_shown_and_handed_over(
    ask, agencies: Path, road: Road, databases: dict[str, Database], admin
):
    (journey,) = road.set_out()
    take_its_line_away(agencies, "dinsos-kaltim")
    with pytest.raises(offices.UnknownOffice):
        offices.office("dinsos-kaltim")
    checked = CliRunner().invoke(command, ["check"])
    assert checked.exit_code == 1
    assert "intake: dinsos-kaltim holds 1 x journey, and no file names it" in checked.output
    assert [each.what for each in audit(databases) if each.where == "offices"] == [
        (
            "intake: dinsos-kaltim holds 1 x journey, and no file names it: put its line back, or hand it over with "
            "`kail agencies hand-over dinsos-kaltim OFFICE`."
        )
    ]
    app = web_app("intake", road.database)
    page = Browser(app, admin).get("/intake/bappeda/offices").text
    assert "dinsos-kaltim" in page
    head = an_officer(Role.HEAD, office="dinsos-kukar", areas=("64",))
    shown = Browser(app, head).get(f"/intake/dinsos/journeys/{journey}")
    assert shown.status_code == 200
    assert "dinsos-kaltim" in shown.text
    given = {"office": "dinsos-kaltim", "successor": "dinsos-kukar"}
    sent = Browser(app, admin).submit_twice("/intake/bappeda/offices/hand-over", given)
    assert sent.status_code == 303
    deliver(databases)
    assert road.journey(journey).lead_office == "dinsos-kukar"
    assert CliRunner().invoke(command, ["check"]).exit_code == 0


def test_the_commands_add_rename_and_hand_over(intake_db, agencies: Path):
    def kail(*words: str) -> str:
        answer = CliRunner().invoke(command, words)
        assert answer.exit_code == 0, answer.output
        return answer.output

    kail("add", "dinsos-berau", "--agency", "dinsos", "--name", "Dinas Contoh", "--region", "64.03", "--by", "Budi")
    kail("rename", "dinsos-berau", "Dinas Lain", "--by", "Budi")
    assert "closed" not in kail("show", "64.03")
    kail("hand-over", "dinsos-berau", "dinsos-kukar")
    assert "dinsos-berau" not in kail("show", "64.03")
    assert "(closed on" in kail("show")
    refused = CliRunner().invoke(command, ["hand-over", "dinsos-kukar", "dp3a-kukar"])
    assert refused.exit_code == 1
    with intake_db.reading() as session:
        assert [(each.what, each.by_name) for each in session.scalars(select(OfficeChange))][:2] == [
            ("added", "Budi"),
            ("changed", "Budi"),
        ]


def test_the_pages_add_change_and_close_an_office(intake_db, agencies: Path, admin):
    browser = Browser(web_app("intake", intake_db), admin)
    own = "/intake/bappeda/offices"
    assert browser.get(f"{own}/new").status_code == 200
    wrong = browser.submit(own, {**NEW, "registers": "true", "region": "64"})
    assert (wrong.status_code, "64" in wrong.text, NEW["name"] in wrong.text) == (422, True, True)
    assert browser.submit(own, {**NEW, "registers": "true"}).location == f"{own}/dinsos-berau"
    unsaid = {name: value for name, value in NEW.items() if name != "registers"} | {"id": "dinsos-lain"}
    assert "nothing is taken for a yes or a no" in browser.submit(own, unsaid).text
    assert 'name="registers" value="true" checked' in browser.get(f"{own}/dinsos-berau").text
    changed = {"name": "Dinas Sosial Berau", "region": "64.03"}
    assert browser.submit(f"{own}/dinsos-berau/change", changed).status_code == 303
    assert offices.registers("dinsos-berau")
    assert browser.submit(f"{own}/dinsos-berau/change", changed | {"registers": "false"}).status_code == 303
    assert not offices.registers("dinsos-berau")
    page = browser.get(f"{own}/dinsos-berau").text
    assert "Dinas Sosial Contoh" in page  # formerly
    assert browser.submit_twice(f"{own}/dinsos-berau/close", {"successor": "dinsos-kukar"}).status_code == 303
    assert "Dinas Sosial Berau" in browser.get(own).text
    auditor = Browser(web_app("intake", intake_db), an_officer(Role.AUDITOR, office="bappeda-kaltim"))
    assert "/offices/new" not in auditor.get(own).text
    assert auditor.get(f"{own}/dinsos-berau").status_code == 200


def test_figures_follow_a_journey_to_the_successor_of_its_office(monitoring_db: Database):
    story = stories.Story()
    journey = stories.journey(story)
    done = stories.offer(story, journey, "proposal", stories.START)
    stories.complete(story, "grants", done, "submitted", stories.START)
    owed = stories.offer(story, journey, "file_check", stories.START)
    for office in ("dinsos-kukar", "dinsos-kaltim"):
        event = JourneyHandedOver(
            journey_id=journey, office=office, successor="dinsos-samarinda", referrals=[owed["referral_id"]]
        )
        story.tell("intake", event, stories.START)
    from services.monitoring.flow.models import JourneyFigure, StageFigure, TallyStage

    for heard_so in (story.heard, story.shuffled(7)):
        stories.hear(monitoring_db, heard_so, at_once=3)
        with monitoring_db.reading() as session:
            assert session.scalars(select(JourneyFigure.lead_office)).all() == ["dinsos-samarinda"]
            figures = {each.id: each for each in session.scalars(select(StageFigure))}
            assert figures[done["referral_id"]].office == "dinsos-kukar"
            now = figures[owed["referral_id"]]
            assert (now.office, now.sender_office) == ("dinsos-samarinda", "dinsos-samarinda")
            waiting = select(TallyStage.office).where(TallyStage.standing == "waiting", TallyStage.journeys > 0)
            assert session.scalars(waiting).all() == ["dinsos-samarinda"]


def test_a_fund_s_figure_follows_it_to_the_successor_of_its_office(monitoring_db: Database):
    from services.monitoring.money.models import FundFigure
    from shared.events.grants import FundOpened

    story = stories.Story()
    opened = FundOpened(fund_id="f", title="Dana", source="apbd", owner_office="a", budget_year=2026, ceiling=1)
    story.tell("grants", opened, stories.START)
    for office, successor in (("a", "b"), ("b", "c"), ("x", "y")):
        story.tell("grants", FundHandedOver(fund_id="f", office=office, successor=successor), stories.START)
    for _ in range(2):
        stories.hear(monitoring_db, story.heard)
    with monitoring_db.reading() as session:
        assert session.scalars(select(FundFigure.owner_office)).all() == ["c"]
