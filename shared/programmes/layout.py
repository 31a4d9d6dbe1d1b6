"""Where the boxes and lines of a process map go: one lane per agency, one layer per step of the longest way there.

Layers run down the page, because a phone and a page are both longer than they are wide. Pure: it knows the graph of a
definition and nothing of counts, so the same programme is always drawn the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from shared.programmes.definition import Programme

BOX_WIDTH, BOX_HEIGHT = 184, 96
SIDE, LAYER_GAP, SLOT_GAP = 10, 40, 12
LANE_HEAD, FOOT, TRACK, ASIDE = 36, 12, 16, 6


@dataclass(frozen=True)
class Node:
    """A stage as the map needs it: who does it, after what, and to which earlier stage it may send back."""

    name: str
    agency: str
    needs: tuple[str, ...] = ()
    back_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """The strip of the map that belongs to one agency."""

    agency: str
    x: int
    width: int

    @property
    def middle(self) -> int:
        """Where its title stands."""
        return self.x + self.width // 2


@dataclass(frozen=True)
class Box:
    """A stage's place; x and y are its upper left corner."""

    name: str
    agency: str
    layer: int
    x: int
    y: int

    @property
    def middle(self) -> int:
        """Where lines arrive and leave."""
        return self.x + BOX_WIDTH // 2

    @property
    def aside(self) -> int:
        """Where a line that sends back leaves and arrives when another box stands beside this one."""
        return self.x + 3 * BOX_WIDTH // 4


@dataclass(frozen=True)
class Edge:
    """A line from a stage to one that needs it, or back to one that it may return to."""

    source: str
    target: str
    path: str
    label_x: int
    label_y: int
    is_return: bool = False


@dataclass(frozen=True)
class Layout:
    """A whole map in SVG's own units."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


Point = tuple[int, int]
Place = tuple[str, int, int]  # agency, layer, slot


def layout_of(programme: Programme) -> Layout:
    """Where the stages of a programme are drawn."""
    return lay_out(
        [
            Node(stage.name, stage.agency, stage.needs, (stage.returns_to.stage,) if stage.returns_to else ())
            for stage in programme.stages.values()
        ]
    )


def lay_out(nodes: Sequence[Node]) -> Layout:
    """Place the stages of a definition; raises graphlib.CycleError where `needs` run in a circle."""
    layer = layers(nodes)
    links = reduced(nodes)
    agencies = tuple(dict.fromkeys(each.agency for each in sorted(nodes, key=lambda node: layer[node.name])))
    places, bends = _slots(nodes, layer, links)
    lanes = _lanes(agencies, places)
    rows = {(agency, depth): _row_size(places, agency, depth) for agency, depth, _ in places.values()}

    def corner(place: Place) -> Point:
        agency, depth, slot = place
        lane = lanes[agency]
        used = rows[agency, depth] * (BOX_WIDTH + SLOT_GAP) - SLOT_GAP
        x = lane.x + (lane.width - used) // 2 + slot * (BOX_WIDTH + SLOT_GAP)
        return x, LANE_HEAD + SIDE + depth * (BOX_HEIGHT + LAYER_GAP)

    boxes = {
        node.name: Box(node.name, node.agency, layer[node.name], *corner(places[node.name, layer[node.name]]))
        for node in sorted(nodes, key=lambda node: layer[node.name])
    }
    forward = [
        _forward(boxes[source], boxes[target], [corner(places[bend]) for bend in bends[source, target]])
        for source, target in links
    ]
    edge_of_lanes = max(lane.x + lane.width for lane in lanes.values())
    returns = [(node.name, target) for node in nodes for target in node.back_to if target in boxes]
    back = [
        _backward(boxes[source], boxes[target], edge_of_lanes + TRACK * number, boxes.values())
        for number, (source, target) in enumerate(returns)
    ]
    return Layout(
        width=edge_of_lanes + TRACK * len(back) + (SIDE if back else 0),
        height=max(box.y for box in boxes.values()) + BOX_HEIGHT + FOOT,
        lanes=tuple(lanes.values()),
        boxes=tuple(boxes.values()),
        edges=(*forward, *back),
    )


def layers(nodes: Iterable[Node]) -> dict[str, int]:
    """How many stages lie before each on the longest way to it; raises graphlib.CycleError."""
    needs = {node.name: node.needs for node in nodes}
    depth: dict[str, int] = {}
    for name in TopologicalSorter(needs).static_order():
        depth[name] = max((depth[before] + 1 for before in needs[name]), default=0)
    return depth


def reduced(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """The lines worth drawing: one that a longer way already tells is left out."""
    needs = {node.name: node.needs for node in nodes}
    above = _all_before(needs)
    return [
        (before, name)
        for name, direct in needs.items()
        for before in direct
        if not any(before in above[other] for other in direct)
    ]


def _all_before(needs: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    above: dict[str, set[str]] = {}
    for name in TopologicalSorter(needs).static_order():
        above[name] = set(needs[name]).union(*(above[before] for before in needs[name]))
    return above


Key = tuple[str, int]
Links = Sequence[tuple[str, str]]


def _slots(
    nodes: Sequence[Node], layer: Mapping[str, int], links: Links
) -> tuple[dict[Key, Place], dict[tuple[str, str], list[Key]]]:
    """Give every stage a slot in its lane and layer, and every long line one in each layer that it passes.

    A line that passes a layer takes a place of its own there, so that it never runs through a box.
    """
    agency = {node.name: node.agency for node in nodes}
    bends = {
        (source, target): [(f"{source}>{target}", depth) for depth in range(layer[source] + 1, layer[target])]
        for source, target in links
    }
    row: dict[int, list[tuple[Key, str]]] = {}
    for node in nodes:
        row.setdefault(layer[node.name], []).append(((node.name, layer[node.name]), node.agency))
    for (source, _), keys in bends.items():
        for key in keys:
            row[key[1]].append((key, agency[source]))
    places: dict[Key, Place] = {}
    for depth in sorted(row):
        taken: dict[str, int] = {}
        for key, lane in row[depth]:
            slot = taken.get(lane, 0)
            taken[lane] = slot + 1
            places[key] = (lane, depth, slot)
    return places, bends


def _row_size(places: Mapping[Key, Place], agency: str, depth: int) -> int:
    return sum((lane, layer) == (agency, depth) for lane, layer, _ in places.values())


def _lanes(agencies: Iterable[str], places: Mapping[Key, Place]) -> dict[str, Lane]:
    lanes, x = {}, 0
    for agency in agencies:
        slots = 1 + max(slot for lane, _, slot in places.values() if lane == agency)
        width = slots * (BOX_WIDTH + SLOT_GAP) - SLOT_GAP + 2 * SIDE
        lanes[agency] = Lane(agency, x, width)
        x += width
    return lanes


def _forward(source: Box, target: Box, bends: Sequence[Point]) -> Edge:
    x, y = source.middle, source.y + BOX_HEIGHT
    path = [f"M{x} {y}"]
    for left, top in bends:
        middle = left + BOX_WIDTH // 2
        path += [_curve(x, y, middle, top), f"V{top + BOX_HEIGHT}"]
        x, y = middle, top + BOX_HEIGHT
    path.append(_curve(x, y, target.middle, target.y))
    return Edge(source.name, target.name, "".join(path), (x + target.middle) // 2 + 6, (y + target.y) // 2 + 4)


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    if x == to_x:
        return f"V{to_y}"
    half = (y + to_y) // 2
    return f"C{x} {half} {to_x} {half} {to_x} {to_y}"


def _backward(source: Box, target: Box, track: int, boxes: Iterable[Box]) -> Edge:
    """Out to a track beside the lanes and back in; by the gap between two layers where a box stands in the way."""
    right, start, end = track + TRACK // 2, source.y + BOX_HEIGHT // 2, target.y + BOX_HEIGHT // 2
    outer = {box.layer: max(each.x for each in boxes if each.layer == box.layer) for box in (source, target)}
    if source.x == outer[source.layer]:
        leaves = f"M{source.x + BOX_WIDTH} {start}"
    else:
        leaves = f"M{source.aside} {source.y + BOX_HEIGHT}V{source.y + BOX_HEIGHT + ASIDE}"
    if target.x == outer[target.layer]:
        enters = f"V{end}H{target.x + BOX_WIDTH}"
    else:
        enters = f"V{target.y - ASIDE}H{target.aside}V{target.y}"
    return Edge(source.name, target.name, f"{leaves}H{right}{enters}", right + 4, (start + end) // 2, is_return=True)
