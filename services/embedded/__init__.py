"""The embedded servers: a real PostgreSQL and a real Valkey out of Python wheels, with their data under one home.

They let one command run all of Kail on a machine that has neither. Nothing else in Kail knows of them: whoever wants a
database asks `shared.kernel.settings`, which finds the addresses in `<home>/servers.json`.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from services.embedded.apart import Say, remove
from services.embedded.postgresql import PostgreSQL, say_aloud
from services.embedded.process import CannotStart, ServerProcess
from services.embedded.valkey import Valkey
from shared.kernel import home as homes

__all__ = ["CannotStart", "Embedded", "PostgreSQL", "Valkey", "remove"]


class Embedded:
    """The embedded servers of one home; `durable=False` trades safety for speed, for tests only.

    With `roles_apart` each service serves as a role of its own, which owns nothing, as in production.
    """

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        postgresql: bool = True,
        redis: bool = True,
        roles_apart: bool = False,
        say: Say = say_aloud,
    ) -> None:
        self.home = Path(home).absolute()
        self.postgresql = (
            PostgreSQL(self.home, durable=durable, roles_apart=roles_apart, say=say) if postgresql else None
        )
        self.valkey = Valkey(self.home) if redis else None

    @property
    def servers(self) -> list[ServerProcess]:
        """The servers that this copy runs itself, in the order in which they start."""
        return [server for server in (self.postgresql, self.valkey) if server is not None]

    @property
    def addresses(self) -> dict[str, str]:
        """Where the servers are, in the form that `servers.json` tells it to the settings."""
        known = {server.name: server.address for server in self.servers}
        if self.postgresql and self.postgresql.roles_apart:
            known["postgresql_owner"] = self.postgresql.owner_address
        return known

    def start(self) -> None:
        """Start what is wanted, wait until it answers, and write down where it is; raises CannotStart."""
        homes.make(self.home)
        try:
            for server in self.servers:
                server.start()
        except BaseException:
            self.stop()
            raise
        self._write_addresses()

    def stop(self) -> None:
        """Stop the servers in the reverse order, without loss."""
        for server in reversed(self.servers):
            server.stop()

    def _write_addresses(self) -> None:
        """Only we may read it: Valkey's password is in it. Renamed into place, so that nobody reads half of it."""
        draft = self.home / "servers.json.new"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(self.addresses, out)
        draft.replace(self.home / "servers.json")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
