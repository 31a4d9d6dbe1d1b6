"""Which aid a group that has fallen below its minimum still receives: what is committed stays, nothing new is given."""

from datetime import datetime

from shared.kernel.errors import Conflict


class GroupFrozen(Conflict):
    """The group is below its minimum: no aid is decided or handed over until it has mended; a refusal still may be."""

    indonesian = "Anggota kelompok kurang dari minimum: bantuan belum boleh diputuskan atau diserahkan; menolak boleh."


def is_frozen(frozen_at: datetime | None, mended: datetime | None) -> bool:
    """A group is frozen while the latest freeze known is later than the latest that is known to be over."""
    return frozen_at is not None and (mended is None or mended < frozen_at)
