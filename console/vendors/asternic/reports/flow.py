"""The events of a call as its course. Pure: any list of rows gives a flow, nothing is dropped, nothing invented.

What an event states (``CONNECT`` its hold and ring, ``COMPLETE...`` its talk) is compared with the clock: a gap of
more than two seconds is marked, not corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from console.domain.callflow import CallFlow, EventKind, FlowEvent, FlowLeg, FlowSpan, SpanKind
from console.domain.messages import Message, message
from console.domain.text import ENTRY_LIMIT, safe_text
from console.domain.values import Origin
from console.vendors.asternic import figures
from console.vendors.asternic.reports.cells import date_time, plain, raw_text
from console.vendors.asternic.reports.vocabulary import COMPLETED, ENDS_TALK, MS, NO_NAME, Word, word

TOLERANCE_MS = 2_000
MOST_MS = 366 * 86_400_000
INFOS = ("info1", "info2", "info3", "info4", "info5")


def flow_of(call_id: str, rows: Iterable[Any], *, exchange_id: str = "", notes: Sequence[Message] = ()) -> CallFlow:
    """The flow of the rows of ``entity=call/ID``.

    Args:
        rows: as sent; what is no object is passed over.
        notes: remarks about the answer, put before those about the call.
    """
    raw = _in_order([row for row in rows if isinstance(row, Mapping)])
    times = [date_time(raw_text(row.get("datetime"))) for row in raw]
    known = [at for at in times if at is not None]
    start = min(known, default=None)
    remarks = list(notes)
    if any(first > second for first, second in pairwise(known)):
        remarks.append(message("flow.backwards"))
    if len(known) < len(times):
        remarks.append(message("flow.no_time", count=len(times) - len(known)))
    course = _Course(_length(start, known))
    at_ms = 0
    for row, at in zip(raw, times, strict=True):
        if at is not None and start is not None:
            at_ms = min(round((at - start).total_seconds() * 1000), course.length_ms)
        course.take(_event(row, at, at_ms))
    course.finish()
    related = dict.fromkeys(
        plain(raw_text(row.get("uniqueid"))) for row in raw if raw_text(row.get("uniqueid")) not in ("", call_id)
    )
    if related:
        remarks.append(message("flow.related"))
    if len(course.legs) > 1:
        remarks.append(message("flow.legs", count=len(course.legs)))
    return CallFlow(
        call_id,
        start,
        course.length_ms,
        tuple(course.events),
        tuple(sorted(course.spans, key=lambda span: (span.start_ms, span.end_ms))),
        tuple(course.legs),
        (*remarks, *course.remarks),
        tuple(safe_text(name) for name in related),
        exchange_id,
    )


def _in_order(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """By ``id``, which counts the events of an answer: the clock has whole seconds and may be set back."""
    ids = [figures.count(row.get("id")).value for row in rows]
    if any(number is None for number in ids):
        return rows
    return [row for _, _, row in sorted(zip(ids, range(len(rows)), rows, strict=True), key=lambda item: item[:2])]


def _length(start: datetime | None, known: Sequence[datetime]) -> int:
    return 0 if start is None else min(round((max(known) - start).total_seconds() * 1000), MOST_MS)


def _event(row: Mapping[str, Any], at: datetime | None, at_ms: int) -> FlowEvent:
    name = safe_text(plain(raw_text(row.get("event"))))
    infos = [plain(raw_text(row.get(info)))[:ENTRY_LIMIT] for info in INFOS]
    return FlowEvent(
        name=name,
        kind=word(name).kind,
        at=at,
        at_ms=at_ms,
        queue=_label(row, "queue"),
        agent=_label(row, "agent"),
        details=_details(word(name), infos),
        sent=tuple((str(key)[:128], raw_text(value)[:ENTRY_LIMIT]) for key, value in row.items()),
    )


def _label(row: Mapping[str, Any], stem: str) -> str:
    for key in (f"{stem}Name", f"{stem}_name", f"{stem}name", stem):
        text = plain(raw_text(row.get(key)))
        if text not in NO_NAME:
            return safe_text(text)
    return ""


def _details(known: Word, infos: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for number, text in enumerate(infos):
        if not text:
            continue
        name, _, unit = (known.infos[number] if number < len(known.infos) else "").partition("|")
        found.append((name or INFOS[number], f"{safe_text(text, ENTRY_LIMIT)}{f' {unit}' if unit else ''}"))
    return tuple(found)


@dataclass(slots=True)
class _Leg:
    """A stay in a queue that has not ended yet."""

    number: int
    queue: str
    start_ms: int
    connected_ms: int | None = None
    agent: str = ""
    hold_ms: int | None = None


@dataclass(slots=True)
class _Course:
    """What the events so far come to."""

    length_ms: int
    events: list[FlowEvent] = field(default_factory=list)
    spans: list[FlowSpan] = field(default_factory=list)
    legs: list[FlowLeg] = field(default_factory=list)
    remarks: list[Message] = field(default_factory=list)
    leg: _Leg | None = None
    voicemail: FlowSpan | None = None

    def take(self, event: FlowEvent) -> None:
        """Go on by one event."""
        marks: list[Message] = []
        if event.name == "ENTERQUEUE":
            self._leave(event.at_ms)
            self.leg = self._new_leg(event)
        elif event.kind is EventKind.RING:
            self._rang(event)
        elif event.name == "CONNECT":
            self._connected(event, marks)
        elif event.kind is EventKind.TRANSFER:
            self._transferred(event, marks)
        elif event.kind is EventKind.HOLD:
            self._held(event)
        elif event.kind is EventKind.END:
            self._ended(event, marks)
        elif "VOICEMAIL" in event.name.upper():
            self._leave(event.at_ms, event.name)
            self.voicemail = FlowSpan(
                SpanKind.VOICEMAIL, event.at_ms, event.at_ms, max(1, len(self.legs)), event.queue, is_open=True
            )
        self.events.append(replace(event, marks=tuple(marks)) if marks else event)
        self.remarks += marks

    def finish(self) -> None:
        """Close what is open."""
        if self.voicemail is not None:
            self.spans.append(replace(self.voicemail, end_ms=max(self.voicemail.start_ms, self.length_ms)))
        if self.leg is not None:
            self._leave(self.length_ms)
            self.remarks.append(message("flow.no_end"))

    def _new_leg(self, event: FlowEvent, start_ms: int | None = None) -> _Leg:
        return _Leg(len(self.legs) + 1, event.queue, event.at_ms if start_ms is None else self._within(start_ms))

    def _at(self, event: FlowEvent, start_ms: int) -> _Leg:
        """The running stay; an event without one (its ENTERQUEUE is missing) begins it where it says it began."""
        if self.leg is None:
            self.leg = self._new_leg(event, start_ms)
        return self.leg

    def _rang(self, event: FlowEvent) -> None:
        rung = _stated(event, "ring") or 0
        leg = self._at(event, event.at_ms - rung)
        text = "no answer" if event.name == "RINGNOANSWER" else "the caller left"
        self._span(
            SpanKind.RINGING,
            max(leg.start_ms, event.at_ms - rung),
            event.at_ms,
            leg,
            who=event.agent,
            text=text,
            origin=Origin.INFERRED,
        )

    def _connected(self, event: FlowEvent, marks: list[Message]) -> None:
        hold, ring = _stated(event, "hold"), _stated(event, "ring")
        had_start = self.leg is not None
        leg = self._at(event, event.at_ms - (hold or 0))
        if leg.connected_ms is not None:
            self._leave(event.at_ms)
            self.leg = leg = self._new_leg(event)
        if had_start:
            self._compare(event, "hold", event.at_ms - leg.start_ms, marks)
        self._span(SpanKind.WAITING, leg.start_ms, event.at_ms, leg)
        if ring is not None:
            begun = max(leg.start_ms, event.at_ms - ring)
            self._span(
                SpanKind.RINGING, begun, event.at_ms, leg, who=event.agent, text="answered", origin=Origin.INFERRED
            )
        leg.connected_ms, leg.agent = event.at_ms, event.agent

    def _transferred(self, event: FlowEvent, marks: list[Message]) -> None:
        """The talk ends where the call was passed on; some versions keep its length one place earlier."""
        hold, talk = _stated(event, "hold"), _stated(event, "talk")
        leg = self._at(event, event.at_ms - (talk or 0))
        if leg.connected_ms is None:
            leg.connected_ms = max(leg.start_ms, event.at_ms - (talk or 0))
        measured = event.at_ms - leg.connected_ms
        if hold is not None and not _near(talk, measured) and _near(hold, measured):
            marks.append(message("flow.swapped", event=event.name))
        elif talk is not None:
            self._compare(event, "talk", measured, marks)
        to = next((text for name, text in event.details if name in ("extension", "to")), "")
        self._end_hold(leg, event.at_ms)
        self._span(SpanKind.TALK, leg.connected_ms, event.at_ms, leg, who=leg.agent or event.agent, text="transfer")
        self._span(SpanKind.TRANSFER, event.at_ms, event.at_ms, leg, who=leg.agent or event.agent, text=to)
        self._close(leg, event.at_ms, event.name)

    def _held(self, event: FlowEvent) -> None:
        if self.leg is None or self.leg.connected_ms is None:
            return
        if event.name == "HOLD":
            self.leg.hold_ms = event.at_ms if self.leg.hold_ms is None else self.leg.hold_ms
        else:
            self._end_hold(self.leg, event.at_ms)

    def _ended(self, event: FlowEvent, marks: list[Message]) -> None:
        if self.voicemail is not None:
            self.spans.append(replace(self.voicemail, end_ms=max(self.voicemail.start_ms, event.at_ms), is_open=False))
            self.voicemail = None
        talk, wait = _stated(event, "talk"), _stated(event, "wait")
        was_open = self.leg is not None
        leg = self._at(event, event.at_ms - (talk or 0) - (wait or 0) - (_stated(event, "hold") or 0))
        if leg.connected_ms is None and event.name in COMPLETED | {"OUTCALL"} and talk is not None:
            leg.connected_ms = max(leg.start_ms, event.at_ms - talk)
            self._span(SpanKind.WAITING, leg.start_ms, leg.connected_ms, leg, origin=Origin.INFERRED)
        elif leg.connected_ms is not None and event.name in ENDS_TALK:
            self._compare(event, "talk", event.at_ms - leg.connected_ms, marks)
        if leg.connected_ms is None:
            if was_open:
                self._compare(event, "wait", event.at_ms - leg.start_ms, marks)
            self._span(SpanKind.WAITING, leg.start_ms, event.at_ms, leg, text=event.name)
        else:
            self._end_hold(leg, event.at_ms)
            self._span(SpanKind.TALK, leg.connected_ms, event.at_ms, leg, who=leg.agent or event.agent, text=event.name)
        self._span(SpanKind.END, event.at_ms, event.at_ms, leg, who=event.agent, text=event.name)
        self._close(leg, event.at_ms, event.name)

    def _leave(self, at_ms: int, ending: str = "") -> None:
        """The running stay ends without a word of its own."""
        leg = self.leg
        if leg is None:
            return
        is_open = not ending
        if leg.connected_ms is None:
            self._span(SpanKind.WAITING, leg.start_ms, at_ms, leg, is_open=is_open)
        else:
            self._end_hold(leg, at_ms)
            self._span(SpanKind.TALK, leg.connected_ms, at_ms, leg, who=leg.agent, is_open=is_open)
        self._close(leg, at_ms, ending)

    def _close(self, leg: _Leg, at_ms: int, ending: str) -> None:
        self.legs.append(FlowLeg(leg.number, leg.queue, leg.start_ms, max(leg.start_ms, self._within(at_ms)), ending))
        self.leg = None

    def _end_hold(self, leg: _Leg, at_ms: int) -> None:
        if leg.hold_ms is not None:
            self._span(SpanKind.HOLD, leg.hold_ms, at_ms, leg, who=leg.agent)
            leg.hold_ms = None

    def _compare(self, event: FlowEvent, name: str, measured_ms: int, marks: list[Message]) -> None:
        stated = _stated(event, name)
        if stated is not None and event.at is not None and abs(stated - measured_ms) > TOLERANCE_MS:
            words = f"{event.name} ({name})"
            marks.append(
                message("flow.clock", event=words, stated=f"{stated / 1000:g}", measured=f"{measured_ms / 1000:g}")
            )

    def _within(self, at_ms: int) -> int:
        return min(max(0, at_ms), self.length_ms)

    def _span(
        self,
        kind: SpanKind,
        start_ms: int,
        end_ms: int,
        leg: _Leg,
        *,
        who: str = "",
        text: str = "",
        is_open: bool = False,
        origin: Origin = Origin.COMPUTED,
    ) -> None:
        """Add a span, cut to the call; where the clock ran backwards it is a moment."""
        start = self._within(start_ms)
        end = max(start, self._within(end_ms))
        self.spans.append(FlowSpan(kind, start, end, leg.number, leg.queue, who, text, is_open, origin))


def _stated(event: FlowEvent, name: str) -> int | None:
    """A length an event states, in milliseconds; None when it states none."""
    place = word(event.name).place(name)
    if place is None:
        return None
    text = dict(event.sent).get(INFOS[place - 1], "")
    value = figures.seconds(text).value if text else None
    if value is None:
        return None
    unit = word(event.name).infos[place - 1].partition("|")[2]
    return round(value if unit == MS else value * 1000)


def _near(stated: int | None, measured: int) -> bool:
    return stated is not None and abs(stated - measured) <= TOLERANCE_MS
