"""Trust: the system's store, a CA file, or one pinned certificate. There is no way to ignore errors."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from console.domain.errors import ConsoleError, UserError
from console.domain.messages import Message, message
from console.domain.profile import Profile
from console.net.address import Address
from console.net.limits import LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence


class Trust:
    """The TLS context of one profile, made once and used by all its connections."""

    def __init__(
        self, profile: Profile, address: Address, *, proxy: str | None = None, limits: Limits = LIMITS
    ) -> None:
        self._profile = profile
        self._address = address
        self._proxy = proxy
        self._limits = limits
        self._context: ssl.SSLContext | None = None
        self.notes: Sequence[Message] = ()

    async def context(self) -> ssl.SSLContext:
        """The context to connect with."""
        if self._context is None:
            self._context = ca_file_context(self._profile.ca_file) if self._profile.ca_file else system_context()
        return self._context

    async def explain(self, failure: ConsoleError) -> ConsoleError:
        """A connection failure, with what can be said about the server's certificate."""
        return failure


def system_context() -> ssl.SSLContext:
    """Trusts what the operating system trusts, company authorities included."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def ca_file_context(path: str) -> ssl.SSLContext:
    """Trusts the authorities in a PEM file and no others.

    Raises:
        UserError: the file cannot be read as PEM certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as exc:
        raise UserError(message("tls.ca_file", path=path)) from exc
    return context
