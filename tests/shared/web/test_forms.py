"""A page's form says the same as the API's JSON."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from shared.kernel.errors import Invalid
from shared.web import forms, language
from tests.shared.web.conftest import NoteSchema

WORDS = st.text("abcxyz", min_size=1, max_size=4)
TREES = st.dictionaries(
    WORDS,
    st.recursive(
        WORDS,
        lambda inner: st.lists(st.dictionaries(WORDS, inner, min_size=1, max_size=3), min_size=1, max_size=3),
        max_leaves=12,  # deep enough for lists in lists; larger trees only take longer to draw
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("lines.0.item", "rice"), ("lines.1.item", "oil")], {"lines": [{"item": "rice"}, {"item": "oil"}]}),
        ([("lines.2.item", "oil"), ("lines.10.item", "rice")], {"lines": [{"item": "oil"}, {"item": "rice"}]}),
        ([("ids[]", "1"), ("ids[]", "2")], {"ids": ["1", "2"]}),
        ([("ids[]", ""), ("ids[]", " ")], {"ids": []}),
        ([("deed.number", ""), ("deed.seen[]", ""), ("deed.seen[]", "")], {}),
        ([("deed.seen[]", ""), ("deed.number", "7")], {"deed": {"number": "7", "seen": []}}),
        ([("rows.0.seen[]", ""), ("rows.1.seen[]", "a")], {"rows": [{"seen": ["a"]}]}),
        ([("kind.of.thing", " x ")], {"kind": {"of": {"thing": "x"}}}),
        ([("empty", "  "), ("csrf_token", "t"), ("_once", "k"), ("_next", "/")], {}),
        ([("last", "no"), ("last", "yes")], {"last": "yes"}),
    ],
)
def test_names_with_dots_become_a_tree(typed: list[tuple[str, str]], said: dict[str, Any]) -> None:
    assert forms.nested(MultiDict(typed)) == said


@given(TREES)
def test_a_stored_tree_shown_in_a_form_and_sent_again_is_the_same(tree: dict[str, Any]) -> None:
    assert forms.nested(MultiDict(forms.blank(tree).values)) == tree


@pytest.mark.parametrize("typed", [[("a", "1"), ("a.b", "2")], [("a.b", "1"), ("a.b.c", "2")]])
def test_a_form_that_contradicts_itself_is_invalid(typed: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid):
        forms.nested(MultiDict(typed))


def test_a_form_is_read_by_the_apis_schema(app: Flask) -> None:
    with app.test_request_context():
        typed = MultiDict([("words", "hello"), ("lines.0.item", "rice"), ("lines.0.quantity", "2")])
        assert forms.load(NoteSchema(), typed) == {"words": "hello", "lines": [{"item": "rice", "quantity": 2}]}


def test_what_is_wrong_stands_at_the_fields_own_name(app: Flask) -> None:
    typed = MultiDict([("words", "hello"), ("lines.0.item", "rice"), ("lines.0.quantity", "")])
    with app.test_request_context(headers={"Cookie": f"{language.COOKIE}=en"}):
        with pytest.raises(Invalid) as invalid:
            forms.load(NoteSchema(), typed)
        form = forms.filled(typed, invalid.value)
    assert form.error("lines.0.quantity") == "Missing data for required field."
    assert form.value("lines.0.item") == "rice"
    assert form.value("nothing") == ""
