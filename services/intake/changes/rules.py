"""What must hold before two records count as one person, before a death is noted, and before a merge is undone."""

from datetime import date

from shared.kernel.errors import Conflict, Forbidden, Invalid


class SameRecord(Invalid):
    """This is the same record; give the NIK of the other one."""

    indonesian = "Ini data yang sama; isi NIK dari data yang lain."


class NobodyBearsIt(Invalid):
    """Nobody in your area bears this NIK; check it."""

    indonesian = "Tidak ada orang dengan NIK ini di wilayah Anda; periksa kembali."


class NikStays(Conflict):
    """The record that bears a NIK is the one to keep; merge the other way round."""

    indonesian = "Data yang memiliki NIK harus dipertahankan; gabungkan ke arah sebaliknya."


class JourneysCollide(Conflict):
    """Both records are on their way in {programme} ({one} and {other}): end one of the two journeys, then merge."""

    indonesian = (
        "Kedua data sedang menjalani {programme} ({one} dan {other}): akhiri salah satu perjalanan itu, lalu gabungkan."
    )


class BothInGroups(Conflict):
    """Both records are members of a group ({one} and {other}): let one of them leave, then merge."""

    indonesian = "Kedua data menjadi anggota kelompok ({one} dan {other}): keluarkan salah satunya, lalu gabungkan."


class OneHasDied(Conflict):
    """Only one of the two records says that she died: note the death on both, or undo it, then merge."""

    indonesian = "Hanya satu dari kedua data mencatat kematiannya: catat pada keduanya, atau batalkan, lalu gabungkan."


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


def check_death(died_on: date, *, today: date, born_on: date | None, known: bool) -> None:
    """Refuse a death that cannot have been, or that is noted already."""
    if known:
        raise DeathKnown
    if died_on > today:
        raise DeathAhead().at("died_on")
    if born_on is not None and died_on < born_on:
        raise DeathBeforeBirth().at("died_on")
