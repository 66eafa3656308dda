"""Yeastar report rows recounted from ``GET /calls`` and ``GET /site``, by code that shares nothing with the server.

Events are sorted into plain dictionaries: one per stay in a queue, per ringing of a phone, per own call. Everything
after the end of the period is thrown away first, so a report says what was known then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Event = dict[str, Any]
Row = dict[str, Any]

WAYS_OUT = ("abandon", "voicemail", "overflow", "exit_key", "exit_timeout", "exit_empty", "callback")
OUTCOMES = ("answered", "no_answer", "busy", "failed", "voicemail", "abandoned")


@dataclass
class Asked:
    """The parameters of one report in the site's own terms: names, numbers, agents' keys, epoch ms."""

    start: int
    end: int
    unit: str = ""
    queues: list[str] = field(default_factory=list)
    agents: list[str] | None = None
    extensions: list[str] = field(default_factory=list)
    trunks: list[str] = field(default_factory=list)
    ivrs: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    abandon_s: float = -1
    talk_s: float = -1
    kind: str = ""
    internal: bool = False
    word: str = ""


class Recount:
    """All there was in a period: ``legs``, ``rings`` of phones, own ``calls``, ``wishes`` for callbacks, and so on."""

    def __init__(self, site: dict[str, Any], days: list[list[Event]], asked: Asked, zone: str) -> None:
        self.site, self.asked, self.zone = site, asked, ZoneInfo(zone)
        self.legs: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.wishes: list[dict[str, Any]] = []
        self.surveys: list[tuple[dict[str, Any], Event]] = []
        self.visits: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []
        self.number_of = {each["key"]: each["number"] for each in site["extensions"]}
        self.name_of = {each["number"]: each["name"] for each in site["extensions"]}
        self.days = [[event for event in day if event["t"] <= asked.end] for day in days]
        for day in self.days:
            self._sort(day)

    def wall(self, t: int) -> str:
        return datetime.fromtimestamp(t // 1000, self.zone).strftime("%d/%m/%Y %I:%M:%S %p")

    def unit(self, t: int) -> int:
        moment = datetime.fromtimestamp(t // 1000, self.zone)
        return int(getattr(moment, self.asked.unit))

    def within(self, t: int) -> bool:
        return self.asked.start <= t <= self.asked.end

    # -- sorting the events ------------------------------------------------------------------------------

    def _sort(self, day: list[Event]) -> None:
        self._legs: dict[int, dict[str, Any]] = {}
        self._top: dict[int, dict[str, Any]] = {}
        self._tries: dict[int, dict[str, Any]] = {}
        for event in day:
            name = event["event"]
            if "call" not in event:
                continue
            call = event["call"]
            if name in ("arrive", "out_dial", "int_dial", "office_call"):
                self._start(name, event)
            elif name == "enter":
                self._enter(event)
            elif name.startswith("callback_"):
                self._call_back(name, event)
            elif call in self._legs and name not in ("message", "survey", "tag"):
                self._in_queue(name, event, self._legs[call])
            elif name == "survey":
                self.surveys.append((self._legs[call], event))
            elif name == "message":
                self._top[call]["boxes"].append(event.get("mailbox"))
            elif name != "tag":
                self._elsewhere(name, event, self._top[call])

    def _start(self, name: str, event: Event) -> None:
        kind = {"arrive": "Inbound", "out_dial": "Outbound"}.get(name, "Internal")
        call = {"kind": kind, "t": event["t"], "no": event["call"], "legs": [], "phones": [], "boxes": [], "wish": None}
        call |= {"rings": [], "visits": [], "talked": [], "result": None, "over": None, "first": event}
        call["number"] = event.get("number")
        if kind != "Inbound":
            call["caller"] = event.get("caller") or self.number_of[event["agent"]]
        if name == "int_dial":
            call["phones"].append({"group": None, "t": event["t"]})
            self._ring_phone(call, self.number_of[event["other"]], event["t"])
        self._top[event["call"]] = call
        self.calls.append(call)

    @staticmethod
    def _ring_phone(call: dict[str, Any], number: str, t: int) -> dict[str, Any]:
        ring = {"ext": number, "t": t, "how": None, "group": call["phones"][-1]["group"], "talk": [t, None]}
        call["rings"].append(ring)
        return ring

    def _enter(self, event: Event) -> None:
        call = self._top[event.get("transferred_from", event["call"])]
        leg = {"queue": event["queue"], "t": event["t"], "no": event["call"], "rings": [], "out": None, "call": call}
        leg |= {"answer": None, "end": None, "agent": None, "holds": []}
        self._legs[event["call"]] = leg
        self._top[event["call"]] = call
        call["legs"].append(leg)
        call["over"] = None
        self.legs.append(leg)

    def _in_queue(self, name: str, event: Event, leg: dict[str, Any]) -> None:
        t = event["t"]
        if name == "ring":
            leg["rings"].append({"agent": event["agent"], "t": t, "end": None, "how": None})
        elif name in ("no_answer", "answer", *WAYS_OUT):
            if leg["rings"] and leg["rings"][-1]["end"] is None:
                leg["rings"][-1] |= {"end": t, "how": name}
            if name == "answer":
                leg |= {"answer": t, "agent": event["agent"]}
            elif name != "no_answer":
                leg |= {"out": name, "end": t}
                leg["call"]["over"] = t
            if name == "callback":
                leg["call"]["wish"] = wish = {"leg": leg, "t": t, "tries": [], "result": None}
                self.wishes.append(wish)
        elif name == "hold":
            leg["holds"].append([t, None])
        elif name in ("retrieve", "end"):
            if leg["holds"] and leg["holds"][-1][1] is None:
                leg["holds"][-1][1] = t
            if name == "end":
                leg["end"] = leg["call"]["over"] = t

    def _call_back(self, name: str, event: Event) -> None:
        if name == "callback_dial":
            wish = self._top[event["callback_of"]]["wish"]
            attempt = {"agent": event["agent"], "t": event["t"], "answer": None, "end": None, "result": None}
            wish["tries"].append(attempt)
            self._tries[event["call"]] = attempt
        elif name == "callback_result":
            self._top[event["call"]]["wish"]["result"] = event["result"]
        elif name == "callback_answer":
            self._tries[event["call"]]["answer"] = event["t"]
        else:
            self._tries[event["call"]] |= {"end": event["t"], "result": event["result"]}

    def _elsewhere(self, name: str, event: Event, call: dict[str, Any]) -> None:
        t = event["t"]
        if name == "ivr":
            call["visits"].append({"ivr": event["ivr"], "t": t, "keys": [], "late": 0, "call": call, "gone": False})
            self.visits.append(call["visits"][-1])
        elif name == "ivr_key":
            call["visits"][-1]["keys"].append(event["key"])
        elif name == "ivr_timeout":
            call["visits"][-1]["late"] += 1
        elif name == "ivr_hangup":
            call["visits"][-1]["gone"] = True
            call["over"] = t
        elif name == "group_ring":
            call["phones"].append({"group": event["ring_group"], "t": t, "call": call, "over": None, "by": None})
            self.groups.append(call["phones"][-1])
        elif name == "group_miss":
            call["phones"][-1]["over"] = call["over"] = t
        elif name in ("out_answer", "int_answer", "ext_answer"):
            call["talked"] = [t, None]
            if name != "out_answer":
                number = event.get("extension") or self.number_of[event["other"]]
                ring = next(each for each in call["rings"] if each["ext"] == number)
                ring |= {"how": "answered", "talk": call["talked"]}
                call["phones"][-1]["by"] = number
        elif name in ("out_end", "int_end", "ext_end"):
            call["over"] = t
            call["result"] = event.get("result")
            if call["talked"]:
                call["talked"][1] = t
        else:
            self._phone(name, event, call)

    def _phone(self, name: str, event: Event, call: dict[str, Any]) -> None:
        if not call["phones"]:
            call["phones"].append({"group": None, "t": event["t"]})
        if name == "ext_ring":
            self._ring_phone(call, event["extension"], event["t"])
            return
        how = "busy" if name == "ext_busy" else event["why"]
        mine = [each for each in call["rings"] if each["ext"] == event["extension"] and each["how"] is None]
        ring = mine[0] if mine else self._ring_phone(call, event["extension"], event["t"])
        ring["how"] = how
        if call["phones"][-1]["group"] is None:
            call["over"] = event["t"]

    # -- what the reports count --------------------------------------------------------------------------

    def span(self, pair: list[Any]) -> int:
        """Ms of a pair of instants, the end of the period where it is open."""
        return 0 if not pair else (self.asked.end if pair[1] is None else pair[1]) - pair[0]

    def wait(self, leg: dict[str, Any]) -> int:
        return int((leg["end"] if leg["answer"] is None else leg["answer"]) - leg["t"])

    def talk(self, leg: dict[str, Any]) -> int:
        if leg["answer"] is None:
            return 0
        return self.span([leg["answer"], leg["end"]]) - sum(self.span(each) for each in leg["holds"])

    def status(self, call: dict[str, Any]) -> str | None:
        """How a whole call went, None while nobody knows."""
        if call["talked"] or any(leg["answer"] for leg in call["legs"]):
            return "answered"
        if call["result"]:
            return str(call["result"])
        last = call["legs"][-1]["out"] if call["legs"] else None
        if call["boxes"] or last == "voicemail":
            return "voicemail"
        if call["over"] is None:
            return None
        if last == "abandon" or (call["visits"] and call["visits"][-1]["gone"]):
            return "abandoned"
        group = call["phones"][-1]["group"] if call["phones"] else None
        rang = [ring["how"] for ring in call["rings"] if ring["group"] == group]
        return "busy" if rang and set(rang) == {"busy"} else "no_answer"

    def chosen_legs(self, queues: list[str], *, known: bool = True) -> list[dict[str, Any]]:
        """Stays in the queues that began in the period, without those too short to count."""
        found = []
        for leg in self.legs:
            if leg["queue"] not in queues or not self.within(leg["t"]):
                continue
            if leg["answer"] is None and leg["out"] is None and known:
                continue
            if leg["out"] == "abandon" and self.wait(leg) <= self.asked.abandon_s * 1000:
                continue
            if leg["answer"] is not None and self.talk(leg) <= self.asked.talk_s * 1000:
                continue
            found.append(leg)
        return found

    def tries(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Calls back in the period whose outcome is known, with the call they belong to."""
        return [
            (wish["leg"]["call"], each)
            for wish in self.wishes
            for each in wish["tries"]
            if self.within(each["t"]) and (each["answer"] is not None or each["result"])
        ]

    def trunk_calls(self) -> list[dict[str, Any]]:
        """Calls over trunks (and internal ones without), each with the number it came in or went out by."""
        dods = {each["number"]: each for each in self.site["dods"]}
        own = {each["key"]: dods[each["dod"]] for each in self.site["extensions"]}
        found = []
        for call in self.calls:
            if (how := self.status(call)) is not None and self.within(call["t"]):
                line = call["first"].get("did") or call["first"].get("dod")
                talk = self.span(call["talked"]) + sum(self.talk(leg) for leg in call["legs"])
                found.append(
                    {"kind": call["kind"], "how": how, "talk": talk, "t": call["t"], "line": line}
                    | {"trunk": call["first"].get("trunk")}
                )
        for _, each in self.tries():
            how = "answered" if each["answer"] is not None else each["result"]
            talk = 0 if each["answer"] is None else self.span([each["answer"], each["end"]])
            found.append(
                {"kind": "Outbound", "how": how, "talk": talk, "t": each["t"], "line": own[each["agent"]]["number"]}
                | {"trunk": own[each["agent"]]["trunk"]}
            )
        wanted = self.asked.kind
        return [
            each
            for each in found
            if (self.asked.internal if each["kind"] == "Internal" else wanted in ("", each["kind"]))
        ]

    def phone_calls(self) -> list[dict[str, Any]]:
        """Calls as single phones saw them."""
        found = []
        for leg in self.legs:
            for ring in leg["rings"]:
                one = {"ext": self.number_of[ring["agent"]], "t": ring["t"], "kind": "Inbound", "talk": 0, "hold": 0}
                if ring["how"] == "answer":
                    hold = sum(end - start for start, end in leg["holds"] if end is not None)
                    found.append(one | {"how": "answered", "talk": self.talk(leg), "hold": hold})
                elif ring["how"] == "abandon":
                    found.append(one | {"how": "abandoned"})
        for call in self.calls:
            for ring in call["rings"]:
                how = ring["how"]
                if how in (None, "elsewhere"):
                    continue
                talk = self.span(ring["talk"]) if how == "answered" else 0
                if how != "answered" and ring["ext"] in call["boxes"]:
                    how = "voicemail"
                kind = "Inbound" if call["kind"] == "Inbound" else "Internal"
                found.append({"ext": ring["ext"], "t": ring["t"], "kind": kind, "how": how, "talk": talk, "hold": 0})
            if call["kind"] != "Inbound" and (how := self.status(call)) is not None:
                one = {"ext": call["caller"], "t": call["t"], "kind": call["kind"], "how": how, "hold": 0}
                found.append(one | {"talk": self.span(call["talked"])})
        for _, each in self.tries():
            talk = 0 if each["answer"] is None else self.span([each["answer"], each["end"]])
            how = "answered" if each["answer"] is not None else each["result"]
            one = {"ext": self.number_of[each["agent"]], "t": each["t"], "kind": "Outbound", "how": how}
            found.append(one | {"talk": talk, "hold": 0})
        return [
            each
            for each in found
            if self.within(each["t"]) and each["ext"] in self.asked.extensions and self.asked.kind in ("", each["kind"])
        ]

    def bills(self) -> list[dict[str, Any]]:
        """Answered calls out that are over and have a rate, with their cost, in order of time."""
        found = []
        for call in sorted(self.calls, key=lambda each: (each["t"], each["no"])):
            trunk, wanted = call["first"].get("trunk"), self.asked.extensions
            is_over = call["kind"] == "Outbound" and call["talked"] and call["over"]
            if not is_over or trunk not in self.asked.trunks or not self.within(call["t"]):
                continue
            digits = call["number"].replace(" ", "")
            fitting = [r for r in self.site["rates"] if r["trunk"] == trunk and digits.startswith(r["prefix"])]
            if fitting and (not wanted or call["caller"] in wanted):
                rate = sorted(fitting, key=lambda each: len(each["prefix"]))[-1]
                ms, block = self.span(call["talked"]), rate["block_s"]
                blocks = (ms + block * 1000 - 1) // (block * 1000)
                cost = rate["connection"] + int(blocks * block * rate["per_minute"] / 60 + 0.5)
                found.append({"call": call, "rate": rate["name"], "ms": ms, "cost": cost, "trunk": trunk})
        return found


def floor_mean(total: int, count: int) -> int:
    return int(total / count // 1000) if count else 0


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0


def tally(calls: list[dict[str, Any]]) -> Row:
    """The fields every phone and trunk report has."""
    counts = Counter(each["how"] for each in calls)
    return {f"{how}_calls": counts[how] for how in OUTCOMES} | {"total_call_count": len(calls)}
