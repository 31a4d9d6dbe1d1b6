"""The logs of a service whose heads are told: each is a chain of lines that are counted from one."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.privacy.chain import End, Walked
from shared.privacy.looks import Look, verify_looks


@dataclass(frozen=True)
class ChainedLog:
    """A log in a service's own database, and how one walks along it, from an end that is known to be sound."""

    name: str
    seq: InstrumentedAttribute[int]
    hash: InstrumentedAttribute[bytes]
    walk: Callable[[Session, End], Walked]

    def of(self, service: str) -> str:
        """What a service's log is called among all: `grants.look`."""
        return f"{service}.{self.name}"


LOOKS = ChainedLog("look", Look.seq, Look.hash, verify_looks)
"""The log of looks, which every service has."""
