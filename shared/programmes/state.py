"""What is remembered of a journey: for each stage that has been reached, where it stands. Small, and plain JSON."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    """Where a stage stands in one journey; a stage that is not mentioned waits for those that it needs."""

    OFFERED = "offered"  # an office has been asked
    OPENED = "opened"  # somebody there has looked at it
    ACCEPTED = "accepted"  # the office took it on
    STUCK = "stuck"  # it came back, or lacks her consent; the leading office is accountable until it is offered
    DONE = "done"  # it reported an outcome
    SKIPPED = "skipped"  # its condition does not hold for this journey, or she does not allow it
    AGAIN = "again"  # a second chance put it back: it waits, but remembers its attempts


OUT = frozenset({Standing.OFFERED, Standing.OPENED, Standing.ACCEPTED})
"""The office that was asked is accountable."""
OPEN = OUT | {Standing.STUCK}
SETTLED = frozenset({Standing.DONE, Standing.SKIPPED})


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage of one journey."""

    standing: Standing
    attempt: int = 0
    referral: str | None = None
    office: str | None = None
    due_at: str | None = None
    why: str | None = None
    outcome: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    returns: int = 0
    repeats: int = 0

    def to_json(self) -> dict[str, Any]:
        """Only what is not at its default, so that thousands of journeys stay small."""
        said: dict[str, Any] = {"standing": self.standing.value}
        for name in STORED:
            value = getattr(self, name)
            if value:
                said[name] = value
        return said

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "StageState":
        """Read what `to_json` wrote."""
        return cls(**{**said, "standing": Standing(said["standing"])})


STORED = ("attempt", "referral", "office", "due_at", "why", "outcome", "facts", "returns", "repeats")


@dataclass(frozen=True, slots=True)
class JourneyState:
    """Where a journey stands; `ended` is its outcome and the stage that decided it, once it is over."""

    stages: dict[str, StageState] = field(default_factory=dict)
    ended: tuple[str, str | None] | None = None

    def to_json(self) -> dict[str, Any]:
        """The journey as plain JSON values."""
        said: dict[str, Any] = {"stages": {name: stage.to_json() for name, stage in self.stages.items()}}
        if self.ended:
            said["ended"] = list(self.ended)
        return said

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "JourneyState":
        """Read what `to_json` wrote."""
        ended = said.get("ended")
        return cls(
            {name: StageState.from_json(stage) for name, stage in said["stages"].items()},
            (ended[0], ended[1]) if ended else None,
        )

    def standing(self, *wanted: Standing) -> list[str]:
        """The stages that stand so."""
        return [name for name, stage in self.stages.items() if stage.standing in wanted]

    @property
    def is_stuck(self) -> bool:
        """Whether a stage came back and waits for the leading office."""
        return any(stage.standing is Standing.STUCK for stage in self.stages.values())

    def with_stage(self, name: str, **changes: Any) -> "JourneyState":
        """The same journey with one stage changed."""
        return JourneyState({**self.stages, name: replace(self.stages[name], **changes)}, self.ended)

    def reports(self) -> dict[str, dict[str, Any]]:
        """What the stages done so far reported: what a later stage is told."""
        return {
            name: {"outcome": stage.outcome, "facts": stage.facts}
            for name, stage in self.stages.items()
            if stage.standing is Standing.DONE
        }
