"""Who may propose a programme for publication, who consents, and what is refused."""

from enum import StrEnum

from shared.kernel.errors import Conflict, Forbidden


class ProposalState(StrEnum):
    """What has become of a proposal."""

    WAITING = "waiting"  # for a second person
    PUBLISHED = "published"
    REFUSED = "refused"  # the second person said why
    TAKEN_BACK = "taken-back"  # by whoever had proposed it


class TrialNotClean(Conflict):
    """Only a trial that looked at everybody can be proposed; this one is under way, cancelled or failed."""

    indonesian = (
        "Hanya uji coba yang selesai sepenuhnya dapat diusulkan; yang ini masih berjalan, dibatalkan, atau gagal."
    )


class PublishedAlready(Conflict):
    """{programme} version {version} is published already; a change needs a higher version."""

    indonesian = "{programme} versi {version} sudah terbit; perubahan memerlukan versi yang lebih tinggi."


class ProposedAlready(Conflict):
    """{programme} version {version} waits for a second person already."""

    indonesian = "{programme} versi {version} sudah menunggu orang kedua."


class OneselfOnly(Forbidden):
    """Somebody else has to consent: whoever proposes a programme does not publish it alone."""

    indonesian = "Harus orang lain yang menyetujui: pengusul tidak menerbitkan program sendirian."


class NotOnesOwn(Forbidden):
    """Only whoever proposed it takes it back."""

    indonesian = "Hanya pengusulnya yang dapat menariknya kembali."


class ProposalDecided(Conflict):
    """This proposal is decided already."""

    indonesian = "Usulan ini sudah diputuskan."


class FolderUnsound(Conflict):
    """Another file in the folder of programmes has mistakes, so that nobody would see this one: {findings}"""

    indonesian = "Berkas lain di folder program masih salah sehingga program ini tidak akan terlihat: {findings}"


class FileThere(Conflict):
    """The folder of programmes has another file of this name or of this programme and version: {file}"""

    indonesian = "Folder program sudah berisi berkas lain dengan nama ini, atau untuk program dan versi ini: {file}"
