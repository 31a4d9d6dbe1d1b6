"""The production shape is complete and fits the code: checked without an engine, as far as a file can be."""

import http.client
import itertools
import json
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
import redis
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from ruamel.yaml import YAML
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.cli import main
from services.embedded import PostgreSQL, Valkey
from services.embedded.postgresql import binaries
from services.supervise import secrets
from shared.bus import broker
from shared.kernel.settings import SERVICES, STORES, load
from shared.privacy import parts
from shared.storage import Database
from tests.servers import own_postgresql
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[1]
COMPOSE = YAML(typ="safe").load(ROOT / "docker-compose.yml")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
COMPARTMENT = "intake-protection"
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
        assert f"`{variable.removesuffix('_FILE')}`" in OPERATIONS


def secrets_of(name):
    """The secrets that a container is given: their names, by where it finds them."""
    given = COMPOSE["services"][name].get("secrets", [])
    return {
        each["target"] if isinstance(each, dict) else each: each["source"] if isinstance(each, dict) else each
        for each in given
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_api_worker_and_relay_and_only_its_own_database_and_secrets(service):
    assert OURS[f"{service}-api"]["command"][:2] == ["web", service]
    assert OURS[f"{service}-worker"]["command"] == ["worker", service]
    assert OURS[f"{service}-relay"]["command"] == ["relay", service]
    for part in (name for name in parts.PARTS if name.startswith(f"{service}-") and name != COMPARTMENT):
        environment = OURS[part]["environment"]
        stores = [service, "protection"] if part == "intake-api" else [service]  # its pages are the one door to it
        assert {name for name in environment if name.startswith("DATABASE_")} == {
            name
            for store in stores
            for name in (f"DATABASE_URL_{store.upper()}", f"DATABASE_PASSWORD_{store.upper()}_FILE")
        }
        assert f"//{service}@" in environment["REDIS_URL"]
        own = {
            "keys": f"keys-{part}",
            **{f"postgresql-{store}": f"postgresql-{store}" for store in stores},
            f"redis-{service}": f"redis-{service}",
        }
        assert secrets_of(part) == own | ({"metrics": "metrics"} if part.endswith("-api") else {})
        assert environment["KAIL_KEYS"] == "/run/secrets/keys"


def test_only_the_compartments_own_parts_hold_its_address_and_its_password():
    given = {name for name, each in OURS.items() if "DATABASE_PASSWORD_PROTECTION_FILE" in each["environment"]}
    assert given == {"intake-api", COMPARTMENT, "operator"}
    assert {name for name in OURS if "postgresql-protection" in secrets_of(name)} == given
    each = OURS[COMPARTMENT]
    assert (each["command"], each["networks"]) == (["protection"], ["data"])
    assert set(secrets_of(COMPARTMENT)) == {"keys", "postgresql-intake", "postgresql-protection"}
    assert "REDIS_URL" not in each["environment"]


def test_every_secret_is_a_file_that_the_command_makes_and_every_path_names_one_that_is_given(tmp_path):
    answer = CliRunner().invoke(main, ["keys", "make", "--folder", str(tmp_path / "secrets")])
    assert answer.exit_code == 0, answer.output
    files = {name: tmp_path / each["file"] for name, each in COMPOSE["secrets"].items()}
    assert all(path.is_file() for path in files.values())
    made = {path for path in (tmp_path / "secrets").rglob("*") if path.is_file()}
    assert made - {path.resolve() for path in files.values()} == {tmp_path / "secrets" / "keys.json"}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "keys.json").stat().st_mode) == 0o600
    for part in parts.PARTS:
        assert json.loads(files[f"keys-{part}"].read_text())["part"] == part
    for name, each in COMPOSE["services"].items():
        for variable, value in each.get("environment", {}).items():
            if variable.endswith("_FILE") or str(value).startswith("/run/secrets/"):
                assert value.removeprefix("/run/secrets/") in secrets_of(name), (name, variable)
    assert "PASSWORD:" not in (ROOT / "docker-compose.yml").read_text().replace("_PASSWORD_FILE:", "")
    again = CliRunner().invoke(main, ["keys", "make", "--unless-there", "--folder", str(tmp_path / "secrets")])
    assert "0 passwords were made" in again.output


def test_the_whole_of_the_keys_is_given_to_nobody_who_serves():
    holders = {
        name for name, each in COMPOSE["services"].items() if any("/secrets" in v for v in each.get("volumes", []))
    }
    assert holders == {"secrets", "operator"}
    assert all(COMPOSE["services"][name]["profiles"] for name in holders)
    owners = {name for name in COMPOSE["services"] if any("owner" in each for each in secrets_of(name))}
    assert owners == {"migrate", "postgresql"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_can_do_no_more_than_its_work_needs(name):
    each = COMPOSE["services"][name]
    assert each["read_only"] is True
    assert each["cap_drop"] == ["ALL"]
    assert each.get("cap_add", []) == (["CHOWN"] if name == "certificate" else [])
    assert each["security_opt"] == ["no-new-privileges:true"]
    assert not each.get("privileged")
    assert each["mem_limit"]
    assert each["cpus"]
    assert each["pids_limit"]
    assert each["networks"]
    assert "docker.sock" not in str(each)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_image_is_named_by_its_exact_version_and_runs_as_somebody_without_rights(name):
    each = COMPOSE["services"][name]
    if each["image"] == "kail":
        dockerfile = (ROOT / "Dockerfile").read_text()
        assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE)[-1] == "10001:10001"
        images = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    else:
        assert "unprivileged" in each["image"] or each.get("user", "0") != "0" or name == "certificate"
        images = [each["image"]]
    for image in images:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-|$)", image), image


def test_who_can_reach_whom():
    networks = {name: set(each["networks"]) for name, each in COMPOSE["services"].items()}
    at = {network: {name for name, those in networks.items() if network in those} for network in COMPOSE["networks"]}
    assert at["outside"] == {"proxy", "redirect", "certificate"}
    assert at["front"] == {"proxy", *(f"{service}-api" for service in SERVICES)}
    assert at["data"] & {"proxy", "redirect", "redis", "beat"} == set()
    assert at["broker"] & {"proxy", "redirect", "postgresql", "migrate"} == set()
    assert networks["postgresql"] == {"data"}
    assert networks["redis"] == {"broker"}
    assert all((each or {}).get("internal") for name, each in COMPOSE["networks"].items() if name != "outside")
    published = {name for name, each in COMPOSE["services"].items() if each.get("ports")}
    assert published == {"proxy", "redirect"}


def test_who_holds_no_key_cannot_make_one_of_its_own_by_mistake():
    for name, each in OURS.items():
        if name not in ("beat", "secrets"):
            assert each["environment"]["KAIL_KEYS"]


def test_whatever_ends_is_started_again():
    jobs = {"migrate": "on-failure", "secrets": "no", "operator": "no"}
    for name, each in COMPOSE["services"].items():
        assert each["restart"] == jobs.get(name, "always")


def test_the_pages_are_https_behind_one_proxy_of_a_known_name():
    for service in SERVICES:
        environment = OURS[f"{service}-api"]["environment"]
        assert (environment["KAIL_HTTPS"], environment["KAIL_PROXIES"]) == ("1", "1")
        assert environment["KAIL_HOSTS"] == "${KAIL_NAME:?}"


def test_the_proxy_sends_every_service_to_its_own_api():
    routes = COMPOSE["configs"]["proxy"]["content"]
    for service in SERVICES:
        assert f"http://{service}-api:8000" in routes
    assert "metrics$$ { deny all; }" in routes


def test_the_image_takes_in_only_what_runs():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(each for each in ignored if not each.startswith("#")) == "*"
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for each in " ".join(copied).split():
        assert f"!{each}" in ignored


NASTY = [
    "it's",
    "a@b:c/d",
    "100%",
    "$HOME `id` $(id)",
    "white space",
    "#hash",
    'quo"te\\',
    "päss🔑",
    "-n",
    ":'x'",
    "%s\\n",
]


def shipped(name):
    """A file that compose makes of a config, as the container finds it."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE["configs"][name]["content"])
    return re.sub(r"\$\{KAIL_NAME:\?\}", "kail.example", text).replace("$$", "$")


@pytest.fixture(scope="module")
def passwords(tmp_path_factory):
    """A password of odd characters for every role, as somebody would lay it into its file."""
    folder = tmp_path_factory.mktemp("passwords")
    for name, password in zip(secrets.PASSWORDS, itertools.cycle(NASTY), strict=False):
        (folder / name).write_text(f"{password}{name}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, passwords):
    """A Valkey with the users that the compose file's own script writes."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    script = tmp_path_factory.mktemp("script") / "users.sh"
    script.write_text(shipped("redis-users"))
    lines = subprocess.run(
        ["/bin/sh", script, passwords], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert lines[0] == "user default off"
    with redis.Redis.from_url(server.address) as operator:
        for line in lines[1:]:
            _, name, *rules = line.split()
            operator.acl_setuser(name, enabled=True, reset=True)
            operator.execute_command("ACL", "SETUSER", name, *rules)
    yield server
    server.stop()


@pytest.fixture
def url_of(guarded, passwords, monkeypatch):
    """The broker's address for a user, as the settings make it of the compose file's variables."""

    def make(user):
        monkeypatch.setenv("REDIS_URL", f"redis://{user}@127.0.0.1:{guarded.port}/0")
        monkeypatch.setenv("REDIS_PASSWORD_FILE", str(passwords / f"redis-{user}"))
        return load().redis_url

    yield make
    monkeypatch.undo()
    load()


@pytest.fixture
def app_of(url_of):
    """The Celery application of a service, signed in to the broker as that service."""

    def make(user):
        url_of(user)
        return broker.make_app(user if user in SERVICES else "intake")

    return make


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


@pytest.mark.parametrize(
    "forbidden",
    [
        "LRANGE intake 0 -1",
        "RPOP intake",
        "LLEN intake.limits",
        "GET intake.limits",
        "LPUSH grantsx 1",
        "FLUSHALL",
        "CONFIG GET *",
        "KEYS *",
        "SCAN 0",
        "RANDOMKEY",
        "DBSIZE",
        "EVAL return_1 0",
        "SCRIPT FLUSH",
        "FUNCTION LIST",
        "FCALL f 0",
        "PUBLISH anything 1",
        "SUBSCRIBE anything",
        "ACL LIST",
        "MONITOR",
    ],
)
def test_nobody_reads_what_waits_for_another_service_lists_names_or_empties_the_broker(url_of, forbidden):
    with redis.Redis.from_url(url_of("grants")) as grants, pytest.raises(redis.exceptions.NoPermissionError):
        grants.execute_command(*forbidden.split())


def test_a_script_of_a_library_runs_on_ones_own_keys_alone(url_of):
    with redis.Redis.from_url(url_of("grants")) as grants:
        with grants.lock("grants.lock", timeout=60):
            pass
        with pytest.raises(redis.exceptions.NoPermissionError):
            grants.register_script("return redis.call('LLEN', KEYS[1])")(keys=["intake"])


@own_postgresql
@pytest.mark.slow
def test_the_databases_are_made_with_any_passwords_and_a_service_works_with_what_its_container_is_given(
    tmp_path, passwords, monkeypatch
):
    """The very script that the container runs, by psql, and `kail migrate` and a service's web with these variables."""
    server = PostgreSQL(tmp_path / "server", durable=False)
    server.start()
    try:
        with server._connect() as operator:
            for store in STORES:
                operator.execute(f"DROP DATABASE kail_{store}")
            (access,) = operator.execute("SHOW hba_file").fetchone()
            Path(access).write_text("local all kail trust\nlocal all all scram-sha-256\n")
            operator.execute("SELECT pg_reload_conf()")
        script = tmp_path / "databases.sql"
        script.write_text(shipped("databases").replace("/run/secrets", str(passwords)))
        psql = [
            str(binaries() / "psql"),
            "-h",
            str(server.socket_folder),
            "-U",
            "kail",
            "-d",
            "postgres",
            "-f",
            str(script),
        ]
        made = subprocess.run(psql, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        variables = {**OURS["migrate"]["environment"], **OURS["grants-api"]["environment"]}
        for name, value in variables.items():
            if name.startswith("DATABASE_"):
                given = value.replace("@postgresql/", "@/").replace("/run/secrets", str(passwords))
                monkeypatch.setenv(name, given + (f"?host={server.socket_folder}" if "URL" in name else ""))
        monkeypatch.setenv("KAIL_HOSTS", "kail.example")
        load()
        migrated = CliRunner().invoke(main, ["migrate", "grants"])
        assert migrated.exit_code == 0, (migrated.output, migrated.exception)
        serving = Database("grants", load().database_url("grants"))
        app = import_module("services.grants.app").create(serving)
        health = app.test_client().get("/grants/health").json
        assert health["checks"]["database"]
        with serving.transaction() as session:
            assert session.scalar(text("SELECT current_user")) == "kail_grants"
            session.execute(text("DELETE FROM held_event"))
        with pytest.raises(ProgrammingError), serving.transaction() as session:
            session.execute(text("DROP TABLE look"))
        serving.dispose()
        for role, store in itertools.product(STORES, STORES):
            word = (passwords / f"postgresql-{role}").read_text(encoding="utf-8").rstrip("\n")
            entering = {"host": str(server.socket_folder), "user": f"kail_{role}", "password": word}
            if role == store:
                psycopg.connect(dbname=f"kail_{store}", **entering).close()
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    psycopg.connect(dbname=f"kail_{store}", **entering)
    finally:
        monkeypatch.undo()
        load()
        server.stop()


class Echo(BaseHTTPRequestHandler):
    """Says what it was told of who asks."""

    def do_GET(self):
        said = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """nginx with the compose file's own two configurations, a certificate of its own, and one server behind it."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate(folder)
    behind = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    ports = {"8443": free_port(), "8080": free_port()}
    text = shipped("proxy") + shipped("redirect").replace("access_log off;", "", 1)
    text = text.replace("listen 8443", f"listen 127.0.0.1:{ports['8443']}").replace(
        "listen 8080", f"listen 127.0.0.1:{ports['8080']}"
    )
    text = re.sub(r"http://[a-z]+-api:8000", f"http://127.0.0.1:{behind.server_port}", text)
    text = text.replace("/certificate/", f"{folder}/").replace("/var/log/nginx", str(folder))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    around = f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    whole = f"{around} http {{ {temporary}\n{text} }}"
    (folder / "nginx.conf").write_text(whole)
    running = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL
    )
    wait_until(lambda: answers(ports["8443"]), "nginx does not answer")
    yield ports
    running.terminate()
    running.wait()
    behind.shutdown()
    behind.server_close()


def make_certificate(folder):
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kail.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "privkey.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def answers(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def asked(port, path, *, secure, **told):
    trusting = ssl._create_unverified_context() if secure else None
    made = (
        http.client.HTTPSConnection("127.0.0.1", port, context=trusting)
        if secure
        else http.client.HTTPConnection("127.0.0.1", port)
    )
    made.request("GET", path, headers={name.replace("_", "-"): value for name, value in told.items()})
    answer = made.getresponse()
    body = answer.read()
    made.close()
    return answer, body


@pytest.mark.slow
def test_whoever_comes_without_tls_is_sent_to_it_and_nobody_outside_says_how_she_came(nginx):
    answer, _ = asked(nginx["8080"], "/intake/dinsos/persons?x=1", secure=False, Host="kail.example")
    assert (answer.status, answer.headers["Location"]) == (308, "https://kail.example/intake/dinsos/persons?x=1")
    answer, _ = asked(nginx["8080"], "/", secure=False, Host="evil.example")
    assert answer.headers["Location"] == "https://kail.example/"
    lies = {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http"}
    answer, body = asked(nginx["8443"], "/grants/x", secure=True, Host="kail.example", **lies)
    said = json.loads(body)
    assert (said["x-forwarded-proto"], said["x-forwarded-for"], said["host"]) == ("https", "127.0.0.1", "kail.example")
    answer, _ = asked(nginx["8443"], "/grants/metrics", secure=True)
    assert answer.status == 403
