"""What intake believes about journeys: who may have one, and why it may not be opened or changed."""

from enum import StrEnum

from shared.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class JourneyStatus(StrEnum):
    """Whether a journey still goes on."""

    OPEN = "open"  # a stage waits for an office, or for the office that leads the programme
    ENDED = "ended"


class JourneyAlreadyOpen(Conflict):
    """This person or group already has an open journey in {programme}, version {version}."""

    indonesian = "Orang atau kelompok ini sudah memiliki perjalanan terbuka di {programme}, versi {version}."


class HadItAlready(Conflict):
    """This person or group has had {programme} already (journey {number}), and nobody has it twice in its year."""

    indonesian = (
        "Orang atau kelompok ini sudah pernah mendapat {programme} (perjalanan {number}); program ini hanya sekali "
        "dalam tahunnya."
    )


class MembersHadIt(Conflict):
    """{members} members of this group have had {programme} already, and nobody has it twice in its year."""

    indonesian = (
        "{members} anggota kelompok ini sudah pernah mendapat {programme}; program ini hanya sekali dalam tahunnya."
    )


class HadItBefore(Conflict):
    """This person or group has had {programme} before (journey {number}); its file lets this pass with a warning."""

    indonesian = (
        "Orang atau kelompok ini pernah mendapat {programme} (perjalanan {number}); berkas program membolehkannya "
        "dengan peringatan."
    )


class SubjectUnknown(NotFound):
    """The registry knows no such {kind}; the programme is for a {kind}."""

    indonesian = "Tidak ada {kind} seperti itu di data; program ini untuk {kind}."


class PersonNotActive(Conflict):
    """This person has died; if that was noted by mistake, the death is undone first."""

    indonesian = "Orang ini telah meninggal; bila itu keliru dicatat, kematiannya dibatalkan dulu."


class GroupFrozen(Conflict):
    """The group is below its minimum: it first replaces members, merges or dissolves."""

    indonesian = "Anggota kelompok kurang dari jumlah minimum; ganti anggota, gabungkan atau bubarkan dulu."


class GroupEnded(Conflict):
    """This group has ended; choose another one."""

    indonesian = "Kelompok ini sudah bubar; pilih kelompok lain."


class MembersMissing(Conflict):
    """The group was formed on paper, but has {members} of {least} members in Kail: enter the others on its page."""

    indonesian = (
        "Kelompok terbentuk di atas kertas, tetapi anggotanya di Kail baru {members} dari {least}: masukkan sisanya di"
        " halaman kelompok."
    )


class AlreadyBroughtIn(Conflict):
    """This journey was brought in from paper on {day} already; nothing was entered twice."""

    indonesian = "Perjalanan ini sudah dimasukkan dari kertas pada {day}; tidak ada yang dicatat dua kali."


class OutsideRegion(Conflict):
    """The programme is not for the area {area}."""

    indonesian = "Program ini tidak untuk wilayah {area}."


class OutsideOwnArea(Forbidden):
    """The area {area} is not one of yours."""

    indonesian = "Wilayah {area} bukan wilayah kerja Anda."


class NobodyThere(Invalid):
    """Nobody at the office {office} could open this: no active account there works in {area}. These could: {able}."""

    indonesian = (
        "Tidak ada akun aktif di kantor {office} untuk wilayah {area}, sehingga tidak ada yang dapat membukanya. Yang"
        " dapat: {able}."
    )


class NumberTaken(Conflict):
    """Another journey was given the same number at this very moment; do it once more."""

    indonesian = "Pada saat yang sama perjalanan lain mendapat nomor yang sama; ulangi sekali lagi."


class NoSuchVersion(Invalid):
    """This version was never published; choose one that was."""

    indonesian = "Versi ini belum pernah diterbitkan; pilih versi yang sudah terbit."


class SameVersion(Invalid):
    """Choose another version than the one on which the journeys are."""

    indonesian = "Pilih versi lain daripada versi perjalanan itu sekarang."


class OfficeOfAnotherRole(Invalid):
    """The office {office} does not hold the role {agency}, which does this stage; choose one that does."""

    indonesian = "Kantor {office} tidak memegang peran {agency} yang mengerjakan tahap ini; pilih yang memegangnya."


class NotPublished(NotFound):
    """The programme {programme} (version {version}) is not published; publish it with `kail programmes publish`."""

    indonesian = "Program {programme} (versi {version}) belum diterbitkan; terbitkan dengan `kail programmes publish`."


class AlreadyPublishedOtherwise(Conflict):
    """Version {version} of {programme} was published with other contents; give the changed file a higher version."""

    indonesian = "Versi {version} dari {programme} sudah terbit dengan isi lain; naikkan versi berkas yang diubah."
