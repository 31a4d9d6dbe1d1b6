"""Every event is catalogued, documented, and heard or declined by everybody whom it reaches."""

import inspect

import pytest

from services import catalogue
from shared.bus import routes
from shared.events.envelope import declared_types

SUBSCRIBERS = [each for participant in catalogue.participants().values() for each in participant.subscribers]


def test_docs_events_yaml_is_what_the_code_says():
    assert catalogue.FILE.read_text(encoding="utf-8") == catalogue.written(), "run `python -m services.catalogue`"


def test_every_route_has_its_subscriber():
    assert {each.name for each in SUBSCRIBERS} == set(routes.HEARS)


@pytest.mark.parametrize("subscriber", SUBSCRIBERS, ids=lambda each: each.name)
def test_every_event_is_heard_or_declined(subscriber):
    undecided = []
    for kind in declared_types():
        if kind.partition(".")[0] in subscriber.sources:
            try:
                subscriber.hearing_of(kind)
            except LookupError:
                undecided.append(kind)
    assert undecided == []


@pytest.mark.parametrize("subscriber", SUBSCRIBERS, ids=lambda each: each.name)
def test_nothing_is_both_heard_and_declined(subscriber):
    assert set(subscriber.hears).isdisjoint(subscriber.declines)
    assert all(reason.strip() for reason in subscriber.declines.values())


@pytest.mark.parametrize(("kind", "cls"), declared_types().items())
def test_every_event_says_in_a_sentence_what_has_happened(kind, cls):
    assert inspect.cleandoc(cls.__doc__ or "").strip().endswith((".", ")")), kind


@pytest.mark.parametrize(("kind", "cls"), declared_types().items())
def test_no_event_has_a_field_for_what_identifies_a_person(kind, cls):
    personal = {"name", "nik", "kk", "phone", "address", "birth_date", "explanation", "remarks"}
    assert personal.isdisjoint(cls.schema().fields), kind
