"""What must hold before two records count as one person, before a death is noted, and before a merge is undone."""

from datetime import date

from shared.kernel.errors import Conflict, Forbidden, Invalid


class SameRecord(Invalid):
    """This is the same record; give the NIK of the other one."""

    indonesian = "Ini data yang sama; isi NIK dari data yang lain."


class NobodyBearsIt(Invalid):
    """Nobody in your area bears this NIK; check it."""

    indonesian = "Tidak ada orang dengan NIK ini di wilayah Anda; periksa kembali."


class MergedAlready(Conflict):
    """One of the two records is part of another merge already; undo that one first."""

    indonesian = "Salah satu data sudah digabung dengan data lain; batalkan penggabungan itu dulu."


class NikStays(Conflict):
    """The record that bears a NIK is the one to keep; merge the other way round."""

    indonesian = "Data yang memiliki NIK harus dipertahankan; gabungkan ke arah sebaliknya."


class StillOnTheWay(Conflict):
    """This record has an open journey or belongs to a group; close the journey, or replace the member first."""

    indonesian = "Data ini masih memiliki perjalanan terbuka atau anggota kelompok; tutup atau ganti dulu."


class MergeUndone(Conflict):
    """This merge was undone already."""

    indonesian = "Penggabungan ini sudah dibatalkan."


class ReviewSettled(Conflict):
    """Somebody has decided this review already."""

    indonesian = "Tinjauan ini sudah diputuskan."


class DeathAhead(Invalid):
    """A death cannot lie ahead; check the day on the certificate."""

    indonesian = "Tanggal meninggal tidak mungkin di masa depan; periksa tanggal pada akta."


class DeathBeforeBirth(Invalid):
    """This day lies before the birth; check the day on the certificate."""

    indonesian = "Tanggal ini sebelum tanggal lahir; periksa tanggal pada akta."


class DeathKnown(Conflict):
    """The death of this person is noted already."""

    indonesian = "Kematian orang ini sudah dicatat."


class DeathUnknown(Conflict):
    """No death of this person is noted, or it was undone already."""

    indonesian = "Kematian orang ini tidak tercatat, atau sudah dibatalkan."


class NoterCannotUndo(Forbidden):
    """Whoever noted a death does not undo it; another approver has to."""

    indonesian = "Yang mencatat kematian tidak boleh membatalkannya; mintalah penyetuju lain."


def check_merge(*, same: bool, merged_before: bool, loses_nik: bool, on_the_way: bool) -> None:
    """Refuse to merge records where something would be lost or could not be undone."""
    if same:
        raise SameRecord().at("nik")
    if merged_before:
        raise MergedAlready
    if loses_nik:
        raise NikStays
    if on_the_way:
        raise StillOnTheWay


def check_death(died_on: date, *, today: date, born_on: date | None, known: bool) -> None:
    """Refuse a death that cannot have been, or that is noted already."""
    if known:
        raise DeathKnown
    if died_on > today:
        raise DeathAhead().at("died_on")
    if born_on is not None and died_on < born_on:
        raise DeathBeforeBirth().at("died_on")
