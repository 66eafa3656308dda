"""What happens now: calls and agents of a queue ("Query Call Status of a Queue", "Query Agent Status of a Queue")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.demo.servers.yeastar_wire import Refused, whole
from console.demo.world.fold import DIALING, HOLD, OFF, PAUSED, RINGING, TALKING, AgentFold

if TYPE_CHECKING:
    from console.demo.servers.yeastar import YeastarServer


class LiveStatus:
    """The two live answers of an exchange."""

    def __init__(self, server: YeastarServer) -> None:
        self._server = server

    async def calls(self, request: web.Request) -> dict[str, Any]:
        """``queue/call_status``."""
        server = self._server
        index = self._queue_of(request, waiting_calls=0, active_calls=0, ringing_calls=0)
        world, book = server.stage.world, server.books.today()
        now, queue, site = world.now, world.fold.queues[index], world.site
        waiting = [
            self._call(call, now - entered, number, site.queues[index].extension, site.queues[index].name)
            for call, entered in queue.waiting.items()
            if (number := world.fold.calls.get(call, "")) is not None
        ]
        ringing, active = [], []
        for place in site.members[index]:
            agent, info = world.fold.agents[place], site.agents[place]
            if agent.queue != index:
                continue
            if agent.state == RINGING:
                ringing.append(self._call(agent.call, now - agent.since, agent.caller or "", info.extension, info.name))
            elif agent.state in (TALKING, HOLD):
                since = book.answered.get(agent.call, agent.since)
                active.append(self._call(agent.call, now - since, agent.caller or "", info.extension, info.name))
        if server.quirks.idle_is_60001 and not (waiting or ringing or active):
            raise Refused(60001, **_no_calls())
        return {
            "waiting_list": server.rows(waiting),
            "active_list": server.rows(active),
            "ringing_list": server.rows(ringing),
            "waiting_calls": server.figure(len(waiting)),
            "active_calls": server.figure(len(active)),
            "ringing_calls": server.figure(len(ringing)),
        }

    def _call(self, call: int, ms: int, number: str, callee: str, callee_name: str) -> dict[str, Any]:
        return {
            "call_id": self._server.call_id(0, call),
            "caller_number": number,
            "caller_display_name": self._server.stage.world.site.caller_names.get(number, number),
            "callee_number": callee,
            "callee_display_name": callee_name,
            "duration": self._server.figure(ms // 1000),
        }

    async def agents(self, request: web.Request) -> dict[str, Any]:
        """``queue/agent_status``."""
        index = self._queue_of(request, data=None, total_number=0)
        world = self._server.stage.world
        rows = [self._agent(world.fold.agents[place], place) for place in world.site.members[index]]
        return {"total_number": self._server.figure(len(rows)), "data": self._server.rows(rows)}

    def _agent(self, agent: AgentFold, index: int) -> dict[str, Any]:
        """After-call work does not exist on this wire: such an agent looks idle."""
        server = self._server
        info = server.stage.world.site.agents[index]
        status = {TALKING: 2, HOLD: 2, DIALING: 2, RINGING: 3}.get(agent.state, 1)
        return {
            "name": info.name,
            "number": info.extension,
            "is_login": server.figure(int(agent.state != OFF)),
            "is_pause": server.figure(int(agent.state == PAUSED)),
            "call_status": server.figure(status),
            "pause_reason": agent.reason or "" if agent.state == PAUSED else "",
            "agent_type": "dynamic",
        }

    def _queue_of(self, request: web.Request, **empty: Any) -> int:
        """The position of the queue asked for; an unknown id is answered with an empty skeleton and 60001."""
        index = whole(request.query.get("id"), 0) - 1
        if not 0 <= index < len(self._server.stage.world.site.queues):
            raise Refused(60001, **empty)
        return index


def _no_calls() -> dict[str, Any]:
    empty = {"waiting_list": None, "active_list": None, "ringing_list": None}
    return {**empty, "waiting_calls": 0, "active_calls": 0, "ringing_calls": 0}
