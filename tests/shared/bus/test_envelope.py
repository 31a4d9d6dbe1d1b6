"""Events: what is written is read back, and whatever does not fit the declaration is refused and said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import WrongShape, canonical, declared_types
from shared.events.intake import StageOffered, SubjectKind
from shared.events.referrals import ReferralCompleted
from shared.kernel.ids import new_id

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=4)


@given(outcome=st.text(), facts=st.dictionaries(st.text(), JSON))
def test_an_event_is_read_back_as_it_was(outcome, facts):
    event = ReferralCompleted(
        journey_id=new_id(), referral_id=new_id(), stage="s", agency="a", office="o", outcome=outcome, facts=facts
    )
    assert ReferralCompleted.from_data(event.to_data()) == event


def offered() -> StageOffered:
    return StageOffered(
        journey_id=new_id(), referral_id=new_id(), programme="p", version=1, stage="s", attempt=1, does="d", agency="a",
        office="o", sender_office="o", area="64", subject_kind=SubjectKind.GROUP, subject_id=new_id(), settings={},
        earlier={}, remind_at=datetime.now(UTC), due_at=datetime.now(UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"version": "x"},
        {"version": True},
        {"extra": 1},
        {"due_at": "2024-01-01T00:00:00"},
        {"journey_id": "no"},
        {"subject_kind": "cat"},
        {"settings": []},
        {"stage": None},
    ],
)
def test_what_does_not_fit_is_refused_and_said(change):
    (field,) = change
    with pytest.raises(WrongShape, match=field):
        StageOffered.from_data({**offered().to_data(), **change})


def test_a_missing_field_is_said():
    data = offered().to_data()
    del data["stage"]
    with pytest.raises(WrongShape, match="stage"):
        StageOffered.from_data(data)


def test_the_quick_way_of_reading_and_the_schema_agree():
    event = offered()
    read = StageOffered.schema().load(event.to_data())
    assert StageOffered(**read) == event


def test_types_are_named_by_service_noun_and_participle():
    for kind in declared_types():
        service, name, generation = kind.split(".")
        assert service in ("intake", "grants", "training", "monitoring")
        assert "-" in name
        assert generation[0] == "v"


def test_canonical_text_is_the_same_for_the_same_content():
    assert canonical({"b": 1, "a": [1, "é"]}) == canonical({"a": [1, "é"], "b": 1}) == '{"a":[1,"é"],"b":1}'
