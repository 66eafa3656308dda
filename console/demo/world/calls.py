"""The fold from the event log to call records.

`CallFold.feed` takes a day's records in order and may be called again as the log grows. A record is finished when the
call is over and nothing can follow any more (survey, tag, message, callback); `CallFold.finished` hands those out
once, `CallFold.open_records` shows the others as they stand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from console.demo.world import events as ev
from console.demo.world import records as rec
from console.demo.world.building import CallBuilder, LegBuilder, PhoneBuilder
from console.demo.world.events import Event
from console.demo.world.records import CallRecord
from console.demo.world.site import Site

SETTLED_MS = 10 * 60_000
"""So long after the end of a call nothing follows but a callback."""

_OUTCOMES = {
    ev.ABANDON: rec.ABANDONED,
    ev.VOICEMAIL: rec.VOICEMAIL,
    ev.OVERFLOW: "overflow",
    ev.EXIT_KEY: "exit_key",
    ev.EXIT_TIMEOUT: "exit_timeout",
    ev.EXIT_EMPTY: "exit_empty",
    ev.CALLBACK: "callback",
}


class CallFold:
    """The calls of one day."""

    def __init__(self, site: Site, day: int) -> None:
        self._book = site.directory
        self._day = day
        self._calls: dict[int, CallBuilder] = {}  # by the number of each of its legs
        self._legs: dict[int, LegBuilder] = {}
        self._lines: list[dict[int, None]] = [{} for _ in site.queues]
        self._over: deque[tuple[int, CallBuilder]] = deque()
        self._done: list[CallRecord] = []
        self._apply: list[Callable[[Event], None] | None] = [None] * len(ev.NAMES)
        for kind, method in {
            ev.ENTER: self._enter,
            ev.RING: self._ring,
            ev.NO_ANSWER: self._no_answer,
            ev.ANSWER: self._answer,
            ev.HOLD: self._hold,
            ev.RETRIEVE: self._hold,
            ev.TRANSFER: self._transfer,
            ev.END: self._end,
            **dict.fromkeys(ev.LOST, self._lost),
            ev.OUT_DIAL: self._out,
            ev.OUT_ANSWER: self._own_answer,
            ev.OUT_END: self._out_end,
            ev.INT_DIAL: self._int_dial,
            ev.INT_ANSWER: self._own_answer,
            ev.INT_END: self._phone_end,
            ev.ARRIVE: self._arrive,
            **dict.fromkeys((ev.IVR, ev.IVR_KEY, ev.IVR_TIMEOUT, ev.IVR_HANGUP), self._menu),
            **dict.fromkeys((ev.CB_DIAL, ev.CB_ANSWER, ev.CB_END, ev.CB_RESULT), self._callback),
            **dict.fromkeys((ev.SURVEY, ev.MESSAGE, ev.TAG), self._afterwards),
            **dict.fromkeys((ev.GROUP_RING, ev.GROUP_MISS), self._group),
            **dict.fromkeys((ev.EXT_RING, ev.EXT_MISS, ev.EXT_BUSY), self._ext),
            ev.EXT_ANSWER: self._own_answer,
            ev.EXT_END: self._phone_end,
            ev.OFFICE_CALL: self._office,
        }.items():
            self._apply[kind] = method

    def feed(self, events: Iterable[Event]) -> None:
        """Take in records in their order."""
        apply, over = self._apply, self._over
        t = 0
        for event in events:
            t = event[0]
            method = apply[event[1]]
            if method is not None:
                method(event)
            while over and over[0][0] + SETTLED_MS < t:
                self._settle(*over.popleft())

    def finished(self) -> list[CallRecord]:
        """Give the records finished since the last time, in order of their ends."""
        done, self._done = self._done, []
        return done

    def open_records(self) -> list[CallRecord]:
        """Give all calls not handed out as finished, as far as they went."""
        seen = {id(call): call for call in self._calls.values()}
        return [call.freeze(self._day, self._book) for call in seen.values()]

    def _settle(self, at: int, call: CallBuilder) -> None:
        if call.done or call.end is None or call.end != at or (call.asked is not None and call.settled is None):
            return  # it went on, or is waited for: another entry follows
        call.done = True
        self._done.append(call.freeze(self._day, self._book))
        for number in call.numbers:
            self._calls.pop(number, None)
            self._legs.pop(number, None)

    def _begin(self, t: int, number: int, direction: str, party: str) -> CallBuilder:
        call = CallBuilder(number, direction, t, party)
        self._calls[number] = call
        return call

    def _close(self, t: int, call: CallBuilder) -> None:
        call.end = t
        self._over.append((t, call))

    # -- inbound, menus --------------------------------------------------------------------------------------

    def _arrive(self, event: Event) -> None:
        call = self._begin(event[0], event[2], rec.INBOUND, event[5] or "")
        call.did = event[6]

    def _menu(self, event: Event) -> None:
        t, kind, number, _, _, key, ivr = event
        call = self._calls[number]
        if kind == ev.IVR:
            call.open_menu(t, ivr)
        elif kind == ev.IVR_TIMEOUT:
            call.timeouts.append(t)
        else:
            call.close_menu(t, key)
            if kind == ev.IVR_HANGUP:
                self._close(t, call)

    # -- queues ----------------------------------------------------------------------------------------------

    def _enter(self, event: Event) -> None:
        t, _, number, queue, _, party, origin = event
        call = self._calls.get(number if origin < 0 else origin)
        if call is None:
            call = self._begin(t, number, rec.INBOUND, party or "")
        call.end = None
        self._calls[number] = call
        call.numbers.append(number)
        line = self._lines[queue]
        line[number] = None
        leg = LegBuilder(number, queue, t, len(line), origin)
        self._legs[number] = leg
        call.legs.append(leg)

    def _ring(self, event: Event) -> None:
        self._legs[event[2]].start_ring(event[0], event[4])

    def _no_answer(self, event: Event) -> None:
        self._legs[event[2]].end_ring(event[0], rec.NO_ANSWER)

    def _answer(self, event: Event) -> None:
        t, _, number, queue, agent, _, _ = event
        leg = self._legs[number]
        self._leave(leg, queue)
        leg.end_ring(t, rec.ANSWERED)
        leg.outcome = rec.ANSWERED
        leg.answered = t
        leg.agent = agent
        call = self._calls[number]
        if call.answered is None:
            call.answered = t

    def _leave(self, leg: LegBuilder, queue: int) -> None:
        line = self._lines[queue]
        leg.exit_position = next(place for place, number in enumerate(line, 1) if number == leg.call)
        del line[leg.call]

    def _hold(self, event: Event) -> None:
        holds = self._legs[event[2]].holds
        if event[1] == ev.HOLD:
            holds.append((event[0], None))
        else:
            holds[-1] = (holds[-1][0], event[0])

    def _transfer(self, event: Event) -> None:
        leg = self._legs[event[2]]
        leg.transfer = event[5] or "blind"
        leg.next_call = event[6]

    def _end(self, event: Event) -> None:
        t, _, number, _, _, code, side = event
        leg = self._legs[number]
        leg.ended = t
        leg.account_code = code
        leg.hung_up_by = ev.SIDES[side] if side >= 0 else None
        if leg.holds and leg.holds[-1][1] is None:
            leg.holds[-1] = (leg.holds[-1][0], t)
        self._close(t, self._calls[number])

    def _lost(self, event: Event) -> None:
        t, kind, number, queue, _, key, follow_up = event
        leg = self._legs[number]
        self._leave(leg, queue)
        leg.end_ring(t, rec.ABANDONED)
        leg.outcome = _OUTCOMES[kind]
        leg.ended = t
        leg.key = key
        leg.next_call = follow_up
        call = self._calls[number]
        if kind == ev.CALLBACK:
            call.asked = (queue, t, key or "")
        self._close(t, call)

    def _afterwards(self, event: Event) -> None:
        t, kind, number, queue, _, text, figure = event
        call = self._calls[number]
        if kind == ev.MESSAGE:
            call.messages.append(rec.Message(t, figure, queue, text))
            self._close(t, call)
        elif kind == ev.TAG:
            self._legs[number].tags.append(text or "")
        else:
            self._legs[number].survey.append(rec.SurveyAnswer(t, text or "", figure))

    def _callback(self, event: Event) -> None:
        t, kind, number, _, agent, text, ref = event
        if kind == ev.CB_DIAL:
            call = self._calls[ref]
            self._calls[number] = call
            call.numbers.append(number)
            call.attempts.append(rec.CallbackAttempt(number, agent, t, None, None, rec.OPEN, None))
            return
        call = self._calls[number]
        if kind == ev.CB_RESULT:
            call.settled = t
            call.callback_result = ev.RESULTS[ref]
            if call.end is not None:
                self._over.append((call.end, call))
            return
        last = call.attempts[-1]
        if kind == ev.CB_ANSWER:
            call.attempts[-1] = rec.CallbackAttempt(number, agent, last.dialled, t, None, rec.OPEN, None)
        else:
            result = ev.RESULTS[ref]
            call.attempts[-1] = rec.CallbackAttempt(number, agent, last.dialled, last.answered, t, result, text)

    # -- phones ----------------------------------------------------------------------------------------------

    def _office(self, event: Event) -> None:
        call = self._begin(event[0], event[2], rec.INTERNAL, event[5] or "")
        call.caller = next(each.index for each in self._book.extensions[::-1] if each.number == event[5])

    def _out(self, event: Event) -> None:
        call = self._begin(event[0], event[2], rec.OUTBOUND, event[5] or "")
        call.caller, call.dod = event[4], event[6]

    def _out_end(self, event: Event) -> None:
        call = self._calls[event[2]]
        call.account_code = event[5]
        call.result = ev.RESULTS[event[6]]
        self._close(event[0], call)

    def _int_dial(self, event: Event) -> None:
        t, _, number, _, caller, _, other = event
        call = self._begin(t, number, rec.INTERNAL, self._book.extensions[caller].number)
        call.caller = caller
        phone = PhoneBuilder(t, -1)
        phone.ring(t, other, self._book.extensions[other].agent)
        call.phones.append(phone)

    def _own_answer(self, event: Event) -> None:
        t, kind, number, _, _, _, extension = event
        call = self._calls[number]
        call.answered = t
        if kind != ev.OUT_ANSWER:
            call.phones[-1].answer(t, extension)

    def _group(self, event: Event) -> None:
        t, kind, number, _, _, _, group = event
        call = self._calls[number]
        if kind == ev.GROUP_RING:
            call.phones.append(PhoneBuilder(t, group))
        else:
            call.phones[-1].miss(t)
            self._close(t, call)

    def _ext(self, event: Event) -> None:
        t, kind, number, _, agent, why, extension = event
        call = self._calls[number]
        if not call.phones or call.phones[-1].ended is not None:
            call.phones.append(PhoneBuilder(t, -1))
        phone = call.phones[-1]
        if kind == ev.EXT_RING:
            phone.ring(t, extension, agent)
            return
        phone.stop(t, extension, rec.BUSY if kind == ev.EXT_BUSY else why or rec.NO_ANSWER)
        if phone.group < 0:
            phone.miss(t)
            self._close(t, call)

    def _phone_end(self, event: Event) -> None:
        t, _, number, _, _, side, _ = event
        call = self._calls[number]
        call.phones[-1].ended = t
        call.phones[-1].hung_up_by = side
        self._close(t, call)


def records_of(site: Site, day: int, events: Sequence[Event]) -> tuple[CallRecord, ...]:
    """Fold a day's records into its calls, in order of their starts. Calls still going on are there, too."""
    return in_order(stream_records(site, day, events))


def in_order(records: Iterable[CallRecord]) -> tuple[CallRecord, ...]:
    """Sort records by start, those of one instant by number."""
    return tuple(sorted(records, key=_start))


def stream_records(site: Site, day: int, events: Sequence[Event], chunk: int = 20_000) -> Iterator[CallRecord]:
    """The same in order of ends, a few at a time: for days too large to hold all records at once."""
    fold = CallFold(site, day)
    for first in range(0, len(events), chunk):
        fold.feed(events[first : first + chunk])
        yield from fold.finished()
    yield from fold.open_records()


def _start(record: CallRecord) -> tuple[int, int]:
    return record.start, record.call
