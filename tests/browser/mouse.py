"""A desk that is worked with the mouse alone: every page is reached by a link or a button, and presses are counted."""

import time

from tests.browser.desk import Desk
from tests.waiting import PATIENCE

TRIES_EVERY = 0.25


class Mouse(Desk):
    """One browser window; `presses` counts links, buttons and boxes, and two for a list; fields to write in, none."""

    def __init__(self, *given):
        super().__init__(*given)
        self.presses = self.sittings = self.pages = 0
        self.who = None

    def sit(self, username):
        """Let somebody else sit down, unless she sits there."""
        if self.who != username:
            self.who = username
            self.sittings += 1
            super().sit(username)

    def activate(self, target):
        self.presses += 1
        super().activate(target)

    def choose(self, radio):
        self.presses += 1
        super().choose(radio)

    def tick(self, box, wanted=True):
        self.presses += box.is_checked() != wanted
        super().tick(box, wanted)

    def select(self, field, value):
        if field.input_value() != value:
            self.presses += 2
            super().select(field, value)

    def home(self):
        """Back to the start page, by the sign in the bar."""
        with self.page.expect_navigation():
            self.activate(self.page.locator("header a.brand"))
        self._look()

    def shows(self, address):
        """The link of this page that leads to an address, if it can be seen."""
        return self.page.locator(f'a[href="{address}"]:visible, a[href^="{address}?"]:visible').first

    def click_to(self, *addresses):
        """Follow links one after another."""
        for address in addresses:
            link = self.shows(address)
            link.wait_for()
            with self.page.expect_navigation():
                self.activate(link)
            self._look()

    def find_work(self, service, agency, number):
        """Go to a referral: from the start page where it is shown there, else by the service's list of referrals."""
        one, lists = f"/{service}/{agency}/referrals/{number}", f"/{service}/{agency}/referrals"
        self.home()
        deadline = time.monotonic() + PATIENCE
        self.shows(lists).wait_for()
        self.page.wait_for_load_state("networkidle")
        if self.shows(one).count():
            return self.click_to(one)
        self.click_to(lists)
        while not self.shows(one).count():
            assert time.monotonic() < deadline, f"{one} was never listed"
            time.sleep(TRIES_EVERY)
            self.page.reload()
        return self.click_to(one)

    def _look(self):
        self.pages += 1
        super()._look()
