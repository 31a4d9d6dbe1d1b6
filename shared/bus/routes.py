"""Who hears whom: the routes between the services, known to both ends of each.

A subscriber is a service or a projection of one (`monitoring.figures`), each with cursors of its own.
"""

SERVICES = ("intake", "grants", "training", "monitoring")

HEARS: dict[str, tuple[str, ...]] = {
    "intake": SERVICES,
    "grants": ("intake",),
    "training": ("intake",),
    "monitoring": ("intake",),
    "monitoring.figures": SERVICES,
}


def subscribers_of(source: str) -> tuple[str, ...]:
    """The subscribers to whom this service's relay sends."""
    return tuple(subscriber for subscriber, sources in HEARS.items() if source in sources)


def service_of(subscriber: str) -> str:
    """The service whose database holds a subscriber's cursors."""
    return subscriber.partition(".")[0]
