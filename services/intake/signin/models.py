"""What intake remembers of those who try to sign in."""

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage.base import Base
from shared.storage.columns import Timestamp


class SignInFailure(Base):
    """One failed attempt; `who` is a keyed hash of the user name or of the network address tried."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "who", "failed_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary)
    failed_at: Mapped[Timestamp] = mapped_column(server_default=func.now())
