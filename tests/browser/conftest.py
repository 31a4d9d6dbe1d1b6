"""A whole Kail that runs, a real browser, and desks with a window of it."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import walking
from tests.browser.desk import SCREEN, Days, Desk
from tests.browser.keyboard import Keyboard
from tests.copies import Copy
from tests.servers import own_part
from tests.waiting import PATIENCE


@pytest.fixture(scope="session")
def browser():
    """Chromium, without a window; skips whatever needs it where there is none."""
    found = walking.chromium()
    if not found:
        pytest.skip(f"the pages are tried in a browser, and none of {', '.join(walking.BROWSERS)} is installed")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def kail(browser, tmp_path_factory):
    """A Kail with real servers, workers and relays, and nobody in it but an invented registry."""
    with own_part() as given:
        copy = Copy(tmp_path_factory.mktemp("browser") / "home", given)
        try:
            yield copy.up()
        finally:
            copy.end()


@pytest.fixture
def days(kail):
    """The domain's calendar, wherever earlier tests have left it."""
    return Days(kail)


@pytest.fixture
def sit_down(browser, kail):
    """Gives desks, each with cookies of its own; at the end none of them may have found a fault."""
    password = (kail.home / "demo-password").read_text()
    desks = []

    def another(kind=Desk, **options):
        context = browser.new_context(locale="id-ID", viewport=SCREEN, **options)
        context.set_default_timeout(PATIENCE * 1000)
        desks.append(kind(context.new_page(), f"http://127.0.0.1:{kail.port}", password))
        return desks[-1]

    yield another
    for each in desks:
        each.page.context.close()
    assert [fault for each in desks for fault in each.faults] == []


@pytest.fixture
def desk(sit_down):
    """One desk, where the registry has come in."""
    return at_work(sit_down())


@pytest.fixture
def plain(sit_down):
    """The same in a browser that runs no scripts."""
    return at_work(sit_down(java_script_enabled=False))


@pytest.fixture
def keyboard(sit_down):
    """The same without a mouse."""
    return at_work(sit_down(Keyboard))


def at_work(one):
    """Let an officer sit down and wait until the registry has come in."""
    one.sit("petugas1")
    one.open_row("/intake/dinsos/imports", "registri-64.72", "Selesai")
    one.open_row("/intake/dinsos/imports", "registri-64.02", "Selesai")
    return one
