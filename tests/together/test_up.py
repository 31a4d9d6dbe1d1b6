"""One command runs all of Kail, with real processes, and brings people through their programmes to the end."""

import json
import os
import re
import signal
import urllib.request

import pytest

from services.embedded.process import is_alive
from tests.copies import Copy, errors_in
from tests.servers import own_part
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def copy(tmp_path):
    with own_part() as given:
        one = Copy(tmp_path / "home", given)
        yield one
        one.end()


@pytest.mark.long
def test_people_and_groups_travel_to_their_ends_and_the_audit_is_clean(copy):
    copy.up()
    assert {copy.health(service) for service in ("intake", "grants", "training", "monitoring")} == {200}
    told = copy.kail("simulate", "--speed", "max", "--groups", "4", "--women", "6", "--json")
    report = json.loads(told.stdout)
    assert sum(report["outcomes"]["kube-kaltim-2023"].values()) == 4
    assert sum(report["outcomes"]["wrse-kaltim-2023"].values()) == 6
    assert not any("open" in outcomes for outcomes in report["outcomes"].values())
    assert report["refusals"] == {}
    assert json.loads(copy.kail("audit", "--json").stdout) == {"clean": True, "findings": []}
    assert errors_in(copy.home / "logs") == []


def test_it_prints_accounts_that_can_sign_in_and_a_second_start_finds_its_data(copy):
    copy.up()
    username = re.search(r"^ +dinsos-kaltim +(\S+)", copy.said, flags=re.MULTILINE)[1]
    password = re.search(r"has the password (\S+):", copy.said)[1]
    copy.end()
    again = Copy(copy.home, copy.given).up()
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{again.port}/intake/v1/tokens",
            data=json.dumps({"username": username, "password": password}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            assert json.loads(answer.read())["token_type"] == "Bearer"
    finally:
        again.end()


def test_a_part_that_dies_is_started_again_and_a_killed_supervisor_takes_everything_with_it(copy):
    copy.up()
    before = copy.running()["parts"]["relay-grants"]["pid"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: copy.running()["parts"]["relay-grants"]["pid"] not in (None, before), "the relay stayed away")
    noted = copy.running()
    pids = [*noted["servers"].values(), *(part["pid"] for part in noted["parts"].values() if part["pid"])]
    copy.process.kill()
    copy.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids), "a part outlived the supervisor")
    copy.process.stdout.close()
    copy.up()
    assert copy.health("grants") == 200


def test_a_second_kail_says_why_it_does_not_start_and_down_stops_the_first_from_another_terminal(copy, tmp_path):
    copy.up()
    own_home = copy.environment["KAIL_HOME"]
    same_home = copy.kail("up", check=False)
    assert same_home.returncode == 1
    assert "already runs" in same_home.stderr
    copy.environment["KAIL_HOME"] = str(tmp_path / "other")
    same_port = copy.kail("up", check=False)
    assert same_port.returncode == 1
    assert "KAIL_PORT" in same_port.stderr
    copy.environment["KAIL_HOME"] = own_home
    assert "runs in" in copy.kail("status").stdout
    pids = [part["pid"] for part in copy.running()["parts"].values() if part["pid"]]
    copy.kail("down")
    assert copy.process.wait() == 0
    assert not any(is_alive(pid) for pid in pids)
    assert "No Kail runs" in copy.kail("down").stdout


def test_an_empty_home_begins_as_a_city_s_own_and_stays_one(tmp_path):
    with own_part() as given:
        one = Copy(tmp_path / "home", given, made_up=False)
        one.environment["KAIL_PROGRAMMES"] = str(tmp_path / "programmes")
        try:
            one.up()
            code = re.search(r"^with the code (\S+)$", one.said, flags=re.MULTILINE)[1]
            assert f"http://127.0.0.1:{one.port}/intake/welcome" in one.said
            assert "password" not in one.said
            assert list(one.home.glob("*password*")) == []
            assert not (one.home / "to-be-said").exists()
            office = {"id": "bappeda-contoh", "agency": "bappeda", "name": "Bappeda Contoh", "region": "64.03"}
            office["registers"] = False
            she = {"code": code, "name": "Ani Contoh", "username": "ani", "password": "tiga kata biasa"}
            assert asked(one, "/intake/v1/welcome", {**she, "new_office": office})["username"] == "ani"
        finally:
            one.end()
        again = Copy(one.home, given, made_up=False)
        again.environment["KAIL_PROGRAMMES"] = str(tmp_path / "programmes")
        try:
            again.up("--simulate")  # somebody forgot that it is no demonstration
            assert "password" not in again.said
            assert "with the code" not in again.said
            assert list(again.home.glob("*password*")) == []
            assert asked(again, "/intake/v1/tokens", {"username": "ani", "password": "tiga kata biasa"})["access_token"]
        finally:
            again.end()


def asked(copy, address, given):
    request = urllib.request.Request(
        f"http://127.0.0.1:{copy.port}{address}",
        data=json.dumps(given).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read())
