"""Changing the deployment's files of offices by program: what people wrote in them stays, comments too.

A change is checked by the same rules as a file that somebody wrote by hand, and written whole or not at all; every
process finds it the next time it asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from shared.identity import offices
from shared.identity.offices import OfficesInvalid, UnknownOffice
from shared.kernel.writing import one_writer, write_whole

FILE = "offices.yaml"
"""Where offices that are added by page stand."""
HEAD = "# Offices that administrators added by page, API or command; `kail agencies check` says whether all is well.\n"
ORDER = (*offices.FIELDS[:-1], "registers", "formerly", "closed_on", "successor", "source")


class Draft:
    """The files of a folder while they are changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
        self._changed: dict[str, Any] = {}

    def add(self, fields: dict[str, Any]) -> None:
        """Add an office."""
        content = self._content(FILE) if FILE in self._texts else CommentedMap(offices=CommentedSeq())
        entry = CommentedMap()
        entry.fa.set_flow_style()
        content["offices"].append(entry)
        self._put(entry, fields)
        self._changed[FILE] = content

    def change(self, office: str, **fields: Any) -> None:
        """Change what its file says of an office; None takes a field out. Raises UnknownOffice."""
        for name in self._texts:
            content = self._content(name)
            for entry in content["offices"]:
                if entry.get("id") == office:
                    self._put(entry, fields)
                    self._changed[name] = content
                    return
        raise UnknownOffice(office=office)

    def remove(self, office: str) -> None:
        """Take an office out that was added by mistake, before anybody knew it."""
        for name in self._texts:
            content = self._content(name)
            kept = [entry for entry in content["offices"] if entry.get("id") != office]
            if len(kept) < len(content["offices"]):
                content["offices"][:] = kept
                self._changed[name] = content

    def texts(self) -> dict[str, str]:
        """The changed files as they are to be; raises OfficesInvalid when the whole would not be sound."""
        texts = {name: self._written(name, content) for name, content in self._changed.items()}
        _, findings = offices.read(self.folder, texts)
        if findings:
            raise OfficesInvalid(findings="; ".join(map(str, findings)))
        return texts

    def _content(self, name: str) -> Any:
        if name in self._changed:
            return self._changed[name]
        try:
            content = _yaml().load(self._texts[name])
        except YAMLError:
            content = None
        if not isinstance(content, dict) or not isinstance(content.get("offices"), CommentedSeq):
            raise OfficesInvalid(findings="; ".join(map(str, offices.check(self.folder))))
        return content

    @staticmethod
    def _put(entry: CommentedMap, fields: dict[str, Any]) -> None:
        for field, value in fields.items():
            if value in (None, False, []):
                entry.pop(field, None)
            elif field in entry:
                entry[field] = _scalar(field, value)
            else:
                later = ORDER[ORDER.index(field) + 1 :]
                place = next((place for place, name in enumerate(entry) if name in later), len(entry))
                entry.insert(place, field, _scalar(field, value))

    def _written(self, name: str, content: Any) -> str:
        out = StringIO()
        _yaml().dump(content, out)
        return out.getvalue() if name in self._texts else HEAD + out.getvalue()


@contextmanager
def changing() -> Iterator[Draft]:
    """Change the deployment's files of offices, one at a time; what is not sound or cannot be written changes nothing.

    Raises OfficesInvalid, FolderNotWritable.
    """
    folder = offices.folder_of_offices()
    with one_writer(folder):
        draft = Draft(folder)
        yield draft
        for name, text in draft.texts().items():
            write_whole(folder / name, text)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    return yaml


def _scalar(field: str, value: Any) -> Any:
    if field == "region":
        return DoubleQuotedScalarString(value)  # "64" unquoted would be a number
    if field == "formerly":
        names = CommentedSeq(value)
        names.fa.set_flow_style()
        return names
    return value if isinstance(value, bool | date) else str(value)
