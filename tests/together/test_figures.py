"""The figures are what plain SQL over the other services' databases gives, in the midst of the work and replayed."""

import json
import signal
import subprocess

import pytest
from sqlalchemy import create_engine, text

from shared.kernel.settings import SERVICES
from tests.copies import KAIL, Copy, errors_in
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

ENDS_WITHIN = 3 * 3600.0
"""Seconds; only a failure takes this long."""
STANDS = {"deciding": "deciding", "offered": "waiting", "opened": "waiting", "accepted": "active"}


@pytest.fixture
def copy(tmp_path):
    one = Copy(tmp_path / "home")
    yield one
    one.end()


class Books:
    """The four databases of a copy, read with plain SQL."""

    def __init__(self, copy):
        address = json.loads((copy.home / "servers.json").read_text())["postgresql"]
        self.engines = {name: create_engine(address.format(database=f"kail_{name}")) for name in SERVICES}

    def ask(self, service, statement):
        with self.engines[service].connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def everywhere(self, statement):
        return [row for service in SERVICES for row in self.ask(service, statement)]

    def close(self):
        for engine in self.engines.values():
            engine.dispose()


def as_the_services_say(books):
    """Journeys from intake, stages from whoever runs them, money from grants."""
    states = books.ask("intake", "SELECT programme, state FROM journey WHERE status = 'open'")
    stuck = {}
    for programme, state in states:
        for stage, stands in state["stages"].items():
            if stands["standing"] == "stuck":
                stuck[programme, stage] = stuck.get((programme, stage), 0) + 1
    stands = "CASE WHEN kind = 'intake.decision' THEN 'deciding' ELSE state END"
    here = f"SELECT programme, stage, office, {stands}, count(DISTINCT journey_id) FROM referral"
    counted = "count(DISTINCT CASE WHEN kind = 'intake.decision' THEN id ELSE journey_id END)"
    return {
        "journeys": sorted(
            books.ask(
                "intake",
                "SELECT programme, version, coalesce(outcome, 'open'), coalesce(because, '-'), count(*)"
                " FROM journey GROUP BY 1, 2, 3, 4",
            )
        ),
        "members": added(
            books.ask(
                "intake",
                "SELECT programme, count(*) FROM journey JOIN group_member ON group_id = subject_id AND left_on IS NULL"
                " WHERE status = 'open' AND subject_kind = 'group' GROUP BY 1",
            )
        ),
        "open": added(
            (programme, stage, office, STANDS[state], journeys)
            for programme, stage, office, state, journeys in books.everywhere(
                f"{here} WHERE state IN ('offered', 'opened', 'accepted') GROUP BY 1, 2, 3, 4"
            )
        ),
        "stuck": added((*key, journeys) for key, journeys in stuck.items()),
        "outcomes": added(
            books.everywhere(
                f"SELECT programme, stage, outcome, {counted} FROM referral WHERE state = 'completed' GROUP BY 1, 2, 3"
            )
        ),
        "promises": added(
            books.everywhere(
                "SELECT programme, stage, office, state, closed_at <= due_at, count(*) FROM referral"
                " WHERE state IN ('completed', 'declined', 'returned', 'unanswered') GROUP BY 1, 2, 3, 4, 5"
            )
        ),
        "money": sorted(
            books.ask(
                "grants",
                "SELECT fund_id, sum(reserved)::bigint, sum(committed)::bigint, sum(realised)::bigint,"
                " sum(lent)::bigint FROM fund_entry GROUP BY 1",
            )
        ),
    }


def as_the_figures_say(books):
    def ask(statement):
        return added(books.ask("monitoring", statement))

    moved = "reserved <> 0 OR committed <> 0 OR realised <> 0 OR lent <> 0 OR returned <> 0 OR repaid <> 0"
    return {
        "journeys": ask(
            "SELECT programme, version, standing, coalesce(because, '-'), sum(journeys)::bigint FROM tally_journey"
            " GROUP BY 1, 2, 3, 4"
        ),
        "members": ask(
            "SELECT programme, sum(members)::bigint FROM tally_journey"
            " WHERE standing = 'open' AND subject_kind = 'group' GROUP BY 1"
        ),
        "open": ask(
            "SELECT programme, stage, office, standing, sum(journeys)::bigint FROM tally_stage"
            " WHERE standing IN ('waiting', 'active', 'deciding') GROUP BY 1, 2, 3, 4"
        ),
        "stuck": ask(
            "SELECT programme, stage, sum(journeys)::bigint FROM tally_stage WHERE standing = 'stuck' GROUP BY 1, 2"
        ),
        "outcomes": ask(
            "SELECT programme, stage, outcome, sum(journeys)::bigint FROM tally_stage"
            " WHERE standing IN ('done', 'done-before', 'decided') GROUP BY 1, 2, 3"
        ),
        "promises": ask(
            "SELECT programme, stage, office, closed_as, kept, sum(referrals)::bigint FROM tally_promise"
            " GROUP BY 1, 2, 3, 4, 5"
        ),
        "money": sorted(
            books.ask("monitoring", f"SELECT id, reserved, committed, realised, lent FROM fund_figure WHERE {moved}")
        ),
    }


def added(rows):
    """Rows whose last column is a number, one for each key, without noughts."""
    found = {}
    for *key, number in rows:
        found[tuple(key)] = found.get(tuple(key), 0) + number
    return sorted((*key, number) for key, number in found.items() if number)


def agree(books):
    return as_the_figures_say(books) == as_the_services_say(books)


def test_the_figures_are_what_the_other_services_books_say_and_again_after_a_replay(copy, tmp_path):
    copy.up()
    books, said_by_officers = Books(copy), tmp_path / "officers.log"
    with said_by_officers.open("w") as said:
        at_work = subprocess.Popen(
            [*KAIL, "simulate", "--speed", "max", "--groups", "5", "--women", "8"],
            env=copy.environment,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        wait_until(
            lambda: as_the_services_say(books)["money"] or at_work.poll() is not None, "no money moves", ENDS_WITHIN
        )
        assert at_work.poll() is None, said_by_officers.read_text()
        at_work.send_signal(signal.SIGINT)
        at_work.wait()
        wait_until(lambda: agree(books), "the figures stay behind", ENDS_WITHIN)
        said = as_the_services_say(books)
        assert said["journeys"]
        assert said["members"]
        assert said["open"]
        assert said["outcomes"]
        assert said["promises"]
        assert said["money"]
        copy.kail("replay", "monitoring")
        wait_until(lambda: agree(books), "the figures differ after a replay", ENDS_WITHIN)
        assert json.loads(copy.kail("audit", "--json").stdout) == {"clean": True, "findings": []}
        assert errors_in(copy.home / "logs") == []
    finally:
        if at_work.poll() is None:
            at_work.kill()
            at_work.wait()
        books.close()
