import time

import pytest

from shared.programmes import examples, kinds, library
from shared.programmes.definition import Programme, SourceKind
from shared.programmes.eligibility import decide, decide_member

PROGRAMMES = list(library.published().values())


def person(**facts: object) -> dict[str, object]:
    return {
        "sex": "female",
        "age": 38,
        "marital_status": "married",
        "registries": ["DTKS"],
        "pre_prosperous": True,
        "occupation": "housewife",
        "heads_household": False,
        "has_business": False,
        "area": "64.02.01.1001",
        **facts,
    }


@pytest.mark.parametrize(
    ("programme", "number"),
    [(programme, number) for programme in PROGRAMMES for number in range(len(programme.examples))],
    ids=lambda value: value.id if isinstance(value, Programme) else str(value),
)
def test_every_worked_example_holds(programme: Programme, number: int) -> None:
    assert examples.complaints(programme, programme.examples[number]) == []


def test_the_articles_figures_stand_as_it_gives_them_and_derived_ones_add_up() -> None:
    kube, wrse = library.programme("kube-kaltim-2023"), library.programme("wrse-kaltim-2023")
    assert [kube.figures[name].value for name in ("ceiling", "target")] == [15_000_000, 40]
    assert [wrse.figures[name].value for name in ("ceiling", "target")] == [3_000_000, 50]
    for programme in (kube, wrse):
        ceiling, target = programme.figures["ceiling"].value, programme.figures["target"].value
        assert ceiling is not None
        assert target is not None
        assert programme.figures["budget"].value == ceiling * target
        assert programme.figures["budget"].source is SourceKind.DERIVED
    assert kube.figures["target"].unit != wrse.figures["target"].unit


def test_kube_is_open_to_men() -> None:
    kube = library.programme("kube-kaltim-2023")
    assert decide(kube, [person(sex="male")] * 5).eligible


def test_a_groups_decision_names_the_member_who_stands_in_the_way() -> None:
    kube = library.programme("kube-kaltim-2023")
    decision = decide(kube, [*[person()] * 3, person(registries=[]), person()])
    assert decision.failed == ("poor-and-listed",)
    assert [failure.member for failure in decision.failures] == [3]
    assert decision.reasons("en") == ["Listed in the social welfare registry (DTKS)"]


def test_a_fact_nobody_knows_is_named_and_not_guessed() -> None:
    decision = decide_member(library.programme("wrse-kaltim-2023"), person(registries=None))
    assert [(failure.clause, failure.missing) for failure in decision.failures] == [("listed", "registries")]
    alone = decide(library.programme("wrse-kaltim-2023"), person(occupation="farmer", marital_status=None))
    assert [(failure.clause, failure.missing) for failure in alone.failures] == [
        ("working-housewife-or-widow", "marital_status")
    ], "the one that nobody knows, not the first that is asked"


def test_a_member_is_decided_by_herself_and_told_each_reason_once_in_either_language() -> None:
    kube = library.programme("kube-kaltim-2023")
    assert decide_member(kube, person()) == decide(kube, [person()] * 5)
    alone = decide_member(kube, person(registries=[]))
    assert (alone.eligible, [failure.member for failure in alone.failures]) == (False, [None])
    several = decide(kube, [person(registries=[])] * 5)
    assert len(several.failures) == 5
    for decision in (alone, several):
        assert decision.reasons("en") == ["Listed in the social welfare registry (DTKS)"]
        assert decision.reasons("id") == ["Terdaftar dalam Data Terpadu Kesejahteraan Sosial (DTKS)"]


def test_an_unknown_programme_is_said_to_be_unknown() -> None:
    with pytest.raises(library.UnknownProgramme):
        library.programme("nowhere-2023")


def test_a_hundred_thousand_persons_are_decided_within_seconds() -> None:
    wrse = library.programme("wrse-kaltim-2023")
    persons = [person(age=18 + number % 60, area=f"64.02.{number % 18:02}.2001") for number in range(1000)]
    start = time.perf_counter()
    for _ in range(20):
        for each in persons:
            decide(wrse, each)
    assert time.perf_counter() - start < 3  # 20,000; a generous bound on a busy machine


def test_every_kind_belongs_to_a_service() -> None:
    services = {"intake", "grants", "training", "monitoring"}
    assert {kind.service for kind in kinds.CATALOGUE.values()} == services
    assert {kind.name for service in services for kind in kinds.of_service(service)} == set(kinds.CATALOGUE)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(kinds.UnknownKind):
        kinds.kind("grants.gifts")
