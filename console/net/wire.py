"""websockets with two habits changed. Imported when the first connection is made, not before."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect


class Connect(connect):
    """websockets follows up to ten redirects, token and all; this one follows none."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Never follow."""
        return exc


class Connection(ClientConnection):
    """websockets waits without end for a peer that, told of its fault, does not hang up; this one hangs up itself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_doomed = False

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        if self.protocol.close_expected() and not self._is_doomed:
            self._is_doomed = True
            self.loop.call_later(self.close_timeout or 0, self.transport.abort)
