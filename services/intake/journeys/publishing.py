"""The programmes as they were published: kept word for word, read once for each process."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from services.intake.journeys.models import ProgrammeVersion
from services.intake.journeys.rules import AlreadyPublishedOtherwise, NotPublished
from shared.events.envelope import digest
from shared.identity.areas import meet
from shared.identity.officer import Officer
from shared.kernel import clock
from shared.programmes.definition import Programme
from shared.programmes.load import read_again

Key = tuple[str, int]


def publish(session: Session, programme: Programme) -> bool:
    """Publish a version for good; False when the very same was published before. Raises AlreadyPublishedOtherwise."""
    row = {
        "id": programme.id,
        "version": programme.version,
        "text": programme.text,
        "digest": digest(programme.text),
        "published_at": clock.now(),
    }
    added = insert(ProgrammeVersion).values(row).on_conflict_do_nothing().returning(ProgrammeVersion.id)
    if session.scalar(added) is not None:
        return True
    if session.get_one(ProgrammeVersion, programme.key).digest != row["digest"]:
        raise AlreadyPublishedOtherwise(programme=programme.id, version=programme.version)
    return False


def published(session: Session, keys: Iterable[Key]) -> dict[Key, Programme]:
    """These published programmes; raises NotPublished. A process asks for the text of each only once."""
    wanted = set(keys)
    columns = ProgrammeVersion.id, ProgrammeVersion.version, ProgrammeVersion.digest
    rows = session.execute(select(*columns).where(tuple_(*columns[:2]).in_(wanted))).all() if wanted else []
    found = {(row.id, row.version): _read(session, row.id, row.version, row.digest) for row in rows}
    for programme, version in wanted - found.keys():
        raise NotPublished(programme=programme, version=version)
    return found


def newest(session: Session, programme: str, version: int | None = None) -> Programme:
    """The published version asked for, or the newest; raises NotPublished."""
    statement = select(ProgrammeVersion).where(ProgrammeVersion.id == programme)
    if version is not None:
        statement = statement.where(ProgrammeVersion.version == version)
    row = session.scalar(statement.order_by(ProgrammeVersion.version.desc()).limit(1))
    if row is None:
        raise NotPublished(programme=programme, version=version or "-")
    return _read(session, row.id, row.version, row.digest)


def versions(session: Session, programme: str) -> list[Programme]:
    """Every published version of a programme, the oldest first."""
    rows = session.scalars(select(ProgrammeVersion).where(ProgrammeVersion.id == programme))
    return [_read(session, each.id, each.version, each.digest) for each in sorted(rows, key=lambda row: row.version)]


def catalogue(session: Session) -> list[Programme]:
    """Every published programme in its newest version, by identifier."""
    columns = ProgrammeVersion.id, ProgrammeVersion.version, ProgrammeVersion.digest
    statement = select(*columns).ext(distinct_on(columns[0])).order_by(columns[0], columns[1].desc())
    return [_read(session, row.id, row.version, row.digest) for row in session.execute(statement)]


def offered_to(session: Session, officer: Officer) -> list[Programme]:
    """The programmes of her region, in their newest versions: those among which an officer is asked to choose."""
    return [each for each in catalogue(session) if meet(officer.areas, each.region)]


def versions_on(session: Session, programme: str | None = None) -> dict[str, dict[int, datetime]]:
    """When each version of every programme (or of one) was published, the newest first."""
    statement = select(ProgrammeVersion.id, ProgrammeVersion.version, ProgrammeVersion.published_at)
    if programme is not None:
        statement = statement.where(ProgrammeVersion.id == programme)
    found: dict[str, dict[int, datetime]] = {}
    for row in session.execute(statement.order_by(ProgrammeVersion.id, ProgrammeVersion.version.desc())):
        found.setdefault(row.id, {})[row.version] = row.published_at
    return found


_known: dict[bytes, Programme] = {}
"""By the digest of the text, which never changes: so it may be kept for the life of the process."""


def _read(session: Session, programme: str, version: int, text_digest: bytes) -> Programme:
    if text_digest not in _known:
        text = session.get_one(ProgrammeVersion, (programme, version)).text
        _known[text_digest] = read_again(text, f"{programme} {version}")
    return _known[text_digest]
