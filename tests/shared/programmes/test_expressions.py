import pytest

from shared.programmes.expressions import (
    MISSING,
    Expression,
    ExpressionFailed,
    ExpressionUnreadable,
    compile_expression,
)
from tests.refusals import refused


def holds(text: str, **facts: object) -> bool:
    return Expression(text).holds(lambda _, fact: facts.get(fact, MISSING))


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
    with refused(ExpressionFailed, text="a.x > 3", why="x was not reported"):
        holds("a.x > 3")


def test_a_condition_that_says_neither_true_nor_false_is_refused_with_what_it_says() -> None:
    with refused(ExpressionFailed, text="a.x", why="it must say true or false, but says 3"):
        holds("a.x", x=3)


def test_facts_that_cannot_be_compared_are_refused_with_the_condition_and_a_reason() -> None:
    with pytest.raises(ExpressionFailed) as failed:
        holds("a.x > 3", x="many")
    assert failed.value.fields["text"] == "a.x > 3"
    why = failed.value.fields["why"]
    assert "many" in why or "string" in why.lower()
    assert not why.endswith(".")


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
    condition = Expression("a.x == 'one' || 'two' != b.y || c.z in ['three', 'four'] && d.l.exists(r, r == 'q')")
    assert condition.asks == (("a", "x"), ("b", "y"), ("c", "z"), ("d", "l"))
    assert condition.compares == (
        (("a", "x"), "one"),
        (("b", "y"), "two"),
        (("c", "z"), "three"),
        (("c", "z"), "four"),
    )


@pytest.mark.parametrize(
    ("text", "asks", "compares"),
    [
        ("a.x == 'one'", "a.x", "a.x=one"),
        ("a.x != 'one'", "a.x", "a.x=one"),
        ("'one' == a.x", "a.x", "a.x=one"),
        ("'one' != a.x", "a.x", "a.x=one"),
        ("'one' in a.x", "a.x", "a.x=one"),
        ("a.x in ['one', 'two']", "a.x", "a.x=one a.x=two"),
        ("a.x in ['one'] && b.y in ['two', 'three']", "a.x b.y", "a.x=one b.y=two b.y=three"),
        ("a.x == 'one' && 'two' == b.y", "a.x b.y", "a.x=one b.y=two"),
        ("b.y == a.x || 'one' == a.x", "b.y a.x", "a.x=one"),
        ("a.x >= 1 && b.y == true", "a.x b.y", ""),
        ("a.x == 1", "a.x", ""),
        ("a.x < b.y", "a.x b.y", ""),
        ("a.x", "a.x", ""),
        ("!a.x", "a.x", ""),
        ("has(a.x) && a.x == 'one'", "a.x", "a.x=one"),
        ("a.x.exists(r, r == 'one')", "a.x", ""),
        ("a.x.exists(r, r in ['one']) && b.y == 'two'", "a.x b.y", "b.y=two"),
        ("a.x.all(r, r.y > 1) && b.z > 1", "a.x b.z", ""),
        ("a . x == 'one'", "a.x", "a.x=one"),
        ("a.x == 'o ne'", "a.x", "a.x=o ne"),
        ("a.x == true && null != b.y", "a.x b.y", ""),
        ("size(a.x) > 1 && a.y.contains('one')", "a.x a.y", ""),
    ],
)
def test_what_a_condition_asks_and_compares_is_read_off_its_text(text: str, asks: str, compares: str) -> None:
    condition = Expression(text)
    assert " ".join(".".join(each) for each in condition.asks) == asks
    assert " ".join(f"{'.'.join(ask)}={literal}" for ask, literal in condition.compares) == compares


OTHERWISE = "a text stands in one pair of quotes, with nothing before it, and remarks have no room"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("whole == 'x'", "`whole` is not of the form `thing.fact`"),
        ("a.b.c == 1", "`a.b.c` is not of the form `thing.fact`"),
        ("a.x == 1 && whole", "`whole` is not of the form `thing.fact`"),
        (f"a.x == '{'y' * 1000}'", "it has more than 1000 characters"),
        ("a.x == r'one'", OTHERWISE),
        ('a.x == """one"""', OTHERWISE),
        ("a.x == 1 // b", OTHERWISE),
        (
            "a.x.all(r, a.x.all(s, a.x.all(t, true)))",
            "more than 2 of all, exists, exists_one, filter, map stand inside each other",
        ),
        (f"a.x in [{', '.join(['1'] * 51)}]", "a list in it has more than 50 entries"),
    ],
)
def test_why_a_condition_is_not_read_is_said(text: str, why: str) -> None:
    with refused(ExpressionUnreadable, text=text[:1000], why=why):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        f"a.x == '{'y' * 991}'",
        f"a.x in [{', '.join(['1'] * 50)}]",
        "a.x.all(r, a.x.all(s, true)) && a.x.all(t, a.x.all(u, true))",
        "a.x / 2 / 3 == 1",
        "'one' in a.x && a.y in ['/', '//']",
    ],
)
def test_as_much_as_is_allowed_is_read(text: str) -> None:
    assert Expression(text).asks


def test_words_inside_quotes_are_not_names() -> None:
    assert Expression("a.x == 'b.y && c.z'").asks == (("a", "x"),)
