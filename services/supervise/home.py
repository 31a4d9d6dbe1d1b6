"""One home, one Kail: the lock that says so, and the note from which `kail status` and `kail down` know what runs."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.kernel import home as homes


class HomeTaken(RuntimeError):
    """Another Kail runs in this home."""


class Home:
    """The directory in which one copy of Kail keeps everything: data, keys, logs, and who is running."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.logs = path / "logs"
        self._lock = path / "lock"
        self._note = path / "running.json"
        self._word = path / "to-be-said"

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Hold this home; the kernel lets go of it when we end, however that happens. Raises HomeTaken, NotAHome."""
        homes.keep_to_oneself()
        homes.make(self.path)
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise HomeTaken(
                f"another Kail (process {self.note().get('supervisor', 'unknown')}) already runs in {self.path}: "
                "stop it with `kail down`, or set KAIL_HOME and KAIL_PORT for a second copy"
            ) from None
        try:
            yield
        finally:
            self._note.unlink(missing_ok=True)
            os.close(lock)

    def is_taken(self) -> bool:
        """Whether a Kail runs here at this moment; a note left by one that was killed does not count."""
        if not self._lock.exists():
            return False
        lock = os.open(self._lock, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def note(self) -> dict[str, Any]:
        """What the running Kail wrote down about itself; empty when there is none."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            noted: dict[str, Any] = json.loads(self._note.read_text())
            return noted
        return {}

    def write_note(self, note: dict[str, Any]) -> None:
        """Write down what runs, whole or not at all."""
        draft = self._note.with_suffix(".new")
        draft.write_text(json.dumps(note))
        draft.replace(self._note)

    def leave_word(self, said: str) -> None:
        """Leave what the operator is to read; it may hold a secret, and is gone once it was read."""
        self._word.unlink(missing_ok=True)
        with os.fdopen(os.open(self._word, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(said)

    def take_word(self) -> str:
        """What was left for the operator; nothing where it was read already."""
        with contextlib.suppress(FileNotFoundError):
            said = self._word.read_text()
            self._word.unlink()
            return said
        return ""

    def wait_until_free(self, seconds: float) -> bool:
        """Wait for the running Kail to end; says whether it did in time."""
        deadline = time.monotonic() + seconds
        while self.is_taken():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True
