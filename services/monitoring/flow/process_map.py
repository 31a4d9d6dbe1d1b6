"""A programme's definition and its numbers, put together: what the map, its table and its API all show."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from services.monitoring.flow.passages import Passages
from services.monitoring.flow.rules import StageCounts
from shared.programmes.definition import Programme, Stage
from shared.programmes.layout import Box, Edge, Lane, layout_of

WEIGHTS = 5
WORKING_DAYS = {"working day": 1.0, "day": 5 / 7, "month": 21.0}
"""How many working days a unit of a time limit has, about."""


@dataclass(frozen=True)
class MapStage:
    """A stage with its numbers and its place."""

    stage: Stage
    counts: StageCounts
    box: Box

    @property
    def is_slow(self) -> bool:
        """Whether half of those who completed it took longer than the programme gives."""
        limit = self.stage.within.count * WORKING_DAYS[self.stage.within.unit]
        return self.counts.median_working_days is not None and self.counts.median_working_days > limit


@dataclass(frozen=True)
class MapEdge:
    """A line with the number of journeys that went along it."""

    edge: Edge
    journeys: int
    lately: int = 0
    weight: int = 0
    """How thick it is drawn: 0 where nobody came lately, up to 5 for the busiest line of the map."""


@dataclass(frozen=True)
class ProcessMap:
    """One version of a programme, drawn and counted."""

    programme: Programme
    width: int
    height: int
    lanes: tuple[Lane, ...]
    stages: tuple[MapStage, ...]
    edges: tuple[MapEdge, ...]


def draw(programme: Programme, counts: Mapping[str, StageCounts], passages: Passages) -> ProcessMap:
    """Put the numbers on the map; a stage that nobody has reached stands there with noughts."""
    drawn = layout_of(programme)
    lately = {edge: _lately(programme, edge, passages) for edge in drawn.edges}
    busiest = max(lately.values(), default=0)
    known = {name: counts.get(name) or StageCounts(stage=name) for name in programme.stages}
    return ProcessMap(
        programme=programme,
        width=drawn.width,
        height=drawn.height,
        lanes=drawn.lanes,
        stages=tuple(MapStage(programme.stages[box.name], known[box.name], box) for box in drawn.boxes),
        edges=tuple(
            MapEdge(edge, _travelled(programme, edge, known), lately[edge], _weight(lately[edge], busiest))
            for edge in drawn.edges
        ),
    )


def _travelled(programme: Programme, edge: Edge, counts: Mapping[str, StageCounts]) -> int:
    """Who came to a stage came along each line to it; who was sent back, the outcome of the sending stage says."""
    returns = programme.stages[edge.source].returns_to
    if edge.is_return and returns is not None:
        return sum(journeys for outcome, journeys in counts[edge.source].outcomes.items() if outcome in returns.on)
    return counts[edge.target].entered


def _lately(programme: Programme, edge: Edge, passages: Passages) -> int:
    returns = programme.stages[edge.source].returns_to
    if edge.is_return and returns is not None:
        return sum(passages.get((edge.target, outcome), 0) for outcome in returns.on)
    return passages.get((edge.target, None), 0)


def _weight(journeys: int, busiest: int) -> int:
    """By the square root, so that a line with a quarter of the busiest one's journeys is half as thick."""
    return 1 + round((WEIGHTS - 1) * sqrt(journeys / busiest)) if journeys else 0
