"""The small language in which a programme states conditions: CEL, held to names that the checker knows.

An expression may only ask for `<something>.<fact>`. So what it needs can be read off its text, the checker can say
which name is wrong, and its answer can be remembered: the same facts always give the same answer (100,000 persons are
decided from a few thousand evaluations).
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import Any

import cel

from shared.kernel.errors import Invalid

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
"""What a look-up answers for a fact that was not reported; `has(...)` tests for it."""

TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)"""
    r"""|(?P<mark>==|!=|<=|>=|&&|\|\||[^\s])"""
)
LITERALS = {"true", "false", "null", "in"}
MACROS = {"exists", "exists_one", "all", "map", "filter"}

LONGEST = 1_000
"""Characters of a condition; the longest of ours has a third of it."""
DEEPEST_MACROS = 2
"""Macros (`all`, `exists`, ...) inside each other: each goes through its list once for each turn of the one around."""
LONGEST_LIST = 50
"""Entries of a list that is written out."""
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")

LookUp = Callable[[str, str], Any]


class ExpressionUnreadable(Invalid):
    """The condition `{text}` cannot be read: {why}."""

    indonesian = "Syarat `{text}` tidak dapat dibaca: {why}."


class ExpressionFailed(Invalid):
    """The condition `{text}` has no answer here: {why}."""

    indonesian = "Syarat `{text}` tidak dapat dijawab di sini: {why}."


class Expression:
    """A condition that was compiled once; `asks` is every (thing, fact) that its answer depends on."""

    __slots__ = ("_answer", "_program", "asks", "compares", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        if (why := _too_much(text)) is not None:
            raise ExpressionUnreadable(text=text[:LONGEST], why=why)
        try:
            self._program = cel.compile(text)
        except ValueError as broken:
            raise ExpressionUnreadable(text=text, why=_where_it_breaks(str(broken))) from broken
        self.asks, self.compares = _names_in(text)
        self._answer = lru_cache(maxsize=8192, typed=True)(self._evaluate)

    def holds(self, look_up: LookUp) -> bool:
        """Whether the condition is true of these facts; raises ExpressionFailed rather than guess."""
        return self._answer(*[tuple(value) if type(value := look_up(*each)) is list else value for each in self.asks])

    def _evaluate(self, *values: Any) -> bool:
        scope: dict[str, dict[str, Any]] = {}
        for (thing, fact), value in zip(self.asks, values, strict=True):
            facts = scope.setdefault(thing, {})
            if value is not MISSING:
                facts[fact] = list(value) if isinstance(value, tuple) else value
        try:
            answer = self._program.execute(scope)
        except KeyError as missing:
            raise ExpressionFailed(text=self.text, why=f"{missing.args[0]} was not reported") from missing
        except (TypeError, ValueError, RuntimeError) as failed:
            raise ExpressionFailed(text=self.text, why=str(failed).rstrip(".")) from failed
        if not isinstance(answer, bool):
            raise ExpressionFailed(text=self.text, why=f"it must say true or false, but says {answer!r}")
        return answer


@cache
def compile_expression(text: str) -> Expression:
    """Compile a condition, once for each text; raises ExpressionUnreadable."""
    return Expression(text)


def _too_much(text: str) -> str | None:
    """Why a condition could ask for more work than any of ours; None when it does not."""
    if len(text) > LONGEST:
        return f"it has more than {LONGEST} characters"
    words = [(kind.lastgroup, kind[0].rpartition(".")[2].strip()) for kind in TOKEN.finditer(text)]
    if '"""' in text or "'''" in text or any(_hides_text(*two) for two in pairwise(words)):
        return "a text stands in one pair of quotes, with nothing before it, and remarks have no room"
    around: list[tuple[str, bool]] = []
    entries: list[int] = []
    for (_, before), (kind, mark) in pairwise([("", ""), *words]):
        if kind != "mark":
            continue
        if mark in OPENING:
            around.append((mark, mark == "(" and before in MACROS))
            entries.append(1)
        elif mark in CLOSING and around:
            around.pop()
            entries.pop()
        elif mark == "," and around:
            entries[-1] += 1
        if sum(is_macro for _, is_macro in around) > DEEPEST_MACROS:
            return f"more than {DEEPEST_MACROS} of {', '.join(sorted(MACROS))} stand inside each other"
        if max(entries, default=0) > LONGEST_LIST:
            return f"a list in it has more than {LONGEST_LIST} entries"
    return None


def _hides_text(one: tuple[str | None, str], other: tuple[str | None, str]) -> bool:
    """Whether two words are such that what follows is read otherwise than it looks: a raw text, or a remark."""
    return (one[0] == "name" and one[1] != "in" and other[0] == "text") or one[1] == other[1] == "/"


def _where_it_breaks(message: str) -> str:
    place = re.search(r"<input>:\d+:(\d+): (?:Syntax error: )?(.*)", message)
    if not place:
        return message.splitlines()[0]
    return f"at character {place[1]}, {re.split(r' expecting ', place[2])[0]}"


def _names_in(text: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[tuple[str, str], str], ...]]:
    tokens = [
        (kind.lastgroup or "", re.sub(r"\s", "", kind[0]) if kind["name"] else kind[0]) for kind in TOKEN.finditer(text)
    ]
    bound = {
        tokens[at + 2][1]
        for at, (kind, token) in enumerate(tokens[:-3])
        if kind == "name" and token.rpartition(".")[2] in MACROS and tokens[at + 1][1] == "("
    }
    asks: dict[tuple[str, str], None] = {}
    compares: list[tuple[tuple[str, str], str]] = []
    for at, (kind, token) in enumerate(tokens):
        if kind != "name" or token in LITERALS:
            continue
        parts = token.split(".")
        if at + 1 < len(tokens) and tokens[at + 1][1] == "(":
            parts.pop()  # the name of a function or method
        if not parts or parts[0] in bound:
            continue
        if len(parts) != 2:
            raise ExpressionUnreadable(text=text, why=f"`{token}` is not of the form `thing.fact`")
        ask = (parts[0], parts[1])
        asks[ask] = None
        compares.extend((ask, literal) for literal in _compared_with(tokens, at))
    return tuple(asks), tuple(compares)


def _compared_with(tokens: list[tuple[str, str]], at: int) -> list[str]:
    after, before = tokens[at + 1 : at + 3], tokens[max(at - 2, 0) : at]
    if len(before) == 2 and before[1][1] == "in" and before[0][0] == "text":
        return [before[0][1][1:-1]]
    if len(after) == 2 and after[0][1] in ("==", "!=") and after[1][0] == "text":
        return [after[1][1][1:-1]]
    if len(before) == 2 and before[1][1] in ("==", "!=") and before[0][0] == "text":
        return [before[0][1][1:-1]]
    if [token for _, token in after] == ["in", "["]:
        listed = takewhile(lambda each: each[1] != "]", tokens[at + 3 :])
        return [word[1:-1] for kind, word in listed if kind == "text"]
    return []
