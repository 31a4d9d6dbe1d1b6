"""A programme as figures are asked of it: in one version or, where none is named, in all of them together."""

from dataclasses import replace

from shared.programmes import library
from shared.programmes.definition import Programme

ALL = 0
"""In the place of a version: all of them. Versions are counted from one."""


def asked(identifier: str, version: int | None) -> Programme:
    """A version of a programme; all of them together where none is named; raises UnknownProgramme.

    Together they are drawn and called as the newest says, with the stages that only earlier ones have after its own.
    One alone is itself.
    """
    known = library.versions(identifier) if version is None else []
    if len(known) < 2:
        return library.programme(identifier, version)
    stages = {name: stage for each in reversed(known) for name, stage in each.stages.items()}
    own = known[0].stages
    return replace(known[0], version=ALL, stages={**own, **{name: stages[name] for name in stages if name not in own}})


def of(programme: Programme) -> list[Programme]:
    """The versions that a programme stands for here, the newest first."""
    return library.versions(programme.id) if programme.version == ALL else [programme]


def numbers(identifier: str) -> list[int]:
    """Which versions one can choose between, the newest first."""
    return [each.version for each in library.versions(identifier)]
