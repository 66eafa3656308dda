"""The realtime subscription: a websocket that sends one JSON object per changed value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from console.demo.servers.xima_values import MetricFeed

if TYPE_CHECKING:
    from console.demo.servers.xima import XimaServer


class Subscription:
    """One open socket and what it has been sent."""

    def __init__(
        self,
        server: XimaServer,
        request: web.Request,
        socket: web.WebSocketResponse,
        user: str,
        feeds: list[MetricFeed],
    ) -> None:
        self.user = user
        self._server = server
        self._request = request
        self._socket = socket
        self._feeds = feeds
        self._sent: dict[str, list[bytes]] = {}
        self._busy = False

    async def push(self) -> None:
        """Send the changes since the last push, the newest per key; a client still reading is left alone."""
        if self._busy or self._socket.closed:
            return
        self._busy = True
        try:
            for message in self._changes():
                await self._socket.send_str(message.decode())
        except (ConnectionError, RuntimeError):
            self.cut()
        finally:
            self._busy = False

    def _changes(self) -> list[bytes]:
        changes: list[bytes] = []
        for feed in self._feeds:
            if not self._server.ready(feed):
                continue
            fragments = self._server.current(feed)
            sent = self._sent.get(feed.id)
            if sent is not None:
                changes += [new for new, old in zip(fragments, sent, strict=True) if new is not old]
            elif self._server.stage.options.socket_snapshot:
                changes += fragments
            self._sent[feed.id] = list(fragments)
        return changes

    def cut(self) -> None:
        """Reset the connection without a goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()


async def serve_socket(
    server: XimaServer, request: web.Request, user: str, feeds: list[MetricFeed]
) -> web.StreamResponse:
    """Upgrade and hold the connection until either side ends it. Client messages have no meaning here."""
    socket = web.WebSocketResponse(autoping=False, heartbeat=None)
    if not socket.can_prepare(request):
        return web.Response(status=400, text="Bad Request")
    await socket.prepare(request)
    subscription = Subscription(server, request, socket, user, feeds)
    server.subscriptions.add(subscription)
    try:
        if "mute_sockets" not in server.faults:
            await subscription.push()
        async for message in socket:
            # a muted socket answers no pings either: half open, as after a firewall forgot the connection
            if message.type is WSMsgType.PING and "mute_sockets" not in server.faults:
                await socket.pong(message.data)
    except ConnectionError:
        pass
    finally:
        server.subscriptions.discard(subscription)
    return socket
