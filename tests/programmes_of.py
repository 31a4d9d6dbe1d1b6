"""Programmes for a test: those of the articles, and some of them again with their stages given to another agency."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.kernel.settings import load, settings


def with_work_given_to(agency: str, folder: Path, *programmes: str, also_in: str) -> Path:
    """Fill a folder with all programmes and, once more, with these as if one agency did them, also in an area."""
    own = settings().programmes_path
    shutil.copytree(own, folder, dirs_exist_ok=True)
    for name in programmes:
        text = (own / f"{name}.yaml").read_text(encoding="utf-8")
        for of, by in (
            (r"^id: .*$", f"id: {name}-by-{agency}"),
            (r"^region: \[(.*?)\]", rf'region: [\1, "{also_in}"]'),
            (r"^lead: .*$", f"lead: {agency}"),
            (r"^offices: .*$", ""),
            (r"^(\s+)agency: .*$", rf"\1agency: {agency}"),
        ):
            text = re.sub(of, by, text, flags=re.MULTILINE)
        (folder / f"{name}-by-{agency}.yaml").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def published_in(folder: Path) -> Iterator[None]:
    """Let the deployment's programmes be those of this folder."""
    before = os.environ.get("KAIL_PROGRAMMES")
    os.environ["KAIL_PROGRAMMES"] = str(folder)
    load()
    try:
        yield
    finally:
        os.environ.pop("KAIL_PROGRAMMES")
        if before is not None:
            os.environ["KAIL_PROGRAMMES"] = before
        load()
