"""Keeps the Indonesian catalogue: `python -m shared.web.translate` takes up new texts and compiles it.

With `--check` it only looks. The msgids are the English texts in templates and code; what has no Indonesian yet is
listed.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from shared.web.language import TRANSLATIONS

ROOT = Path(__file__).parents[2]
PLACES = ("shared", "services")
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
LOCALE = "id"
PO = TRANSLATIONS / LOCALE / "LC_MESSAGES" / "messages.po"
HEADER = "# What Kail says on its pages, in Indonesian. Kept by `python -m shared.web.translate`."
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2)}


def texts() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Every text for people in templates and code, with its file and line."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            method = METHODS.get(path.suffix)
            if method is None or (path.suffix == ".html" and "templates" not in path.parts):
                continue
            for line, text, _comments, _context in extract_from_file(method, str(path), keywords=KEYWORDS):
                if text and (isinstance(text, tuple) or text.strip()):
                    yield str(path.relative_to(ROOT)), line, text


def extracted() -> Catalog:
    """What the code says now."""
    catalog = Catalog(project="Kail", locale=LOCALE, charset="utf-8")
    for file, _line, text in texts():
        catalog.add(text, locations=[(file, None)])  # type: ignore[list-item]  # lines change too often to be kept
    return catalog


def kept() -> Catalog:
    """The catalogue as it is kept."""
    if not PO.exists():
        return Catalog(project="Kail", locale=LOCALE, charset="utf-8", fuzzy=False, header_comment=HEADER)
    return read_po(io.BytesIO(PO.read_bytes()), locale=LOCALE)


def untranslated(catalog: Catalog) -> list[str]:
    """The texts that have no Indonesian, or one whose places for values differ from the English."""
    missing = []
    for message in catalog:
        if not message.id or message.id == "":
            continue
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(strings) or message.fuzzy or list(message.check(catalog)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def update() -> Catalog:
    """Take up the texts that are new, drop those that are gone, and compile."""
    catalog = kept()
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    PO.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalog, width=100, sort_output=True, ignore_obsolete=True)
    PO.write_bytes(written.getvalue())
    PO.with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as programs read it."""
    binary = io.BytesIO()
    write_mo(binary, catalog)
    return binary.getvalue()


def check() -> list[str]:
    """The texts in templates and code that the kept catalogue does not translate."""
    catalog = kept()
    catalog.update(extracted(), no_fuzzy_matching=True)
    return untranslated(catalog)


def main(arguments: list[str]) -> int:
    """List what is not translated; nothing else with `--check`."""
    missing = check() if arguments == ["--check"] else untranslated(update())
    for text in missing:
        print(f"not translated: {text}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
