"""The course of one call as a timeline: events as they were recorded, and the spans that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from console.domain.messages import Message
from console.domain.values import Origin

CALL_ID_COLUMN = "call_id"  # a report's column of that id holds what `CallFlowSource.call_flow` takes


class EventKind(StrEnum):
    """What an event does to the call."""

    ENTER = "enter"  # the caller begins to wait
    RING = "ring"  # an agent's phone rang
    CONNECT = "connect"
    HOLD = "hold"
    TRANSFER = "transfer"
    END = "end"  # of the call, or of its stay in a queue
    AGENT = "agent"  # says something of an agent, not of the call
    OTHER = "other"  # a word the console does not know, or one without a length


class SpanKind(StrEnum):
    """What goes on during a span."""

    WAITING = "waiting"
    RINGING = "ringing"
    TALK = "talk"
    HOLD = "hold"
    TRANSFER = "transfer"  # a moment
    VOICEMAIL = "voicemail"
    END = "end"  # a moment


@dataclass(frozen=True, slots=True)
class FlowEvent:
    """One recorded event.

    Attributes:
        name: the system's own word, kept whatever it is.
        at: its wall clock, without zone; None when it cannot be read.
        at_ms: since the start of the flow; of an event without time that of the one before.
        agent, queue: labels, empty for none.
        details: what it carries, name and text; durations are written out with their unit.
        sent: its fields as they were sent.
        marks: what is odd about it.
    """

    name: str
    kind: EventKind
    at: datetime | None
    at_ms: int
    queue: str = ""
    agent: str = ""
    details: tuple[tuple[str, str], ...] = ()
    sent: tuple[tuple[str, str], ...] = ()
    marks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowSpan:
    """Something that lasted, in milliseconds since the start of the flow; moments have equal ends.

    Attributes:
        leg: the stay in a queue it belongs to, from 1.
        who: the agent, empty for none.
        text: how it ended, or where it went.
        is_open: its end was not recorded; it is drawn up to the last event.
        origin: computed from two events, or inferred from a length that an event states.
    """

    kind: SpanKind
    start_ms: int
    end_ms: int
    leg: int
    queue: str = ""
    who: str = ""
    text: str = ""
    is_open: bool = False
    origin: Origin = Origin.COMPUTED

    @property
    def length_ms(self) -> int:
        """How long it lasted."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class FlowLeg:
    """One stay in a queue: a call that flows over from queue to queue has several.

    Attributes:
        ending: the system's own word for how it ended, empty when none was recorded.
    """

    number: int
    queue: str
    start_ms: int
    end_ms: int
    ending: str = ""


@dataclass(frozen=True, slots=True)
class CallFlow:
    """The course of a call.

    Attributes:
        start: wall clock of its first event, without zone; None when no event has a readable time.
        length_ms: to its last event; every span lies within 0 and this.
        events: in the order recorded.
        spans: in the order they began.
        remarks: what must be said about it ("ending not recorded").
        related: ids of other calls that its events name.
        exchange_id: the exchange it was read from.
    """

    call_id: str
    start: datetime | None = None
    length_ms: int = 0
    events: tuple[FlowEvent, ...] = ()
    spans: tuple[FlowSpan, ...] = ()
    legs: tuple[FlowLeg, ...] = ()
    remarks: tuple[Message, ...] = ()
    related: tuple[str, ...] = ()
    exchange_id: str = ""


@runtime_checkable
class CallFlowSource(Protocol):
    """What can show the course of a call; a report runner may be one."""

    async def call_flow(self, call_id: str) -> CallFlow:
        """The flow of a call, by the text of a row's `CALL_ID_COLUMN` cell.

        Raises:
            ConsoleError: the id cannot be used, the system does not know it, or it does not answer.
        """
        ...
