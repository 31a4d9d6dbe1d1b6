"""What would happen if a programme were published: who would qualify, why the others not, and what it would cost.

It decides every person once and keeps only counts, so that it may run over a whole registry.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.programmes.definition import Programme, SubjectKind
from shared.programmes.eligibility import Facts, decide_member


@dataclass(slots=True)
class Trial:
    """Counts of persons; a group programme counts how many groups they could fill, area by area."""

    persons: int = 0
    eligible: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    by_area: Counter[str] = field(default_factory=Counter)
    subjects: int = 0
    cost: int | None = None


KABUPATEN = 5
"""Characters of an area code that name the kabupaten or kota: 64.02."""
KECAMATAN = 8
"""Characters that name the kecamatan: 64.02.05. A group is of one kecamatan."""


def try_on(programme: Programme, registry: Iterable[Facts]) -> Trial:
    """Decide each person of a registry; nothing is stored and nothing is announced.

    The cost is the figure `ceiling` for every person or possible group that would qualify, None where no ceiling is
    given.
    """
    trial = Trial()
    kecamatan: Counter[str] = Counter()
    for facts in registry:
        trial.persons += 1
        decision = decide_member(programme, facts)
        if decision.eligible:
            trial.eligible += 1
            area = facts.get("area") or ""
            trial.by_area[area[:KABUPATEN]] += 1
            kecamatan[area[:KECAMATAN]] += 1
            continue
        trial.failed.update(decision.failed)
        trial.missing.update({failure.missing for failure in decision.failures if failure.missing})
    if programme.subject.kind is SubjectKind.GROUP:
        trial.subjects = sum(count // programme.subject.least for count in kecamatan.values())
    else:
        trial.subjects = trial.eligible
    ceiling = programme.figures.get("ceiling")
    if ceiling and ceiling.value is not None:
        trial.cost = trial.subjects * ceiling.value
    return trial
