"""Ways to show a credential: bearer header, basic header, query parameter."""

from __future__ import annotations

import base64
from typing import Protocol

from console.domain.secret import Secret


class Auth(Protocol):
    """Adds the credential to a request at the last moment."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must never be shown; the transport hands it to the redactor."""
        ...

    def apply(self, headers: dict[str, str], query: list[tuple[str, str]]) -> None:
        """Put the credential into the headers or the query."""
        ...


class Bearer:
    """``Authorization: Bearer <key>``."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """See `Auth.secrets`."""
        return (self._secret,)

    def apply(self, headers: dict[str, str], query: list[tuple[str, str]]) -> None:
        """See `Auth.apply`."""
        headers["Authorization"] = f"Bearer {self._secret.reveal()}"


class Basic:
    """``Authorization: Basic`` with user and password in UTF-8 (RFC 7617)."""

    def __init__(self, user: str, secret: Secret) -> None:
        self._user = user
        self._secret = secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """See `Auth.secrets`."""
        return (self._secret,)

    def apply(self, headers: dict[str, str], query: list[tuple[str, str]]) -> None:
        """See `Auth.apply`."""
        pair = f"{self._user}:{self._secret.reveal()}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")


class QueryToken:
    """A token as a query parameter, e.g. ``auth_token`` of the Chronicall websocket."""

    def __init__(self, name: str, secret: Secret) -> None:
        self._name = name
        self._secret = secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """See `Auth.secrets`."""
        return (self._secret,)

    def apply(self, headers: dict[str, str], query: list[tuple[str, str]]) -> None:
        """See `Auth.apply`."""
        query.append((self._name, self._secret.reveal()))
