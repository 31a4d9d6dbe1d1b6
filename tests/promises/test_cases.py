"""docs/cases.md names the tests that prove its cases: each exists, and the first table's cases lend theirs a name."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
NOT_BUILT = "**not built**"


def rows(section: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """The lines of a section's table: the case, its rule, and the tests that it names."""
    text = CASES.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| case |"):
            case, rule, proof = line.strip("| ").split(" | ")
            yield case, rule, NAMED.findall(proof)


SECTIONS = re.findall(r"^## (.+)$", CASES, re.MULTILINE)
HELD_ON_TO = list(rows("Cases to hold on to"))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_case_is_proved_by_tests_that_exist(section: str) -> None:
    for case, rule, tests in rows(section):
        assert tests or NOT_BUILT in rule, f"{case} has no test"
        for path, name in tests:
            assert re.search(rf"^ *def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.parametrize(("case", "rule", "tests"), HELD_ON_TO, ids=[case for case, _, _ in HELD_ON_TO])
def test_a_case_to_hold_on_to_has_a_test_of_its_name(case: str, rule: str, tests: list[tuple[str, str]]) -> None:
    slug = re.sub(r"\W+", "_", case.replace("'", "").lower())
    assert NOT_BUILT in rule or any(slug in name for _, name in tests)


def test_no_figure_of_an_article_is_proved_without_being_told_here() -> None:
    articles = "tests/shared/programmes/test_articles.py"
    names = re.findall(r"^def (test_\w+_txt_\w+)\(", (ROOT / articles).read_text(encoding="utf-8"), re.MULTILINE)
    told = {name for _, _, tests in rows("Figures of the articles") for _, name in tests if "_txt_" in name}
    assert set(names) == told


def test_every_decision_has_a_number_of_its_own_which_its_page_bears() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name.partition("-")[0]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for number, page in zip(numbers, pages, strict=True):
        assert page.read_text(encoding="utf-8").startswith(f"# {number}. "), page.name
