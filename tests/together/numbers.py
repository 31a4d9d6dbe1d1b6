"""Walks by plain requests through the pages of a running Kail and compares each counted number with its list's rows."""

import re
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests import counting
from tests.browser.walking import TOKEN, WELCOME, Pages, Ways
from tests.waiting import PATIENCE

NAMED = ("tray", "programme", "state", "every", "overdue", "returned", "version")
"""Parameters whose every value shows another page of numbers; of the others one value is enough."""
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
MOST_PAGES = 120
"""Pages that one officer opens; a demonstration has fewer that show numbers."""
FETCHED = {"HX-Request": "true"}


@dataclass
class Numbers:
    """What one officer has compared: how many numbers, on which pages, and which of them are wrong."""

    address: str
    password: str
    pages: Pages
    compared: set[counting.Counted] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def walk(self, officer) -> None:
        """Open every page that links and parts lead this officer to, and follow each of its counted links."""
        ways, been = deque(["/"]), set()
        with httpx.Client(base_url=self.address, timeout=PATIENCE, follow_redirects=True) as client:
            self._sign_in(client, officer)
            while ways and len(been) < MOST_PAGES:
                path = ways.popleft()
                if (what := self._what(path)) is None or what in been:
                    continue
                been.add(what)
                html = self._read(client, path)
                leads, page = Ways(html), counting.Page(html)
                ways.extend(each.address for each in page.counted)
                ways.extend([*leads.links, *leads.parts])
                self._compare(client, officer, str(what[0]), page.counted)

    def _compare(self, client, officer, place: str, counted) -> None:
        fresh = [each for each in counted if (officer.username, each) not in self.compared]
        self.compared |= {(officer.username, each) for each in fresh}
        if counted:
            self.places.add(place)
        found = counting.disagreements(lambda address: self._read(client, address), fresh)
        self.wrong += [f"{place} ({officer.username}): {each}" for each in found]

    def _what(self, path: str):
        parts = urlsplit(path)
        route = self.pages.route(parts.path)
        if route is None or "{" in path:
            return None
        asked = sorted((name, value if name in NAMED else "*") for name, value in parse_qsl(parts.query))
        return route, IDENTIFIER.sub("*", parts.path), tuple(asked)

    def _read(self, client, path: str) -> str:
        answer = client.get(path, headers=FETCHED if path.endswith("/referrals/waiting") else {})
        if answer.is_server_error:
            self.wrong.append(f"{path}: {answer.status_code}")
        is_page = answer.is_success and "html" in answer.headers.get("content-type", "")
        return answer.text if is_page else ""

    def _sign_in(self, client, officer) -> None:
        form = client.get("/intake/signin").text
        given = {"username": officer.username, "password": self.password, "csrf_token": TOKEN.search(form)[1]}
        assert any(word in client.post("/intake/signin", data=given).text for word in WELCOME), officer.username
