"""The wire of the live interfaces: decoded JSON in, typed records out.

Structure is taken strictly (a list that is none fails the reply), content tolerantly: a field that cannot be read is
None and shown as unreadable, never as zero. Shapes are those of the vendor pages "Query Call Status of a Queue" and
"Query Agent Status of a Queue"; the lists of queues and extensions as seen on real units.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.vendors.yeastar.fields import Json, bad, count, flag, queue_number, rows, seconds, text, whole

MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """An agent as the list of queues names it: extension number, name and the extension's id."""

    number: str
    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class QueueDef:
    """A queue: internal id, dialable number, name, and who serves it."""

    id: str
    number: str
    name: str
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """An entry of the list of extensions."""

    id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call: waiting (the callee is the queue), ringing or connected (the callee is the agent).

    `call_id` stays text: read as a number it loses digits. `duration_s` is None when it cannot be read.
    """

    call_id: str
    caller_number: str
    caller_name: str
    callee_number: str
    duration_s: int | None

    @property
    def caller(self) -> str:
        """Who calls, as one text."""
        name, number = self.caller_name, self.caller_number
        return f"{name} ({number})" if name and number and name != number else name or number


@dataclass(frozen=True, slots=True)
class CallStatus:
    """The calls of a queue now. `waiting_calls` is the server's own count, None when it cannot be read."""

    waiting: tuple[CallLine, ...] = ()
    active: tuple[CallLine, ...] = ()
    ringing: tuple[CallLine, ...] = ()
    waiting_calls: int | None = None


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent in one queue; None where the server said nothing readable.

    `call_status` is 0 unknown, 1 idle, 2 in a call, 3 ringing, 4 another call arriving, 5 held by the caller.
    """

    number: str
    name: str
    is_login: bool | None
    is_pause: bool | None
    call_status: int | None
    reason: str


def parse_queues(body: Json, host: str) -> list[QueueDef]:
    """A page of the list of queues.

    Raises:
        ProtocolError: it is no such list, or an entry has no id.
    """
    found = []
    for index, entry in enumerate(rows(body, host, "queue_list", "data")):
        queue_id = text(entry.get("id"))
        if not queue_id:
            bad(host, f"/queue_list/{index}/id", "an id was expected")
        number = queue_number(entry.get("number"))
        found.append(QueueDef(queue_id, number, text(entry.get("name")) or number or queue_id, _members(entry)))
    return found


def _members(entry: dict[str, Json]) -> tuple[Member, ...]:
    found: dict[str, Member] = {}
    for key in ("static_agent_list", "dynamic_agent_list"):
        listed = entry.get(key)
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and (number := text(item.get("text2"))):
                found[number] = Member(number, text(item.get("text")), text(item.get("value")))
    return tuple(found.values())


def parse_extensions(body: Json, host: str) -> list[Extension]:
    """A page of the list of extensions; entries without a number are left out.

    Raises:
        ProtocolError: it is no such list.
    """
    return [
        Extension(text(entry.get("id")), number, text(entry.get("caller_id_name")))
        for entry in rows(body, host, "data", "extension_list")
        if (number := text(entry.get("number")))
    ]


def parse_calls(body: Json, host: str) -> CallStatus:
    """The calls of a queue.

    Raises:
        ProtocolError: nothing in it speaks of calls.
    """
    known = ("waiting_list", "active_list", "ringing_list", "waiting_calls", "active_calls", "ringing_calls")
    if not isinstance(body, dict) or not any(key in body for key in known):
        bad(host, "/waiting_list", "it is missing")
    return CallStatus(
        _lines(body, host, "waiting_list"),
        _lines(body, host, "active_list"),
        _lines(body, host, "ringing_list"),
        count(body.get("waiting_calls")),
    )


def _lines(body: dict[str, Json], host: str, key: str) -> tuple[CallLine, ...]:
    return tuple(
        CallLine(
            text(entry.get("call_id")),
            text(entry.get("caller_number")),
            text(entry.get("caller_display_name")),
            text(entry.get("callee_number")),
            seconds(entry.get("duration")),
        )
        for entry in (rows(body, host, key) if key in body else ())
    )


def parse_agents(body: Json, host: str) -> list[AgentLine]:
    """The agents of a queue; an agent listed twice counts once.

    Raises:
        ProtocolError: it is no such list, or an entry names nobody.
    """
    found: dict[str, AgentLine] = {}
    for index, entry in enumerate(rows(body, host, "data", "agent_list")):
        number, name = text(entry.get("number")), text(entry.get("name"))
        if not number and not name:
            bad(host, f"/data/{index}/number", "a number was expected")
        found.setdefault(
            number or name,
            AgentLine(
                number or name,
                name or number,
                flag(entry.get("is_login")),
                flag(entry.get("is_pause")),
                whole(entry.get("call_status")),
                text(entry.get("pause_reason")),
            ),
        )
    return list(found.values())


def promised(body: Json) -> int | None:
    """``total_number`` of a list, which is the number of rows on all its pages."""
    return count(body.get("total_number")) if isinstance(body, dict) else None
