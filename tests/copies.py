"""A whole Kail of one's own: `kail up` in a process, with its own home and port, for tests that want it all."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from types import MappingProxyType

from services.simulate.accounts import demo_password
from shared.kernel import home as homes
from tests.servers import without_servers
from tests.waiting import PATIENCE

KAIL = [sys.executable, "-c", "from services.cli import main; main()"]


class Copy:
    """One Kail with its own home and port, on embedded servers or those `given`; it runs from `up` to `end`.

    Its people are made up, unless it is told to begin as a city's own.
    """

    def __init__(self, home, given=MappingProxyType({}), *, made_up=True):
        self.made_up = made_up
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.home = home
        own = {"KAIL_HOME": str(home), "KAIL_PORT": str(self.port)}
        self.given = given
        self.environment = {**without_servers(os.environ), **given, **own}
        self.process = None
        self.said = ""
        self.reader = None

    def up(self, *options):
        if self.made_up:
            homes.make(self.home)
            (self.home / "lock").touch(0o600)  # else it would be somebody else's folder
            demo_password(self.home)
        self.process = subprocess.Popen(
            [*KAIL, "up", "--no-simulate", *options], env=self.environment, stdout=subprocess.PIPE, text=True
        )
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops everything" in line:
                return self
        raise AssertionError(f"it ended before it served: {self.said}")

    def keep_reading(self):
        """Take in what it says from now on, so that it never waits for somebody to listen."""
        self.reader = threading.Thread(target=self._read_on, daemon=True)
        self.reader.start()

    def _read_on(self):
        for line in self.process.stdout:
            self.said += line

    def kail(self, *words, check=True):
        return subprocess.run([*KAIL, *words], env=self.environment, capture_output=True, text=True, check=check)

    def addresses(self):
        return json.loads((self.home / "servers.json").read_text())

    def running(self):
        return json.loads((self.home / "running.json").read_text())

    def health(self, service):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{service}/health", timeout=PATIENCE) as answer:
            return answer.status

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        if self.reader:
            self.reader.join()
        if self.process:
            self.process.stdout.close()


def errors_in(logs):
    """Whatever a part logged as an error, or said without being asked."""
    return [
        line
        for log in logs.glob("*.log")
        if log.stem not in ("postgresql", "redis")
        for line in log.read_text().splitlines()
        if '"level": "error"' in line or '"level": "critical"' in line or line.startswith("Traceback")
    ]
