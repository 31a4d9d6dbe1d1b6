"""What a session remembers of where it was opened: enough to know it again, too little to follow anybody."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from shared.identity import tokens

IDLE = timedelta(seconds=tokens.LIFETIME + tokens.LEEWAY)
"""How long a session may go unrenewed: as long as its last token lived."""
LONGEST = timedelta(seconds=tokens.LONGEST)
"""How long it may last, however active its officer is."""
KEPT = timedelta(days=30)
"""How long a session that is over is remembered."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""What stands in a user agent, the more telling first, and what people call it."""


def family(user_agent: str) -> str:
    """The kind of browser and system that a user agent names, without versions; empty when it names none."""
    named = (next((said for sign, said in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(each for each in named if each)


def neighbourhood(address: str) -> str:
    """The network around an address (IPv4 /24, IPv6 /48), which stays the same where the address itself changes."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if known.version == 4 else 48}", strict=False))
