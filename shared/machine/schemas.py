"""The shapes in which the machine room crosses HTTP."""

from marshmallow import Schema, validate

from shared.bus.models import HeldState
from shared.kernel import fields


class RouteSchema(Schema):
    """How far one subscriber has confirmed this service's log."""

    subscriber = fields.String()
    behind = fields.Integer(metadata={"description": "Events not confirmed yet"})
    seconds = fields.Float(metadata={"description": "Age of the oldest event that is not confirmed"})
    resent = fields.Integer(metadata={"description": "How often the relay went back"})
    halted = fields.List(fields.Integer(), metadata={"description": "Partitions that are not sent any more"})
    alarm = fields.String(allow_none=True)
    heard_from_at = fields.AwareDateTime(allow_none=True)


class HearingSchema(Schema):
    """How far a subscriber of this service has heard one source."""

    subscriber = fields.String()
    source = fields.String()
    heard = fields.Integer()
    held = fields.Integer()
    moved_at = fields.AwareDateTime(allow_none=True)


class HeldStreamSchema(Schema):
    """The held events of one stream: the first is what failed, the others wait behind it."""

    subscriber = fields.String()
    source = fields.String()
    stream = fields.String(metadata={"description": "The journey, or what else the events are about"})
    first = fields.UUID(metadata={"description": "The event that failed"})
    type = fields.String()
    error = fields.String()
    held_at = fields.AwareDateTime()
    seconds = fields.Float()
    waiting = fields.Integer()


class SettledEventSchema(Schema):
    """A held event that an operator has settled."""

    id = fields.UUID()
    type = fields.String()
    stream = fields.String()
    state = fields.Enum(HeldState, by_value=True)
    by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    at = fields.AwareDateTime(allow_none=True)


class MachinePartSchema(Schema):
    """A relay or worker that is connected to the service's database."""

    part = fields.String(validate=validate.OneOf(["relay", "worker", "slow"]))
    version = fields.String()
    place = fields.String()
    since = fields.AwareDateTime()
    silent_for = fields.Float(metadata={"description": "Seconds since it last said that it is there"})
    leads = fields.Boolean(metadata={"description": "Whether it is the relay that carries the events"})
    bell_at = fields.AwareDateTime(allow_none=True)


class QueueSchema(Schema):
    """How many messages wait in a queue; null while the broker does not answer."""

    queue = fields.String()
    waiting = fields.Integer(allow_none=True)


class UnderWaySchema(Schema):
    """How much long work of one kind there is."""

    waiting = fields.Integer()
    running = fields.Integer()
    failed = fields.Integer()
    still_since = fields.AwareDateTime(allow_none=True)


class LongWorkSchema(Schema):
    """Long work of one kind."""

    task = fields.String()
    under_way = fields.Nested(UnderWaySchema)


class ReleaseSchema(Schema):
    """What runs here, and whether the database is at the schema that it expects."""

    kail = fields.String()
    python = fields.String()
    postgresql = fields.String()
    schema = fields.String(allow_none=True)
    expected = fields.String()
    is_current = fields.Boolean()


class MachineRoomSchema(Schema):
    """Where things are kept, in bytes."""

    database = fields.Integer()
    log = fields.Integer()
    disk_free = fields.Integer()
    disk = fields.Integer()


class LogCheckSchema(Schema):
    """What the last daily look at one of the service's own logs found."""

    log = fields.String(metadata={"description": "`grants.look`"})
    day = fields.Date()
    checked_at = fields.AwareDateTime()
    lines = fields.Integer()
    broken_at = fields.Integer(allow_none=True, metadata={"description": "The first line that does not fit"})


class KeyUseSchema(Schema):
    """How many values of a column still stand under a key that was followed by another."""

    column = fields.String()
    kind = fields.String()
    key_id = fields.String()
    values = fields.Integer()
    renewable = fields.Boolean(metadata={"description": "Whether the re-encryption brings them under the current key"})


class HeldRowsSchema(Schema):
    """How many rows of a table are an office's."""

    table = fields.String()
    rows = fields.Integer()


class LeftBehindSchema(Schema):
    """An office that is closed, or that no file names, and what it still holds in this service."""

    office = fields.String()
    is_closed = fields.Boolean()
    successor = fields.String(allow_none=True)
    holds = fields.List(fields.Nested(HeldRowsSchema))


class OutageSchema(Schema):
    """A time in which no bell of this service rang, by the domain's clock."""

    began_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Null while it lasts"})
    put_ahead = fields.Float(
        attribute="seconds_ahead",
        metadata={"description": "Seconds of it by which the clock was moved forward by hand"},
    )


class ServiceStandingSchema(Schema):
    """How a service stands."""

    service = fields.String()
    at = fields.AwareDateTime()
    troubles = fields.Integer(metadata={"description": "How many things somebody should look at"})
    relay_leads = fields.Boolean(metadata={"description": "Whether a relay carries the events"})
    worker_works = fields.Boolean(metadata={"description": "Whether a worker hears the events"})
    bells_ring = fields.Boolean(metadata={"description": "Whether the workers still hear the bell ringer"})
    unnumbered = fields.Integer(metadata={"description": "Events that the relay has not numbered yet"})
    routes = fields.List(fields.Nested(RouteSchema))
    hearings = fields.List(fields.Nested(HearingSchema))
    held = fields.List(fields.Nested(HeldStreamSchema))
    settled = fields.List(fields.Nested(SettledEventSchema))
    parts = fields.List(fields.Nested(MachinePartSchema))
    queues = fields.List(fields.Nested(QueueSchema))
    work = fields.List(fields.Nested(LongWorkSchema))
    release = fields.Nested(ReleaseSchema)
    room = fields.Nested(MachineRoomSchema)
    logs = fields.List(fields.Nested(LogCheckSchema), metadata={"description": "Every own log, daily"})
    access_log = fields.Nested(LogCheckSchema, allow_none=True, metadata={"description": "The log of looks, daily"})
    keys = fields.List(fields.Nested(KeyUseSchema), metadata={"description": "What stands under older keys"})
    left_behind = fields.List(fields.Nested(LeftBehindSchema), metadata={"description": "Offices to hand over"})
    rang_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When a bell last rang, by the domain's clock; kept in the database"}
    )
    outages = fields.List(
        fields.Nested(OutageSchema), metadata={"description": "The last times without bells, the latest first"}
    )


class HeldStreamRefSchema(Schema):
    """The stream whose held events are to be tried again."""

    subscriber = fields.String(required=True, validate=validate.Length(min=1, max=100))
    source = fields.String(required=True, validate=validate.Length(min=1, max=100))
    stream = fields.String(required=True, validate=validate.Length(min=1, max=200))


class RetriedHeldSchema(Schema):
    """How many held events were applied, and what stopped the rest."""

    applied = fields.Integer()
    error = fields.String(allow_none=True)


class SkipHeldSchema(Schema):
    """Why an event may be left out; kept for good."""

    reason = fields.String(required=True, validate=validate.Length(min=3, max=1000))


class ResumedSubscriberSchema(Schema):
    """How many partitions are sent again."""

    partitions = fields.Integer()
