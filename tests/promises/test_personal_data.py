"""What names a person passes the broker and the logs neither in the clear nor in any coding short of a cipher."""

import csv
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import kombu
import pytest
import structlog
from sqlalchemy import select

from services.intake import app as intake
from services.intake import worker
from services.intake.registry import generate, jobs
from services.intake.registry.models import Person
from shared.bus import broker, tasks
from shared.bus.relay import Relay
from shared.identity.rules import Role
from shared.kernel.logging import configure
from shared.kernel.settings import settings
from shared.referrals.models import Referral
from tests.browsing import an_officer, bearer
from tests.intake.journeys.roads import Road

REGION = "64.02.06"
FILE = generate.registry_file(REGION, 60, seed=7)
PERSONAL = ("nik", "no_kk", "nama", "alamat", "no_hp")
QUEUES = ("intake", broker.slow_queue("intake"), "monitoring")


def secrets() -> set[str]:
    """Everything in the file that could name somebody; numbers without the prefix that countries differ in."""
    rows = csv.DictReader(io.StringIO(FILE))
    return {row[column].removeprefix("0") for row in rows for column in PERSONAL if len(row[column]) > 4}


def told(text: str) -> set[str]:
    """Which of the secrets a text tells."""
    return {secret for secret in secrets() if secret.lower() in text.lower()}


@dataclass(frozen=True)
class Waiting:
    """A message that waits at the broker: what the broker sees around it, and its own content."""

    task: str
    around: str
    body: str


@pytest.fixture
def broker_of_ours(home) -> Iterator[Callable[[], list[Waiting]]]:
    """All that waits in the queues that the story fills; nothing does before and after."""
    with kombu.Connection(settings().redis_url) as connection:

        def taken() -> list[Waiting]:
            found = []
            for queue in QUEUES:
                channel = connection.channel()
                try:
                    while message := channel.basic_get(queue, no_ack=True):
                        around = json.dumps([message.headers, message.properties], default=str)
                        found.append(Waiting(message.headers["task"], around, _text(message.body)))
                except connection.channel_errors:  # no such queue yet, and the channel is closed by it
                    continue
                channel.close()
            return found

        taken()
        yield taken
        taken()


def _text(body: bytes | str) -> str:
    return body.decode() if isinstance(body, bytes) else body


@pytest.fixture
def logs(monkeypatch) -> Iterator[io.StringIO]:
    """What this process logs, written as the running parts write it."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure("test", written)
    yield written
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def story(databases, broker_of_ours, logs) -> list[Waiting]:
    """A registry file is sent in, its women set out, and their first stage is offered: the messages on the way."""
    base = databases["intake"]
    begun = (
        intake.create()
        .test_client()
        .post(
            "/intake/v1/dinsos/imports",
            data={"file": (io.BytesIO(FILE.encode()), "daftar.csv")},
            headers=bearer(an_officer(Role.OFFICER)),
        )
    )
    assert begun.status_code == 202, begun.json
    jobs.run_import.run(base, import_id=begun.json["id"])
    with base.reading() as session:
        everybody = session.scalars(select(Person.id)).all()
    assert Road(base).open(everybody).opened
    Relay(base, broker.CeleryTransport()).step()
    return broker_of_ours()


def content_of(message: Waiting) -> str:
    """What a delivery carries, out of the text that is signed; empty where the message is something else."""
    arguments = json.loads(message.body)[1]
    return json.dumps(json.loads(arguments.get("message", {}).get("content", "null")), ensure_ascii=False)


def test_no_message_at_the_broker_names_anybody(story):
    assert any('"text"' in content_of(message) for message in story)
    for message in story:
        assert told(message.around) == set()
        assert told(message.body) == set()
        assert told(content_of(message)) == set()


def test_whoever_a_stage_is_offered_to_can_read_what_the_messages_hide(story, databases):
    deliver = tasks.make_worker_app(worker.PARTICIPANT).tasks["intake.deliver"]
    for message in story:
        if message.task == deliver.name:
            deliver(**json.loads(message.body)[1])
    with databases["intake"].reading() as session:
        offered = session.scalars(select(Referral)).all()
    assert offered
    assert told(json.dumps([each.particulars for each in offered]))


def test_no_line_of_the_logs_names_anybody(story, logs):
    lines = [json.loads(line) for line in logs.getvalue().splitlines()]
    assert "request-answered" in {line["event"] for line in lines}
    assert told(logs.getvalue()) == set()
