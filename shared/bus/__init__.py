"""How events travel: a log in the sender's database, a cursor in the receiver's, Celery in between."""

from shared.bus.log import Announcement, announce, announce_all
from shared.bus.participant import Bell, Job, Participant, UnderWay, bell, job
from shared.bus.pieces import InPieces, bounded
from shared.bus.subscribers import Heard, Subscriber, batch, each, together

__all__ = [
    "Announcement",
    "Bell",
    "Heard",
    "InPieces",
    "Job",
    "Participant",
    "Subscriber",
    "UnderWay",
    "announce",
    "announce_all",
    "batch",
    "bell",
    "bounded",
    "each",
    "job",
    "together",
]
