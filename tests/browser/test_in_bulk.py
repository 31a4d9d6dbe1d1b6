"""Many at once, by mouse: a row for each where one may differ, and a whole stage in the background, as it is seen."""

import threading
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from services.grants.worker import WORKS
from shared.kernel import clock
from shared.referrals import jobs
from shared.referrals.work import by_kind
from shared.web.sessions import COOKIE
from tests.apps import web_app
from tests.browser.looking import look
from tests.browsing import Browser
from tests.grants.conftest import desk as granting  # noqa: F401 (a fixture)
from tests.grants.desk import TOTAL, order, sk

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
LIST = "/grants/dinsos/referrals"


@pytest.fixture
def served(granting):  # noqa: F811 (the fixture)
    """Grants alone, for one officer who has signed in."""
    app = web_app("grants", granting.database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield granting, app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def page(browser, served):
    """A window of hers."""
    desk, app, address = served
    cookie = Browser(app, desk.officer).client.get_cookie(COOKIE)
    context = browser.new_context(base_url=address, locale="id-ID", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": address}])
    yield context.new_page()
    context.close()


def sk_of():
    return sk()["sk_number"], sk()["sk_date"]


def ordered(desk, number):
    referrals = desk.take("hand-over", desk.granted(number))
    for each in referrals:
        desk.record(each, {"order": order()})
    return referrals


def chosen(page):
    """Choose all that is open, and report it together."""
    page.goto(f"{LIST}?tray=in-work&chosen=all")
    page.get_by_role("button", name="Laporkan yang dipilih sekaligus").click()


def test_an_event_with_one_who_was_not_there_and_one_who_received_less(page, served):
    desk, _, _ = served
    ordered(desk, 3)
    chosen(page)
    assert look(page) == []
    page.locator("[name='deed.number']").fill("BAST-7")
    page.locator("[name='deed.handed_over_on']").fill(clock.today().isoformat())
    page.locator("#deed-witnesses-0").fill("Ketua RT")
    rows = page.locator("main input[type=checkbox][name='ids[]']")
    expect(rows).to_have_count(3)
    rows.nth(2).uncheck()
    page.locator("select[name$='lines.0.condition']").nth(0).select_option("short")
    page.locator("input[name$='lines.0.quantity']").nth(0).fill("1")
    page.get_by_role("button", name="Lihat apa yang akan terjadi").click()
    expect(page.locator("main")).to_contain_text("Dilakukan untuk 2 rujukan")
    assert look(page) == []
    assert desk.balance().realised == 0
    page.get_by_role("button", name="Ya, lakukan").click()
    expect(page.locator("main")).to_contain_text("Dilakukan untuk 2 rujukan")
    assert look(page) == []
    assert desk.balance().realised == 2 * TOTAL - 3_000_000
    for paper, number, day in (("hand-overs", "BAST-7", clock.today().isoformat()), ("sk", *sk_of())):
        page.goto(f"/grants/dinsos/{paper}?{urlencode({'number': number, 'on': day, 'office': 'dinsos-kaltim'})}")
        expect(page.locator("h1")).to_contain_text(number)
        assert look(page) == []


def test_a_whole_stage_is_looked_at_confirmed_and_followed_to_its_end(page, served):
    desk, _, _ = served
    ordered(desk, 3)
    works = by_kind(WORKS)
    page.goto(f"{LIST}?tray=in-work")
    page.locator("main input[name='ids[]']").nth(0).check()
    page.get_by_role("button", name="Laporkan yang dipilih sekaligus").click()
    page.locator("[name='deed.number']").fill("BAST-8")
    page.locator("[name='deed.handed_over_on']").fill(clock.today().isoformat())
    page.locator("#deed-witnesses-0").fill("Ketua RT")
    page.locator("[name=whole]").check()
    page.get_by_role("button", name="Lihat apa yang akan terjadi").click()
    expect(page.locator("main")).to_contain_text("0 dari 3")
    assert look(page) == []
    jobs.work_in_bulk(desk.database, works)
    jobs.work_in_bulk(desk.database, works)
    expect(page.locator("main")).to_contain_text("Dapat dikerjakan untuk 3 rujukan")
    assert look(page) == []
    page.get_by_role("button", name="Ya, lakukan").click()
    jobs.work_in_bulk(desk.database, works)
    jobs.work_in_bulk(desk.database, works)
    expect(page.locator("main")).to_contain_text("Selesai.")
    assert look(page) == []
    assert desk.balance().realised == 3 * TOTAL
    desk.offer("hand-over", desk.granted(2))
    page.get_by_role("link", name="Dikerjakan sekaligus").click()
    assert look(page) == []
    page.get_by_role("button", name="Terima semua").click()
    expect(page.locator("main")).to_contain_text("0 dari 2")
