"""A practice copy cannot be taken for the real one: pages, papers, tables, cookies, programs, and how it is started."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask, Response
from werkzeug.datastructures import Headers

from services.intake.papers import sheets
from services.operate.papers import papers
from services.supervise import practice
from services.supervise.up import up
from shared.identity.rules import Role
from shared.kernel.settings import PRACTICE, Settings, load, settings
from shared.storage import Database
from shared.web import practising
from tests.apps import web_app
from tests.browsing import Browser, an_officer, bearer

ROOT = Path(__file__).parents[3]
SAID = "PRACTICE: everybody here is made up."
BANNER = '<p class="practice">'


@pytest.fixture
def practise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be a practice copy."""
    monkeypatch.setattr(Settings, "is_practice", True)


@pytest.fixture
def app(intake_db: Database) -> Flask:
    return web_app("intake", intake_db)


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An environment without anything of a real copy."""
    for name in (*practice.OF_THE_REAL_ONE, "KAIL_HOME", "KAIL_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in ("KAIL_HOME", "KAIL_PORT"):  # what the command has chosen
        os.environ.pop(name, None)
    monkeypatch.undo()
    load()


@pytest.mark.parametrize("address", ["/", "/intake/account", "/intake/dinsos/referrals", "/intake/dinsos/nothing"])
def test_every_page_says_it_and_a_page_of_the_real_copy_does_not(
    app: Flask, practise: None, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    her = an_officer(Role.OFFICER)
    page = in_practice(app, her).get(address).text
    assert page.count(BANNER) == 1
    assert SAID in page
    assert "<title>PRACTICE · " in page
    assert '<body class="practising">' in page
    monkeypatch.undo()
    real = Browser(app, her).get(address).text
    assert "practising" not in real
    assert "PRACTICE" not in real


def test_nobody_can_sign_in_without_reading_it(app: Flask, practise: None) -> None:
    page = app.test_client().get("/intake/signin")
    assert BANNER in page.text
    assert page.headers[practising.HEADER] == "yes"


def test_no_page_is_made_without_the_banner() -> None:
    for path in [*(ROOT / "shared").rglob("*.html"), *(ROOT / "services").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        if "<body" in text:
            assert "practice()" in text, f"{path} is a whole page without a practice copy's banner"


def test_paper_carries_it_too() -> None:
    css = (ROOT / "shared/web/static/kail.css").read_text(encoding="utf-8")
    printed = css.split("/* a practice copy", 1)[1].split("@media print", 1)[1]
    assert re.search(r"\.practice \{ display: block; position: fixed;", printed), "fixed: on each sheet"
    for path in (ROOT / "shared/web/static").glob("*.css"):
        for rule in path.read_text(encoding="utf-8").split("}"):
            selectors, _, said = rule.rpartition("{")
            hides = ".practice" in re.split(r"[,\s]+", selectors) and "display: none" in said
            assert not hides, f"{path.name} hides the banner"


@pytest.mark.parametrize(
    "parts", [["a,b\r\n1,2\r\n"], [b"a,b\r\n", b"1,2\r\n"], ["\N{BYTE ORDER MARK}a,b\r\n", "1,2\r\n"]]
)
def test_a_table_says_it_in_its_name_and_first_row_and_keeps_the_rest(
    app: Flask, practise: None, parts: list[str] | list[bytes]
) -> None:
    headers = Headers({"Content-Disposition": "attachment; filename=register.csv"})
    with app.test_request_context():
        marked = practising.mark(Response(iter(parts), mimetype="text/csv", headers=headers))  # type: ignore[arg-type]
        text = b"".join(marked.response).decode()  # type: ignore[arg-type]
    whole = "".join(each if isinstance(each, str) else each.decode() for each in parts)
    mark = "\N{BYTE ORDER MARK}" if whole.startswith("\N{BYTE ORDER MARK}") else ""
    assert text.startswith(f'{mark}"')
    first, rest = text.removeprefix(mark).split("\r\n", 1)
    assert SAID in first or "LATIHAN: " in first
    assert rest == whole.removeprefix(mark)
    assert marked.headers["Content-Disposition"] == "attachment; filename=latihan-register.csv"


def test_what_is_taken_along_of_the_papers_says_it(app: Flask, practise: None) -> None:
    taken = in_practice(app, an_officer(Role.AUDITOR, office="dinsos-kaltim")).get("/intake/dinsos/papers/register.csv")
    assert SAID in taken.text.splitlines()[0]
    assert "latihan-register.csv" in taken.headers["Content-Disposition"]


def test_the_papers_that_a_command_writes_say_it(
    intake_db: Database, practise: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.database", lambda _service: intake_db)
    told = CliRunner().invoke(papers, [str(tmp_path), "--language", "en"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert SAID in (tmp_path / "papers.html").read_text(encoding="utf-8")
    for name in sheets.NAMES:
        assert SAID in (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]


def test_programs_are_told_in_a_header(app: Flask, practise: None, monkeypatch: pytest.MonkeyPatch) -> None:
    address, who = "/intake/v1/dinsos/desk", bearer(an_officer())
    assert app.test_client().get(address, headers=who).headers[practising.HEADER] == "yes"
    monkeypatch.undo()
    assert practising.HEADER not in app.test_client().get(address, headers=who).headers


def test_no_cookie_of_one_copy_is_a_cookie_of_the_other(
    app: Flask, practise: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cookies() -> set[str]:
        browser = Browser(app)
        browser.submit("/intake/language", {"language": "en", "_next": "/"})
        browser.get("/intake/signin")
        browser.submit("/intake/signin", {"username": "nobody", "password": "nothing"})
        return {each.key for each in browser.client._cookies.values()}  # type: ignore[attr-defined]

    in_the_copy = cookies()
    monkeypatch.undo()
    in_the_real_one = cookies()
    assert in_the_copy
    assert in_the_real_one
    assert in_the_copy.isdisjoint(in_the_real_one)
    assert all(each.endswith("-practice") for each in in_the_copy)


def test_whoever_has_signed_in_at_the_real_copy_has_not_at_the_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(app, an_officer())
    assert browser.get("/").status_code == 200
    monkeypatch.setattr(Settings, "is_practice", True)
    assert browser.get("/").location == "/intake/signin"


def test_nothing_is_sent_out_of_kail_that_would_need_the_mark() -> None:
    """Whoever adds a way out (mail, message) marks it where `settings().is_practice`, and says so here."""
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        assert not re.search(r"^\s*(import|from) (smtplib|aiosmtplib)", path.read_text(encoding="utf-8"), re.M), path


def test_the_start_page_leads_there_where_it_is_configured(
    app: Flask, surroundings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    her, address = an_officer(Role.OFFICER), "https://latihan.example.go.id/"
    monkeypatch.setattr(Settings, "practice_url", "", raising=False)
    assert "Practise with made-up people" not in Browser(app, her).get("/").text
    object.__setattr__(settings(), "practice_url", address)
    assert (
        f'<a href="{address}" rel="noopener noreferrer">Practise with made-up people</a>'
        in Browser(app, her).get("/").text
    )
    monkeypatch.setattr(Settings, "is_practice", True)
    assert "Practise with made-up people" not in in_practice(app, her).get("/").text


def test_an_empty_home_becomes_one_and_stays_one(surroundings: Path) -> None:
    practice.choose()
    assert settings().home == surroundings / practice.HOME
    assert settings().port == int(practice.PORT)
    assert settings().is_practice
    practice.choose()  # it is started again
    os.environ.pop("KAIL_PORT")
    assert load().is_practice, "whoever starts this home without the option starts a practice copy"


@pytest.mark.parametrize("there", ["keys.json", "demo-password", "postgresql"])
def test_a_home_in_which_another_kail_has_run_never_becomes_one(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    (surroundings / "real").mkdir()
    (surroundings / "real" / there).touch()
    monkeypatch.setenv("KAIL_HOME", str(surroundings / "real"))
    refused = CliRunner().invoke(up, ["--practice"])
    assert refused.exit_code == 1
    assert "is not for practice: set KAIL_HOME" in refused.output
    assert not (surroundings / "real" / PRACTICE).exists()


@pytest.mark.parametrize("name", practice.OF_THE_REAL_ONE)
def test_it_never_uses_what_is_named_for_the_real_one(
    surroundings: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "postgresql://kail@db/kail")
    with pytest.raises(click.ClickException, match=f"start it without {name}"):
        practice.choose()
    assert not (surroundings / practice.HOME).exists()


def in_practice(app: Flask, her: object) -> Browser:
    """A browser in which she has signed in at the practice copy."""
    return Browser(app, her)  # type: ignore[arg-type]
