"""Walks through Kail's pages as its officers do: from the start page on, link by link.

Links are read by plain requests, which is quick; a page is opened in the browser only when it is one that has not been
seen yet: another route, another role, or the work of another kind of stage in another state.
"""

import json
import re
import shutil
import zlib
from collections import defaultdict, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from urllib.parse import urlencode, urlsplit

import psycopg
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from services.intake.accounts.demo import DEMO_OFFICERS
from services.simulate.begin import BEGINNINGS
from shared.identity import offices
from shared.kernel.settings import SERVICES
from tests.browser.looking import DESK, frame_faults, language_faults, look

ONE_OF = 6
"""How many pages there are for each one that a sample opens in the browser; which, their addresses say."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_PAGES = ("operations.", "assets.", "openapi")
"""Blueprints that serve programs and browsers, not people."""
PARTS = {
    "flow_pages.show_live_part": "the moving part of a programme's map, seen there",
    "referrals_pages.waiting": "the counts that the start page shows, seen there",
    "desk_pages.show_desk": "what waits for an officer, which the start page gathers, seen there",
    "machine_pages.machine_part": "how one service stands, seen in the machine room",
    "oversight_pages.show_figures": "the moving part of the dashboard, seen there",
    "oversight_pages.show_chart": "an image, seen on the dashboard",
    "oversight_pages.watch_figures": "a stream that says when figures have changed",
    "programmes_pages.download_file": "a file to keep",
    "trials_pages.download_example": "a file to keep",
    "papers_pages.download_paper": "a file to keep",
    "flow_pages.download_unreached": "a file to keep",
    "bringing_in_pages.model_list": "a file to keep",
    "steering_pages.waiting_asks": "what coordinators asked, seen on the start page",
    "steering_pages.asks_about": "what coordinators asked, seen on the referral's page",
    "audits_pages.last_audit": "what the last audit found, seen in the machine room",
    "signin.renew": "sends on to where somebody was",
}
"""What a browser fetches into another page, and why it is not looked at by itself."""
ELSEWHERE = {
    "referrals_pages.bulk_list": "a file to keep: test_bulk",
    "referrals_pages.bulk_run": "what was begun in bulk: test_in_bulk",
    "account_pages.follow_link": "opened by a one-time link: test_an_officers_account",
    "signin.step_form": "asked of whoever has a second step: test_an_officers_account",
    "second_step_pages.set_up_form": "a demonstration needs no second step: test_an_officers_account",
    "proposals_pages.show_proposal": "a programme that is not published yet: test_new_city",
    "welcome_pages.welcome_form": "only while nobody is an administrator: test_new_city",
}
"""Pages to which no link of a demonstration leads, and the test that opens them in the browser."""
NOTED = "referrals_pages.referral_note_struck"
FORMS = {
    "waiting": {"referrals_pages.decline_form"},
    "accepted": {"referrals_pages.return_form", "referrals_pages.hand_over_form", NOTED},
}
"""Forms that are there only while a referral stands so: they are opened while the simulated officers pause."""
LEADS = frozenset(each.office for each in BEGINNINGS)
REFERRAL = re.compile(r"/referrals/([0-9a-f-]{36})")
WAITING = {"offered": "waiting", "opened": "waiting"}
WELCOME = ("Selamat datang", "Welcome")
"""What the start page says, in the language that an account keeps."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Route:
    """A page of a service, whatever it is filled with."""

    service: str
    endpoint: str
    rule: str

    def __str__(self):
        return f"{self.service}: {self.rule}"


class Pages:
    """Every route of every service that shows a page, and which of them an address belongs to."""

    def __init__(self):
        self.maps, self.routes = {}, {}
        for service in SERVICES:
            app = import_module(f"services.{service}.app").create(None)
            self.maps[service] = app.url_map.bind("127.0.0.1")
            for rule in app.url_map.iter_rules():
                if "GET" in rule.methods and "/v1/" not in rule.rule and not rule.endpoint.startswith(NO_PAGES):
                    self.routes[service, rule.endpoint] = Route(service, rule.endpoint, rule.rule)

    def route(self, path):
        """The route of a path; None where it is no page of ours."""
        service = path.split("/")[1]
        service = service if service in SERVICES else "intake"
        try:
            endpoint, _ = self.maps[service].match(path, method="GET")
        except (HTTPException, MethodNotAllowed, RequestRedirect):
            return None
        return self.routes.get((service, endpoint))


class Referrals:
    """What kind of stage a referral is, and how it stands."""

    def __init__(self, home):
        self.address = json.loads((home / "servers.json").read_text())["postgresql"].replace("+psycopg", "")
        self.known = {}

    def read(self):
        """Look again; gives where somebody at an office finds each of them, as (office, path)."""
        found = []
        for service in SERVICES:
            with psycopg.connect(self.address.format(database=f"kail_{service}")) as connection:
                rows = connection.execute("SELECT id, kind, state, agency, office FROM referral").fetchall()
            self.known |= {str(number): (kind, WAITING.get(state, state)) for number, kind, state, _, _ in rows}
            found += [(office, f"/{service}/{agency}/referrals/{number}") for number, _, _, agency, office in rows]
        return found

    def of(self, path):
        """What a path's referral is: its kind and state, or nothing."""
        found = REFERRAL.search(path)
        return self.known.get(found[1], ()) if found else ()


class Ways(HTMLParser):
    """Where a page leads: its links, and what its forms find with each of their choices."""

    def __init__(self, html):
        super().__init__()
        self.links, self.found, self.parts = [], [], []
        self._form = self._field = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._add(self.parts, given.get("hx-get"))
        if tag == "a":
            self._add(self.links, given.get("href"))
        elif tag == "form":
            self._form = given["action"] if given.get("method", "get").lower() == "get" else None
        elif tag == "select":
            self._field = given.get("name")
        elif tag == "option" and self._form and given.get("value"):
            self._add(self.found, f"{self._form}?{urlencode({self._field: given['value']})}")

    def _add(self, where, address):
        parts = urlsplit(address or "")
        if parts.path.startswith("/") and not parts.netloc:
            where.append(parts._replace(fragment="").geturl())


@dataclass
class Walk:
    """What has been seen by whom, and what was wrong with it."""

    browser: object
    address: str
    password: str
    pages: Pages
    referrals: Referrals
    seen: dict = field(default_factory=dict)
    tried: set = field(default_factory=set)
    titles: dict = field(default_factory=lambda: defaultdict(set))
    faults: dict = field(default_factory=lambda: defaultdict(list))
    met_by: set = field(default_factory=set)
    thorough: bool = True

    def is_to_be_looked_at(self, what):
        """Whether this is opened in the browser: a sample opens one page of a few, and each of them once."""
        if self.thorough:
            return what not in self.seen
        return zlib.crc32(str(what[0]).encode()) % ONE_OF == 0 and what[0] not in self.routes()

    def sign_in(self, officer):
        """A window in which this officer has signed in."""
        context = self.browser.new_context(locale="id-ID", viewport=DESK)
        if officer is not None:
            form = context.request.get(f"{self.address}/intake/signin").text()
            given = {"username": officer.username, "password": self.password, "csrf_token": TOKEN.search(form)[1]}
            answer = context.request.post(f"{self.address}/intake/signin", form=given)
            assert any(word in answer.text() for word in WELCOME), f"{officer.username} could not sign in"
        return Window(self, context, officer)

    def what(self, path, officer):
        """What of a path's page is new to somebody: the same pages under other identifiers are not."""
        route = self.pages.route(urlsplit(path).path)
        if route is None or route.endpoint in PARTS:
            return None
        return (route, *self.referrals.of(path), *(officer.roles if officer else ()))

    def routes(self):
        """The routes whose page somebody has looked at."""
        return {route for route, *_ in self.seen}

    def lacking(self, service, state):
        """The forms of a referral that stands so which nobody has looked at in this service."""
        return {self.pages.routes[service, each] for each in FORMS.get(state, ())} - self.routes()

    def all_lacking(self):
        """The forms of referrals which nobody has looked at, in any service."""
        return {each for service in SERVICES for state in FORMS for each in self.lacking(service, state)}


class Window:
    """One officer's way through the pages."""

    def __init__(self, walk, context, officer):
        self.walk, self.context, self.officer = walk, context, officer
        self.page = context.new_page()
        self.heard = []
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.heard.append(said.text))

    def roam(self, meet=None):
        """Follow every link that leads somewhere new, and look at all that nobody has looked at.

        With `meet` nothing is looked at: it is told each path and what is there.
        """
        ways, been = deque(["/" if self.officer else "/intake/signin"]), set()
        read = set()
        while ways:
            path = ways.popleft()
            what = self.walk.what(path, self.officer)
            if what is None or what in been:
                continue
            been.add(what)
            if meet:
                meet(path, what)
            self.walk.met_by |= set(self.officer.roles if self.officer else ())
            look = not meet and self.walk.is_to_be_looked_at(what)
            leads = Ways(self.open(path, what) if look else self.fetch(path)[1])
            ways.extend(leads.links)
            for part in set(leads.parts) - read:
                read.add(part)
                ways.extend(Ways(self.fetch(part)[1]).links)
            if self.walk.tried.isdisjoint({(what[0], each) for each in leads.found}):
                self.walk.tried |= {(what[0], each) for each in leads.found}
                ways.extend(self.fetch(each)[0] for each in leads.found)

    def open_forms(self, path, wanted):
        """Look at those of a page's forms that are wanted; there are none of them when the moment has passed."""
        for each in Ways(self.fetch(path)[1]).links:
            what = self.walk.what(each, self.officer)
            if (
                each.startswith(f"{urlsplit(path).path}/")
                and what
                and what[0] in wanted
                and what[0] not in self.walk.routes()
            ):
                self.open(each, what)

    def fetch(self, path):
        """Read a page without looking at it; gives where it is in the end, and what it says."""
        answer = self.context.request.get(f"{self.walk.address}{path}")
        return answer.url.removeprefix(self.walk.address), answer.text() if answer.ok else ""

    def open(self, path, what):
        """Look at a page; gives what it says."""
        self.heard.clear()
        answer = self.page.goto(f"{self.walk.address}{path}")
        html = self.page.content()
        faults = [] if answer.ok else [f"status {answer.status}"]
        if answer.ok:
            faults += look(self.page)
            if self.walk.pages.route(urlsplit(self.page.url).path) == what[0]:  # else it sent on to another page
                self.walk.titles[self.page.title()].add(what[0])
            if what[0] not in self.walk.routes():
                faults += self.in_english(path)
        self.walk.seen[what] = path
        for each in faults + self.heard:
            self.walk.faults[each].append(f"{path} ({self.officer.username if self.officer else 'nobody'})")
        return html

    def in_english(self, path):
        """What is wrong with a page's words for whoever prefers English."""
        self.speak("en")
        self.page.goto(f"{self.walk.address}{path}")
        faults = [*frame_faults(self.page, "en"), *language_faults(self.page, "en")]
        self.speak("id")
        return faults

    def speak(self, language):
        """Choose the language in the bar, as anybody does."""
        self.page.locator(f'.languages button[value="{language}"]').click()
        self.page.wait_for_load_state()

    def close(self):
        self.context.close()


def chromium():
    """Where the browser is; None where there is none."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def walkers(thorough=True):
    """Everybody at the leading offices, and of every other agency one officer of each role; else one of each role."""
    found = {}
    for each in DEMO_OFFICERS:
        at = each.office if each.office in LEADS else offices.office(each.office).agency
        found.setdefault((at if thorough else "", each.roles), each)
    return list(found.values())
