"""People: who serves three queues is one person. Identity is the interface, a name only where there is none.

The realtime answer lists an agent under every queue he serves (vendor's scripts), keyed by name; `location` names
his interface, such as ``SIP/301``. Field names beyond `status` and `paused` are likely, not proved, so what they
say is marked as inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.domain.enums import AgentStatus
from console.vendors.asternic import figures
from console.vendors.asternic.callers import earliest
from console.vendors.asternic.states import BOOKKEEPING, IN_CALL, PRECEDENCE, agent_state, paused
from console.vendors.asternic.wire import Member, key_text, scalar_text

_EXTENSION = re.compile(r"(?:(?:sip|pjsip|iax2|sccp|local|dahdi|hint):?/?)?([0-9]{2,15})(?:@.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """One person as all his queues show him.

    Attributes:
        members: his entries, one for each queue, in the order sent.
        views: what he does from the point of view of each.
        lead: the entry that shows what he does.
        word: the system's own words for it.
        paused_in: queues in which a free agent is paused all the same.
        reason: of a pause, else empty.
        is_readable: whether any entry has a status at all.
    """

    id: str
    name: str
    members: tuple[Member, ...]
    views: tuple[AgentStatus, ...]
    lead: Member
    status: AgentStatus
    word: str
    paused_in: tuple[str, ...]
    reason: str
    is_readable: bool

    @property
    def in_call(self) -> bool:
        """Whether a phone rings or speaks."""
        return self.status in IN_CALL


@dataclass(frozen=True, slots=True)
class Stay:
    """How long somebody has been in a state.

    Attributes:
        start_ms: its beginning on the server's clock.
        is_exact: the beginning was seen or told; False: it lies at least so far back.
        is_told: the wire gave the time.
        seen_mono: when it was last confirmed, monotonic seconds.
    """

    status: AgentStatus
    reason: str
    start_ms: float
    is_exact: bool
    is_told: bool
    seen_mono: float


def gather(members: Mapping[str, tuple[Member, ...]]) -> tuple[Person, ...]:
    """Everybody once, in the order of first mention."""
    found: dict[str, list[Member]] = {}
    for of_queue in members.values():
        used: set[str] = set()
        for member in of_queue:
            identity = base = person_id(member)
            number = 2
            while identity in used:  # two entries of one queue are two people, whatever they are called
                identity = f"{base}~{number}"
                number += 1
            used.add(identity)
            found.setdefault(identity, []).append(member)
    return tuple(_person(identity, entries) for identity, entries in found.items())


def person_id(member: Member) -> str:
    """The extension, the interface, or for want of both the name the wire uses as its key."""
    location = scalar_text(member.fields.get("location")).strip()
    match = _EXTENSION.fullmatch(location)
    return match.group(1) if match else key_text(location or member.name)


def follow(
    former: Mapping[str, Stay], people: Iterable[Person], now_ms: float, mono: float, gap_s: float
) -> dict[str, Stay]:
    """How long everybody has been doing what they do, after another answer.

    Args:
        gap_s: who was not looked at for longer may have done anything in between.
    """
    return {person.id: _stay(former.get(person.id), person, now_ms, mono, gap_s) for person in people}


def told_seconds(person: Person) -> float | None:
    """What the wire says about the present state: call time in a call, pause time in a pause; 0 says nothing.

    Paused agents show a call time of zero on the product's own screens, so a zero is no time in state.
    """
    if person.status in (AgentStatus.ON_CALL, AgentStatus.OTHER_CALL):
        field = "auxSeconds" if BOOKKEEPING.get(person.reason.casefold()) is person.status else "duration"
    elif person.status in (AgentStatus.PAUSED, AgentStatus.AFTER_CALL):
        field = "auxSeconds"
    else:
        return None
    return figures.seconds(person.lead.fields.get(field)).value or None


def _stay(former: Stay | None, person: Person, now_ms: float, mono: float, gap_s: float) -> Stay:
    is_same = former is not None and (former.status, former.reason) == (person.status, person.reason)
    told = told_seconds(person)
    if told is not None:
        start = now_ms - told * 1000
        if former is not None and is_same and former.is_told:
            start = earliest(former.start_ms, start) or start
        return Stay(person.status, person.reason, start, True, True, mono)
    is_watched = former is not None and mono - former.seen_mono <= gap_s
    if former is not None and is_watched and is_same:
        return Stay(person.status, person.reason, former.start_ms, former.is_exact, former.is_told, mono)
    return Stay(person.status, person.reason, now_ms, is_watched, False, mono)


def _person(identity: str, entries: list[Member]) -> Person:
    views = tuple(_view(member) for member in entries)
    status = views[0] if len(set(views)) == 1 else min(views, key=PRECEDENCE.index)
    leads = [member for view, member in zip(views, entries, strict=True) if view is status]
    lead = next((member for member in leads if member.fields.get("callerid")), leads[0])
    reason = _reason(lead)
    if status not in (AgentStatus.PAUSED, AgentStatus.AFTER_CALL) and BOOKKEEPING.get(reason.casefold()) is not status:
        reason = ""
    word = _status_word(lead)
    paused_in: tuple[str, ...] = ()
    if status in IN_CALL:
        if any(paused(member.fields.get("paused")) for member in entries):
            word = f"{word}, paused"
    elif status is AgentStatus.AVAILABLE and AgentStatus.PAUSED in views:
        paired = zip(views, entries, strict=True)
        paused_in = tuple(member.queue for view, member in paired if view is AgentStatus.PAUSED)
    elif status in (AgentStatus.PAUSED, AgentStatus.AFTER_CALL) and word.casefold() != "paused":
        word = f"paused ({reason})" if reason else "paused"
    is_readable = any("status" in member.fields or paused(member.fields.get("paused")) for member in entries)
    return Person(identity, entries[0].name, tuple(entries), views, lead, status, word, paused_in, reason, is_readable)


def _view(member: Member) -> AgentStatus:
    return agent_state(_status_word(member), member.fields.get("paused"), _reason(member))


def _status_word(member: Member) -> str:
    return scalar_text(member.fields.get("status")).strip()


def _reason(member: Member) -> str:
    return scalar_text(member.fields.get("auxType")).strip()
