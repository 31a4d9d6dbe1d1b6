"""The committed style sheet and font are those that `make theme` makes, and no page needs anything from elsewhere."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from shared.web import assets
from tests.browsing import Browser

THEME = Path(assets.__file__).with_name("theme")
WANTED = json.loads((THEME / "package.json").read_text())["devDependencies"]
STYLES = (assets.FOLDER / "theme.css").read_text()
FONTS = sorted((assets.FOLDER / "fonts").glob("*.woff2"))


def test_the_style_sheet_is_compiled_from_the_version_that_the_theme_names() -> None:
    assert re.findall(r'--govuk-frontend-version: "([\d.]+)"', STYLES) == [WANTED["govuk-frontend"]]


def test_the_style_sheet_knows_the_palette_that_hand_written_styles_use() -> None:
    used = {name for sheet in ("kail.css", "flow.css") for name in _used((assets.FOLDER / sheet).read_text())}
    palette = (THEME / "_palette.scss").read_text()
    assert used
    assert used <= set(re.findall(r"(--[a-z-]+):", palette))
    for name, value in re.findall(r"(--[a-z-]+): ([^;]+);", palette):
        assert re.search(rf"{name}: ?{re.escape(value)}[;}}]", STYLES, re.IGNORECASE), f"{name}: run make theme"


def test_the_fonts_are_of_the_version_that_the_theme_names() -> None:
    version = WANTED["@fontsource-variable/public-sans"]
    assert [font.name for font in FONTS] == [f"public-sans-{version}-{part}.woff2" for part in ("latin-ext", "latin")]
    assert assets.FONT in [font.name for font in FONTS]
    assert set(re.findall(r"url\(\"?fonts/([^)\"]+)", STYLES)) == {font.name for font in FONTS}


def test_style_sheet_and_fonts_stay_small_and_bring_neither_another_font_nor_the_crown() -> None:
    assert len(STYLES) < 70_000
    assert sum(font.stat().st_size for font in FONTS) < 120_000
    assert "GDS Transport" not in STYLES
    assert "crown" not in STYLES
    assert not re.search(r'@import|url\((?!"?fonts/)', STYLES)


@pytest.mark.parametrize("name", ["public-sans-LICENSE.txt", "../vendor/govuk-frontend-LICENSE.txt"])
def test_the_licence_stands_beside_what_it_is_for(name: str) -> None:
    assert (
        "Permission is hereby granted" in (assets.FOLDER / "fonts" / name).read_text()
        or "SIL OPEN FONT" in (assets.FOLDER / "fonts" / name).read_text()
    )


def test_a_browser_keeps_the_font_for_ever(app: Flask) -> None:
    with Browser(app).get(assets.font()) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == assets.FOR_EVER
        assert answer.mimetype == "font/woff2"


def _used(sheet: str) -> list[str]:
    return re.findall(r"var\((--[a-z-]+)", sheet)
