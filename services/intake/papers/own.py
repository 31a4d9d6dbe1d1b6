"""What a deployment says itself for the papers: `papers/papers.yaml` in its folder of programmes.

Who is the controller and whom to ask, and for each activity the basis and the time of keeping that its own legal
division has settled. Nothing of a file with mistakes is used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, post_load, validate

from services.intake.papers.activities import register
from shared.kernel import fields, yaml
from shared.kernel.errors import Invalid
from shared.kernel.settings import settings
from shared.programmes.definition import Text

NAME = "papers.yaml"
LONGEST = 1_000


class PapersInvalid(Invalid):
    """papers.yaml has mistakes: {findings}"""

    indonesian = "papers.yaml masih salah: {findings}"


@dataclass(frozen=True)
class Party:
    """Somebody who answers for the data: a name, where, and how to reach them."""

    name: str
    address: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Settled:
    """What a deployment says of one activity; `verified` when its legal division has looked at it."""

    basis: Text | None = None
    source: str = ""
    keeps: Text | None = None
    verified: bool = False


@dataclass(frozen=True)
class Own:
    """A deployment's own words."""

    controller: Party | None = None
    protection_officer: Party | None = None
    activities: Mapping[str, Settled] = field(default_factory=dict)


def _words(required: bool = True) -> fields.String:
    return fields.String(required=required, validate=validate.Length(1, LONGEST))


class _Strict(Schema):
    class Meta:
        """What is not known is refused, not left out."""

        unknown = RAISE


class TextSchema(_Strict):
    """The same words in both languages."""

    id = _words()
    en = _words()

    @post_load
    def _made(self, said: dict[str, Any], **_: Any) -> Text:
        return Text(**said)


class PartySchema(_Strict):
    """Somebody who answers for the data."""

    name = _words()
    address = _words(required=False)
    contact = _words(required=False)

    @post_load
    def _made(self, said: dict[str, Any], **_: Any) -> Party:
        return Party(**said)


class SettledSchema(_Strict):
    """What is settled of an activity."""

    basis = fields.Nested(TextSchema)
    source = _words(required=False)
    keeps = fields.Nested(TextSchema)
    verified = fields.Boolean()

    @post_load
    def _made(self, said: dict[str, Any], **_: Any) -> Settled:
        return Settled(**said)


class OwnSchema(_Strict):
    """The whole file."""

    controller = fields.Nested(PartySchema)
    protection_officer = fields.Nested(PartySchema)
    activities = fields.Dict(
        keys=fields.String(validate=validate.OneOf([each.id for each in register().activities])),
        values=fields.Nested(SettledSchema),
    )

    @post_load
    def _made(self, said: dict[str, Any], **_: Any) -> Own:
        return Own(**said)


def file() -> Path:
    """Where the deployment's own words stand."""
    return settings().programmes_path / "papers" / NAME


def own() -> Own:
    """The deployment's own words, none where it has no such file; raises PapersInvalid, which names every mistake."""
    try:
        text = file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return Own()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise PapersInvalid(findings=f"{NAME}: {type(unreadable).__name__}") from unreadable
    try:
        found: Own = OwnSchema().load(yaml.read(text) or {})
    except yaml.YamlRefused as refused:
        raise PapersInvalid(findings=f"{NAME}:{refused.line}: {refused.what} {refused.remedy}") from refused
    except ValidationError as wrong:
        raise PapersInvalid(findings="; ".join(_findings(wrong.messages))) from wrong
    return found


def _findings(messages: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _findings(inner, path if name in ("_schema", "value", "key") else (*path, str(name)))
    else:
        yield f"{NAME}: {'.'.join(path) or NAME}: {' '.join(map(str, messages))}"
