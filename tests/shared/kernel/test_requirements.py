"""A value that a city may set comes from the slice's own file, or from the city's copy, always with its source."""

from pathlib import Path

import pytest

from shared.kernel import requirements
from shared.kernel.requirements import RequirementsUnreadable
from shared.referrals import schemas

GOOD = "{value: 3, unit: people, source: assumption, verified: false}"


@pytest.fixture
def citys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the city's copy of the file of referrals would lie."""
    monkeypatch.setattr(requirements, "settings", lambda: type("Settings", (), {"programmes_path": tmp_path}))
    folder = tmp_path / "requirements"
    folder.mkdir()
    return folder / "referrals.yaml"


def test_the_citys_copy_counts_where_there_is_one(citys: Path) -> None:
    assert schemas.most_together() == requirements.read(schemas.OWN)["most_together"].value
    citys.write_text(f"most_together: {GOOD}")
    assert schemas.most_together() == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "most_together: 3",
        "most_together: {value: 3}",
        f"another: {GOOD}",
        f"most_together: {GOOD.replace('3', '0')}",
        f"most_together: {GOOD.replace('3', '-1')}",
        f"most_together: {GOOD.replace('3', 'many')}",
        f"most_together: {GOOD.replace('3', '2.5')}",
        f"most_together: {GOOD.replace('3', 'true')}",
    ],
)
def test_what_is_missing_or_no_number_is_said_with_the_file(citys: Path, text: str) -> None:
    citys.write_text(text)
    with pytest.raises(RequirementsUnreadable, match=r"referrals\.yaml"):
        schemas.most_together()


def test_one_act_holds_as_many_as_the_city_says(citys: Path) -> None:
    limit = schemas.AtOnce(min=1)
    citys.write_text(f"most_together: {GOOD}")
    assert limit(["a", "b", "c"]) == ["a", "b", "c"]
    for wrong in ([], ["a", "b", "c", "d"]):
        with pytest.raises(schemas.validate.ValidationError):
            limit(wrong)
    assert limit.max == 3
