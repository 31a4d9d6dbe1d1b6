"""Kills what keeps Kail running, again and again, in an order that a seed decides."""

import os
import signal
import threading
from collections import Counter
from random import Random

import redis

from tests.copies import Copy

SERVICES = ("intake", "grants", "training", "monitoring")


class Chaos(threading.Thread):
    """A bad year for a running copy: parts and servers die, the broker forgets; `done` counts what befell it."""

    def __init__(self, copy: Copy, seed: int, pauses: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self.copy, self.luck, self.pauses = copy, Random(seed), pauses
        self.done: Counter[str] = Counter()
        self.over = threading.Event()

    def run(self) -> None:
        """Do harm until told that it is over."""
        harms = [self._kill_worker, self._kill_relay, self._empty_the_broker, self._kill_redis, self._kill_postgresql]
        while True:
            self.luck.shuffle(harms)
            for harm in harms:
                if self.over.wait(self.luck.uniform(*self.pauses)):
                    return
                harm()

    def end(self) -> None:
        """Leave it in peace."""
        self.over.set()
        self.join()

    def _kill_worker(self) -> None:
        self._kill_a("worker")

    def _kill_relay(self) -> None:
        self._kill_a("relay")

    def _kill_a(self, kind: str) -> None:
        part = self.copy.running()["parts"][f"{kind}-{self.luck.choice(SERVICES)}"]
        self._signal(part["pid"], signal.SIGKILL, kind)

    def _kill_redis(self) -> None:
        self._signal(self.copy.running()["servers"]["redis"], signal.SIGKILL, "redis")

    def _kill_postgresql(self) -> None:
        self._signal(self.copy.running()["servers"]["postgresql"], signal.SIGQUIT, "postgresql")

    def _empty_the_broker(self) -> None:
        try:
            with redis.Redis.from_url(self.copy.addresses()["redis"]) as broker:
                broker.flushall()
        except redis.ConnectionError:
            return  # it was killed a moment ago and is not back yet
        self.done["flushall"] += 1

    def _signal(self, pid: int | None, harm: signal.Signals, what: str) -> None:
        if pid is None:
            return
        try:
            os.kill(pid, harm)
        except ProcessLookupError:
            return
        self.done[what] += 1
