"""A counsellor works behind the proxy that docker-compose.yml ships: nothing it writes down says so."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from ruamel.yaml import YAML
from werkzeug.serving import WSGIRequestHandler, make_server

from services.intake.accounts.commands import create_officer
from services.intake.accounts.queries import officer_of
from services.intake.app import create
from services.intake.protection import queries
from services.intake.signin import pages as signin
from shared.identity import tokens
from shared.kernel.ids import new_id
from shared.web import sessions
from tests.intake.people import register
from tests.intake.protection.conftest import listening
from tests.waiting import PATIENCE, wait_until

COMPOSE = YAML(typ="safe").load(Path(__file__).parents[2] / "docker-compose.yml")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
ROOT = "/intake/dp3a/protection"
OVER = tokens.LIFETIME + 2 * tokens.LEEWAY
PASSWORD = "kail bukan ikan"

MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{}}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  access_log {folder}/access.log;
  {shipped}
}}
"""


def a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Quiet(WSGIRequestHandler):
    """Writes no log of its own: whatever serves Kail writes none either."""

    def log(self, *_):
        pass


class Upstream:
    """Intake as the proxy reaches it; it remembers what the browser let the proxy know of each request."""

    def __init__(self, app):
        self.heard = []
        self.app = app
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        self.heard.append((path, query, environ.get("HTTP_REFERER", "")))
        return self.app(environ, start_response)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """nginx with the compose file's own configuration, at a port of its own and with its logs in a folder."""

    def __init__(self, folder, upstream):
        self.folder, self.port = folder, a_free_port()
        shipped = COMPOSE["configs"]["proxy"]["content"].replace("$$", "$")
        assert "listen 8443 ssl;" in shipped
        shipped = shipped.replace("listen 8443 ssl;", f"listen 127.0.0.1:{self.port};")
        shipped = re.sub(r"\n *ssl_[^\n]*", "", shipped).replace("/var/log/nginx", str(folder))
        shipped = re.sub(r"\$\{KAIL_OUTER_PROXY:-([^}]*)\}", r"\1", shipped)
        shipped = re.sub(r"http://[a-z]+-api:8000", f"http://127.0.0.1:{upstream}", shipped)
        said = MAIN.format(folder=folder, shipped=shipped)
        (folder / "nginx.conf").write_text(said if os.geteuid() else f"user root;\n{said}")
        self.process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
        )
        wait_until(self.answers, "nginx does not answer")

    def answers(self):
        assert self.process.poll() is None, self.written()
        with closing(socket.socket()) as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def written(self):
        return "\n".join(each.read_text() for each in sorted(self.folder.glob("*.log")))

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)


@pytest.fixture
def app(intake_db):
    made = create(intake_db)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def upstream(app):
    serving = Upstream(app)
    yield serving
    serving.stop()


@pytest.fixture
def proxy(upstream, tmp_path):
    if NGINX is None:
        pytest.skip("the proxy is tried with nginx: install it (Debian: apt-get install nginx-light)")
    serving = Proxy(tmp_path, upstream.server.port)
    yield serving
    serving.stop()


@pytest.fixture
def counsellor(intake_db):
    with intake_db.transaction() as session:
        account = create_officer(
            session, username="ratna", password=PASSWORD, name="Ratna", office="dp3a-kukar", roles=["counsellor"]
        )
        return officer_of(account)


@pytest.fixture
def logs():
    with listening() as written:
        yield written


@pytest.fixture
def page(browser, proxy):
    context = browser.new_context(base_url=f"http://127.0.0.1:{proxy.port}", locale="id-ID")
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


def sign_in(page):
    page.fill("[name=username]", "ratna")
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")


def let_time_pass(page, app, counsellor, seconds):
    """Put a token in place of hers that was issued so long ago."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == app.config["SESSION_COOKIE_NAME"]]
    serializer = app.session_interface.get_signing_serializer(app)
    held = serializer.loads(cookie["value"])
    session_id = tokens.read(held["token"]).session_id
    with pytest.MonkeyPatch.context() as patch:
        then = time.time() - seconds
        patch.setattr(tokens.time, "time", lambda: then)
        held["token"] = tokens.issue(counsellor, session_id=session_id)
    page.context.add_cookies([cookie | {"value": serializer.dumps(held)}])


def test_a_counsellors_day_leaves_nothing_in_the_proxys_logs_or_ours(
    page,
    proxy,
    upstream,
    app,
    counsellor,
    intake_db,
    logs,
    monkeypatch,
):
    # The second step that her role needs may wait; where it is set up is no page of the compartment.
    monkeypatch.setattr(signin, "PUT_OFF", timedelta(days=1_000))
    with intake_db.transaction() as session:
        (woman,) = register(session, 1)
    page.goto(f"{ROOT}/cases/new")  # nobody has signed in
    sign_in(page)
    expect(page).to_have_url(re.compile(f"{ROOT}/cases/new$"))
    page.fill("[name=person_id], [name=nik]", "123")
    page.select_option("[name=kind]", "other")
    page.click("main form [type=submit]")  # refused: no NIK
    assert "NIK" in page.inner_text("main")
    case = a_case(intake_db, counsellor, woman)
    page.goto(f"{ROOT}/cases/{case}")
    page.fill("[name=note]", "Didampingi.")
    page.locator("form[action$='/steps'] [name=kind]").select_option("legal-aid")
    page.click("form[action$='/steps'] [type=submit]")
    expect(page.locator("table")).to_contain_text("Didampingi.")

    let_time_pass(page, app, counsellor, sessions.RENEW_AFTER + 1)  # her next page goes past intake for a fresh token
    seen = len(upstream.heard)
    page.click(f"main a[href='{ROOT}']")
    expect(page).to_have_url(re.compile(f"{ROOT}$"))
    assert sessions.RENEWAL in [path for path, _, _ in upstream.heard[seen:]]

    page.goto(f"{ROOT}/cases/{case}")
    let_time_pass(page, app, counsellor, OVER)
    page.goto(f"{ROOT}/cases/{case}?x=1")  # her sign-in has ended inside
    sign_in(page)
    expect(page).to_have_url(re.compile(f"{ROOT}/cases/{case}"))
    page.locator("form[action$='/steps'] [name=kind]").select_option("health")
    page.fill("[name=note]", "Diperiksa.")
    let_time_pass(page, app, counsellor, OVER)
    page.click("form[action$='/steps'] [type=submit]")  # and again, with a form half written
    page.click("main .actions a")
    sign_in(page)
    expect(page).to_have_url(re.compile(f"{ROOT}/cases/{case}$"))
    expect(page.locator("[name=note]")).to_have_value("Diperiksa.")

    for astray in (f"cases/{new_id()}", f"cases/{case}/nothing", "cases/1", f"cases/{case}/", f"cases/{case}/steps"):
        page.goto(f"{ROOT}/{astray}")  # nothing there, or no page
        page.click("main .actions a")
    with monkeypatch.context() as failing:
        failing.setattr(queries, "due", lambda *_: 1 // 0)
        assert page.goto(ROOT).status == 500
        page.click("main .actions a")
    page.goto("/intake/dp3a/persons")
    page.goto(f"{ROOT}/cases/{case}")
    upstream.stop()
    assert page.goto(f"{ROOT}/cases/{case}").status == 502

    outside = [each for each in upstream.heard if not each[0].lower().startswith(ROOT)]
    assert "/intake/dp3a/persons" in [path for path, _, _ in outside]
    assert any(path.startswith("/static/") for path, _, _ in outside)
    told = [each for each in outside if re.search(f"protection|{case}|{woman}", " ".join(each), re.IGNORECASE)]
    assert told == []
    written = proxy.written()
    assert "/intake/signin" in written
    assert "/intake/dp3a/persons" in written
    assert not re.search(f"protection|{case}|{woman}|next=|/static/", written, re.IGNORECASE), written
    said = logs.getvalue()
    assert "/intake/<agency>/persons" in said
    assert not re.search(f"protection|{case}|{woman}", said), said


def a_case(base, officer, woman):
    from services.intake.protection import commands
    from services.intake.protection.rules import CaseKind

    with base.transaction() as session:
        return str(commands.open_case(session, officer, person_id=woman, kind=CaseKind.OTHER).id)
