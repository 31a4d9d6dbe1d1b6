"""A programme's definition and its numbers, put together: what the map, its table and its API all show."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.monitoring.flow.rules import StageCounts
from shared.programmes.definition import Programme, Stage
from shared.programmes.layout import Box, Edge, Lane, layout_of


@dataclass(frozen=True)
class MapStage:
    """A stage with its numbers and its place."""

    stage: Stage
    counts: StageCounts
    box: Box


@dataclass(frozen=True)
class MapEdge:
    """A line with the number of journeys that went along it."""

    edge: Edge
    journeys: int


@dataclass(frozen=True)
class ProcessMap:
    """One version of a programme, drawn and counted."""

    programme: Programme
    width: int
    height: int
    lanes: tuple[Lane, ...]
    stages: tuple[MapStage, ...]
    edges: tuple[MapEdge, ...]


def draw(programme: Programme, counts: Mapping[str, StageCounts]) -> ProcessMap:
    """Put the numbers on the map; a stage that nobody has reached stands there with noughts."""
    drawn = layout_of(programme)
    known = {name: counts.get(name) or StageCounts(stage=name) for name in programme.stages}
    return ProcessMap(
        programme=programme,
        width=drawn.width,
        height=drawn.height,
        lanes=drawn.lanes,
        stages=tuple(MapStage(programme.stages[box.name], known[box.name], box) for box in drawn.boxes),
        edges=tuple(MapEdge(edge, _travelled(programme, edge, known)) for edge in drawn.edges),
    )


def _travelled(programme: Programme, edge: Edge, counts: Mapping[str, StageCounts]) -> int:
    """Who came to a stage came along each line to it; who was sent back, the outcome of the sending stage says."""
    returns = programme.stages[edge.source].returns_to
    if edge.is_return and returns is not None:
        return sum(journeys for outcome, journeys in counts[edge.source].outcomes.items() if outcome in returns.on)
    return counts[edge.target].entered
