"""A desk with a browser, at which one officer after the other sits down.

Whatever page is seen there is held to the same promises: the server does not fail, the browser has nothing to complain
of (scripts, style sheets, the content security policy), and a telephone does not have to scroll it sideways.
"""

import re
import time

from playwright.sync_api import Error, expect

from tests.waiting import PATIENCE

SCREEN = {"width": 1280, "height": 900}
TELEPHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement ? document.documentElement.scrollWidth : null"
"""Null while the page is still on its way to another one."""
REFUSED = 422
"""An answer that asks to mend a form is no fault."""


class Desk:
    """One browser window; what it found wrong is in `faults`."""

    def __init__(self, page, address, password):
        self.page, self.address, self.password = page, address, password
        self.faults = []
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.on("response", self._receive)

    def sit(self, username):
        """Somebody else sits down: whoever was there signs out, and the next one signs in."""
        if self.page.url.startswith(self.address):
            self.press("Keluar", within="header")
        self.go("/intake/signin")
        self.fill({"username": username, "password": self.password})
        self.press("Masuk")
        if self.page.locator("main").get_by_role("link", name="Nanti", exact=True).count():
            self.follow("Nanti")  # a role that needs a second step may put it off for some days
        self.says("Selamat datang")

    def go(self, path):
        """Open a page by its address."""
        self.page.goto(f"{self.address}{path}")
        self._look()

    def follow(self, link):
        """Click a link of the page by what it says."""
        with self.page.expect_navigation():
            self.activate(self.page.locator("main").get_by_role("link", name=link, exact=True).first)
        self._look()

    def press(self, button, within="main"):
        """Press a button of the page by what it says."""
        with self.page.expect_navigation():
            self.activate(self.page.locator(within).get_by_role("button", name=button, exact=True).first)
        self._look()

    def fill(self, fields):
        """Fill a form's fields by their names; a list fills as many fields of one name."""
        for name, value in fields.items():
            named = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
            kind = named.first.evaluate("field => field.type")
            if kind == "radio":
                answer = str(value).lower() if isinstance(value, bool) else value
                self.choose(self.page.locator(f'main [name="{name}"][value="{answer}"]'))
            elif kind == "checkbox":
                self.tick(named, value)
            elif kind == "select-one":
                self.select(named, value)
            else:
                for row, each in enumerate(value if isinstance(value, list) else [value]):
                    self.write(named.nth(row), str(each))

    def activate(self, target):
        """Click a link or a button."""
        target.click()

    def choose(self, radio):
        """Choose one of several."""
        radio.check()

    def tick(self, box, wanted=True):
        """Tick a box, or leave it empty."""
        box.set_checked(wanted)

    def select(self, field, value):
        """Choose from a list."""
        field.select_option(value)

    def write(self, field, text):
        """Write into a field, in place of what stood there."""
        field.fill(text)

    def says(self, *sentences):
        """The page says all of this, now or in a moment."""
        for sentence in sentences:
            expect(self.page.locator("main")).to_contain_text(
                sentence, ignore_case=True
            )  # a heading begins with a capital

    def row(self, *words):
        """The first row of a table that has all of these words."""
        rows = self.page.locator("main tbody tr")
        for word in words:
            rows = rows.filter(has_text=word)
        return rows.first

    def open_row(self, path, *words):
        """Open a list again and again until it has a row with these words, and follow that row's link."""
        deadline = time.monotonic() + PATIENCE
        self.go(path)
        while not self.row(*words).count():
            assert time.monotonic() < deadline, f"{path} never listed {words}"
            time.sleep(0.25)
            self.page.reload()
        with self.page.expect_navigation():
            self.activate(self.row(*words).get_by_role("link").first)
        self._look()

    def take_on(self, service, stage, village):
        """Take on the referral of a stage that waits in the worklist for somebody of this village."""
        self.open_row(f"/{service}/dinsos/referrals", stage, village)
        self.press("Terima")
        self.says("Ditangani oleh")

    def report(self, outcome):
        """Close the stage, and read on the page what was reported."""
        self.press("Selesai: laporkan hasil")
        self.says("Tahap ini selesai dan hasilnya telah dilaporkan.", outcome)

    def _hear(self, message):
        if message.type == "error" and f"status of {REFUSED}" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _receive(self, response):
        if response.status >= 400 and response.status != REFUSED:
            self.faults.append(f"{response.url}: status {response.status}")

    def _width(self):
        try:
            return self.page.evaluate(WIDTH)
        except Error:  # it was on its way to another page
            return None

    def _look(self):
        self.page.set_viewport_size(TELEPHONE)
        while (wide := self._width()) is None:
            self.page.wait_for_load_state()
        if wide > TELEPHONE["width"]:
            self.faults.append(f"{self.page.url}: {wide} pixels wide on a telephone")
        self.page.set_viewport_size(SCREEN)


class Days:
    """The domain's calendar of a running Kail, which an operator moves on."""

    def __init__(self, kail):
        self.kail = kail
        self.today = self._read("clock", "show")

    def pass_by(self, days):
        """Let so many days pass."""
        self.today = self._read("clock", "advance", "--days", str(days))

    def _read(self, *words):
        return re.search(r"\d{4}-\d\d-\d\d", self.kail.kail(*words).stdout)[0]


def number_in(text):
    """The number at the end of a label."""
    return int(re.search(r"(\d+)$", text)[1])
