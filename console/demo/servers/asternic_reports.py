"""The reports entity: which reports there are, and their rows.

The seven ``answered_calls_...`` names and the columns of ``answered_calls_detail`` and ``answered_calls_by_queue``
are on the vendor's page "Call Data API". ``unanswered_calls_detail`` and ``distribution_by_queue`` are known from
installations. All other names here (``unanswered_calls_by_queue``, ``distribution_by_hour``, ``distribution_by_day``,
``agent_sessions_detail``, ``agent_pauses_detail``) and all other columns are the demo's, made in the same style.

Answered calls are dated by the answer, unanswered ones by entering the queue (the program sets their connect time
so); distributions by entering; sessions and pauses by their start. "Received" in an answered report counts
answered calls. A call answered in two queues counts in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.demo.servers.asternic_calls import NOBODY, LegFacts, caller_id, facts
from console.demo.servers.asternic_floor import AsternicFloor
from console.demo.servers.asternic_window import Window
from console.demo.world.agent_days import AgentDay
from console.demo.world.records import CallRecord
from console.demo.world.site import Site

Row = dict[str, str]
_HOLDS = ((15, "0 - 15"), (30, "16 - 30"), (60, "31 - 60"), (120, "61 - 120"), (10**9, "121 +"))


@dataclass
class Material:
    """What one request is answered from: finished legs, agents' days, and the request's limits.

    ``queue`` and ``agent`` are empty for all; a queue is asked for by its number or its label.
    """

    site: Site
    floor: AsternicFloor
    window: Window
    queues: frozenset[int]
    queue: str
    agent: str
    callflow_base: str
    ring_is_wait: bool
    legs: list[LegFacts] = field(default_factory=list)
    days: list[AgentDay] = field(default_factory=list)

    def read(self, records: Iterable[CallRecord]) -> Material:
        """Take in calls: those legs that may be seen and are asked for."""
        for record in records:
            self.legs += [each for each in facts(record) if self.sees(each)]
        self.legs.sort(key=lambda each: (each.ended, each.leg.call))
        return self

    def sees(self, each: LegFacts) -> bool:
        """Whether a leg's queue may be seen and fits, and its agent fits."""
        return self.queue_fits(each.leg.queue) and self.agent_fits(self.agent_of(each))

    def queue_fits(self, index: int) -> bool:
        """Whether a queue may be seen and is asked for."""
        queue = self.site.queues[index]
        return index in self.queues and self.queue in ("", "ALL", "-1", queue.extension, queue.name)

    def agent_fits(self, name: str) -> bool:
        """Whether an agent is asked for."""
        return self.agent in ("", "ALL", "-1", name)

    def agent_of(self, each: LegFacts) -> str:
        """Who answered, or the word for nobody."""
        return NOBODY if each.answered is None else self.floor.names[each.leg.agent]

    def answered(self) -> list[LegFacts]:
        """Answered legs, by the instant of the answer."""
        found = [each for each in self.legs if each.answered is not None and self.window.holds(each.answered)]
        return sorted(found, key=lambda each: (each.answered or 0, each.leg.call))

    def unanswered(self) -> list[LegFacts]:
        """Unanswered legs, by entering."""
        return [each for each in self.entered() if each.answered is None]

    def entered(self) -> list[LegFacts]:
        """All legs, by entering."""
        found = [each for each in self.legs if self.window.holds(each.entered)]
        return sorted(found, key=lambda each: (each.entered, each.leg.call))

    def wall(self, t: int) -> datetime:
        """The server's clock."""
        return self.window.zone.local(t)

    def day_first(self, t: int) -> str:
        """How detail reports date their rows."""
        return f"{self.wall(t):%d-%m-%Y %H:%M:%S}"


def _key(made: Material, each: LegFacts) -> str:
    return made.site.queues[each.leg.queue].extension


def _answered_detail(made: Material) -> list[Row]:
    return [_detail(made, each, each.answered or 0) for each in made.answered()]


def _unanswered_detail(made: Material) -> list[Row]:
    return [_detail(made, each, each.entered) for each in made.unanswered()]


def _detail(made: Material, each: LegFacts, at: int) -> Row:
    record, agent = each.record, made.agent_of(each)
    queue = made.site.queues[each.leg.queue]
    row = {
        "datetime": made.day_first(at),
        "queue": queue.extension,
        "agent": agent,
        "callerid": caller_id(record.number),
        "event": each.event,
        "waitTime": str(each.wait),
        "ringTime": str(each.wait if made.ring_is_wait else each.ring),
        "callTime": str(each.talk),
        "agentName": agent,
        "queueName": queue.name,
        "recording": recording(made, each),
        "uniqueid": record.uid,
        "callflow": f"{made.callflow_base}/rest/index.php?entity=call/{record.uid}",
        "url": record.url or "",
        "did": _did(made, each),
    }
    if each.answered is None:
        for name in ("ringTime", "callTime", "recording"):
            del row[name]
    return row


def recording(made: Material, each: LegFacts) -> str:
    """The file name of an answered leg's recording."""
    if each.answered is None:
        return ""
    wall = made.wall(each.answered)
    return f"q-{_key(made, each)}-{caller_id(each.record.number).replace(' ', '')}-{wall:%Y%m%d-%H%M%S}.wav"


def _did(made: Material, each: LegFacts) -> str:
    return made.site.directory.dids[each.record.did].number if each.record.did >= 0 else ""


def _hold_band(_made: Material, each: LegFacts) -> str:
    return next(label for most, label in _HOLDS if each.wait <= most)


def _shares(title: str, label: Callable[[Material, LegFacts], str]) -> Callable[[Material], list[Row]]:
    """Answered calls by something: how many, and how many of a hundred."""

    def rows(made: Material) -> list[Row]:
        return _share_rows(title, Counter(label(made, each) for each in made.answered()))

    return rows


def _share_rows(title: str, counts: Counter[str]) -> list[Row]:
    total = counts.total()
    return [
        {title: label, "Received": str(count), "% Calls": share(count, total)}
        for label, count in sorted(counts.items(), key=lambda item: _natural(item[0]))
    ]


def _by_agent(made: Material) -> list[Row]:
    found = made.answered()
    rows = _share_rows("Agent", Counter(made.agent_of(each) for each in found))
    for row in rows:
        mine = [each.talk for each in found if made.agent_of(each) == row["Agent"]]
        row["Call Time"] = str(sum(mine))
        row["Avg Call Time"] = str(sum(mine) // len(mine))
    return rows


def _unanswered_by_queue(made: Material) -> list[Row]:
    counts = Counter(_key(made, each) for each in made.unanswered())
    return [
        {"Queue": row["Queue"], "Unanswered": row["Received"], "% Calls": row["% Calls"]}
        for row in _share_rows("Queue", counts)
    ]


def _distribution(title: str, label: Callable[[Material, LegFacts], str]) -> Callable[[Material], list[Row]]:
    """Calls by queue or by time: received, answered, unanswered, and the means of the answered."""

    def rows(made: Material) -> list[Row]:
        groups: dict[str, list[LegFacts]] = {}
        for each in made.entered():
            groups.setdefault(label(made, each), []).append(each)
        return [{title: name} | _figures(groups[name]) for name in sorted(groups, key=_natural)]

    return rows


def _figures(legs: Sequence[LegFacts]) -> Row:
    answered = [each for each in legs if each.answered is not None]
    count, total = len(answered), len(legs)
    return {
        "Received": str(total),
        "Answered": str(count),
        "Unanswered": str(total - count),
        "Abandoned": str(sum(each.event == "ABANDON" for each in legs)),
        "% Answered": share(count, total),
        "% Unanswered": share(total - count, total),
        "Avg Wait": str(sum(each.wait for each in answered) // count if count else 0),
        "Avg Duration": str(sum(each.talk for each in answered) // count if count else 0),
    }


def _sessions(made: Material) -> list[Row]:
    rows = []
    for name, day in _agents(made):
        for session in day.sessions:
            if made.window.holds(session.login):
                is_over = session.logout is not None
                rows.append(
                    {
                        "datetime": made.day_first(session.login),
                        "agent": name,
                        "agentName": name,
                        "event": "END SESSION" if is_over else "START SESSION",
                        "dateEnd": made.day_first(session.end) if is_over else "",
                        "duration": str(session.end // 1000 - session.login // 1000) if is_over else "",
                    }
                )
    return rows


def _pauses(made: Material) -> list[Row]:
    rows = []
    for name, day in _agents(made):
        for span in day.spans:
            if span.state not in ("paused", "after_call") or not made.window.holds(span.start):
                continue
            rows.append(
                {
                    "datetime": made.day_first(span.start),
                    "agent": name,
                    "agentName": name,
                    "reason": "Wrapup" if span.state == "after_call" else span.reason or "",
                    "duration": "" if span.is_open else str(span.end // 1000 - span.start // 1000),
                }
            )
    return rows


def _agents(made: Material) -> Iterator[tuple[str, AgentDay]]:
    """Agents' days in order of agents' names; who serves no queue that may be seen is left out."""
    for day in sorted(made.days, key=lambda each: (made.floor.names[each.agent], each.day)):
        name = made.floor.names[day.agent]
        if made.agent_fits(name) and any(made.queue_fits(queue) for queue in made.site.agents[day.agent].queues):
            yield name, day


def share(part: int, whole: int) -> str:
    """A share in percent with two decimals and no sign."""
    return f"{100 * part / whole:.2f}" if whole else "0.00"


def _natural(text: str) -> tuple[int, str]:
    digits = text.split(" ")[0]
    return (int(digits), text) if digits.isascii() and digits.isdigit() else (10**9, text)


REPORTS: dict[str, Callable[[Material], list[Row]]] = {
    "answered_calls_detail": _answered_detail,
    "answered_calls_by_queue": _shares("Queue", _key),
    "answered_calls_by_agent": _by_agent,
    "answered_calls_by_url": _shares("URL", lambda _made, each: each.record.url or ""),
    "answered_calls_by_did": _shares("DID", _did),
    "answered_calls_by_holdtime": _shares("Hold Time", _hold_band),
    "answered_calls_by_event": _shares("Event", lambda _made, each: each.event),
    "unanswered_calls_detail": _unanswered_detail,
    "unanswered_calls_by_queue": _unanswered_by_queue,
    "distribution_by_queue": _distribution("Queue", _key),
    "distribution_by_hour": _distribution("Hour", lambda made, each: f"{made.wall(each.entered):%H}"),
    "distribution_by_day": _distribution("Date", lambda made, each: f"{made.wall(each.entered):%Y-%m-%d}"),
    "agent_sessions_detail": _sessions,
    "agent_pauses_detail": _pauses,
}
"""By name, in the order of the list."""
AGENT_REPORTS = frozenset({"agent_sessions_detail", "agent_pauses_detail"})
"""Those made from agents' days instead of calls."""
