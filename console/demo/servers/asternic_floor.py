"""The floor as this product's realtime answer prints it: a function of the fold and the installation's habits."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from console.demo.servers.asternic_quirks import OLDER, SCREEN, Quirks
from console.demo.world.fold import (
    ACW,
    DIALING,
    HOLD,
    IDLE,
    OFF,
    PAUSED,
    RINGING,
    TALKING,
    AgentFold,
    Fold,
    QueueFold,
)
from console.demo.world.site import AgentInfo, Site

_OLDER_NAMES = {
    "Waiting": "callsWaiting",
    "Agents": "staffed",
    "Busy": "talking",
    "Paused": "auxiliary",
    "Answered": "answeredCals",
    "Unanswered": "unansweredCalls",
    "Abandon Rate": "abandonRate",
    "Avg Wait": "averageWaitTime",
    "Avg Duration": "averageCallTime",
    "Max. wait time": "maxWaitTime",
}
_STATUS = {OFF: "unavailable", IDLE: "not in use", RINGING: "ringing", ACW: "not in use", PAUSED: "not in use"}
_STATUS |= {HOLD: "busy", TALKING: "busy", DIALING: "dialout"}


class AsternicFloor:
    """Prints one site. Members of queues have names of their own: who shares one has the extension behind it."""

    def __init__(self, site: Site, quirks: Quirks) -> None:
        self._site = site
        self._quirks = quirks
        shared = Counter(agent.name for agent in site.agents)
        self.names = [
            agent.name if shared[agent.name] == 1 else f"{agent.name} {agent.extension}" for agent in site.agents
        ]

    def key(self, index: int) -> str:
        """What realtime answers call a queue."""
        queue = self._site.queues[index]
        return queue.name if self._quirks.named_queues else queue.extension

    def realtime(self, fold: Fold, queues: Collection[int]) -> dict[str, Any]:
        """The answer for some queues, at the fold's own instant."""
        body: dict[str, Any] = {
            "waiting calls": {self.key(index): self._calls(fold, index) for index in queues},
            "summary": {"queue": {self.key(index): self._summary(fold, index) for index in queues}},
            "agents": {self.key(index): self._members(fold, index) for index in queues},
        }
        return {name: part for name, part in body.items() if name not in self._quirks.missing}

    def print_realtime(self, body: dict[str, Any]) -> str:
        """Realtime answers have a space behind each colon."""
        text = json.dumps(body, ensure_ascii=False)
        return text if self._quirks.nothing == "{}" else text.replace("{}", self._quirks.nothing)

    def queue_list(self, queues: Iterable[int], only: str = "") -> str:
        """The queues entity: by name, with the pseudo rows; or the one whose id is asked for."""
        rows = [
            (str(index + 2), self._site.queues[index].extension, self._site.queues[index].name)
            for index in sorted(queues, key=lambda index: self._site.queues[index].extension)
        ]
        return _print_list("queue", [*rows, ("-1", "ALL", "ALL"), ("1", "NONE", "NONE")], only)

    def agent_list(self, only: str = "") -> str:
        """The agents entity: by name, with the pseudo row; or the one whose id is asked for."""
        rows = sorted((name, index) for index, name in enumerate(self.names))
        people = [(str(index + 6), name, name) for name, index in rows]
        return _print_list("agent", [("-1", "ALL", "ALL"), *people], only)

    def _calls(self, fold: Fold, index: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for place, (call, entered) in enumerate(fold.queues[index].waiting.items(), 1):
            number = fold.calls[call]
            shown = "asterisk" if number in ("", "Anonymous") else number
            found[str(2 * place - 1 if self._quirks.gaps else place)] = {
                "calleridNum": shown,
                "calleridName": self._site.caller_names.get(number, shown),
                "waitTime": str((fold.now - entered) // 1000),
            }
        return found

    def _summary(self, fold: Fold, index: int) -> dict[str, str]:
        queue, quirks = fold.queues[index], self._quirks
        off, idle, paused = queue.by_state[OFF], queue.by_state[IDLE], queue.by_state[PAUSED]
        staffed = sum(queue.by_state) - off
        oldest = next(iter(queue.waiting.values()), fold.now)
        fields = {
            "Waiting": str(len(queue.waiting)),
            "Agents": str(staffed),
            "Penalty": "0",
            "Logged Off": str(off),
            "Busy": str(staffed - idle - paused),
            "Paused": str(paused),
            "Answered": str(queue.answered),
            "Unanswered": str(queue.unanswered),
            "Abandoned": str(queue.abandoned),
            "Abandon Rate": quirks.rate(queue.abandoned, queue.answered + queue.unanswered),
            "Avg Wait": quirks.seconds(_mean(queue.wait_sum, queue)),
            "Avg Duration": quirks.seconds(_mean(queue.talk_sum(fold.now), queue)),
            "Max. wait time": str((fold.now - oldest) // 1000),
        }
        if quirks.generation == OLDER:
            fields = {_OLDER_NAMES[name]: text for name, text in fields.items() if name in _OLDER_NAMES}
        elif quirks.generation == SCREEN:
            fields |= {"Available": str(staffed - int(fields["Busy"]) - paused), "Received": str(queue.entered)}
        return {name: text for name, text in fields.items() if name not in quirks.missing}

    def _members(self, fold: Fold, index: int) -> dict[str, Any] | list[dict[str, Any]]:
        members = self._site.members[index]
        if self._quirks.agents_as_list:
            return [{"agent": self.names[desk], **self._agent(fold, desk)} for desk in members]
        return {self.names[desk]: self._agent(fold, desk) for desk in members}

    def _agent(self, fold: Fold, desk: int) -> dict[str, str]:
        agent, info = fold.agents[desk], self._site.agents[desk]
        is_away = agent.state in (PAUSED, ACW)
        status = "dialout" if agent.state == TALKING and agent.queue < 0 else _STATUS[agent.state]
        fields = {"status": status, "paused": "1" if is_away else "0"}
        return {**self._details(fold, agent, info), **fields} if self._quirks.agent_details else fields

    def _details(self, fold: Fold, agent: AgentFold, info: AgentInfo) -> dict[str, str]:
        lasting = str((fold.now - agent.since) // 1000)
        is_away = agent.state in (PAUSED, ACW)
        return {
            "location": f"SIP/{info.extension}",
            "lastCall": self._last_call(fold, agent),
            "auxType": "Wrapup" if agent.state == ACW else (agent.reason or ""),
            "auxSeconds": lasting if is_away else "0",
            "callFromQueue": "" if agent.queue < 0 else self.key(agent.queue),
            "penalty": "0",
            "callerid": "asterisk" if agent.caller == "Anonymous" else (agent.caller or ""),
            "duration": lasting if agent.state in (TALKING, HOLD, DIALING) else "0",
        }

    def _last_call(self, fold: Fold, agent: AgentFold) -> str:
        if self._quirks.last_call_is_instant:
            return str(max(0, agent.last_end) // 1000)
        return "no information" if agent.last_end < 0 else f"{(fold.now - agent.last_end) // 60_000} min. ago"


def _mean(total: int, queue: QueueFold) -> float:
    return total / queue.answered if queue.answered else 0.0


def _print_list(kind: str, rows: list[tuple[str, str, str]], only: str) -> str:
    """Lists are printed by hand: a space on both sides of the colon, and stray blank lines."""
    printed = [
        f'{{\n\n"{kind}_id" : {_text(number)},\n"{kind}" : {_text(key)},\n"{kind}_name" : {_text(name)}\n}}'
        for number, key, name in rows
        if only in ("", number)
    ]
    return '{\n"data": [\n' + ",\n\n".join(printed) + "\n]\n}\n"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
