"""Who may recruit whom, and when recruits become a group.

"Jika berhasil para anggota ini akan merekrut anggota lainnya untuk kemudian dibina kembali" (seed article of KUsiAPP
Mataram). Each recruit has exactly one recruiter, and recruiters never go round in a circle. Whether a recruit
qualifies is not asked here: her new group begins at the first stage, where she is verified like everyone, and what
becomes of it does nothing to her recruiter.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.kernel.errors import Invalid

KECAMATAN_CODE = 8
"""Characters of a kecamatan's code: `52.71.01`. A group is of one kecamatan (Permensos 2/2019 on KUBE)."""


class RecruitmentOutcome(StrEnum):
    """How a recruitment ends."""

    RECRUITED = "recruited"
    NOBODY = "nobody"


class RecruiterOutsideGroup(Invalid):
    """Only a present member of this group recruits; choose one of its members."""

    indonesian = "Hanya anggota kelompok ini yang dapat merekrut; pilih salah satu anggotanya."


class UnknownRecruit(Invalid):
    """Nobody like this is registered in your areas; register her first."""

    indonesian = "Tidak ada orang seperti ini dalam registri wilayah Anda; daftarkan dulu."


class OutsideProgramme(Invalid):
    """She lives outside the programme's region; choose somebody who lives there."""

    indonesian = "Ia tinggal di luar wilayah program; pilih yang tinggal di sana."


class RecruitedTwice(Invalid):
    """She was recruited before; each recruit has one recruiter."""

    indonesian = "Ia sudah pernah direkrut; setiap anggota baru hanya mempunyai satu perekrut."


class NamedTwice(Invalid):
    """She is named more than once; name each recruit once."""

    indonesian = "Ia disebut lebih dari sekali; sebut setiap calon satu kali."


class AlreadyOnTheWay(Invalid):
    """She already belongs to a group, or is on the way in this programme."""

    indonesian = "Ia sudah menjadi anggota kelompok atau sedang berjalan dalam program ini."


class RecruitingCircle(Invalid):
    """The recruiter was herself brought in by this person, directly or through others; choose somebody else."""

    indonesian = "Perekrut sendiri dibawa oleh orang ini, langsung atau melalui orang lain; pilih calon lain."


class TooManyRecruits(Invalid):
    """A member recruits at most {most} in this programme; let another member name this candidate."""

    indonesian = "Seorang anggota merekrut paling banyak {most} orang dalam program ini; pilih perekrut lain."


class Proposal(NamedTuple):
    """One member names one candidate: `at` is its place in the list, `said` the field that names the candidate."""

    at: int
    recruiter: UUID
    person: UUID | None
    said: str = "person_id"


@dataclass(frozen=True)
class Known:
    """What has to be known before names are taken down."""

    members: Collection[UUID]
    registered: Collection[UUID]
    outside: Collection[UUID] = ()
    """Who lives where the programme is not for: a journey could not be opened for her group."""
    busy: Collection[UUID] = ()
    recruiter_of: Mapping[UUID, UUID] = field(default_factory=dict)
    """Of everybody who was recruited before and matters here: the candidates, and those who brought the members in."""
    used: Mapping[UUID, int] = field(default_factory=dict)


def line_of(person: UUID, recruiter_of: Mapping[UUID, UUID]) -> list[UUID]:
    """Who brought her in, who brought that one in, and so on."""
    line: list[UUID] = []
    while (before := recruiter_of.get(line[-1] if line else person)) is not None and before not in line:
        line.append(before)
    return line


def check_proposals(proposals: Sequence[Proposal], known: Known, most: int) -> None:
    """Refuse the first proposal that cannot be, beside its field."""
    named: set[UUID] = set()
    used = Counter(known.used)
    for proposal in proposals:
        refusal = _refusal(proposal, known, named, used, most)
        if refusal is not None:
            whose = "recruiter_id" if isinstance(refusal, RecruiterOutsideGroup | TooManyRecruits) else proposal.said
            raise refusal.at(f"recruits.{proposal.at}.{whose}")
        assert proposal.person
        named.add(proposal.person)
        used[proposal.recruiter] += 1


def _refusal(
    proposal: Proposal, known: Known, named: Collection[UUID], used: Mapping[UUID, int], most: int
) -> Invalid | None:
    recruiter, person = proposal.recruiter, proposal.person
    checks: Iterable[tuple[bool, Callable[[], Invalid]]] = (
        (recruiter not in known.members, RecruiterOutsideGroup),
        (person not in known.registered, UnknownRecruit),
        (person in known.outside, OutsideProgramme),
        (person in named, NamedTwice),
        (person in known.recruiter_of, RecruitedTwice),
        (person == recruiter or person in line_of(recruiter, known.recruiter_of), RecruitingCircle),
        (person in known.busy, AlreadyOnTheWay),
        (used[recruiter] >= most, lambda: TooManyRecruits(most=most)),
    )
    return next((refusal() for refused, refusal in checks if refused), None)


class Waiting(NamedTuple):
    """A recruit who has no group yet, and where she lives."""

    recruit: UUID
    person: UUID
    area: str


def new_groups(waiting: Iterable[Waiting], size: int) -> list[list[Waiting]]:
    """As many full groups of one kecamatan as there are recruits for, whoever has waited longest first."""
    near: dict[str, list[Waiting]] = defaultdict(list)
    formed = []
    for each in waiting:
        together = near[each.area[:KECAMATAN_CODE]]
        together.append(each)
        if len(together) == size:
            formed.append(list(together))
            together.clear()
    return formed


def home_of(members: Iterable[Waiting]) -> str:
    """Where a new group is at home: where most of its members live; of several such, the first by its code."""
    lives = Counter(each.area for each in members)
    return min(lives, key=lambda area: (-lives[area], area))


def outcome_of(recruits: int) -> RecruitmentOutcome:
    """How a recruitment that brought so many ends."""
    return RecruitmentOutcome.RECRUITED if recruits else RecruitmentOutcome.NOBODY
