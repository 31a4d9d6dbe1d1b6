"""Kills what keeps a Kail running, again and again, in an order that a seed decides."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import psutil
import redis

from shared.kernel.settings import SERVICES
from tests.copies import Copy

HANGS = (0.5, 3.0)
"""Seconds for which Redis says nothing before it dies: connections stay open, and nobody answers on them."""


class Chaos(threading.Thread):
    """A bad time for a running copy: parts and servers die, the broker forgets; `done` counts what befell it.

    Each harm comes once in each round; the seed says in which order, whom it meets and after how long.
    """

    def __init__(self, copy: Copy, seed: int, pauses: tuple[float, float], seconds: float) -> None:
        super().__init__(daemon=True)
        self.copy, self.luck, self.pauses = copy, Random(seed), pauses
        self.until = time.monotonic() + seconds
        self.done: Counter[str] = Counter()
        self.over = threading.Event()
        self.failed: Exception | None = None
        self.harms: dict[str, Callable[[], bool]] = {
            "a worker killed": lambda: self._kill_a("worker", *SERVICES),
            "a worker's children killed": self._kill_children,
            "a relay killed": lambda: self._kill_a("relay", *SERVICES),
            "the long work or the bells killed": self._kill_a_rare_part,
            "Redis killed": self._kill_redis,
            "Redis emptied": self._empty_redis,
            "PostgreSQL ended at once": lambda: self._signal(self._server("postgresql"), signal.SIGQUIT),
            "PostgreSQL's postmaster killed": lambda: self._signal(self._server("postgresql"), signal.SIGKILL),
        }

    def run(self) -> None:
        """Do harm until its time is over."""
        try:
            self._do_harm()
        except Exception as failed:  # noqa: BLE001 (who waits for the end shall hear of it)
            self.failed = failed

    def _do_harm(self) -> None:
        while True:
            for name in self.luck.sample(list(self.harms), len(self.harms)):
                pause = min(self.luck.uniform(*self.pauses), max(self.until - time.monotonic(), 0))
                if self.over.wait(pause) or time.monotonic() >= self.until:
                    return
                self.done[name] += self.harms[name]()

    def end(self) -> None:
        """Leave the copy in peace; raises what went wrong with the harm itself."""
        self.over.set()
        self.join()
        if self.failed:
            raise self.failed

    def _kill_a(self, kind: str, *services: str) -> bool:
        return self._signal(self._part(f"{kind}-{self.luck.choice(services)}"), signal.SIGKILL)

    def _kill_a_rare_part(self) -> bool:
        return self._signal(self._part(self.luck.choice(("slow-intake", "beat", "web"))), signal.SIGKILL)

    def _kill_children(self) -> bool:
        pid = self._part(f"worker-{self.luck.choice(SERVICES)}")
        try:
            children = psutil.Process(pid).children() if pid else []
        except psutil.NoSuchProcess:
            return False
        return sum(self._signal(child.pid, signal.SIGKILL) for child in children) > 0

    def _kill_redis(self) -> bool:
        pid = self._server("redis")
        if not self._signal(pid, signal.SIGSTOP):
            return False
        self.over.wait(self.luck.uniform(*HANGS))
        return self._signal(pid, signal.SIGKILL)

    def _empty_redis(self) -> bool:
        try:
            with redis.Redis.from_url(self.copy.addresses()["redis"], socket_timeout=5) as broker:
                return bool(broker.flushall())
        except redis.RedisError:
            return False  # it was killed a moment ago and is not back yet

    def _part(self, name: str) -> int | None:
        pid: int | None = self.copy.running()["parts"][name]["pid"]
        return pid

    def _server(self, name: str) -> int | None:
        pid: int | None = self.copy.running()["servers"][name]
        return pid

    @staticmethod
    def _signal(pid: int | None, harm: signal.Signals) -> bool:
        """Whether there was somebody whom it could befall."""
        try:
            if pid is not None:
                os.kill(pid, harm)
        except ProcessLookupError:
            return False
        return pid is not None
