"""Acting officials: who decides and signs for a post that is vacant (Plt) or whose holder is away (Plh).

An appointment is intake's to make (`services/intake/acting`); here is what a token says of one, which is what the other
services know. Its title is written once, when the letter is entered, and never changes: it is what decisions are signed
with.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from shared.identity.rules import Role


class ActingKind(StrEnum):
    """Why somebody acts."""

    PLT = "plt"  # pelaksana tugas: the post is vacant
    PLH = "plh"  # pelaksana harian: its holder is away


POSTS = {Role.HEAD: "Kepala", Role.APPROVER: "Pejabat Penyetuju"}
"""The posts that somebody may act in, as a signature names them. No other role is ever got by acting."""


@dataclass(frozen=True, kw_only=True)
class Acting:
    """In which capacity an officer acts, since which moment and until the end of which day."""

    id: UUID
    post: Role
    title: str
    since: datetime
    until: date
    areas: tuple[str, ...]

    def to_claim(self) -> dict[str, Any]:
        """As a token carries it."""
        return {
            "id": str(self.id),
            "post": self.post.value,
            "title": self.title,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "areas": list(self.areas),
        }

    @classmethod
    def from_claim(cls, claim: dict[str, Any]) -> Self:
        """As a token carried it; raises ValueError, KeyError or TypeError for anything else."""
        post = Role(claim["post"])
        if post not in POSTS:
            raise ValueError(post)
        return cls(
            id=UUID(claim["id"]),
            post=post,
            title=str(claim["title"]),
            since=datetime.fromisoformat(claim["since"]),
            until=date.fromisoformat(claim["until"]),
            areas=tuple(claim["areas"]),
        )


def title_of(kind: ActingKind, post: Role, office_name: str, letter: str) -> str:
    """How she signs beside her name: `Plt. Kepala Dinas Sosial, surat 800/12/2026`; in Indonesian, like the letter."""
    return f"{kind.value.title()}. {POSTS[post]} {office_name}, surat {letter}"
