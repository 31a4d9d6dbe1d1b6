"""Desks of one office, to which programmes give every stage that a simulated officer works through in these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programmes_of import published_in, with_work_given_to
from tests.training.conftest import EVERY_STAGE


@pytest.fixture(scope="session")
def with_all_their_work(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programmes by which Dinas Sosial does all of training, and Mataram's cooperatives are its office's."""
    folder = tmp_path_factory.mktemp("programmes")
    with_work_given_to("dinsos", folder, *EVERY_STAGE, also_in="64.07")
    return with_work_given_to("koperasi", folder, "pemberdayaan-kukar", also_in="52.71")


@pytest.fixture
def all_their_work(with_all_their_work: Path) -> Iterator[None]:
    """These programmes are the deployment's."""
    with published_in(with_all_their_work):
        yield
