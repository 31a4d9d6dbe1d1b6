"""What is wrong in a programme's file, where, and what to do: sentences for the person who writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from shared.kernel.errors import Invalid

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: its line in the file, what is wrong, and what to do."""

    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what} {self.remedy}"


class ProgrammeInvalid(Invalid):
    """The programme's file has mistakes. {findings}"""

    indonesian = "Berkas program masih salah. {findings}"

    def __init__(self, file: str, found: Sequence[Finding]) -> None:
        self.found = tuple(found)
        super().__init__(file=file, findings=" ".join(map(str, found)), errors={"file": list(map(str, found))})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.fields["file"], self.found)


class Findings:
    """Collects what is wrong, and knows on which line each part of the file stands."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self.found: list[Finding] = []

    def add(self, path: Path, what: str, remedy: str) -> None:
        """Note something wrong with the part of the file at this path."""
        self.found.append(Finding(self.line(path), what, remedy))

    def line(self, path: Path) -> int:
        """The line of the part at this path, or of the nearest part around it that exists."""
        node, line = self._tree, 1
        for step in path:
            try:
                if isinstance(node, CommentedMap):
                    line = node.lc.key(step)[0] + 1
                elif isinstance(node, CommentedSeq):
                    line = node.lc.item(step)[0] + 1
                else:
                    break
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        return line

    @property
    def all(self) -> list[Finding]:
        """Everything that is wrong, from the top of the file down, nothing twice."""
        return sorted(set(self.found))
