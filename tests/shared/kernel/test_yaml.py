"""What somebody sends as YAML is read within bounds, or refused with its line and what to do."""

from datetime import date
from time import process_time
from typing import Any

import pytest

from shared.kernel import yaml

LEVELS = 9
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(LEVELS)
)
REFUSED = {
    "aliases of lists": BOMB,
    "an alias of a mapping": "a: &a {b: 1}\nc: *a",
    "a mapping that takes another one in": "a: &a {b: 1}\nc:\n  <<: *a",
    "a long text repeated": f"a: &a {'x' * 50_000}\nb: [{','.join(['*a'] * 9_000)}]",
    "an alias of nothing": "a: *b",
    "an alias of itself": "a: &a [*a]",
    "lists in lists": "a: " + "[" * 500,
    "lists in lists without end": "a: " + "[" * 100_000,
    "mappings in mappings": "{a: " * 500,
    "lines in lines": "".join(f"{' ' * level}a:\n" for level in range(300)),
    "dashes": "- " * 50_000,
    "names of names": "? " * 5_000,
    "braces": "{" * 100_000,
    "more parts than any file": "a: [" + "1," * 60_000 + "]",
    "more characters than any file": "a: 1\n" * 60_000,
    "a zero byte": "a: \0",
    "a written zero byte": 'a: "\\0"',
    "half a pair": 'a: "\\ud800"',
    "half a pair as it is": "a: \ud800",
    "a zero byte in a name": '{"a\\0": 1}',
    "no character": 'a: "\\UFFFFFFFF"',
    "a number of 5,000 digits": "a: " + "9" * 5_000,
    "a number beyond 64 bits": "a: 9223372036854775808",
    "a hexadecimal number of 5,000 digits": "a: 0x" + "f" * 5_000,
    "no number": "a: .nan",
    "an endless number": "a: -.inf",
    "a power without end": "a: 1e999",
    "a day that is none": "a: 2023-99-99",
    "a tag of Python": "a: !!python/object/apply:os.system [ls]",
    "a tag of YAML": "a: !!set {x, y}",
    "a tag of one's own": "a: !x 1",
    "nothing but tags": "!" * 5_000,
    "a list as a name": "? [a, b]\n: 1",
    "a mapping as a name": "{{a: b}: 1}",
    "one name twice": "a: 1\na: 2",
    "two documents": "a: 1\n---\nb: 2",
    "another YAML": "%YAML 9.9\n---\na: 1",
    "colons": ":" * 50_000,
    "a text without end": '"' + "a" * 100_000,
}
READ: dict[str, Any] = {
    "a: 1": {"a": 1},
    "a: {value: &ceiling 15_000_000}\nb: *ceiling": {"a": {"value": 15_000_000}, "b": 15_000_000},
    "a: 2023-01-31": {"a": date(2023, 1, 31)},
    "a: [1.5, true, null, 'x', Ünïcode]": {"a": [1.5, True, None, "x", "Ünïcode"]},
    "": None,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_leads_beyond_the_bounds_is_refused_with_its_line_and_a_remedy(text: str) -> None:
    began = process_time()
    with pytest.raises(yaml.YamlRefused) as refused:
        yaml.read(text)
    assert (refused.value.line >= 1, bool(refused.value.what), bool(refused.value.remedy)) == (True, True, True)
    refused.value.message("en").encode()
    assert process_time() - began < 60  # processor seconds: it would be hours


@pytest.mark.parametrize(("text", "tree"), READ.items())
def test_what_a_file_needs_is_read(text: str, tree: Any) -> None:
    assert yaml.read(text) == tree


def test_a_fault_is_told_with_its_line() -> None:
    with pytest.raises(yaml.YamlRefused) as refused:
        yaml.read('a: 1\nb: 2\nc: "x\\0"')
    assert refused.value.line == 3
    with pytest.raises(yaml.YamlRefused) as refused:
        yaml.read("a: 1\nb: &b [1]\n")
    assert refused.value.line == 2


def test_a_tree_has_so_many_levels_and_no_more() -> None:
    usual = yaml.read("[" * yaml.DEEPEST + "]" * yaml.DEEPEST)
    assert isinstance(usual, list)
    with pytest.raises(yaml.YamlRefused, match="levels deep"):
        yaml.read("[" * (yaml.DEEPEST + 1) + "]" * (yaml.DEEPEST + 1))
