"""Whether a number is that of the rows behind its link: what pages mark as counted, and the rows of their lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

MOST_PAGES = 100
"""Pages of a list that are read; none of ours is longer in a test."""


@dataclass(frozen=True)
class Counted:
    """A link whose number says how many rows its list has; `at_least` where it is not counted further."""

    number: int
    address: str
    at_least: bool = False


@dataclass
class Page(HTMLParser):
    """What a page says: its counted links, the rows of its marked lists, and where the next page of them is."""

    html: str
    counted: list[Counted] = field(default_factory=list)
    lists: int = 0
    rows: int = 0
    next: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self._inside: list[str] = []
        self._depth = 0
        self._has_cells = False
        self.feed(self.html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a" and given.get("data-counts") is not None:
            said = str(given["data-counts"])
            self.counted.append(Counted(int(said.rstrip("+")), given["href"] or "", said.endswith("+")))
        if tag == "a" and given.get("rel") == "next":
            self.next = given["href"]
        if "data-list" in given:
            self.lists, self._inside = self.lists + 1, [tag]
        elif self._inside and tag in (self._inside[0], "thead", "tbody", "td"):
            if tag == self._inside[0]:
                self._inside.append(tag)
            self._depth = {"thead": 0, "tbody": 1}.get(tag, self._depth)
            if tag == "td" and "empty" in (given.get("class") or "").split():
                self.rows -= 1
        if self._inside and ((tag == "tr" and self._depth) or (tag == "li" and self._inside == ["ol"])):
            self.rows += 1

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()


def rows_behind(read: Callable[[str], str], address: str) -> int:
    """How many rows the list at an address has on all its pages; the page has to mark one list."""
    rows = 0
    for _ in range(MOST_PAGES):
        page = Page(read(address))
        assert page.lists == 1, f"{address} marks {page.lists} lists"
        rows += page.rows
        if page.next is None:
            return rows
        address = urljoin(address, page.next)
    raise AssertionError(f"{address} has no end")


def disagreements(read: Callable[[str], str], counted: Iterable[Counted]) -> list[str]:
    """Which of these numbers are not those of the rows behind their links."""
    found = []
    for each in counted:
        rows = rows_behind(read, each.address)
        if rows < each.number if each.at_least else rows != each.number:
            found.append(f"{each.address}: {each.number} said, {rows} there")
    return found
