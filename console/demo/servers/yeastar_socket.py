"""The event socket: topics, the plain-text heartbeat, and events made of the log's records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from console.demo.world import events as ev
from console.demo.world.events import Event

if TYPE_CHECKING:
    from console.demo.servers.yeastar import YeastarServer

TOPICS = frozenset(range(30005, 30037))
BEAT, BEAT_REPLY = "heartbeat", "heartbeat response"


class EventSocket:
    """One open socket and the topics it wants."""

    def __init__(self, server: YeastarServer, request: web.Request, socket: web.WebSocketResponse, token: str) -> None:
        self.token = token
        self.topics: frozenset[int] = frozenset()
        self.beats = 0
        self.heard_ms = server.stage.clock.wire_ms()
        self._server = server
        self._request = request
        self._socket = socket

    async def hear(self, text: str) -> None:
        """Answer one message of the client."""
        self.heard_ms = self._server.stage.clock.wire_ms()
        if "mute_sockets" in self._server.faults:
            return
        if text.strip() == BEAT:
            self.beats += 1
            await self._socket.send_str(BEAT_REPLY)
            return
        await self._socket.send_str(json.dumps(self._subscribe(text)))

    def _subscribe(self, text: str) -> dict[str, object]:
        try:
            body = json.loads(text)
        except ValueError:
            return {"errcode": 40001, "errmsg": "PARAMETER SYNTAX ERROR"}
        wanted = body.get("topic_list") if isinstance(body, dict) else None
        if not isinstance(wanted, list) or not wanted or not TOPICS.issuperset(wanted):
            return {
                "errcode": 40002,
                "errmsg": "PARAMETER ERROR",
                "invalid_param_list": [{"field": "topic_list", "value": "error"}],
            }
        self.topics = frozenset(wanted)
        return {"errcode": 0, "errmsg": "SUCCESS"}

    async def send(self, frames: Iterable[dict[str, Any]]) -> None:
        """Send the events it wants; a client that is gone is cut."""
        try:
            for frame in frames:
                if frame["type"] in self.topics and not self._socket.closed:
                    await self._socket.send_str(json.dumps(frame, ensure_ascii=False))
        except (ConnectionError, RuntimeError):
            self.cut()

    def cut(self) -> None:
        """Reset the connection without a goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()


async def serve_socket(server: YeastarServer, request: web.Request, token: str) -> web.StreamResponse:
    """Upgrade and hold the connection until either side ends it."""
    socket = web.WebSocketResponse(autoping=False, heartbeat=None)
    if not socket.can_prepare(request):
        return web.Response(status=400, text="Bad Request")
    await socket.prepare(request)
    client = EventSocket(server, request, socket, token)
    server.sockets.add(client)
    try:
        async for message in socket:
            if message.type is WSMsgType.PING and "mute_sockets" not in server.faults:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                await client.hear(message.data)
    except ConnectionError:
        pass
    finally:
        server.sockets.discard(client)
    return socket


def frames_of(event: Event, server: YeastarServer) -> Iterator[dict[str, Any]]:
    """The events one record of the log gives rise to.

    As on the vendor's pages: 30011 and 30012 carry ``msg`` as a text of JSON, 30026 and 30029 as an object; 30026
    has no ``sn``; only 30029 writes the queue as ``queue-6402``.
    """
    t, kind, call, queue, agent, text, _ = event
    site = server.stage.world.site
    number = site.agents[agent].extension if agent >= 0 else ""
    if kind in (ev.PAUSE, ev.READY, ev.LOGIN, ev.LOGOUT):
        word = {ev.PAUSE: "Paused", ev.READY: "Unpaused", ev.LOGIN: "Login", ev.LOGOUT: "Logout"}[kind]
        for served in site.agents[agent].queues:
            yield {
                "type": 30029,
                "sn": server.serial,
                "msg": {
                    "queue_number": f"queue-{site.queues[served].extension}",
                    "agent_number": number,
                    "status": word,
                    "reason": text or "",
                },
            }
    if queue < 0 or call < 0:
        return
    line = site.queues[queue].extension
    if kind == ev.NO_ANSWER:
        msg = {"queue_number": line, "agent_number": number, "caller_number": "", "call_id": server.call_id(t, call)}
        yield {"type": 30026, "msg": msg}
    status = {ev.ENTER: "ALERT", ev.RING: "RING", ev.ANSWER: "ANSWER", ev.HOLD: "HOLD", ev.RETRIEVE: "ANSWER"}
    status |= dict.fromkeys((ev.END, *ev.LOST), "BYE")
    if kind in status:
        leg: dict[str, Any] = {
            "number": number,
            "channel_id": f"PJSIP/{number or line}-{call:08x}",
            "member_status": status[kind],
            "call_path": line,
        }
        member = {"extension": leg} if number else {"inbound": {**leg, "from": text or "", "to": line}}
        yield _texted(server, 30011, {"call_id": server.call_id(t, call), "members": [member]})
    if kind == ev.END or kind in ev.LOST:
        body = {
            "call_id": server.call_id(t, call),
            "time_start": f"{server.local(t):%Y-%m-%d %H:%M:%S}",
            "call_from": " ",
            "call_to": line,
            "status": {ev.END: "ANSWERED", ev.VOICEMAIL: "VOICEMAIL"}.get(kind, "NO ANSWER"),
            "type": "Inbound",
            "recording": " ",
        }
        yield _texted(server, 30012, body)


def _texted(server: YeastarServer, number: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"type": number, "sn": server.serial, "msg": json.dumps(body, ensure_ascii=False)}
