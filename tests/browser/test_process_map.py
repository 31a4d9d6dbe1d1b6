"""The process map tells what happens while it happens, to somebody who only looks on."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import number_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
WRSE = "wrse-kaltim-2023"


def under_way(page):
    """How many journeys the map's heading counts as under way."""
    return page.locator("#live dl.headline dd").first


def test_the_map_moves_by_itself(desk, sit_down):
    looker = sit_down()
    looker.sit("koordinator")
    looker.go(f"/monitoring/bappeda/programmes/{WRSE}")
    before = number_in(under_way(looker.page).inner_text())
    looker.page.evaluate("window.stillTheSamePage = true")

    desk.go(f"/intake/dinsos/candidates?programme={WRSE}&area=64.72.03")
    desk.row().get_by_role("checkbox").check()
    desk.press("Buka perjalanan yang dipilih")
    desk.says("1 perjalanan dibuka.")

    expect(under_way(looker.page)).to_have_text(str(before + 1))
    here_now = looker.page.locator('svg.process a[aria-label^="Verifikasi data, Sedang di sini"]')
    expect(here_now).to_be_visible()
    assert looker.page.evaluate("window.stillTheSamePage")
