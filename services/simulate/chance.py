"""Chance that repeats: what happens to the seventh group at its hand-over depends on the seed and on nothing else."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Chance:
    """A source of chances, drawn by name rather than in order, so that two officers cannot change each other's luck."""

    seed: int

    def of(self, *what: object) -> Random:
        """The chances of one matter."""
        return Random(":".join(map(str, (self.seed, *what))))
