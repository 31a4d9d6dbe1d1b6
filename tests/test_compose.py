"""The production shape is complete and fits the code: checked without an engine, as far as a file can be."""

import re
from contextlib import closing
from pathlib import Path

import pytest
import redis
from ruamel.yaml import YAML

from services.cli import main
from services.embedded import Valkey
from shared.bus import broker
from shared.kernel.settings import SERVICES, load
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[1]
COMPOSE = YAML(typ="safe").load(ROOT / "docker-compose.yml")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OURS = {name: each for name, each in COMPOSE["services"].items() if each.get("image") == "kail"}


def parsed(command):
    """Follow a command line through the groups down to the command, with its options checked by click itself."""
    group, words = main, list(command)
    while hasattr(group, "get_command"):
        found = group.get_command(None, words[0])
        assert found is not None, f"kail has no command {words[0]!r}"
        group, words = found, words[1:]
    return group.make_context(group.name, words)


@pytest.mark.parametrize("name", OURS)
def test_every_container_runs_a_command_that_exists(name):
    with closing(parsed(OURS[name]["command"])) as context:
        assert context.command


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_documented_setting(name):
    for variable in OURS[name]["environment"]:
        assert f"`{variable}`" in OPERATIONS


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_api_worker_and_relay_and_only_its_own_database(service):
    assert OURS[f"{service}-api"]["command"][:2] == ["web", service]
    assert OURS[f"{service}-worker"]["command"] == ["worker", service]
    assert OURS[f"{service}-relay"]["command"] == ["relay", service]
    for part in ("api", "worker", "relay"):
        environment = OURS[f"{service}-{part}"]["environment"]
        assert {name for name in environment if name.startswith("DATABASE_URL")} == {f"DATABASE_URL_{service.upper()}"}
        assert f"//{service}:" in environment["REDIS_URL"]


def test_whatever_ends_is_started_again():
    jobs = {"keys", "migrate"}
    for name, each in COMPOSE["services"].items():
        assert each["restart"] == ("on-failure" if name in jobs else "always")


def test_every_secret_comes_from_the_environment_and_must_be_given():
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{([A-Z_]*PASSWORD[A-Z_]*)(.*?)\}", text)
    assert len({name for name, _ in secrets}) == 10
    assert {rest for _, rest in secrets} == {":?"}


def test_the_proxy_sends_every_service_to_its_own_api():
    routes = COMPOSE["configs"]["proxy"]["content"]
    for service in SERVICES:
        assert f"http://{service}-api:8000" in routes
    assert "metrics$$ { deny all; }" in routes


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A Valkey with the users of the compose file, each with its own name as password."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    lines = COMPOSE["configs"]["redis-users"]["content"].splitlines()
    with redis.Redis.from_url(server.address) as operator:
        for line in lines:
            _, name, *rules = re.sub(r"\$\{REDIS_PASSWORD_([A-Z]+):\?\}", lambda m: m[1].lower(), line).split()
            if name != "default":
                operator.acl_setuser(name, enabled=True, reset=True)
                operator.execute_command("ACL", "SETUSER", name, *rules)
    yield server
    server.stop()


def of_user(server, name):
    return f"redis://{name}:{name}@127.0.0.1:{server.port}/0"


@pytest.fixture
def app_of(guarded, monkeypatch):
    """The Celery application of a service, signed in to the broker as that service."""

    def make(user):
        monkeypatch.setenv("REDIS_URL", of_user(guarded, user))
        load()
        return broker.make_app(user if user in SERVICES else "intake")

    yield make
    monkeypatch.undo()
    load()


@pytest.mark.parametrize("sender", [*SERVICES, "beat"])
def test_everybody_may_put_work_into_every_service_and_each_service_takes_its_own(app_of, sender):
    for service in SERVICES:
        with app_of(sender).connection_for_write() as outgoing, app_of(service).connection_for_read() as incoming:
            for queue in (app_of(service).amqp.queues[name] for name in (service, broker.slow_queue(service))):
                outgoing.Producer().publish(
                    {"from": sender}, exchange=queue.exchange, routing_key=queue.routing_key, declare=[queue]
                )
                received = []

                def take(body, message, received=received):
                    received.append(body)
                    message.ack()

                with incoming.Consumer([queue], callbacks=[take]):
                    incoming.drain_events(timeout=PATIENCE)
                assert received == [{"from": sender}]


def test_nobody_reads_what_waits_for_another_service_or_empties_the_broker(guarded):
    with redis.Redis.from_url(of_user(guarded, "grants")) as grants:
        for forbidden in ("LRANGE intake 0 -1", "RPOP intake", "FLUSHALL", "CONFIG GET *", "KEYS *"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                grants.execute_command(*forbidden.split())


def test_only_intake_s_web_writes_offices_and_programmes():
    writing = {name for name, each in OURS.items() if "./programmes:/kail/programmes" in each["volumes"]}
    reading = {name for name, each in OURS.items() if "./programmes:/kail/programmes:ro" in each["volumes"]}
    assert writing == {"intake-api"}
    assert reading == OURS.keys() - {"intake-api", "keys"}
