"""The published programmes with the days on which their versions were published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.intake.journeys import publishing
from shared.programmes.definition import Programme


@dataclass(frozen=True)
class Published:
    """A programme in one version, and every version that there is, the newest first."""

    programme: Programme
    versions: Mapping[int, datetime]

    @property
    def published_at(self) -> datetime:
        """When this version was published."""
        return self.versions[self.programme.version]

    @property
    def is_newest(self) -> bool:
        """Whether no later version has been published."""
        return self.programme.version == max(self.versions)


def published(session: Session) -> list[Published]:
    """Every published programme in its newest version, by identifier."""
    versions = publishing.versions_on(session)
    return [Published(each, versions[each.id]) for each in publishing.catalogue(session)]


def programme(session: Session, identifier: str, version: int | None = None) -> Published:
    """One programme, in its newest version unless told otherwise; raises NotPublished."""
    found = publishing.newest(session, identifier, version)
    return Published(found, publishing.versions_on(session, identifier)[identifier])
