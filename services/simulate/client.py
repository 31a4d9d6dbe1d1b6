"""An officer at her computer: signs in, asks, sends; a refusal comes back as an error with its code."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

PATIENCE = httpx.Timeout(60.0)
OUTAGE = 120.0
"""Seconds for which she presses the button again while the service, its database or its broker is away."""
TRIES_EVERY = 0.5
AWAY = frozenset({httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT})
PAGE = 200
Json = dict[str, Any]


class Refused(Exception):
    """The service refused a request; `code` and `status` say why."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        self.status = answer.status_code
        self.code = str(problem.get("code", answer.status_code))
        super().__init__(f"{method} {path}: {self.status} {self.code}: {problem.get('detail') or problem}")


class Client:
    """One officer's session with the four services; signs in anew when her token has run out."""

    def __init__(self, address: str, username: str, password: str, *, office: str, roles: tuple[str, ...]) -> None:
        self.username, self.office, self.roles = username, office, roles
        self._password = password
        self._http = httpx.Client(base_url=address, timeout=PATIENCE)

    def get(self, path: str, **query: Any) -> Json:
        """Ask."""
        return self._send("GET", path, params=query)

    def listed(self, path: str) -> list[Json]:
        """Ask for a list that comes as a whole."""
        found: Any = self.get(path)
        return list(found)

    def every(self, path: str, **query: Any) -> Iterator[Json]:
        """Ask for a list, page by page, to its end."""
        after = None
        while True:
            page = self.get(path, limit=PAGE, **query, **({"after": after} if after else {}))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def post(self, path: str, body: Json | None = None) -> Json:
        """Act; sent again after a broken connection it is still done once only."""
        return self._send("POST", path, json=body or {}, headers=_once())

    def put(self, path: str, body: Json) -> Json:
        """Save; sent again it is done once only."""
        return self._send("PUT", path, json=body, headers=_once())

    def upload(self, path: str, name: str, content: bytes) -> Json:
        """Send a file; sent again it comes in once only."""
        return self._send("POST", path, files={"file": (name, content, "text/csv")}, headers=_once())

    def close(self) -> None:
        """Leave."""
        self._http.close()

    def _send(self, method: str, path: str, **request: Any) -> Json:
        if "Authorization" not in self._http.headers:
            self._sign_in()
        answer = self._until_answered(method, path, **request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()
            answer = self._until_answered(method, path, **request)
        if answer.is_error:
            raise Refused(method, path, answer)
        found: Json = answer.json() if answer.content else {}
        return found

    def _until_answered(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The same request again while nobody answers; its idempotency key lets it be done once only."""
        end = time.monotonic() + OUTAGE
        while True:
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
            else:
                if answer.status_code not in AWAY or time.monotonic() > end:
                    return answer
            time.sleep(TRIES_EVERY)

    def _sign_in(self) -> None:
        self._http.headers.pop("Authorization", None)
        given = {"username": self.username, "password": self._password}
        answer = self._until_answered("POST", "/intake/v1/tokens", json=given)
        if answer.is_error:
            raise Refused("POST", "/intake/v1/tokens", answer)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _once() -> dict[str, str]:
    """The name of one act, under which the services know it again."""
    return {"Idempotency-Key": str(uuid4())}
