"""Every page of every service, as every role sees it, is held to WCAG 2.2 AA and to our own promises.

Kail runs, its simulated officers work, and whenever a kind of stage is open that nobody has looked at, they pause. When
every kind has been seen in work, all roles go through all pages, from link to link. A new page is walked to by itself;
a page to which no link leads fails the test. `make test` takes a sample: test_some_pages.
"""

import signal
import subprocess
import time
from datetime import UTC, datetime

import httpx
import psycopg
import pytest

from services.intake.accounts.demo import DEMO_OFFICERS, DemoOfficer
from services.simulate.client import Client, Refused
from shared.identity import offices
from shared.identity.rules import Role
from shared.kernel.settings import SERVICES
from shared.programmes import library
from tests.browser.walking import ELSEWHERE, FORMS, NOTED, PARTS, Pages, Referrals, Walk, walkers
from tests.copies import KAIL, Copy
from tests.waiting import wait_until

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("pages")]
AT_WORK = "petugas-samarinda"
"""Whom the stages of women in Samarinda come to."""
HANDED_OVER = "kata sandi sementara percobaan"
AUDITOR = DemoOfficer("pemeriksa", "Pemeriksa Contoh", "bappeda-kaltim", (Role.AUDITOR,))


@pytest.fixture(scope="module")
def walk(home, browser, tmp_path_factory):
    """A Kail in which people are at every stage, seen by everybody who works with it.

    The routes are read off apps that are made here, with the keys of this run's own home.
    """
    copy = Copy(tmp_path_factory.mktemp("pages") / "home")
    try:
        copy.up()
        referrals = Referrals(copy.home)
        password = (copy.home / "demo-password").read_text()
        one = Walk(browser, f"http://127.0.0.1:{copy.port}", password, Pages(), referrals)
        look_while_they_work(copy, one)
        protect(one)
        decline(one)
        ask_about(one)
        give_back(one)
        try_out(one)
        use_rights(one)
        begin_anew(one)
        copy.kail("audit")
        hold(one)
        copy.kail(
            *("officers", "add", AUDITOR.username, "--name", AUDITOR.name, "--office", AUDITOR.office),
            *("--role", AUDITOR.roles[0], "--password", HANDED_OVER),
        )
        first = {"username": AUDITOR.username, "password": HANDED_OVER, "new_password": password}
        httpx.post(f"{one.address}/intake/v1/tokens", json=first).raise_for_status()
        referrals.read()
        for officer in (None, *walkers(), AUDITOR):
            window = one.sign_in(officer)
            window.roam()
            window.close()
        yield one
    finally:
        copy.end()


def look_while_they_work(copy, walk):
    """Let the officers of all programmes work, and look at each stage, and at what closes it, while it is in work."""
    wanted = {stage.does for programme in library.published().values() for stage in programme.stages.values()}
    windows, done = {}, set()
    simulation = subprocess.Popen(
        [*KAIL, "simulate", "--speed", "max", "--journeys", "2"],
        env=copy.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while simulation.poll() is None and (done != wanted or walk.all_lacking()):
        for office, path in walk.referrals.read():
            kind, state = walk.referrals.of(path)
            officer = next(each for each in DEMO_OFFICERS if each.office == office and Role.OFFICER in each.roles)
            what = walk.what(path, officer)
            lacking = walk.lacking(path.split("/")[1], state)
            if state not in FORMS or (what in walk.seen and not lacking):
                continue
            simulation.send_signal(signal.SIGSTOP)
            window = windows.get(office) or windows.setdefault(office, walk.sign_in(officer))
            if what not in walk.seen:
                window.open(path, what)
            if any(each.endpoint == NOTED for each in lacking):
                take_note(walk, officer, path)
            window.open_forms(path, lacking)
            if state == "accepted":
                done.add(kind)
            simulation.send_signal(signal.SIGCONT)
        time.sleep(0.1)
    for window in windows.values():
        window.close()
    simulation.kill()
    simulation.wait()


def client(walk, username):
    """An officer who works by program."""
    one = next(each for each in DEMO_OFFICERS if each.username == username)
    return Client(walk.address, username, walk.password, office=one.office, roles=one.roles)


def protect(walk):
    """A woman asks for a talk, a case is opened, and a head reads it with leave."""
    root = "/intake/v1/dp3a/protection"
    officer, head, counsellor = (client(walk, f"{who}-dp3a-kukar") for who in ("petugas", "kepala", "konselor"))
    asks, counselled = [each["id"] for each in officer.get("/intake/v1/dp3a/persons", limit=2)["items"]]
    officer.post(f"{root}/requests", {"person_id": asks})
    counsellor.post(f"{root}/cases", {"person_id": counselled, "kind": "other", "under_tpks": True})
    asked = head.post(f"{root}/glass", {"person_id": counselled, "reason": "Pemeriksaan pengaduan contoh."})
    counsellor.post(f"{root}/glass/{asked['id']}/decide", {"granted": True, "reason": "Atas pengaduan contoh."})
    for each in (officer, head, counsellor):
        each.close()


def take_note(walk, officer, path):
    """An officer notes something on a referral; where nothing is noted, she cannot."""
    one = client(walk, officer.username)
    _, service, rest = path.split("/", 2)
    try:
        one.post(f"/{service}/v1/{rest}/notes", {"words": "Telepon contoh tidak diangkat."})
    except Refused as refused:
        if refused.code != "nothing-is-noted-here":
            raise
    one.close()


def send_out(officer, area, whoever):
    """An officer sends out a woman who lives there; gives her, the journey, and the referral that comes to them."""
    chosen = next(officer.every("/intake/v1/dinsos/candidates", programme="wrse-kaltim-2023", area=area))
    sent = officer.post("/intake/v1/dinsos/journeys", {"programme": "wrse-kaltim-2023", "subject_ids": [chosen["id"]]})
    journey = sent["opened"][0]["journey_id"]

    def offered():
        rows = whoever.every("/intake/v1/dinsos/referrals")
        return next((each["id"] for each in rows if each["journey_id"] == journey), None)

    wait_until(offered, "the stage was never offered")
    return chosen["id"], journey, offered()


def decline(walk):
    """An office declines a stage, so that the leading office has to find another way."""
    officer, neighbour = client(walk, "petugas1"), client(walk, AT_WORK)
    _, journey, offered = send_out(officer, "64.72", neighbour)
    no = {"reason": "no-places", "explanation": "Jadwal bulan ini penuh.", "suggestion": "offer-again-later"}
    neighbour.post(f"/intake/v1/dinsos/referrals/{offered}/decline", no)
    wait_until(lambda: officer.get(f"/intake/v1/dinsos/journeys/{journey}")["is_stuck"], "the no never arrived")
    for each in (officer, neighbour):
        each.close()


def ask_about(walk):
    """A woman who stands on no list any more waits at an office: notes are taken, evidence is wanted, the coordinator
    asks why nothing moves."""
    officer, neighbour, coordinator = (client(walk, each) for each in ("petugas1", AT_WORK, "koordinator"))
    woman, journey, referral = send_out(officer, "64.72", neighbour)
    for about in (f"journeys/{journey}", f"persons/{woman}"):
        officer.post(f"/intake/v1/dinsos/{about}/notes", {"words": "Datang lagi hari Kamis."})
    asked = f"/monitoring/v1/bappeda/journeys/{journey}"
    wait_until(lambda: is_there(coordinator, asked), "monitoring never heard of the journey")
    coordinator.post(f"{asked}/explanation", {"referral_id": referral, "words": "Mengapa belum dijawab?"})
    neighbour.post(f"/intake/v1/dinsos/referrals/{referral}/accept")
    with psycopg.connect(walk.referrals.address.format(database="kail_intake")) as connection:
        connection.execute("UPDATE listing SET until = since WHERE person_id = %s AND until IS NULL", [woman])
    for each in (officer, neighbour, coordinator):
        each.close()
    for who, page, endpoint in (
        ("petugas1", f"/intake/dinsos/journeys/{journey}", "journey_pages.journey_note_struck"),
        ("petugas1", f"/intake/dinsos/persons/{woman}", "registry_pages.person_note_struck"),
        (AT_WORK, f"/intake/dinsos/referrals/{referral}", "eligibility_pages.evidence_form"),
        (AT_WORK, "/monitoring/dinsos/asks", "steering_pages.answer_form"),
        ("kepala", "/intake/dinsos/journeys/brought-in?programme=wrse-kaltim-2023", "bringing_in_pages.hand_form"),
        ("koordinator-bappeda-mataram", "/monitoring/bappeda/programmes/kusiapp-mataram", "flow_pages.show_unreached"),
    ):
        window = walk.sign_in(next(each for each in DEMO_OFFICERS if each.username == who))
        window.open_forms(page, {walk.pages.routes[page.split("/")[1], endpoint]})
        window.close()


def is_there(who, path):
    """Whether somebody finds it."""
    try:
        return bool(who.get(path))
    except Refused as refused:
        if refused.status != httpx.codes.NOT_FOUND:
            raise
        return False


def give_back(walk):
    """A meeting gives an office two tasks; one of them comes back."""
    at_bappeda = (each for each in walkers() if offices.office(each.office).agency == "bappeda")
    convenes = next(each for each in at_bappeda if each.roles == (Role.OFFICER,))
    convener, officer = client(walk, convenes.username), client(walk, "petugas1")
    day = datetime.now(UTC).date().isoformat()
    about = {"meets_on": day, "place": "Ruang contoh", "area": offices.office(convenes.office).region, "programmes": []}
    meeting = "/monitoring/v1/bappeda/meetings/" + convener.post("/monitoring/v1/bappeda/meetings", about)["id"]
    for decision in ("Menjawab rujukan contoh.", "Mengunjungi kelompok contoh."):
        given = {"decision": decision, "office": officer.office, "due_on": day}
        task = convener.post(f"{meeting}/decisions", given)
    convener.post(f"{meeting}/hold", {"minutes": "Dibahas.", "attendance": {convenes.office: 1, officer.office: 1}})
    officer.post(f"/monitoring/v1/dinsos/tasks/{task['id']}/return", {"reason": "Bukan tugas kantor contoh."})
    for each in (convener, officer):
        each.close()


def try_out(walk):
    """A head tries a programme on the registry."""
    head = client(walk, "kepala")
    tried = "/intake/v1/dinsos/trials"
    head.post(tried, {"programme": "wrse-kaltim-2023"})
    wait_until(lambda: head.get(tried)["items"][0]["state"] == "done", "the programme was never tried")
    head.close()


def use_rights(walk):
    """Women ask what is held of them, and for a correction; a failure of protection concerns a kecamatan."""
    officer = client(walk, "petugas1")
    asks, corrects = [each["id"] for each in officer.get("/intake/v1/dinsos/persons", limit=2)["items"]]
    card = {"identified": "id-card", "seen": "KTP contoh"}
    officer.post(f"/intake/v1/dinsos/persons/{asks}/disclosures", card)
    wrong = {"evidence": "Surat Dukcapil contoh", "wanted": {"address": "Jl. Contoh Perbaikan No. 1"}}
    officer.post(f"/intake/v1/dinsos/persons/{corrects}/corrections", card | wrong)
    (lives,) = officer.get("/intake/v1/dinsos/persons", limit=1)["items"]
    coordinator = client(walk, "koordinator")
    failure = {
        "data": ["identity"],
        "cause": "lost",
        "what": "Laptop contoh hilang.",
        "done": "Laptop contoh dikunci.",
        "scope": "area",
        "area": lives["area"][:8],
        "found_at": datetime.now(UTC).isoformat(),
    }
    coordinator.post("/intake/v1/bappeda/breaches", failure)
    for each in (officer, coordinator):
        each.close()


def begin_anew(walk):
    """A group waits for its members, and a cooperative is registered."""
    officer = client(walk, "petugas1")
    group = {"name": "KUBE Belum Terbentuk", "area": "64.02.05.2001", "line_of_business": "Perikanan"}
    officer.post("/intake/v1/dinsos/groups", group)
    at_work = (each for each in walkers() if each.roles == (Role.OFFICER,))
    first = next(each for each in at_work if offices.office(each.office).agency == "koperasi")
    founder, region = client(walk, first.username), offices.office(first.office).region
    cooperative = {"name": "Koperasi Contoh Halaman", "area": region, "formed_on": "2020-01-01"}
    founder.post("/grants/v1/koperasi/cooperatives", cooperative)
    for each in (officer, founder):
        each.close()


def hold(walk):
    """In every service an event could not be applied, of a kind that nobody sends."""
    for service in SERVICES:
        with psycopg.connect(walk.referrals.address.format(database=f"kail_{service}")) as connection:
            connection.execute(
                "INSERT INTO held_event (id, subscriber, source, partition, position, stream, type, body, state, error)"
                " VALUES (gen_random_uuid(), %s, 'intake', 0, 1000000000, gen_random_uuid(), 'intake.example-held.v1',"
                " '{}', 'held', 'An example.')",
                [service],
            )


def test_every_page_is_reached_by_links_in_every_service(walk):
    missed = set(walk.pages.routes.values()) - walk.routes()
    assert sorted(str(each) for each in missed if each.endpoint not in {*PARTS, *ELSEWHERE}) == []
    assert set(PARTS).isdisjoint(each.endpoint for each in walk.routes())


def test_no_two_pages_share_a_title(walk):
    shared = {title: sorted(map(str, routes)) for title, routes in walk.titles.items() if len(routes) > 1}
    assert shared == {}


def test_every_kind_of_stage_is_seen_in_work(walk):
    wanted = {stage.does for programme in library.published().values() for stage in programme.stages.values()}
    assert wanted == {what[1] for what in walk.seen if "accepted" in what[2:]}


def test_every_role_that_may_open_a_page_has_seen_pages(walk):
    assert walk.met_by == set(Role)


def test_no_page_has_a_fault(walk):
    told = [f"{fault}\n    {len(where)}: {'; '.join(where[:3])}" for fault, where in sorted(walk.faults.items())]
    assert not told, "\n".join(told)
