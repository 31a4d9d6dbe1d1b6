"""Reads YAML that somebody sent: within bounds, so that no text holds a reader up or unfolds into more than it is.

Aliases of lists and mappings are refused, because a few hundred bytes of them stand for billions of values; so are
trees that are deeper or larger than any file of ours, tags, and whatever no column could keep.
"""

import re
from functools import partial
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode

from shared.kernel import storable
from shared.kernel.errors import Invalid

LARGEST = 128 * 1024
"""Characters; the longest file of ours has a tenth of it."""
DEEPEST = 30
MOST_NODES = 10_000
"""Names, values, lists and mappings; the longest file of ours has a tenth of it."""
LONGEST_NAMED = 200
"""Characters of a value that can be repeated by an alias."""


class YamlRefused(Invalid):
    """Line {line}: {what} {remedy}"""

    indonesian = "Baris {line}: {what} {remedy}"

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(line=line, what=what, remedy=remedy)
        self.line, self.what, self.remedy = line, what, remedy

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.line, self.what, self.remedy)


class Bounded(Composer):
    """Composes a tree, and stops at the first part that leads beyond the bounds."""

    def __init__(self, most_nodes: int, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self.most_nodes = most_nodes
        self.nodes = self.levels = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One part of the tree with all that is in it; raises YamlRefused."""
        event = self.parser.peek_event()
        line = event.start_mark.line + 1
        scalar = isinstance(event, ScalarEvent)
        alias = isinstance(event, AliasEvent)
        if event.anchor is not None and not alias and not (scalar and len(event.value) <= LONGEST_NAMED):
            what = f"Only a number or a short text can have a name (`&{event.anchor}`) by which it is repeated."
            raise YamlRefused(line, what, "Write the rest out wherever it is meant.")
        if getattr(event, "ctag", None) is not None:
            raise YamlRefused(line, f"The tag `{event.ctag}` is not read.", "Leave it out.")
        if isinstance(parent, MappingNode) and index is None and not (scalar or alias):
            raise YamlRefused(line, "The name of something must be a word.", "Mind indents, colons and quotes.")
        self.nodes += 1
        if self.nodes > self.most_nodes:
            raise YamlRefused(line, f"This file has more than {self.most_nodes} parts.", "Make it shorter.")
        if self.levels >= DEEPEST and not (scalar or alias):
            raise YamlRefused(line, f"This is nested more than {DEEPEST} levels deep.", "Take levels away.")
        self.levels += 1
        node = super().compose_node(parent, index)
        self.levels -= 1
        return node


def read(text: str, largest: int = LARGEST, most_nodes: int = MOST_NODES) -> Any:
    """The tree of a text, which knows its lines; raises YamlRefused."""
    if len(text) > largest:
        raise YamlRefused(1, f"This file has more than {largest} characters.", "Make it shorter.")
    tree = _tree_of(text, most_nodes)
    try:
        storable.require(tree)
    except storable.NotStorable as unkept:
        path, ((fault, *_), *_) = next(iter(unkept.errors)), unkept.errors.values()
        raise YamlRefused(_line_of(tree, path), f"`{path}`: {fault.message('en')}", "Write it anew.") from None
    return tree


def _tree_of(text: str, most_nodes: int) -> Any:
    yaml = YAML(typ="rt")
    yaml.Composer = partial(Bounded, most_nodes)  # type: ignore[assignment]
    try:
        return yaml.load(text)
    except YamlRefused:
        raise
    except DuplicateKeyError as twice:
        line = twice.problem_mark.line + 1 if twice.problem_mark else 1
        name = re.search(r'key "([^"]*)"', str(twice.problem))
        what = f"The same name stands twice: {name[1] if name else twice.problem}."
        raise YamlRefused(line, what, "Keep one of them.") from twice
    except MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise YamlRefused(line, f"This is not YAML: {broken.problem}.", "Mind indents, colons and quotes.") from broken
    except YAMLError as unreadable:
        what = "This is not YAML: it holds characters that no text has."
        raise YamlRefused(1, what, "Save it as plain text (UTF-8).") from unreadable
    except Exception as strange:
        what = "This is not YAML: a number, day or tag in it cannot be read."
        raise YamlRefused(1, what, "Put it in quotes.") from strange


def _line_of(tree: Any, path: str) -> int:
    first = path.partition(".")[0]
    known = isinstance(tree, CommentedMap) and first in tree
    return int(tree.lc.key(first)[0]) + 1 if known else 1
