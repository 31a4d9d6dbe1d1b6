"""What both doors of the compartment do alike: find out who is meant, and how the request is named."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.intake.protection import rules
from services.intake.registry import queries as registry
from services.intake.registry.rules import Unreadable
from shared.kernel.errors import NotFound
from shared.web import door, idempotency


def whom(session: Session, given: dict[str, Any]) -> UUID:
    """The woman whom `person_id` or `nik` names, in the officer's areas; raises Invalid on the field `nik`."""
    person_id, nik = given.pop("person_id"), given.pop("nik")
    officer = door.current_officer()
    if person_id is not None:
        return registry.person(session, officer, person_id).id
    if not nik:
        raise rules.WhoIsMissing().at("nik")
    try:
        return registry.person_by_nik(session, officer, nik).id
    except Unreadable as unreadable:
        raise rules.NikUnreadable().at("nik") from unreadable
    except NotFound as unknown:
        raise rules.NobodyBearsIt().at("nik") from unknown


def once() -> str | None:
    """The name that the caller gave this request: kept in the compartment, because no answer of it is kept outside."""
    return idempotency.key_of_request()


def opening(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """What opens a case, with the woman found where she is named rather than her request or an alias."""
    alias = given["alias"] and given["alias"].strip()
    if given["request_id"] is not None or (alias and not (given["person_id"] or given["nik"])):
        return {name: value for name, value in given.items() if name not in ("person_id", "nik")} | {"alias": alias}
    return {"person_id": whom(session, given), **given}
