"""A key file of one's own for a test that rotates keys, so that nobody else's keys change."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.supervise.keys import keys as command
from shared.privacy import keys


class KeyFile:
    """A whole key file that this process uses, and `kail keys` over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_text(json.dumps(keys.fresh()))

    @property
    def ids(self) -> dict[str, list[str]]:
        """Which keys there are of each kind."""
        return {kind: list(known["keys"]) for kind, known in json.loads(self.path.read_text()).items() if kind != "of"}

    def run(self, *words: str) -> Result:
        """Run `kail keys …` here."""
        answer = CliRunner().invoke(command, list(words))
        keys.keyring.cache_clear()
        return answer

    def kail(self, *words: str) -> str:
        """What `kail keys …` says; it must succeed."""
        answer = self.run(*words)
        assert answer.exit_code == 0, answer.output
        return answer.output


@contextmanager
def own_keys(folder: Path) -> Iterator[KeyFile]:
    """A fresh key file in this folder, in use until the end."""
    with pytest.MonkeyPatch.context() as patching:
        made = KeyFile(folder / "keys.json")
        patching.setenv("KAIL_KEYS", str(made.path))
        keys.keyring.cache_clear()
        yield made
    keys.keyring.cache_clear()
