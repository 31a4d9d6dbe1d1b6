"""What names a person passes through Redis and the logs neither in the clear nor in any coding short of a cipher."""

import base64
import csv
import io
import json
import logging
from collections.abc import Iterator

import pytest
import redis
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


@pytest.fixture
def broker_of_ours(home) -> Iterator[redis.Redis]:
    """The broker, with nothing waiting in the queues that the story fills."""
    with redis.Redis.from_url(settings().redis_url, decode_responses=True) as connection:
        connection.delete(*QUEUES)
        yield connection
        connection.delete(*QUEUES)


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
def story(databases, broker_of_ours, logs) -> list[str]:
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
    return [message for queue in QUEUES for message in broker_of_ours.lrange(queue, 0, -1)]


def body_of(message: str) -> str:
    """A Celery message's own content, out of its transport coding."""
    return base64.b64decode(json.loads(message)["body"]).decode()


def content_of(message: str) -> str:
    """What a delivery carries, out of the text that is signed; empty where the message is something else."""
    arguments = json.loads(body_of(message))[1]
    return json.dumps(json.loads(arguments.get("message", {}).get("content", "null")), ensure_ascii=False)


def test_no_message_in_redis_names_anybody(story):
    assert any('"text"' in content_of(message) for message in story)
    for message in story:
        assert told(message) == set()
        assert told(body_of(message)) == set()
        assert told(content_of(message)) == set()


def test_whoever_a_stage_is_offered_to_can_read_what_the_messages_hide(story, databases):
    deliver = tasks.make_worker_app(worker.PARTICIPANT).tasks["intake.deliver"]
    for message in story:
        if json.loads(message)["headers"]["task"] == deliver.name:
            deliver(**json.loads(body_of(message))[1])
    with databases["intake"].reading() as session:
        offered = session.scalars(select(Referral)).all()
    assert offered
    assert told(json.dumps([each.particulars for each in offered]))


def test_no_line_of_the_logs_names_anybody(story, logs):
    lines = [json.loads(line) for line in logs.getvalue().splitlines()]
    assert "request-answered" in {line["event"] for line in lines}
    assert told(logs.getvalue()) == set()
