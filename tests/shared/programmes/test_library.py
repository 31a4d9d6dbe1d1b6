"""A running process finds a programme that is added, and keeps what it has read whatever becomes of the files."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.kernel import settings as module
from shared.programmes import library
from shared.programmes.findings import ProgrammeInvalid
from tests.shared.programmes.samples import SAMPLE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = replace(module.settings(), programmes_path=tmp_path)
    monkeypatch.setattr(library, "settings", lambda: own)
    (tmp_path / "sample.yaml").write_text(SAMPLE)
    assert library.programme("sample").version == 1
    return tmp_path


def test_a_programme_that_is_added_is_found_without_a_restart(folder: Path) -> None:
    (folder / "sample-2.yaml").write_text(SAMPLE.replace("version: 1", "version: 2", 1))
    assert library.programme("sample", 2).version == 2
    assert library.programme("sample").version == 2


def test_what_was_read_once_stays_as_it_was_read(folder: Path) -> None:
    (folder / "sample.yaml").write_text(SAMPLE.replace("en: Sample}", "en: Another}", 1))
    assert library.published()["sample", 1].title.en == "Sample"
    (folder / "sample.yaml").unlink()
    assert library.programme("sample", 1).title.en == "Sample"


def test_a_file_that_is_still_being_written_stops_nobody(folder: Path) -> None:
    (folder / "half.yaml").write_text("id: half")
    assert list(library.published()) == [("sample", 1)]
    (folder / "half.yaml").write_text(SAMPLE.replace("id: sample", "id: whole", 1))
    assert library.programme("whole").version == 1


def test_a_process_does_not_begin_with_a_file_that_is_not_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(module.settings(), programmes_path=tmp_path)
    monkeypatch.setattr(library, "settings", lambda: own)
    (tmp_path / "half.yaml").write_text("id: half")
    with pytest.raises(ProgrammeInvalid):
        library.published()
