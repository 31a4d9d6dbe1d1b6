"""What somebody sends as a programme can ask for no more time and memory than a process of its own is given."""

import threading
from pathlib import Path

import pytest

from shared.kernel.settings import settings
from shared.programmes import apart, load
from shared.programmes.expressions import Expression, ExpressionUnreadable
from shared.programmes.findings import ProgrammeInvalid

SOUND = (settings().programmes_path / "wrse-kaltim-2023.yaml").read_text(encoding="utf-8")
ENDLESS = "person.registries.all(a, person.registries.all(b, a != 'x' || b != 'y'))"
CONDITIONS = {
    "three macros inside each other": "a.b.all(x, a.b.exists(y, a.b.map(z, z).size() > 0))",
    "three macros with blanks": "a.b . all (x, a.b\n.exists (y, a.b. exists_one(z, true)))",
    "three macros over written lists": "[1].all(x, [1].all(y, [1].filter(z, true).size() == 1))",
    "macros hidden by a long text": '"""\'""".size() > 0 && a.b.all(x, true) || """\'""" == a.b',
    "macros hidden by a raw text": "r'\\' == a.b || a.b.all(x, true) || r'\\' == a.b",
    "macros hidden by a remark": "a.b == 1 // '\n && a.b.all(x, true)",
    "a long list": f"a.b in [{','.join(['1'] * 51)}]",
    "a long mapping": "a.b in {" + ",".join(f"{each}:1" for each in range(60)) + "}",
    "a long text": "a.b == '" + "x" * 1_000 + "'",
    "brackets in brackets": "(" * 400 + "a.b" + ")" * 400,
    "lists in lists": "[" * 400 + "]" * 400 + " == []",
    "a zero byte": "a.b == '\0",
    "nothing": "",
}


def with_condition(condition: str, person: str = "") -> str:
    """The programme with another condition for its first clause, and more said of the person of its first example."""
    tree = load.read(SOUND)
    text = SOUND.replace(f"when: {tree.eligibility[0].when}", f'when: "{condition}"', 1)
    assert text != SOUND
    return text.replace("registries: [", f"registries: [{person}", 1) if person else text


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_that_could_ask_for_too_much_is_refused_before_it_is_asked(condition: str) -> None:
    with pytest.raises(ExpressionUnreadable):
        Expression(condition)


@pytest.mark.parametrize(
    "condition",
    ["'dtks' in a.b", "a.b.all(x, a.c.exists(y, x == y))", "a.b in ['all(all(all(', \"exists('\"]", "a.b == 'it\\'s'"],
)
def test_a_condition_as_programmes_have_them_is_none_of_these(condition: str) -> None:
    assert Expression(condition).text == condition


def test_a_sound_programme_is_read_as_it_is_here() -> None:
    there, here = apart.read(SOUND, "x"), load.read(SOUND, "x")
    assert (there.key, there.text, list(there.stages)) == (here.key, here.text, list(here.stages))


def test_what_is_wrong_is_told_as_it_is_here() -> None:
    broken = SOUND.replace("version: ", "version: 0 #", 1)
    with pytest.raises(ProgrammeInvalid) as here:
        load.read(broken)
    assert apart.findings(broken) == list(here.value.found)


@pytest.mark.slow
def test_a_condition_that_takes_too_long_ends_with_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PROCESSOR_SECONDS", 3)
    hostile = with_condition(ENDLESS, "".join(f"r{each}, " for each in range(6_000)))
    with pytest.raises(ProgrammeInvalid) as refused:
        apart.read(hostile)
    assert refused.value.found == (apart.TOO_MUCH,)


def test_a_file_that_takes_too_much_memory_ends_with_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MEMORY", 48 * 1024**2)
    assert apart.findings(SOUND) == [apart.TOO_MUCH]


def test_only_so_many_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_places", threading.BoundedSemaphore(1))
    with apart._places, pytest.raises(apart.OthersAreChecked):
        apart.read(SOUND)
    assert apart.findings("") != []  # the place is free again


def test_a_file_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\0")
    (found,) = load.check(tmp_path / "x.yaml")
    assert "UTF-8" in found.what
