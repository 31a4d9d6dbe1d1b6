"""One woman, or one group, of each programme, carried by mouse from the officer's sign-in to the last signature.

Nothing is opened by its address: every page is reached from the start page by links and buttons, and the presses are
counted: docs/long.md keeps the last count.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
import pytest

from services.intake.accounts.demo import DEMO_OFFICERS
from services.simulate import begin
from services.simulate.accounts import demo_clients
from shared.identity import offices
from shared.kernel.settings import SERVICES
from shared.programmes import library
from tests.browser.acts import ACTS, LASTS
from tests.browser.mouse import Mouse
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]
PUBLISHED = {each.id: each for each in library.published().values()}
PROGRAMMES = sorted(PUBLISHED)
MOST_STEPS = 60
LOOKS_EVERY = 0.5
OPEN = """
    SELECT id, kind, stage, agency, office, area, state, settings, subject_kind FROM referral
    WHERE journey_id = %s AND state IN ('offered', 'opened', 'accepted') ORDER BY offered_at, stage
"""


@dataclass(frozen=True)
class Step:
    """A referral that waits for somebody."""

    service: str
    id: str
    kind: str
    stage: str
    agency: str
    office: str
    area: str
    state: str
    settings: dict
    people: int

    @property
    def place(self):
        """What `Mouse.find_work` asks for."""
        return self.service, self.agency, self.id


class Way:
    """One journey through its programme."""

    def __init__(self, desk, days, kail, programme, number):
        self.desk, self.days, self.programme, self.number = desk, days, programme, number
        self.address = json.loads((kail.home / "servers.json").read_text())["postgresql"].replace("+psycopg", "")
        self.rungs, self.stages, self.fit = set(), [], set()
        self.journey = None
        self.size = programme.subject.most

    def ask(self, service, query, *given):
        with psycopg.connect(self.address.format(database=f"kail_{service}")) as connection:
            return connection.execute(query, given).fetchall()

    def open_steps(self):
        """What waits for somebody, over all services: what takes weeks comes last."""
        found = []
        for service in SERVICES:
            rows = self.ask(service, OPEN, self.journey)
            found += [Step(service, str(row[0]), *row[1:8], self.size if row[8] == "group" else 1) for row in rows]
        return sorted(found, key=lambda step: LASTS.index(step.kind) if step.kind in LASTS else -1)

    def state(self):
        ((status, outcome),) = self.ask("intake", "SELECT status, outcome FROM journey WHERE id = %s", self.journey)
        return status, outcome

    def sit(self, step, role):
        """Let somebody with a role sit down at a step's office."""
        there = (each for each in DEMO_OFFICERS if each.office == step.office and role in each.roles)
        self.desk.sit(next(there).username)

    def carry(self):
        """Do whatever waits, until the journey has ended."""
        for _ in range(MOST_STEPS):
            steps = self.wait_for_steps()
            if not steps:
                return
            for step in steps:
                if step.state != "accepted":
                    self.sit(step, "officer")
                    self.desk.find_work(*step.place)
                    self.desk.press("Terima")
            step = steps[0]
            self.sit(step, "officer")
            if step.id not in self.desk.page.url:
                self.desk.find_work(*step.place)
            self.stages.append(step.stage)
            ACTS[step.kind](self, step)
            self.wait_until_done(step)
        raise AssertionError(f"{self.programme.id} never ended: {self.stages}")

    def wait_for_steps(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if steps := self.open_steps():
                return steps
            if self.state()[0] == "ended":
                return []
            time.sleep(LOOKS_EVERY)
        raise AssertionError(f"{self.programme.id} stands still after {self.stages}")

    def wait_until_done(self, step):
        deadline = time.monotonic() + PATIENCE
        query = "SELECT outcome FROM referral WHERE id = %s AND state NOT IN ('offered', 'opened', 'accepted')"
        while not self.ask(step.service, query, step.id):
            assert time.monotonic() < deadline, f"{step} was not done: {self.desk.page.locator('main').inner_text()}"
            time.sleep(LOOKS_EVERY)

    def has(self, name):
        return self.desk.page.locator(f'main [name="{name}"]').count() > 0

    def choices(self, name):
        found = self.desk.page.locator(f'main select[name="{name}"] option').all()
        return [each.get_attribute("value") for each in found if each.get_attribute("value")]

    def answer(self, *names, no=False):
        """Answer questions with yes, or with no: by a radio where there is one, else by a box."""
        for name in names:
            if self.desk.page.locator(f'main [name="{name}"][type=radio]').count():
                self.desk.fill({name: "false" if no else "true"})
            elif self.has(name):
                self.desk.fill({name: not no})

    def acknowledge(self):
        if self.has("aid_acknowledged"):
            self.desk.fill({"aid_acknowledged": "Bantuan lain untuk makan sehari-hari, bantuan ini untuk usahanya."})

    def save(self):
        self.desk.press("Simpan dulu")
        self.desk.says("Tersimpan.")

    def send(self, field):
        """Send the form that has this field."""
        form = self.desk.page.locator(f'main form:has([name="{field}"])').first
        with self.desk.page.expect_navigation():
            self.desk.activate(form.locator("button[type=submit]").last)

    def report(self):
        self.desk.press("Selesai: laporkan hasil")
        self.desk.says("Tahap ini selesai dan hasilnya telah dilaporkan.")

    def unfold(self, name):
        """Open what hides a field."""
        if not self.desk.page.locator(f'main [name="{name}"]').first.is_visible():
            hiding = self.desk.page.locator(f'main details:has([name="{name}"]) > summary').first
            self.desk.activate(hiding)

    def day(self, later):
        return (date.fromisoformat(self.days.today) + timedelta(days=later)).isoformat()

    def let_pass(self, days):
        self.days.pass_by(days)

    def area_of(self, step):
        """Where an office may plan a course: in its region."""
        region = offices.office(step.office).region
        return step.area[:5] if step.area.startswith(region) else region


@pytest.fixture(scope="module")
def people(kail):
    """Registries from which every programme finds its women, and the money that they may get."""
    clients, known = {}, list(demo_clients(kail.home, kail.port))
    for each in known:
        for role in each.roles:
            clients[each.office, role] = each
    officers = {office: client for (office, role), client in clients.items() if role == "officer"}
    wanted = [each for each in begin.REGISTRIES if each.office != begin.KALTIM]
    begin.bring_in_registries(officers, 7, [small(each) for each in wanted])
    for fund in begin.FUNDS:
        agency = offices.office(fund.office).agency
        begin.open_fund(clients[fund.office, "head"], agency, fund)
    yield officers
    for each in known:
        each.close()


def small(registry):
    return begin.Registry(registry.office, registry.region, min(registry.persons, 700), registry.vulnerable_women)


def set_out(way, officers):
    """Let somebody of the programme's region set out, by mouse."""
    beginning = begin.beginning_of(way.programme.id)
    officer = officers[beginning.office]
    living = begin._candidates(beginning, officer)
    kecamatan = max(living, key=lambda each: len(living[each]))
    desk, root = way.desk, f"/intake/{beginning.agency}"
    desk.sit(officer.username)
    desk.click_to(f"{root}/referrals")
    if way.programme.subject.kind == "group":
        name = found_group(way, officer, beginning, living[kecamatan])
    desk.click_to(f"{root}/journeys", f"{root}/journeys/new")
    desk.select(desk.page.locator("main select[name=programme]"), way.programme.id)
    desk.press("Tampilkan")
    if way.programme.subject.kind == "group":
        desk.row(name).wait_for()
        desk.tick(desk.row(name).get_by_role("checkbox"))
    else:
        desk.tick(desk.row().get_by_role("checkbox"))
    desk.press("Buka perjalanan yang dipilih")
    desk.says("1 perjalanan dibuka.")
    newest = "SELECT id FROM journey WHERE programme = %s ORDER BY id DESC LIMIT 1"
    way.journey = way.ask("intake", newest, way.programme.id)[0][0]


def found_group(way, officer, beginning, living):
    desk, root = way.desk, f"/intake/{beginning.agency}"
    name = f"Kelompok Contoh {way.number}"
    way.fit = {each["id"] for each in living}
    desk.click_to(f"{root}/groups", f"{root}/groups/new")
    desk.fill({"name": name, "area": living[0]["area"], "line_of_business": "kerupuk ikan"})
    way.send("line_of_business")
    first = next(iter(way.programme.stages.values()))
    if first.does == "intake.verification":
        group = desk.page.url.rpartition("/")[2].partition("?")[0]
        desk.click_to(f"{root}/groups/{group}/proposals")
        propose(way, Counter(each["area"] for each in living))
        way.send("person_ids[]")
    return name


def propose(way, villages):
    """Tick as many as the group has places, village by village, among those who would qualify."""
    left = way.size
    for village, _ in villages.most_common():
        way.desk.select(way.desk.page.locator("main select[name=village]"), village)
        way.desk.press("Cari")
        for box in way.desk.page.locator('main input[name="person_ids[]"]').all():
            if left and box.get_attribute("value") in way.fit and not box.is_checked():
                way.desk.tick(box)
                left -= 1
        if not left:
            return


@pytest.mark.parametrize("number", range(len(PROGRAMMES)), ids=PROGRAMMES)
def test_somebody_is_carried_to_her_end_by_mouse(number, sit_down, kail, days, people, record_property):
    desk = sit_down(Mouse)
    way = Way(desk, days, kail, PUBLISHED[PROGRAMMES[number]], number + 1)
    set_out(way, people)
    way.carry()
    assert way.state() == ("ended", "graduated")
    told = {"stages": len(way.stages), "sign-ins": desk.sittings, "presses": desk.presses}
    record_property("by mouse", ", ".join(f"{count} {what}" for what, count in told.items()))
