"""What zakat believes in: it goes to one of eight asnaf, poverty has a line, and what is lent is not given.

Had kifayah is the line of poverty that Baznas sets by province; a programme's settings carry it, and where they leave
it open the officer writes down the line and where it comes from. The line is compared with the monthly income of the
household, or of all households together where a group is assessed.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, Forbidden, Invalid
from shared.kernel.money import format_rupiah

GROUP_LOAN = (5, 10)
"""Baznas lends to groups of five to ten. Source: domain.md, Money and goods ([S])."""


class Asnaf(StrEnum):
    """The eight groups to whom zakat goes."""

    FAKIR = "fakir"  # has next to nothing
    MISKIN = "miskin"  # has too little
    AMIL = "amil"  # collects and gives out zakat
    MUALLAF = "muallaf"  # has come to Islam
    RIQAB = "riqab"  # is to be freed from bondage
    GHARIMIN = "gharimin"  # cannot pay debts
    FISABILILLAH = "fisabilillah"  # strives for the common good
    IBNU_SABIL = "ibnu-sabil"  # is stranded on the way


POOR = frozenset({Asnaf.FAKIR, Asnaf.MISKIN})
"""The two asnaf that only poverty opens; the other six do not ask for the line."""


class Form(StrEnum):
    """How money is handed over."""

    GRANT = "grant"
    QARDHUL_HASAN = "qardhul-hasan"  # a loan without interest, repaid in instalments


class Verdict(StrEnum):
    """What the approver decides."""

    APPROVED = "approved"
    REFUSED = "refused"


class ZakatOutcome(StrEnum):
    """How the stage ends."""

    GRANTED = "granted"
    LENT = "lent"
    REFUSED = "refused"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  # nobody has assessed it yet
    ASSESSED = "assessed"  # waits for the approver; what is proposed is reserved
    GRANTED = "granted"
    LENT = "lent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # the referral ended without a decision


class LineMissing(Invalid):
    """The programme sets no had kifayah: write down the line in rupiah a month, and where it comes from."""

    indonesian = "Program belum menetapkan had kifayah: tuliskan garisnya (rupiah per bulan) dan sumbernya."


class LineAlreadySet(Invalid):
    """The programme sets the had kifayah ({line}); leave this empty."""

    indonesian = "Had kifayah sudah ditetapkan program ({line}); kosongkan isian ini."


class AboveHadKifayah(Invalid):
    """An income of {income} is not below the had kifayah of {line}: '{asnaf}' does not apply; choose another asnaf."""

    indonesian = "Penghasilan {income} tidak di bawah had kifayah {line}: asnaf '{asnaf}' tidak terpenuhi; pilih lain."


class FormNotOffered(Invalid):
    """This programme does not offer '{form}'."""

    indonesian = "Program ini tidak menyediakan bentuk bantuan ini; pilih yang lain."


class AmountMissing(Invalid):
    """Say how much is proposed, or propose a refusal."""

    indonesian = "Tuliskan jumlah yang diusulkan, atau usulkan penolakan."


class AboveCeiling(Invalid):
    """The programme gives or lends at most {ceiling}; {amount} is proposed."""

    indonesian = "Program memberi atau meminjamkan paling banyak {ceiling}; diusulkan {amount}."


class ScheduleMissing(Invalid):
    """A loan needs the number of its instalments and the day on which the first is due."""

    indonesian = "Pinjaman memerlukan jumlah angsuran dan tanggal jatuh tempo pertama."


class GroupSizeUnknown(Invalid):
    """A group loan needs the number of the group's members."""

    indonesian = "Pinjaman kelompok memerlukan jumlah anggota kelompok."


class GroupNotForLoan(Invalid):
    """Baznas lends to groups of {least} to {most}; this one has {members} members."""

    indonesian = "Baznas meminjamkan kepada kelompok {least} sampai {most} orang; kelompok ini {members} orang."


class NotAssessed(Invalid):
    """An officer has to save the assessment first; then an approver decides."""

    indonesian = "Petugas perlu menyimpan asesmen dahulu; setelah itu pejabat penyetuju memutuskan."


class AssessorCannotDecide(Forbidden):
    """Whoever assessed the case does not decide on it; another approver has to."""

    indonesian = "Yang melakukan asesmen tidak memutuskan; mintalah pejabat penyetuju lain."


class ReasonMissing(Invalid):
    """A refusal needs its reason."""

    indonesian = "Penolakan memerlukan alasan."


class HandOverMissing(Invalid):
    """Say on which day the money was handed over, and the number of the receipt or agreement."""

    indonesian = "Tuliskan tanggal penyerahan uang dan nomor tanda terima atau akadnya."


class HandedOverInTheFuture(Invalid):
    """The money cannot have been handed over later than today."""

    indonesian = "Tanggal penyerahan uang tidak boleh setelah hari ini."


class AlreadyDecided(Conflict):
    """This case is {state} already."""

    indonesian = "Kasus ini sudah diputuskan; muat ulang untuk melihat hasilnya."


@dataclass(frozen=True, slots=True)
class Line:
    """The had kifayah that a case is measured against, in rupiah a month, and where it comes from."""

    amount: int
    source: str


def line_for(
    *,
    per_household: int | None,
    per_member: int | None,
    households: int,
    members: int,
    own: int | None,
    own_source: str | None,
) -> Line:
    """The line for these households: the programme's, by member where it has that, or the officer's own with source.

    Raises LineMissing where neither is said, LineAlreadySet where both are. That the line by member goes before the
    line by household is an assumption: it is the one that knows how many live there.
    """
    if per_member is not None:
        found = Line(per_member * members, "programme")
    elif per_household is not None:
        found = Line(per_household * households, "programme")
    else:
        if own is None:
            raise LineMissing().at("line")
        if not own_source:
            raise LineMissing().at("line_source")
        return Line(own, own_source)
    if own is not None:
        raise LineAlreadySet(line=format_rupiah(found.amount)).at("line")
    return found


def may_be(asnaf: Asnaf, income: int, line: Line) -> None:
    """Refuse 'fakir' and 'miskin' to whoever earns the line or more; raises AboveHadKifayah."""
    if asnaf in POOR and income >= line.amount:
        told = {"income": format_rupiah(income), "line": format_rupiah(line.amount), "asnaf": asnaf.value}
        raise AboveHadKifayah(**told).at("asnaf")


def may_propose(form: Form, amount: int | None, *, offered: frozenset[Form], ceiling: int | None) -> int:
    """The amount, if the programme offers this form and gives as much; raises FormNotOffered, AboveCeiling."""
    if form not in offered:
        raise FormNotOffered(form=form.value).at("form")
    if not amount:
        raise AmountMissing().at("amount")
    if ceiling is not None and amount > ceiling:
        raise AboveCeiling(ceiling=format_rupiah(ceiling), amount=format_rupiah(amount)).at("amount")
    return amount


def group_may_borrow(members: int | None) -> None:
    """A group loan is for five to ten members; raises GroupNotForLoan or GroupSizeUnknown."""
    if members is None:
        raise GroupSizeUnknown().at("group_members")
    least, most = GROUP_LOAN
    if not least <= members <= most:
        raise GroupNotForLoan(least=least, most=most, members=members).at("group_members")


def may_decide(approver: UUID, assessor: UUID | None) -> None:
    """Refuse the decision to whoever assessed: who verifies does not approve."""
    if approver == assessor:
        raise AssessorCannotDecide
