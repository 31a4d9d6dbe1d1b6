"""One desk for all of training: an office of Dinas Sosial to which programmes give every stage of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programmes_of import published_in, with_work_given_to

EVERY_STAGE = ("pemberdayaan-kukar", "p2wkss-tangsel", "usaha-mikro-kaltim-2023")


@pytest.fixture(scope="session")
def every_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programmes by which Dinas Sosial does all of training."""
    folder = tmp_path_factory.mktemp("programmes")
    return with_work_given_to("dinsos", folder, *EVERY_STAGE, also_in="64.07")


@pytest.fixture(autouse=True)
def every_stage_is_dinsoss(every_stage: Path) -> Iterator[None]:
    """East Kalimantan's and Tangerang Selatan's Dinas Sosial do every stage of training."""
    with published_in(every_stage):
        yield
