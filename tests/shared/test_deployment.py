"""What is unsafe in how a deployment is set up is named, one thing at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text

from services.supervise.deployment import check_deployment
from shared.kernel.settings import SERVICES, load
from shared.privacy import keyfile, keys, parts
from shared.storage import Database, rights

GOOD = {"KAIL_HTTPS": "1", "KAIL_PROXIES": "1", "KAIL_HOSTS": "kail.example", "KAIL_METRICS_TOKEN": "x"}


@pytest.fixture
def sound(
    databases: dict[str, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """A deployment in which nothing is unsafe."""
    for service, owner in databases.items():
        with owner.engine.begin() as connection:
            if not connection.scalar(text(f"SELECT 1 FROM pg_roles WHERE rolname = 'serves_{service}'")):
                connection.execute(text(f"CREATE ROLE serves_{service} LOGIN"))
        rights.give(owner, f"serves_{service}")
        url = make_url(owner.url).set(username=f"serves_{service}")
        monkeypatch.setenv(f"DATABASE_URL_{service.upper()}", url.render_as_string(hide_password=False))
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    keyfile.replace(home / "part.json", parts.cut(keys.fresh(), "grants-api"))
    for name, value in (GOOD | {"KAIL_HOME": str(home), "KAIL_KEYS": str(home / "part.json")}).items():
        monkeypatch.setenv(name, value)
    yield monkeypatch
    monkeypatch.undo()
    load()


def said() -> tuple[int, str]:
    load()
    answer = CliRunner().invoke(check_deployment)
    return answer.exit_code, answer.output


def test_a_sound_deployment_is_called_so(sound: pytest.MonkeyPatch) -> None:
    code, output = said()
    assert (code, output.splitlines()) == (
        0,
        ["Nothing unsafe was found in the settings, the files and the databases' roles."],
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("KAIL_HTTPS", "0", "plain HTTP"),
        ("KAIL_PROXIES", "0", "one address"),
        ("KAIL_HOSTS", "", "own name"),
        ("KAIL_HOSTS", "*", "any name"),
        ("KAIL_METRICS_TOKEN", "", "metrics"),
        ("KAIL_KEYS", "nowhere.json", "is not there"),
    ],
)
def test_an_unsafe_setting_is_named(sound: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    sound.setenv(name, value)
    code, output = said()
    assert (code, output.count("- ")) == (1, 1)
    assert told in output


def test_an_unsafe_home_key_file_or_role_is_named(
    sound: pytest.MonkeyPatch, databases: dict[str, Database], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "demo-password").write_text("x")
    keyfile.make(home / "whole.json", keys.fresh())
    sound.setenv("KAIL_KEYS", str(home / "whole.json"))
    sound.setenv("DATABASE_URL_GRANTS", databases["grants"].url)
    home.chmod(0o755)
    (home / "whole.json").chmod(0o644)
    tmp_path.chmod(0o755)
    code, output = said()
    assert code == 1
    for told in ("demonstration", "open to other users", "the whole of every key", "serves grants owns its tables"):
        assert told in output
    assert output.count("owns its tables") == 1 < len(SERVICES)
