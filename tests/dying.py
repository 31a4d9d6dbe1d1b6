"""Work that is done by a process of its own, which is killed in the midst of it."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.storage import Database


@contextmanager
def killed_at(failpoint: str) -> Iterator[None]:
    """Whoever comes to this failpoint in here is killed."""
    before = os.environ.get("KAIL_FAILPOINT")
    os.environ["KAIL_FAILPOINT"] = failpoint
    try:
        yield
    finally:
        os.environ.pop("KAIL_FAILPOINT")
        if before:
            os.environ["KAIL_FAILPOINT"] = before


def die(failpoint: str, work: Callable[[], Any], *bases: Database) -> bool:
    """Let a process of its own do this on these databases, and be killed at a failpoint; says whether it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the fork of a process with threads: it soon ends
        child = os.fork()
    if child == 0:
        try:
            for each in bases:
                each.forget_connections()
                each.__dict__.pop("engine", None)
            with killed_at(failpoint):
                work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
