"""What a cooperative believes in: it needs its founders, and only one of three kinds of savings is taken back.

How many founders a new cooperative needs is the programme's setting (nine, to be confirmed: domain.md, Groups). A group
counts as many founders as it has members, so a KUBE of five joins a cooperative, or founds one together with others.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.kernel.money import format_rupiah


class Saving(StrEnum):
    """The kinds of a member's savings (UU 25/1992 article 41; what they mean: its elucidation)."""

    POKOK = "pokok"  # once, at joining; stays in while she is a member
    WAJIB = "wajib"  # regularly; stays in while she is a member
    SUKARELA = "sukarela"  # as she likes; she may take it back


class Membership(StrEnum):
    """Where a referral to a cooperative stands."""

    OPEN = "open"  # nothing is recorded yet
    RECORDED = "recorded"  # a cooperative is chosen; counts as a founder where it is still being formed
    JOINED = "joined"  # a member of a cooperative that existed
    FORMED = "formed"  # a founder of a new one
    NOT_JOINED = "not-joined"
    WITHDRAWN = "withdrawn"  # the referral ended without a decision


MEMBERS = frozenset({Membership.JOINED, Membership.FORMED})
COUNTED = MEMBERS | {Membership.RECORDED}
"""Who counts toward the founders of a cooperative that is being formed."""


class Ending(StrEnum):
    """What an officer reports at the end."""

    MEMBER = "member"
    NOT_JOINED = "not-joined"


class LoanVerdict(StrEnum):
    """What the approver says of the capital loan."""

    APPROVED = "approved"
    REFUSED = "refused"


class JoinOrForm(Invalid):
    """Choose a cooperative to join, or write the name of the one that is to be formed; not both."""

    indonesian = "Pilih koperasi yang diikuti, atau tulis nama koperasi yang akan dibentuk; jangan keduanya."


class FoundersMissing(Invalid):
    """A new cooperative needs {needed} founders, this one has {founders}: join another, or found it with others."""

    indonesian = (
        "Koperasi baru memerlukan {needed} pendiri, baru ada {founders}: ikut koperasi lain atau bergabung "
        "dengan pendiri lain."
    )


class PersonsUnknown(Invalid):
    """Say how many members of the group join."""

    indonesian = "Tuliskan jumlah anggota kelompok yang ikut."


class AlreadyJoining(Invalid):
    """She, or the group, is about to join this cooperative by another referral: complete that one first."""

    indonesian = "Sedang bergabung dengan koperasi ini melalui rujukan lain: selesaikan dahulu rujukan itu."


class NothingRecorded(Invalid):
    """Record first which cooperative is joined or formed, or report that none is."""

    indonesian = "Catat dahulu koperasi yang diikuti atau dibentuk, atau laporkan tidak ikut."


class ReasonMissing(Invalid):
    """Say why no cooperative was joined."""

    indonesian = "Tuliskan alasan tidak ikut koperasi."


class NoLoanHere(Invalid):
    """This programme has no fund for capital loans."""

    indonesian = "Program ini tidak mempunyai dana untuk pinjaman modal."


class LoanAboveCeiling(Invalid):
    """The programme lends at most {ceiling}; {amount} is proposed."""

    indonesian = "Program meminjamkan paling banyak {ceiling}; diusulkan {amount}."


class LoanIncomplete(Invalid):
    """A loan needs its amount, the number of instalments and the day on which the first is due."""

    indonesian = "Pinjaman memerlukan jumlah, banyaknya angsuran dan tanggal jatuh tempo pertama."


class LoanUndecided(Invalid):
    """A capital loan is proposed: say whether it is approved; with approval the agreement and the day of hand-over."""

    indonesian = "Pinjaman modal diusulkan: putuskan; bila disetujui, tuliskan nomor akad dan tanggal penyerahan."


class RecorderCannotDecide(Forbidden):
    """Whoever recorded the loan does not decide on it; another approver has to."""

    indonesian = "Yang mencatat pinjaman tidak memutuskannya; mintalah pejabat penyetuju lain."


class PokokPaid(Invalid):
    """The simpanan pokok is paid once, and it is paid already."""

    indonesian = "Simpanan pokok dibayar sekali dan sudah dibayar."


class ReceiptMissing(Invalid):
    """Savings are booked with the number of their receipt."""

    indonesian = "Simpanan dibukukan dengan nomor kuitansinya."


class StaysIn(Invalid):
    """Simpanan pokok and wajib stay in the cooperative while she is a member; only sukarela can be taken back."""

    indonesian = "Simpanan pokok dan wajib tidak dapat diambil selama menjadi anggota; hanya sukarela yang dapat."


class MoreThanSaved(Invalid):
    """Only {saved} is saved as sukarela; {wanted} cannot be taken back."""

    indonesian = "Simpanan sukarela hanya {saved}; {wanted} tidak dapat diambil."


class NotAMember(Invalid):
    """There is no such member in this cooperative."""

    indonesian = "Anggota ini tidak ada di koperasi tersebut."


class AlreadyEnded(Conflict):
    """This referral is {state} already."""

    indonesian = "Rujukan ini sudah selesai; muat ulang untuk melihat hasilnya."


def enough_founders(founders: int, needed: int) -> None:
    """Refuse to call a cooperative formed before it has its founders; raises FoundersMissing."""
    if founders < needed:
        raise FoundersMissing(needed=needed, founders=founders)


def may_save(kind: Saving, amount: int, saved: Mapping[Saving, int]) -> None:
    """Refuse what a member's savings do not allow; a negative amount is taken back. Raises StaysIn, MoreThanSaved."""
    if amount > 0:
        if kind is Saving.POKOK and saved.get(kind, 0):
            raise PokokPaid().at("kind")
        return
    if kind is not Saving.SUKARELA:
        raise StaysIn().at("kind")
    if -amount > saved.get(kind, 0):
        raise MoreThanSaved(saved=format_rupiah(saved.get(kind, 0)), wanted=format_rupiah(-amount)).at("amount")


def may_lend(amount: int, *, fund: str | None, ceiling: int | None) -> None:
    """Refuse a loan that the programme has no money for; raises NoLoanHere, LoanAboveCeiling."""
    if fund is None:
        raise NoLoanHere().at("loan.amount")
    if ceiling is not None and amount > ceiling:
        raise LoanAboveCeiling(ceiling=format_rupiah(ceiling), amount=format_rupiah(amount)).at("loan.amount")


def may_decide(approver: UUID, recorder: UUID | None) -> None:
    """Refuse the decision on a loan to whoever recorded it."""
    if approver == recorder:
        raise RecorderCannotDecide
