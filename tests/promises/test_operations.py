"""Every command and every setting is documented, and a command's line in `kail --help` is its own."""

import re
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from services.cli import COMMANDS, main
from shared.kernel.settings import STORES

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def commands(group, path=()):
    """Every command that can be called, as the words that call it."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_table_is_the_commands_own(name):
    command = main.get_command(None, name)
    assert command.help is not None
    assert COMMANDS[name][1] == command.help.splitlines()[0]


@pytest.mark.parametrize(("words", "command"), [pytest.param(*each, id=" ".join(each[0])) for each in commands(main)])
def test_every_command_is_documented_and_says_what_each_option_does(words, command):
    assert f"`kail {' '.join(words)}" in OPERATIONS
    assert command.help
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, f"{option.name} has no help"


def test_every_setting_is_documented_and_nothing_else_is():
    source = "".join(path.read_text() for room in ("shared", "services") for path in (ROOT / room).rglob("*.py"))
    read = set(re.findall(r'"(KAIL_[A-Z_]+|REDIS_URL|REDIS_PASSWORD)"', source)) - {"KAIL_WEB_SERVES"}
    families = set(re.findall(r'f"(DATABASE_[A-Z_]+)_\{name\.upper\(\)\}"', source))
    assert len(families) >= 2
    read |= {f"{family}_{service.upper()}" for family in families for service in STORES}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, flags=re.MULTILINE))
    assert read == documented


def test_help_answers_at_once_because_nothing_else_is_imported():
    began = time.monotonic()
    program = "import sys; from services.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert time.monotonic() - began < 2
    assert not {"sqlalchemy", "celery", "flask"} & set(said.split())
