"""The published programmes are shown to every officer, in plain words, in both languages, and as their files."""

import pytest
from flask import Flask

from services.intake.journeys import publishing
from services.intake.programmes import words
from shared.identity.rules import Role
from shared.programmes import library, load
from shared.programmes.definition import SourceKind
from shared.storage import Database
from shared.web import language
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

ALL = sorted(identifier for identifier, _ in library.published())
KUBE = "kube-kaltim-2023"
LIST = "/intake/dinsos/programmes"
OFFICER = an_officer(Role.OFFICER)


@pytest.fixture
def app(intake_db: Database) -> Flask:
    with intake_db.transaction() as session:
        for programme in library.published().values():
            publishing.publish(session, programme)
    return web_app("intake", intake_db)


@pytest.mark.parametrize("spoken", ["id", "en"])
@pytest.mark.parametrize("identifier", ALL)
def test_every_programme_is_shown_whole_in_both_languages(app: Flask, identifier: str, spoken: str) -> None:
    browser = Browser(app, OFFICER)
    browser.client.set_cookie(language.COOKIE, spoken)
    programme = library.programme(identifier)
    page = browser.get(f"{LIST}/{identifier}").text
    for stage in programme.stages.values():
        assert f'id="stage-{stage.name}"' in page
        assert page.count(f'href="#stage-{stage.name}"') == 1  # its box on the map
    shown = (
        page.replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&").replace("&#34;", '"')
    )
    for clause in programme.eligibility:
        assert clause.when.strip() in shown
    assert page.count("<summary") >= len(programme.eligibility)


def test_every_figure_says_on_whose_word_it_stands(app: Flask) -> None:
    page = Browser(app, OFFICER).get(f"{LIST}/{KUBE}").text
    figures = page[page.index('id="figures"') : page.index('id="stages"')]
    assert figures.count("Derived from other figures") == 1
    assert figures.count("Article") == 3
    assert "Rp15.000.000 per group" in figures


def test_every_kind_of_source_has_a_sign_and_words_of_its_own() -> None:
    assert set(words.SOURCES) == set(SourceKind)
    assert len({(name, sign) for name, sign, _ in words.SOURCES.values()}) == len(SourceKind)


def test_the_file_is_the_one_that_was_published(app: Flask) -> None:
    answer = Browser(app, OFFICER).get(f"{LIST}/{KUBE}/file?version=1")
    assert answer.text == library.programme(KUBE).text
    assert "kube-kaltim-2023-1.yaml" in answer.headers["Content-Disposition"]


def test_an_earlier_version_says_that_there_is_a_newer_one(app: Flask, intake_db: Database) -> None:
    newer = library.programme(KUBE).text.replace("version: 1\n", "version: 2\n", 1)
    with intake_db.transaction() as session:
        publishing.publish(session, load.read(newer))
    browser = Browser(app, OFFICER)
    assert "There is a newer version." in browser.get(f"{LIST}/{KUBE}?version=1").text
    assert "There is a newer version." not in browser.get(f"{LIST}/{KUBE}").text
    shown = app.test_client().get(f"/intake/v1/dinsos/programmes/{KUBE}", headers=bearer(OFFICER)).json
    assert [each["version"] for each in shown["versions"]] == [2, 1]
    assert shown["text"] == newer


def test_a_program_is_told_what_the_list_shows(app: Flask) -> None:
    told = app.test_client().get("/intake/v1/dinsos/programmes", headers=bearer(OFFICER)).json
    assert [each["id"] for each in told["items"]] == ALL


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("file_check.outcome == 'eligible'", "File check ended with “eligible”"),
        (
            "decision.outcome in ['accepted', 'reserve'] && file_check.outcome == 'mend'",
            "Decision (SK) ended with “accepted” or “on the reserve list” and File check ended with “to be mended”",
        ),
        ("proposal.total > 1000", None),
    ],
)
def test_a_condition_is_said_in_words_or_not_at_all(app: Flask, when: str, said: str | None) -> None:
    with app.test_request_context(headers={"Cookie": f"{language.COOKIE}=en"}):
        assert words.condition(library.programme(KUBE), when) == said


def test_only_who_may_try_a_programme_is_offered_to(app: Flask) -> None:
    assert "Try on the registry" not in Browser(app, OFFICER).get(f"{LIST}/{KUBE}").text
    assert "Try on the registry" in Browser(app, an_officer(Role.HEAD)).get(f"{LIST}/{KUBE}").text
