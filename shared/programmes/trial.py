"""What would happen if a programme were published: who would qualify, why the others not, and what it would cost.

It decides every person once and keeps only counts, so that it may run over a whole registry, in parts and with pauses.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.programmes.definition import Programme, SubjectKind
from shared.programmes.eligibility import Facts, decide_member

KABUPATEN = 5
"""Characters of an area code that name the kabupaten or kota: 64.02."""
KECAMATAN = 8
"""Characters that name the kecamatan: 64.02.05. A group is of one kecamatan."""


@dataclass(slots=True)
class Trial:
    """Counts of persons; a group programme counts how many groups they could fill, kecamatan by kecamatan."""

    programme: Programme
    persons: int = 0
    eligible: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    by_kecamatan: Counter[str] = field(default_factory=Counter)

    def add(self, registry: Iterable[Facts]) -> None:
        """Decide each of these persons and count her."""
        for facts in registry:
            self.persons += 1
            kecamatan = (facts.get("area") or "")[:KECAMATAN]
            self.looked_at[kecamatan] += 1
            decision = decide_member(self.programme, facts)
            if decision.eligible:
                self.eligible += 1
                self.by_kecamatan[kecamatan] += 1
                continue
            self.failed.update(decision.failed)
            self.missing.update({failure.missing for failure in decision.failures if failure.missing})

    @property
    def by_area(self) -> Counter[str]:
        """Who would qualify, by kabupaten or kota."""
        found: Counter[str] = Counter()
        for kecamatan, persons in self.by_kecamatan.items():
            found[kecamatan[:KABUPATEN]] += persons
        return found

    def subjects_in(self, kecamatan: str) -> int:
        """How many persons, or at most how many groups, of a kecamatan could set out."""
        persons = self.by_kecamatan[kecamatan]
        return persons // self.programme.subject.least if self.is_of_groups else persons

    @property
    def is_of_groups(self) -> bool:
        """Whether the programme is for groups."""
        return self.programme.subject.kind is SubjectKind.GROUP

    @property
    def subjects(self) -> int:
        """How many persons, or at most how many groups, could set out."""
        return sum(self.subjects_in(kecamatan) for kecamatan in self.by_kecamatan)

    @property
    def cost(self) -> int | None:
        """What they would cost, each at the figure `ceiling`; None where no ceiling is given."""
        ceiling = self.programme.figures.get("ceiling")
        return None if ceiling is None or ceiling.value is None else self.subjects * ceiling.value

    def to_json(self) -> dict[str, Any]:
        """The counts so far, as JSON values."""
        return {
            "persons": self.persons,
            "eligible": self.eligible,
            "failed": dict(self.failed),
            "missing": dict(self.missing),
            "looked_at": dict(self.looked_at),
            "by_kecamatan": dict(self.by_kecamatan),
        }

    @classmethod
    def from_json(cls, programme: Programme, said: Mapping[str, Any]) -> "Trial":
        """The counts as `to_json` wrote them; a trial that has not begun where there are none."""
        return cls(
            programme,
            said.get("persons", 0),
            said.get("eligible", 0),
            *(Counter(said.get(name, {})) for name in ("failed", "missing", "looked_at", "by_kecamatan")),
        )


def try_on(programme: Programme, registry: Iterable[Facts]) -> Trial:
    """Decide each person of a registry; nothing is stored and nothing is announced."""
    trial = Trial(programme)
    trial.add(registry)
    return trial
