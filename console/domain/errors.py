"""The error tree: by audience, each with one sentence that says what to do.

Anything that is not a `ConsoleError` is a bug and goes to the crash handler.
"""

from __future__ import annotations

from console.domain.messages import Message, english


class ConsoleError(Exception):
    """A foreseen failure.

    Attributes:
        message: the sentence for the user.
        detail: the server's or system's own words, for a details view; escaped and redacted by whoever shows it.
        exchange_id: the exchange that shows it, when there is one.
    """

    def __init__(self, message: Message, *, detail: str = "", exchange_id: str = "") -> None:
        super().__init__(message.code)
        self.message = message
        self.detail = detail
        self.exchange_id = exchange_id

    def __str__(self) -> str:
        return english(self.message)


class UserError(ConsoleError):
    """The user can put it right: a wrong value, a missing field, an unknown name."""


class TransientError(ConsoleError):
    """May pass by itself: retried with back-off by the one owner of retries."""


class ConnectFailed(TransientError):
    """No connection could be made, or it broke."""


class TimedOut(TransientError):
    """A deadline passed."""


class ServerBusy(TransientError):
    """The server asks for patience (429, 502, 503, 504) or has a fault of its own (500).

    Attributes:
        retry_after_s: the wait the server demands, already clamped; None when it names none.
    """

    def __init__(
        self, message: Message, *, retry_after_s: float | None = None, detail: str = "", exchange_id: str = ""
    ) -> None:
        super().__init__(message, detail=detail, exchange_id=exchange_id)
        self.retry_after_s = retry_after_s


class AuthError(ConsoleError):
    """Credentials refused: stops the loop and asks once; never retried by itself."""


class NotPermitted(AuthError):
    """Signed in, but the account may not see this (403)."""


class TlsError(ConsoleError):
    """The server's certificate is not trusted: stops, nothing was sent."""


class ProtocolError(ConsoleError):
    """The server said something the console does not understand.

    Attributes:
        pointer: JSON pointer to the offending place, empty when the whole reply is meant.
        status: HTTP status of the reply, when there was one.
    """

    def __init__(
        self,
        message: Message,
        *,
        pointer: str = "",
        status: int | None = None,
        detail: str = "",
        exchange_id: str = "",
    ) -> None:
        super().__init__(message, detail=detail, exchange_id=exchange_id)
        self.pointer = pointer
        self.status = status


class NotFound(ProtocolError):
    """The server knows no such address or id (404)."""


class SecretStoreError(ConsoleError):
    """The OS secret store is absent, locked, slow or not trustworthy."""


class SettingsError(ConsoleError):
    """Settings cannot be read or written."""
