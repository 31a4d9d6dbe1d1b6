"""A clean trial is published by page and API with a second person's consent, and every process sees it at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.intake.journeys import publishing
from services.intake.journeys.models import ProgrammeVersion
from services.intake.proposals import commands
from services.intake.proposals.models import ProgrammeProposal
from services.intake.trials import jobs
from services.intake.trials.doors import EXAMPLE
from shared.identity.rules import Role
from shared.kernel.errors import DomainError
from shared.programmes import library, load
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer
from tests.intake.offices.conftest import agencies  # noqa: F401 (a fixture)
from tests.intake.people import register

pytestmark = pytest.mark.slow  # each tries a programme first

HEAD = an_officer(Role.HEAD)
SECOND = an_officer(Role.ADMINISTRATOR, office="bappeda-kaltim")
KUBE = "kube-kaltim-2023"
API = "/intake/v1/{}/{}"


@pytest.fixture
def folder(intake_db: Database, agencies: Path) -> Path:  # noqa: F811
    """The folder of programmes of this deployment, of which one is published."""
    with intake_db.transaction() as session:
        publishing.publish(session, library.programme(KUBE))
        register(session, 3)
    return agencies.parent


@pytest.fixture
def ask(folder: Path, intake_db: Database):
    client = web_app("intake", intake_db).test_client()

    def asking(officer, method: str, address: str, **given):
        where = API.format(officer.agency, address)
        return client.open(where, method=method, json=given or None, headers=bearer(officer))

    return asking


def text(version: int = 2) -> str:
    return library.programme(KUBE).text.replace("version: 1\n", f"version: {version}\n", 1)


def tried(ask, base: Database, officer=HEAD, **asked) -> str:
    trial = ask(officer, "POST", "trials", **(asked or {"text": text()})).json["id"]
    jobs.try_programme.run(base, trial_id=trial)
    return trial


@pytest.fixture
def proposed(ask, intake_db: Database) -> str:
    return ask(HEAD, "POST", "proposals", trial=tried(ask, intake_db)).json["id"]


def versions(base: Database) -> list[int]:
    with base.reading() as session:
        return sorted(session.scalars(select(ProgrammeVersion.version).where(ProgrammeVersion.id == KUBE)))


def test_a_second_person_s_consent_publishes_it_for_good_under_both_names(ask, proposed, intake_db, folder: Path):
    assert versions(intake_db) == [1]
    published = ask(SECOND, "POST", f"proposals/{proposed}/consent")
    assert (published.status_code, published.json["state"]) == (200, "published")
    assert published.json["file"] == f"{KUBE}-2.yaml"
    assert (published.json["proposed_by"], published.json["decided_by"]) == (HEAD.name, SECOND.name)
    assert (folder / f"{KUBE}-2.yaml").read_text() == text()
    assert versions(intake_db) == [1, 2]
    assert library.programme(KUBE).version == 2  # as another service's process finds it
    assert ask(SECOND, "POST", f"proposals/{proposed}/consent").json["code"] == "proposal-decided"
    with intake_db.reading() as session:
        kept = session.scalars(select(ProgrammeProposal)).one()
        assert (kept.proposed_by, kept.decided_by) == (HEAD.id, SECOND.id)


@pytest.mark.parametrize("act", ["consent", "refuse"])
def test_whoever_proposed_it_does_not_decide_on_it(ask, proposed, intake_db, folder, act):
    given = {"reason": "Saya sendiri"} if act == "refuse" else {}
    refused = ask(HEAD, "POST", f"proposals/{proposed}/{act}", **given)
    assert (refused.status_code, refused.json["code"]) == (403, "oneself-only")
    assert versions(intake_db) == [1]
    assert not (folder / f"{KUBE}-2.yaml").exists()
    with pytest.raises(IntegrityError, match="never_published_alone"), intake_db.transaction() as session:
        session.execute(
            update(ProgrammeProposal).values(
                state="published", decided_by=HEAD.id, decided_name="x", decided_at=ProgrammeProposal.proposed_at
            )
        )


def test_what_the_second_person_refuses_is_said_back_and_may_be_proposed_again(ask, proposed, intake_db):
    assert ask(SECOND, "POST", f"proposals/{proposed}/refuse").status_code == 422
    assert ask(SECOND, "POST", f"proposals/{proposed}/refuse", reason="Batas usia belum benar").status_code == 200
    told = ask(HEAD, "GET", f"proposals/{proposed}").json
    assert (told["state"], told["reason"], told["decided_by"]) == ("refused", "Batas usia belum benar", SECOND.name)
    assert versions(intake_db) == [1]
    assert ask(HEAD, "POST", "proposals", trial=told["trial"]).status_code == 201


def test_only_whoever_proposed_it_takes_it_back(ask, proposed):
    assert ask(SECOND, "POST", f"proposals/{proposed}/take-back").status_code == 403
    assert ask(HEAD, "POST", f"proposals/{proposed}/take-back").json["state"] == "taken-back"
    assert ask(SECOND, "POST", f"proposals/{proposed}/consent").status_code == 409


def test_one_version_waits_once(ask, proposed, intake_db):
    again = ask(HEAD, "POST", "proposals", trial=ask(HEAD, "GET", f"proposals/{proposed}").json["trial"])
    assert (again.status_code, again.json["code"]) == (409, "proposed-already")


@pytest.mark.parametrize("state", ["waiting", "running", "cancelled", "failed"])
def test_a_trial_that_did_not_look_at_everybody_is_not_proposed(ask, intake_db, state):
    trial = ask(HEAD, "POST", "trials", text=text()).json["id"]
    from services.intake.trials.models import ProgrammeTrial

    with intake_db.transaction() as session:
        session.execute(update(ProgrammeTrial).values(state=state))
    assert ask(HEAD, "POST", "proposals", trial=trial).json["code"] == "trial-not-clean"


def test_what_is_published_already_or_has_no_office_is_not_proposed(ask, intake_db, folder: Path):
    assert ask(HEAD, "POST", "proposals", trial=tried(ask, intake_db, programme=KUBE)).json["code"] == (
        "published-already"
    )
    example = EXAMPLE.read_text().replace("35.73", "64.72")
    nobody = ask(HEAD, "POST", "proposals", trial=tried(ask, intake_db, text=example))
    assert (nobody.status_code, nobody.json["code"]) == (404, "no-office")  # nobody holds dp3a in Samarinda
    other = an_officer(Role.HEAD, office="dinsos-mataram")
    assert ask(other, "POST", "proposals", trial=tried(ask, intake_db)).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR, Role.MENTOR])
def test_other_roles_neither_propose_nor_consent(ask, proposed, role):
    other = an_officer(role)
    assert ask(other, "POST", f"proposals/{proposed}/consent").status_code == 403
    assert ask(other, "GET", "proposals").status_code == 403


def test_who_works_in_another_region_does_not_consent(ask, proposed, intake_db):
    elsewhere = an_officer(Role.HEAD, office="dinsos-mataram")
    assert ask(elsewhere, "POST", f"proposals/{proposed}/consent").json["code"] == "region-elsewhere"
    assert versions(intake_db) == [1]


@pytest.mark.parametrize("in_the_way", ["a broken file", "another text of this version", "a file of this name"])
def test_what_stands_in_the_way_in_the_folder_is_said_and_nothing_is_published(
    ask, proposed, intake_db, folder: Path, in_the_way
):
    path, said = {
        "a broken file": ("lain.yaml", "id: [\n"),
        "another text of this version": ("lain.yaml", text().replace("budget_year: 2023", "budget_year: 2024", 1)),
        "a file of this name": (f"{KUBE}-2.yaml", text(3)),
    }[in_the_way]
    (folder / path).write_text(said)
    before = sorted(each.name for each in folder.glob("*.yaml"))
    refused = ask(SECOND, "POST", f"proposals/{proposed}/consent")
    assert (refused.status_code, refused.json["code"]) == (
        409,
        "folder-unsound" if in_the_way == "a broken file" else "file-there",
    )
    assert sorted(each.name for each in folder.glob("*.yaml")) == before
    assert versions(intake_db) == [1]
    (folder / path).unlink()
    assert ask(SECOND, "GET", f"proposals/{proposed}").json["state"] == "waiting"


def test_two_second_persons_at_once_publish_it_once(proposed, intake_db: Database, folder):
    def consent(_: int) -> bool:
        try:
            with intake_db.transaction() as session:
                commands.consent(session, an_officer(Role.HEAD), proposed)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(consent, range(4))) == [False, False, False, True]
    assert versions(intake_db) == [1, 2]


def test_the_pages_lead_from_an_example_to_a_published_programme(ask, intake_db: Database, folder: Path):
    app = web_app("intake", intake_db)
    her = an_officer(Role.HEAD, office="dp3a-kukar")
    own = "/intake/dp3a"
    example = Browser(app, her).get(f"{own}/trials/example")
    assert load.read(example.text).region == ("64.02",)
    assert ask(her, "GET", "trials/example").json["text"] == example.text
    trial = tried(ask, intake_db, her, text=example.text)
    assert f"{own}/trials/{trial}/propose" in Browser(app, her).get(f"{own}/trials/{trial}").text
    at = Browser(app, her).submit(f"{own}/trials/{trial}/propose").location
    assert "/take-back" in Browser(app, her).get(at).text
    assert "/consent" not in Browser(app, her).get(at).text
    there = at.replace("/dp3a/", "/bappeda/")
    browser = Browser(app, SECOND)
    assert "1" in re.sub(r"\s+", " ", browser.get("/intake/bappeda/programmes").text)
    assert there in browser.get("/intake/bappeda/proposals").text
    assert "eligibility:" in browser.get(there).text
    assert browser.submit(f"{there}/refuse", {"reason": ""}).status_code == 422
    assert browser.submit(f"{there}/consent").location == "/intake/bappeda/programmes/menjahit-contoh"
    assert (folder / "menjahit-contoh.yaml").read_text() == example.text


def test_the_example_is_the_one_that_the_page_on_adding_a_programme_shows():
    page = (Path(__file__).parents[3] / "docs" / "adding-a-programme.md").read_text()
    assert EXAMPLE.read_text() in page


@pytest.mark.parametrize("office", ["dinsos-kaltim", "dinsos-kukar", "dinsos-mataram", "bappeda-tangsel"])
def test_the_example_is_sound_wherever_an_officer_works(office: str):
    from services.intake.trials import doors

    assert load.read(doors.example_for(an_officer(Role.HEAD, office=office))).id == "menjahit-contoh"
