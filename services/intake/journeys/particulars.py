"""The fields of a person or group that a stage's agency may see: those that the programme shares with it, no others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.groups import queries as groups
from services.intake.registry import queries as registry
from shared.events.intake import SubjectKind


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose fields are wanted, and which."""

    kind: SubjectKind
    subject_id: UUID
    shares: tuple[str, ...]


def told(session: Session, asked: Iterable[Asked]) -> list[dict[str, Any]]:
    """The fields that each of these may be told, in their order; one query for persons and one for groups."""
    wanted = list(asked)
    fields: dict[SubjectKind, Mapping[UUID, Mapping[str, Any]]] = {}
    for kind, read in ((SubjectKind.PERSON, registry.particulars_of_persons), (SubjectKind.GROUP, groups.particulars)):
        ids = list({each.subject_id for each in wanted if each.kind is kind})
        shares = sorted({share for each in wanted if each.kind is kind for share in each.shares})
        fields[kind] = read(session, ids, shares) if ids and shares else {}
    return [
        {share: known[share] for share in each.shares if share in known}
        for each in wanted
        for known in (fields[each.kind].get(each.subject_id, {}),)
    ]
