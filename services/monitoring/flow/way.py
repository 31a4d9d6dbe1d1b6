"""One journey's way on the map of its programme: where it has been, where it stands, what it left out.

Pure: the layout of the programme and the turns of its stages go in, and a map comes out that marks every stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.monitoring.flow.rules import StageTurn
from shared.programmes.definition import Programme, Stage
from shared.programmes.layout import Box, Edge, Lane, layout_of


class Stood(StrEnum):
    """How a journey stands with a stage of its programme."""

    DONE = "done"
    OPEN = "open"
    LATE = "late"  # open past its due date
    BACK = "back"  # came back undone, or lacks consent: the leading office decides
    AGAIN = "again"  # was done, and waits to be done again after a second chance
    SKIPPED = "skipped"  # left out, or no longer wanted
    AHEAD = "ahead"  # not reached


OPEN = frozenset({Stood.OPEN, Stood.LATE, Stood.BACK})


@dataclass(frozen=True)
class Stop:
    """A stage on the map, how the journey stands with it, and its latest turn."""

    stage: Stage
    box: Box
    stood: Stood
    turn: StageTurn | None


@dataclass(frozen=True)
class Line:
    """A line of the map, and whether the journey went along it."""

    edge: Edge
    gone: bool


@dataclass(frozen=True)
class Way:
    """The whole map with a journey on it."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    stops: tuple[Stop, ...]
    lines: tuple[Line, ...]


def way(
    programme: Programme, turns: Sequence[StageTurn], skipped: Mapping[str, datetime], now: datetime, is_over: bool
) -> Way:
    """Mark a journey on its programme's map; `skipped` says when a stage was left out last."""
    drawn = layout_of(programme)
    latest = {turn.stage: turn for turn in sorted(turns, key=lambda each: each.offered_at)}
    stops = tuple(
        Stop(
            programme.stages[box.name],
            box,
            _stood(programme, box.name, latest, skipped.get(box.name), now, is_over),
            latest.get(box.name),
        )
        for box in drawn.boxes
    )
    lines = tuple(Line(edge, _went(programme, edge, turns, latest)) for edge in drawn.edges)
    return Way(drawn.width, drawn.height, drawn.lanes, stops, lines)


def _stood(
    programme: Programme,
    name: str,
    latest: Mapping[str, StageTurn],
    skipped_at: datetime | None,
    now: datetime,
    is_over: bool,
) -> Stood:
    turn = latest.get(name)
    if turn is None or (skipped_at is not None and skipped_at >= turn.offered_at):
        return Stood.SKIPPED if skipped_at else Stood.AHEAD
    if turn.outcome is not None:
        closed_at = turn.closed_at or turn.offered_at
        before = [latest[each] for each in programme.upstream(name) if each in latest]
        return Stood.AGAIN if not is_over and any(each.offered_at > closed_at for each in before) else Stood.DONE
    if is_over:
        return Stood.SKIPPED
    if turn.stuck_at is not None:
        return Stood.BACK
    if turn.closed_at is not None:
        return Stood.SKIPPED
    return Stood.LATE if turn.due_at < now else Stood.OPEN


def _went(programme: Programme, edge: Edge, turns: Sequence[StageTurn], latest: Mapping[str, StageTurn]) -> bool:
    returns = programme.stages[edge.source].returns_to
    if not edge.is_return or returns is None:
        return edge.target in latest and edge.source in latest
    sent = [each.closed_at for each in turns if each.stage == edge.source and each.outcome in returns.on]
    return any(
        closed_at is not None and each.offered_at >= closed_at
        for closed_at in sent
        for each in turns
        if each.stage == edge.target
    )
