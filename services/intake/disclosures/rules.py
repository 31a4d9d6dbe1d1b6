"""What must hold before somebody is told all that is held of her."""

from enum import StrEnum

from shared.kernel.errors import Conflict


class Given(StrEnum):
    """How she was told."""

    PAPER = "paper"  # she took the printed pages with her
    TOGETHER = "together"  # read with her at the office; no paper left it
    PROXY = "proxy"  # handed to whoever brought her written authority


class AnsweredAlready(Conflict):
    """This request was answered already; if she asks again, note a new one."""

    indonesian = "Permintaan ini sudah dijawab; bila ia meminta lagi, catat permintaan baru."


class AskedAlready(Conflict):
    """Her last request still waits for its answer; answer that one."""

    indonesian = "Permintaannya yang terakhir masih menunggu jawaban; jawablah yang itu."
