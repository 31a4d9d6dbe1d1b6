"""What pages are called, as their templates say it."""

import re
from collections import defaultdict
from pathlib import Path

from babel.messages.pofile import read_po

from shared.web.language import TRANSLATIONS

ROOT = Path(__file__).parents[1]
TITLE = re.compile(r"{% block title %}(.*?){% endblock %}")
SAID = re.compile(r'_\("([^"]*)"\)')
CHOSEN = re.compile(r"{{ title }}")
"""A template that shows several pages chooses among titles of its own."""


def titles(service, language):
    """The titles of a service's templates, in words where they are words, and the files that have each."""
    words = {}
    if language == "id":
        with (TRANSLATIONS / "id" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            words = {each.id: each.string for each in read_po(file) if isinstance(each.id, str)}
    found = defaultdict(list)
    for folder in (ROOT / "services" / service, ROOT / "shared"):
        for path in sorted(folder.rglob("templates/**/*.html")):
            title = TITLE.search(path.read_text(encoding="utf-8"))
            if title and not CHOSEN.search(title[1]):
                found[SAID.sub(lambda said: words.get(said[1], said[1]), title[1])].append(path.name)
    return found
