import pytest

from shared.programmes.expressions import (
    MISSING,
    ExpressionFailed,
    ExpressionUnreadable,
    compile_expression,
)


def holds(text: str, **facts: object) -> bool:
    return compile_expression(text).holds(lambda _, fact: facts.get(fact, MISSING))


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("a.x == 'y'", {"x": "y"}, True),
        ("a.x.exists(r, r == 'DTKS')", {"x": ["P3KE", "DTKS"]}, True),
        ("a.x.exists(r, r in ['DTKS'])", {"x": []}, False),
        ("has(a.x) && a.x > 3", {}, False),
        ("size(a.x) == 2", {"x": ["p", "q"]}, True),
        ("a.x", {"x": False}, False),
    ],
)
def test_a_condition_answers(text: str, facts: dict[str, object], answer: bool) -> None:
    assert holds(text, **facts) is answer


def test_true_and_one_are_told_apart_though_answers_are_remembered() -> None:
    assert holds("a.flag == true", flag=True)
    with pytest.raises(ExpressionFailed):
        holds("a.flag", flag=1)


def test_a_missing_fact_is_never_guessed() -> None:
    with pytest.raises(ExpressionFailed, match="x was not reported"):
        holds("a.x > 3")


@pytest.mark.parametrize("text", ["a.x +", "whole == 'x'", "a.b.c == 1", "a['x'] == 1", "'open"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ExpressionUnreadable):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a.x +", "at character 6, mismatched input '<EOF>'"),
        ("a['x'] ==", "at character 10, mismatched input '<EOF>'"),
        ("'open", "at character 1, token recognition error at: ''open'"),
    ],
)
def test_what_cannot_be_read_is_shown_where_it_breaks(text: str, where: str) -> None:
    with pytest.raises(ExpressionUnreadable) as refused:
        compile_expression(text)
    assert str(refused.value).endswith(f": {where}.")


def test_an_expression_tells_what_it_asks_and_compares() -> None:
    condition = compile_expression(
        "a.x == 'one' || 'two' != b.y || c.z in ['three', 'four'] && d.l.exists(r, r == 'q')"
    )
    assert condition.asks == (("a", "x"), ("b", "y"), ("c", "z"), ("d", "l"))
    assert condition.compares == (
        (("a", "x"), "one"),
        (("b", "y"), "two"),
        (("c", "z"), "three"),
        (("c", "z"), "four"),
    )


def test_words_inside_quotes_are_not_names() -> None:
    assert compile_expression("a.x == 'b.y && c.z'").asks == (("a", "x"),)
