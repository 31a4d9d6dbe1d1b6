"""What arrives late finds its place free: nothing that somebody reads moves under her eyes."""

import time

import pytest
from playwright.sync_api import expect

from services.intake.accounts.demo import DEMO_OFFICERS
from services.simulate.begin import FUNDS, open_fund
from services.simulate.client import Client
from tests.browser.desk import SCREEN, TELEPHONE
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
WATCH = """
    window.moved = [];
    new PerformanceObserver(list => {
        for (const each of list.getEntries())
            if (!each.hadRecentInput)
                window.moved.push([each.value, ...each.sources.map(at => at.node && at.node.outerHTML?.slice(0, 90))]);
    }).observe({type: 'layout-shift', buffered: true});
"""
STILL = 0.01
"""Cumulative layout shift; 0.1 is what web.dev calls good."""


@pytest.fixture
def looker(sit_down):
    """A coordinator, once the dashboard has a chart to show: where the money of a fund stands."""
    one, fund = sit_down(), FUNDS[0]
    head = next(each for each in DEMO_OFFICERS if each.username == "kepala")
    program = Client(one.address, head.username, one.password, office=head.office, roles=head.roles)
    open_fund(program, "dinsos", fund)
    program.close()
    one.sit("koordinator")
    deadline = time.monotonic() + PATIENCE
    one.go("/monitoring/bappeda/dashboard")
    while not one.page.locator("picture.chart").count():
        assert time.monotonic() < deadline, "monitoring never heard of the fund"
        time.sleep(0.25)
        one.page.reload()
    return one


@pytest.mark.parametrize("size", [SCREEN, TELEPHONE], ids=["desk", "telephone"])
def test_charts_that_come_late_move_nothing_on_the_dashboard(looker, size):
    page = looker.page
    page.set_viewport_size(size)
    page.add_init_script(WATCH)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/dashboard/charts/*.svg*", hold)
    page.goto(f"{looker.address}/monitoring/bappeda/dashboard")
    chart = page.locator("picture.chart img").first
    chart.scroll_into_view_if_needed()
    before = chart.bounding_box()
    expect(chart).to_have_js_property("naturalWidth", 0)
    assert before["height"] > 100  # its place is there before it is
    while not held:
        page.wait_for_timeout(50)
    for each in held:
        each.continue_()
    expect(chart).not_to_have_js_property("naturalWidth", 0)
    page.wait_for_timeout(300)
    assert chart.bounding_box() == before
    moved = page.evaluate("window.moved")
    assert sum(each[0] for each in moved) < STILL, moved
