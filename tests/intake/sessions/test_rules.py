"""A session is known again by little."""

import pytest

from services.intake.sessions import rules

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (WINDOWS, "Chrome, Windows"),
        (f"{WINDOWS} Edg/143.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox, Linux"),
        ("python-httpx/0.28", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_family(user_agent: str, said: str) -> None:
    assert rules.family(user_agent) == said


@pytest.mark.parametrize(
    ("address", "around"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("unknown", "unknown"),
        ("203.0.113.77, evil", "unknown"),
    ],
)
def test_a_place_is_the_network_around_an_address(address: str, around: str) -> None:
    assert rules.neighbourhood(address) == around
