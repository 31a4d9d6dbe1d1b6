"""Where the money of each fund stands, as grants last announced it."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Timestamp


class FundFigure(Base):
    """A fund, in rupiah; `as_of` is the position in grants' log of the last event that moved it.

    What was given (`realised`) and what was lent are never one figure.
    """

    __tablename__ = "fund_figure"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_en: Mapped[str | None]
    source: Mapped[str]
    owner_office: Mapped[str]
    budget_year: Mapped[int]
    ceiling: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger, server_default="0")
    committed: Mapped[int] = mapped_column(BigInteger, server_default="0")
    realised: Mapped[int] = mapped_column(BigInteger, server_default="0")
    returned: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lent: Mapped[int] = mapped_column(BigInteger, server_default="0")
    repaid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    closed: Mapped[bool] = mapped_column(server_default="false")
    as_of: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[Timestamp]

    @property
    def free(self) -> int:
        """What may still be reserved."""
        return self.ceiling - self.reserved - self.committed - self.realised - self.lent
