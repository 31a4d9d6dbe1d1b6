"""How a service remembers: its own PostgreSQL database, behind one door that opens and commits transactions."""

from shared.storage.base import Base
from shared.storage.clock import DomainClock
from shared.storage.database import Database, database

__all__ = ["Base", "Database", "DomainClock", "database"]
