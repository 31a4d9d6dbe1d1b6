"""The four services behind one address: each answers under its own name, intake also at the root.

This is what the reverse proxy does in production. Nothing is cut from the path, so that a service's addresses are the
same wherever it runs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def one_origin(apps: Mapping[str, Wsgi], root: str = "intake") -> Wsgi:
    """One WSGI app that hands a request to the service that the first part of its path names, else to `root`."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        return apps.get(first, apps[root])(environ, start_response)

    return serve
