"""A row of a list is one line at a desk and two on a telephone, measured by its own letters."""

import time

import pytest

from services.intake.accounts.demo import DEMO_OFFICERS
from services.simulate.client import Client
from tests.browser.desk import SCREEN, TELEPHONE
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

PROGRAMME = "wrse-kaltim-2023"
KECAMATAN = "64.02.05"
PLACES = [
    ("petugas-kukar", "/"),
    ("petugas-kukar", "/intake/dinsos/referrals?tray=open"),
    ("petugas1", "/intake/dinsos/journeys"),
    ("petugas1", f"/intake/dinsos/candidates?programme={PROGRAMME}"),
    ("petugas1", "/intake/dinsos/groups"),
    ("petugas1", "/monitoring/dinsos/journeys"),
    ("koordinator", "/monitoring/bappeda/journeys"),
    ("koordinator", "/monitoring/bappeda/red-list?every=true"),
]
ROWS = "main .lines tbody tr:not(:has(.empty)), main .desk-lines .desk-line"
LINES = """rows => rows.filter(row => row.offsetHeight).map(row => {
    const isLine = getComputedStyle(row).display === 'table-row';
    const around = getComputedStyle(isLine ? row.cells[row.cells.length - 1] : row);
    const letters = getComputedStyle(isLine ? row.cells[row.cells.length - 1] : row.querySelector('a'));
    const inside = row.offsetHeight - parseFloat(around.paddingTop) - parseFloat(around.paddingBottom);
    return inside / parseFloat(letters.lineHeight);
})"""
"""How many lines of its own letters each row is high, without the room around them."""
CUT = """cells => cells
    .filter(each => each.offsetWidth && each.scrollWidth > each.clientWidth + 1)
    .map(each => each.innerText)"""
"""Numbers that are not shown whole: a number has to be read out."""


@pytest.fixture
def lists(sit_down):
    """Somebody whose verification waits, and a group; gives a window."""
    one = sit_down()
    one.sit("petugas1")
    one.open_row("/intake/dinsos/imports", "registri-64.02", "Selesai")
    known = next(each for each in DEMO_OFFICERS if each.username == "petugas1")
    program = Client(one.address, known.username, one.password, office=known.office, roles=known.roles)
    found = program.every("/intake/v1/dinsos/candidates", programme=PROGRAMME, area=KECAMATAN)
    ids = [next(found)["id"] for _ in range(3)]
    program.post("/intake/v1/dinsos/journeys", {"programme": PROGRAMME, "subject_ids": ids})
    name = "KUBE Perempuan Pesisir Tangguh Sejahtera Bersama Muara Badak Ilir"
    business = "Pengolahan hasil laut, kerupuk, amplang dan makanan ringan lainnya"
    program.post("/intake/v1/dinsos/groups", {"name": name, "area": f"{KECAMATAN}.2001", "line_of_business": business})
    program.close()
    return one


@pytest.mark.parametrize(("who", "path"), PLACES, ids=[f"{who} {path}" for who, path in PLACES])
def test_a_row_is_one_line_at_a_desk_and_two_on_a_telephone(lists, who, path):
    lists.sit(who)
    page, deadline = lists.page, time.monotonic() + PATIENCE
    lists.go(path)
    while not page.locator(ROWS).count():
        assert time.monotonic() < deadline, f"{path} has no row"
        time.sleep(0.5)
        lists.go(path)
    for size, most in ((SCREEN, 1), (TELEPHONE, 2)):
        page.set_viewport_size(size)
        high = page.locator(ROWS).evaluate_all(LINES)
        assert high
        assert max(high) < most + 0.5, f"at {size['width']} pixels a row of {path} has {max(high):.1f} lines"
        assert page.locator("main .lines .journey-number").evaluate_all(CUT) == []
    page.set_viewport_size(SCREEN)
