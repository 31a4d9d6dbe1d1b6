"""What intake keeps of the code by which the first administrator begins."""

from sqlalchemy import CheckConstraint, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from shared.storage import Base
from shared.storage.columns import Timestamp


class WelcomeCode(Base):
    """The code that was printed last, as a digest; there is one at the most."""

    __tablename__ = "welcome_code"
    __table_args__ = (CheckConstraint("number = 1", name="one_at_the_most"),)

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    printed_at: Mapped[Timestamp]
    used_at: Mapped[Timestamp | None]
