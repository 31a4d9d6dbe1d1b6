import re
from graphlib import CycleError
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.programmes import layout
from shared.programmes.layout import BOX_HEIGHT, BOX_WIDTH, Box, Node, lay_out

LINE = [Node("first", "dinsos"), Node("second", "dinsos", ("first",)), Node("third", "koperasi", ("second",))]


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Graphs without circles: a stage needs only stages named before it."""
    count = draw(st.integers(1, 12))
    return [
        Node(
            f"s{n}",
            draw(st.sampled_from(["dinsos", "dp3a", "koperasi"])),
            tuple(draw(st.sets(st.sampled_from([f"s{before}" for before in range(n)]), max_size=3))) if n else (),
        )
        for n in range(count)
    ]


def overlap(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT


@given(graphs())
def test_no_two_boxes_overlap_and_each_lies_inside_its_agencys_lane(nodes: list[Node]) -> None:
    drawn = lay_out(nodes)
    assert not any(overlap(one, other) for one, other in combinations(drawn.boxes, 2))
    lanes = {lane.agency: lane for lane in drawn.lanes}
    for box in drawn.boxes:
        lane = lanes[box.agency]
        assert lane.x < box.x
        assert box.x + BOX_WIDTH < lane.x + lane.width
        assert box.y + BOX_HEIGHT < drawn.height


@given(graphs())
def test_every_line_leads_downwards_and_nothing_needed_is_unreachable_on_the_map(nodes: list[Node]) -> None:
    drawn = lay_out(nodes)
    y = {box.name: box.y for box in drawn.boxes}
    assert all(y[edge.source] < y[edge.target] for edge in drawn.edges)
    before: dict[str, set[str]] = {node.name: set() for node in nodes}
    for node in nodes:  # a graph's own order is topological
        for edge in drawn.edges:
            if edge.target == node.name:
                before[node.name] |= {edge.source} | before[edge.source]
        assert set(node.needs) <= before[node.name]


@given(graphs())
def test_the_same_definition_is_always_drawn_the_same(nodes: list[Node]) -> None:
    assert lay_out(nodes) == lay_out(list(nodes))


def test_layers_follow_the_longest_way() -> None:
    nodes = [*LINE, Node("late", "dinsos", ("first", "third"))]
    assert layout.layers(nodes) == {"first": 0, "second": 1, "third": 2, "late": 3}


def test_a_line_that_a_longer_way_tells_is_not_drawn() -> None:
    assert layout.reduced([*LINE, Node("late", "dinsos", ("first", "third"))]) == [
        ("first", "second"),
        ("second", "third"),
        ("third", "late"),
    ]


def test_side_by_side_stages_of_one_agency_widen_its_lane() -> None:
    fork = [Node("a", "dinsos"), Node("b", "dinsos", ("a",)), Node("c", "dinsos", ("a",))]
    narrow, wide = lay_out(LINE).lanes[0], lay_out(fork).lanes[0]
    assert wide.width > narrow.width


def test_a_long_line_runs_beside_the_boxes_it_passes() -> None:
    nodes = [
        Node("start", "dinsos"),
        Node("long", "dinsos", ("start",)),
        Node("longer", "dinsos", ("long",)),
        Node("short", "dinsos", ("start",)),
        Node("join", "dinsos", ("longer", "short")),
    ]
    drawn = lay_out(nodes)
    (edge,) = [each for each in drawn.edges if (each.source, each.target) == ("short", "join")]
    passed = next(box for box in drawn.boxes if box.name == "longer")
    xs = [int(part.split()[0].lstrip("MCV")) for part in edge.path.replace("V", " V").split("C")[:1]]
    assert all(not passed.x <= x <= passed.x + BOX_WIDTH for x in xs)


def test_a_second_chance_is_a_line_back_up_at_the_side() -> None:
    nodes = [Node("proposal", "dinsos"), Node("check", "dinsos", ("proposal",), back_to=("proposal",))]
    drawn = lay_out(nodes)
    (back,) = [edge for edge in drawn.edges if edge.is_return]
    assert (back.source, back.target) == ("check", "proposal")
    assert drawn.width > drawn.lanes[-1].x + drawn.lanes[-1].width


def test_a_line_that_sends_back_goes_around_a_box_that_stands_beside_either_end() -> None:
    nodes = [
        Node("assessment", "dp3a"),
        Node("talk", "dp3a"),
        Node("evaluation", "dp3a", ("assessment", "talk"), back_to=("assessment",)),
        Node("visit", "dinsos", ("talk",)),
    ]
    drawn = lay_out(nodes)
    (back,) = [edge for edge in drawn.edges if edge.is_return]
    boxes = {box.name: box for box in drawn.boxes}
    assert boxes["visit"].layer == boxes["evaluation"].layer
    assert boxes["talk"].layer == boxes["assessment"].layer
    x, y = boxes["assessment"].middle, boxes["assessment"].y
    heights = [int(each) for each in re.findall(r"V(-?\d+)", back.path)]
    for height in heights[:-1]:  # along which it goes sideways
        assert not any(box.y <= height <= box.y + BOX_HEIGHT for box in drawn.boxes)
    assert heights[-1] == y
    assert int(back.path.rsplit("H", 1)[1].split("V")[0]) > x


def test_stages_that_need_each_other_cannot_be_drawn() -> None:
    with pytest.raises(CycleError):
        lay_out([Node("a", "dinsos", ("b",)), Node("b", "dinsos", ("a",))])
