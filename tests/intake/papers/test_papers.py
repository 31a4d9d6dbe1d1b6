"""The papers of data protection are read by page, API and command, and hold what the system does."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.intake.journeys import publishing
from services.intake.papers import own, queries
from services.intake.papers.activities import register
from services.operate.papers import papers as command
from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel.settings import load
from shared.programmes import library
from shared.storage import Database
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

PAGE, API = "/intake/dinsos/papers", "/intake/v1/dinsos/papers"
UNVERIFIED = "belum diperiksa oleh bagian hukum"
SAID = """
controller: {name: Pemerintah Kota Contoh, address: Jalan Contoh 1, contact: 0541-000000}
protection_officer: {name: Bagian Hukum Contoh}
activities:
  registry:
    basis: {id: Dasar yang ditetapkan, en: A basis that was settled}
    source: Keputusan Contoh 1
    keeps: {id: Lima tahun., en: Five years.}
    verified: true
"""


@pytest.fixture
def published(intake_db: Database) -> Database:
    with intake_db.transaction() as session:
        for programme in library.published().values():
            publishing.publish(session, programme)
    return intake_db


@pytest.fixture
def own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a deployment's own words, whose offices and programmes are ours."""
    folder = library.files()[0].parent
    for each in folder.iterdir():
        (tmp_path / each.name).symlink_to(each)
    (tmp_path / "papers").mkdir()
    monkeypatch.setenv("KAIL_PROGRAMMES", str(tmp_path))
    load()
    yield tmp_path / "papers" / own.NAME
    monkeypatch.undo()
    load()


def asked(base: Database, role: Role = Role.AUDITOR) -> object:
    return web_app("intake", base).test_client().get(API, headers=bearer(an_officer(role)))


def test_every_agency_that_a_programme_tells_of_her_stands_there_with_the_fields_and_the_basis(published) -> None:
    told = asked(published).json["sharing"]
    found = {(each["programme"], each["stage"]): (each["agency"], each["basis"], set(each["fields"])) for each in told}
    for programme in library.published().values():
        for name, stage in programme.stages.items():
            agency, basis, fields = found.pop((programme.id, name))
            assert (agency, basis) == (stage.agency, stage.basis)
            assert set(stage.shares) <= fields <= {*stage.shares, "known_aid"}
    assert found == {}
    assert [each["stage"] for each in told if not each["offices"]] == []
    assert {each["verified"] for each in told} == {False}


def test_whoever_a_stage_is_given_to_is_a_receiver_of_its_activity(published) -> None:
    said = asked(published).json
    receivers = {each["id"]: set(each["recipients"]) for each in said["register"]}
    for each in said["sharing"]:
        holding = [activity.id for activity in register().activities if activity.is_for(each["kind"])]
        assert holding, each["kind"]
        for activity in holding:
            assert set(each["offices"]) <= receivers[activity]
    registering = {each.name for each in offices.open_offices() if each.registers}
    assert receivers["registry"] == registering
    assert not receivers["exchange"]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR])
@pytest.mark.parametrize(
    ("language", "title", "mark"),
    [("id", "Rekam kegiatan pemrosesan", UNVERIFIED), ("en", "Register of processing", "not checked by the legal")],
)
def test_the_page_is_found_by_the_menu_and_marks_what_nobody_has_checked(published, role, language, title, mark):
    browser = Browser(web_app("intake", published), an_officer(role, language=language))
    assert PAGE in browser.get("/intake/dinsos/data").text
    page = browser.get(PAGE).text
    assert title in page
    assert page.count(mark) > len(register().activities)
    assert "{length}" not in page
    for name in ("register", "retention", "sharing"):
        rows = list(csv.reader(io.StringIO(browser.get(f"{PAGE}/{name}.csv").get_data(as_text=True))))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 10
    assert browser.get(f"{PAGE}/else.csv").status_code == 404


def test_an_officer_without_the_right_reads_none_of_it(published) -> None:
    assert asked(published, Role.OFFICER).status_code == 403


def test_the_deployments_own_words_take_the_place_of_ours(published, own_words: Path) -> None:
    own_words.write_text(SAID)
    said = asked(published).json
    assert said["controller"]["name"] == "Pemerintah Kota Contoh"
    entry = {each["id"]: each for each in said["register"]}["registry"]
    basis = {"text": {"id": "Dasar yang ditetapkan", "en": "A basis that was settled"}}
    assert entry["basis"] == {**basis, "source": "Keputusan Contoh 1", "verified": True}
    assert entry["keeps"]["en"] == "Five years."
    assert {each["basis"]["verified"] for each in said["register"] if each["id"] != "registry"} == {False}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("controller: {nama: x}", "papers.yaml: controller.nama: Unknown field."),
        ("controller: {address: x}", "controller.name: Missing data"),
        ("controller: x", "controller: Invalid"),
        ("activities: {nonsense: {verified: true}}", "activities.nonsense: Must be one of: registry"),
        ("activities: {registry: {basis: {id: x}}}", "activities.registry.basis.en: Missing data"),
        ("activities: {registry: {verified: perhaps}}", "activities.registry.verified: Not a valid boolean."),
        ("a: [", "papers.yaml:1: This is not YAML"),
        ("- x", "papers.yaml: papers.yaml: Invalid input type."),
    ],
)
def test_mistakes_in_the_deployments_own_words_are_said_and_none_of_them_is_used(
    published, own_words: Path, tmp_path: Path, text: str, says: str
) -> None:
    own_words.write_text(text)
    refused = asked(published)
    assert refused.status_code == 422
    assert says in refused.json["detail"]
    page = Browser(web_app("intake", published), an_officer(Role.AUDITOR)).get(PAGE)
    assert says in page.text
    assert "not named yet" in page.text
    ran = CliRunner().invoke(command, [str(tmp_path / "out")])
    assert (ran.exit_code, (tmp_path / "out").exists()) == (1, False)
    assert says in ran.output


@pytest.mark.parametrize(
    ("language", "title"), [("id", "Dokumen pelindungan data"), ("en", "Papers of data protection")]
)
def test_the_command_writes_a_page_tables_and_what_programs_read(published, tmp_path: Path, language, title) -> None:
    ran = CliRunner().invoke(command, [str(tmp_path / "papers"), "--language", language])
    assert ran.exit_code == 0, ran.output
    found = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "papers").iterdir()}
    assert set(found) == {"papers.html", "papers.json", "register.csv", "retention.csv", "sharing.csv"}
    assert f"<h1>{title}</h1>" in found["papers.html"]
    assert f'<html lang="{language}">' in found["papers.html"]
    with published.reading() as session:
        stages = queries.sharing(session)
    assert len(json.loads(found["papers.json"])["sharing"]) == len(stages) == found["sharing.csv"].count("\n") - 1
