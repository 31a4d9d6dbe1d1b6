"""A desk without a mouse: its officer tabs to everything, and sees at every stop where she is."""

from datetime import date

from tests.browser.desk import Desk

SPARE = 40
"""Stops more than a page has fields and links: a date has a stop for its day, month and year, a browser its own."""

STOP = """wanted => {
    const here = document.activeElement;
    if (!here || here === document.body) return {outside: true};
    const shows = (element, part) => {
        const style = getComputedStyle(element, part);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
    };
    const inside = here.type === 'date';  // the browser marks the day, the month, the year and the calendar itself
    const label = here.labels && here.labels[0];
    const box = here.getBoundingClientRect();
    return {
        arrived: wanted.some(each => each === here),
        seen: inside || here.matches(':focus-visible') && (shows(here) || Boolean(label && shows(label, '::before'))),
        within: box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
        what: here.outerHTML.slice(0, 120),
    };
}"""
BACK = """target => document.activeElement && document.activeElement !== document.body
    && Boolean(target.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"""
FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"


class Keyboard(Desk):
    """One browser window that only ever gets keys."""

    def activate(self, target):
        """Go to a link or a button, and press Enter."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def choose(self, radio):
        """Go to a group of choices, and with the arrows to the wanted one."""
        group = self.page.locator(f'main [name="{radio.get_attribute("name")}"]')
        self.reach(group)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never came to {radio}")

    def tick(self, box, wanted=True):
        """Go to a box, and press Space where it is not as it shall be."""
        self.reach(box)
        if box.is_checked() != wanted:
            self.page.keyboard.press("Space")
        assert box.is_checked() == wanted

    def select(self, field, value):
        """Go to a list, and with the arrows to the wanted line."""
        self.reach(field)
        here, there = field.evaluate(
            "(list, value) => [list.selectedIndex, [...list.options].findIndex(each => each.value === value)]", value
        )
        for _ in range(abs(there - here)):
            self.page.keyboard.press("ArrowDown" if there > here else "ArrowUp")
        assert field.input_value() == value

    def write(self, field, text):
        """Go to a field and type over what stands there."""
        self.reach(field)
        if field.get_attribute("type") == "date":
            return self.write_day(field, date.fromisoformat(text))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        assert field.input_value() == text
        return None

    def write_day(self, field, day):
        """Type a day in the order in which this browser asks for its parts."""
        for order in ("%d%m%Y", "%m%d%Y", "%Y%m%d"):
            for _ in range(3):
                self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.type(day.strftime(order))
            if field.input_value() == day.isoformat():
                return
        raise AssertionError(f"the field did not take {day}")

    def reach(self, target):
        """Tab, forwards or backwards, until it has the focus; fails where that never is, or cannot be seen."""
        wanted = [target.nth(place).element_handle() for place in range(target.count())]
        assert wanted, f"there is no {target}"
        stops = self.page.locator(FOCUSABLE).count() + SPARE
        key = "Shift+Tab" if wanted[0].evaluate(BACK) else "Tab"
        for _ in range(stops):
            stop = self.page.evaluate(STOP, wanted)
            if stop.get("arrived") and stop["seen"]:
                return
            self.page.keyboard.press(key)
            self._stand(self.page.evaluate(STOP, []))
        raise AssertionError(f"{self.page.url}: the Tab key never came to {target}")

    def _stand(self, stop):
        if not stop.get("outside"):
            assert stop["seen"], f"{self.page.url}: nothing shows that this has the focus: {stop['what']}"
            assert stop["within"], f"{self.page.url}: this has the focus out of sight: {stop['what']}"
