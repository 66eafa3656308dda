"""The discrete-event engine: a clock, routing, queues, patience and the life of a call.

It knows nothing about hours of day or reasons: every random choice comes from a `Behaviour`. The floor of the
demo and the stationary M/M/c+M run of the queueing test are this same engine with different behaviours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Protocol

from console.demo.world import events as ev
from console.demo.world.events import Event

OFF, IDLE, RINGING, TALKING, ACW, PAUSED, DIALING = range(7)
WAITING, OFFERED, CONNECTED, DONE = range(4)


Handler = Callable[[int, Any, int], None]
Limit = tuple[int, int, "str | None"]
"""How long a caller waits at most, the kind of record that ends the wait then, and the key pressed for it."""


class Behaviour(Protocol):
    """Every random choice of the engine. All durations are whole milliseconds."""

    def next_arrival(self, queue: int, t: int) -> int | None:
        """Give the time of the next call to a queue after ``t``, or None when there is none today."""

    def number(self) -> str:
        """Give a caller's number."""

    def patience(self, queue: int) -> int:
        """Give how long a caller waits before hanging up."""

    def ring(self) -> tuple[int, bool]:
        """Give how long the phone rings, and whether the agent picks up after that."""

    def talk(self, queue: int) -> int:
        """Give how long caller and agent are connected, hold included."""

    def hold(self, talk: int) -> tuple[int, int] | None:
        """Give start and end of a hold relative to the answer, or None. An end after the talk never comes."""

    def wrap_up(self, queue: int) -> int:
        """Give the after-call work of one call; 0 for none."""

    def transfer(self, queue: int) -> int | None:
        """Give the queue to which the agent passes this caller on, or None."""

    def account_code(self) -> str | None:
        """Give the account code the agent enters at the end of a call, or None."""

    def no_answer_pause(self) -> int:
        """Give how long an agent is set aside after not answering."""

    def voicemail_after(self) -> int:
        """Give the longest wait before a caller is sent to voicemail."""


class Call:
    """A call leg inside the engine: from entering one queue to its one outcome."""

    __slots__ = (
        "agent",
        "deadline",
        "entered",
        "held",
        "id",
        "key",
        "limit_set",
        "number",
        "phase",
        "queue",
        "way_out",
    )

    def __init__(self, ident: int, queue: int, number: str, entered: int, limit: Limit) -> None:
        self.id = ident
        self.number = number
        self.queue = queue
        self.entered = entered
        self.deadline = entered + limit[0]
        self.way_out = limit[1]
        self.key = limit[2]
        self.held = False
        self.phase = WAITING
        self.agent = -1
        self.limit_set = False


class Desk:
    """An agent inside the engine. ``token`` grows with every change, so that timers of the past fall flat."""

    __slots__ = ("call", "index", "leaving", "pause_ms", "pause_reason", "phase", "queues", "token")

    def __init__(self, index: int, queues: tuple[int, ...]) -> None:
        self.index = index
        self.queues = queues
        self.phase = OFF
        self.token = 0
        self.call: Call | None = None
        self.pause_reason: str | None = None
        self.pause_ms = 0
        self.leaving = False


class Engine:
    """Runs events in order of time and appends what happens to ``log``."""

    def __init__(self, queues: int, skills: list[tuple[int, ...]], behaviour: Behaviour) -> None:
        self.log: list[Event] = []
        self.now = 0
        self.desks = [Desk(index, queues_of) for index, queues_of in enumerate(skills)]
        self.behaviour = behaviour
        self._heap: list[tuple[int, int, int, object, int]] = []
        self._seq = 0
        self._next_call = 1
        self._waiting: list[deque[Call]] = [deque() for _ in range(queues)]
        self._idle: list[list[tuple[int, int, int]]] = [[] for _ in range(queues)]
        self._handlers: list[Handler] = [
            self._on_arrival,
            self._on_patience,
            self._on_ring_end,
            self._on_talk_end,
            self._on_free,
            self._on_hold,
            self._on_retrieve,
            *self.more_handlers(),
        ]

    def more_handlers(self) -> list[Handler]:
        """Give a subclass's own timer handlers; the first has the number `FIRST_OWN_TIMER`."""
        return []

    def schedule(self, t: int, timer: int, subject: object, token: int = 0) -> None:
        """Set a timer. Equal times run in the order in which they were set."""
        self._seq += 1
        heappush(self._heap, (t, self._seq, timer, subject, token))

    def run_until(self, t: int) -> None:
        """Run everything due up to and including ``t``."""
        heap = self._heap
        handlers = self._handlers
        while heap and heap[0][0] <= t:
            due, _, timer, subject, token = heappop(heap)
            self.now = due
            handlers[timer](due, subject, token)
        self.now = max(self.now, t)

    def write(
        self, t: int, kind: int, call: int, queue: int, agent: int, text: str | None = None, ref: int = -1
    ) -> None:
        """Append one record to the log."""
        self.log.append((t, kind, call, queue, agent, text, ref))

    def open_queue(self, queue: int, t: int) -> None:
        """Start the stream of calls to one queue."""
        due = self.behaviour.next_arrival(queue, t)
        if due is not None:
            self.schedule(due, T_ARRIVAL, queue)

    def new_call_id(self) -> int:
        """Give the next call number of this day."""
        self._next_call += 1
        return self._next_call - 1

    # -- calls -----------------------------------------------------------------------------------------------

    def _on_arrival(self, t: int, queue: int, _token: int) -> None:
        self.open_queue(queue, t)
        self.enter(t, queue, self.behaviour.number(), -1)

    def enter(self, t: int, queue: int, number: str, origin: int, ident: int = -1) -> None:
        """Let a caller enter a queue and route the call."""
        if ident < 0:
            ident = self.new_call_id()
        call = Call(ident, queue, number, t, self.limit(queue, number, origin))
        self.log.append((t, ev.ENTER, ident, queue, -1, number, origin))
        self._seek_agent(t, call)

    def limit(self, queue: int, number: str, origin: int) -> Limit:
        """Say how a wait in a queue will end if no agent answers: the first of hanging up and voicemail."""
        patience, longest = self.behaviour.patience(queue), self.behaviour.voicemail_after()
        return (patience, ev.ABANDON, None) if patience < longest else (longest, ev.VOICEMAIL, None)

    def left_queue(self, t: int, call: Call, follow_up: int) -> None:
        """Go on with a caller who left a queue without an agent; ``follow_up`` is the next leg of an overflow."""

    def who_hangs_up(self, call: Call) -> int:
        """Say which side ends a call, as a position in `events.SIDES`; -1 where nobody asks."""
        return -1

    def transfer_kind(self) -> str | None:
        """Say how an agent passes a caller on; None where nobody asks."""
        return None

    def after_call(self, t: int, call: Call, agent: int) -> None:
        """Do what follows the end of a call that is not passed on."""

    def _seek_agent(self, t: int, call: Call) -> None:
        """Offer a call to the agent idle for longest, or let it wait in its place."""
        idle = self._idle[call.queue]
        desks = self.desks
        while idle:
            _, index, token = heappop(idle)
            desk = desks[index]
            if desk.token == token and desk.phase == IDLE:
                self._offer(t, call, desk)
                return
        line = self._waiting[call.queue]
        place = len(line)
        while place and (line[place - 1].entered, line[place - 1].id) > (call.entered, call.id):
            place -= 1
        line.insert(place, call)
        self._set_limit(call)

    def take_idle(self, queue: int) -> Desk | None:
        """Give the agent of a queue who is idle for longest, for a call the system starts by itself."""
        line = self._idle[queue]
        while line:
            _, index, token = heappop(line)
            desk = self.desks[index]
            if desk.token == token and desk.phase == IDLE:
                return desk
        return None

    def _set_limit(self, call: Call) -> None:
        if not call.limit_set:
            call.limit_set = True
            self.schedule(call.deadline, T_PATIENCE, call)

    def _offer(self, t: int, call: Call, desk: Desk) -> None:
        call.phase = OFFERED
        call.agent = desk.index
        desk.call = call
        desk.phase = RINGING
        desk.token += 1
        self.log.append((t, ev.RING, call.id, call.queue, desk.index, None, -1))
        ring, answered = self.behaviour.ring()
        if ring == 0 and answered:
            self._answer(t, call, desk)
            return
        if t + ring >= call.deadline:
            self._set_limit(call)
        self.schedule(t + ring, T_RING_END, desk, desk.token if answered else -desk.token)

    def _on_ring_end(self, t: int, desk: Desk, token: int) -> None:
        call = desk.call
        if desk.token != abs(token) or call is None:
            return
        if token > 0:
            self._answer(t, call, desk)
            return
        call.phase = WAITING
        call.agent = -1
        desk.call = None
        self.log.append((t, ev.NO_ANSWER, call.id, call.queue, desk.index, None, -1))
        self._pause(t, desk, "No Answer", self.behaviour.no_answer_pause())
        self._seek_agent(t, call)

    def _answer(self, t: int, call: Call, desk: Desk) -> None:
        call.phase = CONNECTED
        desk.phase = TALKING
        desk.token += 1
        self.log.append((t, ev.ANSWER, call.id, call.queue, desk.index, None, -1))
        talk = self.behaviour.talk(call.queue)
        hold = self.behaviour.hold(talk)
        if hold is not None:
            self.schedule(t + hold[0], T_HOLD, desk, desk.token)
            self.schedule(t + hold[1], T_RETRIEVE, desk, desk.token)
        self.schedule(t + talk, T_TALK_END, desk, desk.token)

    def _on_hold(self, t: int, desk: Desk, token: int) -> None:
        if desk.token == token and desk.call is not None:
            desk.call.held = True
            self.log.append((t, ev.HOLD, desk.call.id, desk.call.queue, desk.index, None, -1))

    def _on_retrieve(self, t: int, desk: Desk, token: int) -> None:
        if desk.token == token and desk.call is not None:
            desk.call.held = False
            self.log.append((t, ev.RETRIEVE, desk.call.id, desk.call.queue, desk.index, None, -1))

    def _on_talk_end(self, t: int, desk: Desk, token: int) -> None:
        call = desk.call
        if desk.token != token or call is None:
            return
        behaviour = self.behaviour
        target = behaviour.transfer(call.queue)
        follow_up = self.new_call_id() if target is not None else -1
        if target is not None:
            self.log.append((t, ev.TRANSFER, call.id, call.queue, desk.index, self.transfer_kind(), follow_up))
        side = -1 if target is not None else self.who_hangs_up(call)
        self.log.append((t, ev.END, call.id, call.queue, desk.index, behaviour.account_code(), side))
        call.phase = DONE
        desk.call = None
        desk.phase = ACW
        desk.token += 1
        wrap_up = behaviour.wrap_up(call.queue)
        if wrap_up:
            self.schedule(t + wrap_up, T_FREE, desk, desk.token)
        else:
            self.free(t, desk)
        if target is not None:
            self.enter(t, target, call.number, call.id, follow_up)
        else:
            self.after_call(t, call, desk.index)

    def _on_patience(self, t: int, call: Call, _token: int) -> None:
        if call.phase not in (WAITING, OFFERED):
            return
        agent = call.agent
        waiting_in_line = call.phase == WAITING
        call.phase = DONE
        follow_up = self.new_call_id() if call.way_out == ev.OVERFLOW else -1
        self.log.append((t, call.way_out, call.id, call.queue, agent, call.key, follow_up))
        if waiting_in_line:
            self._waiting[call.queue].remove(call)
        else:
            desk = self.desks[agent]
            desk.call = None
            self.free(t, desk)
        self.left_queue(t, call, follow_up)

    # -- agents ----------------------------------------------------------------------------------------------

    def _on_free(self, t: int, desk: Desk, token: int) -> None:
        if desk.token == token:
            self.free(t, desk)

    def free(self, t: int, desk: Desk) -> None:
        """The agent has nothing in hand: leave, pause, take the caller who waited longest, or be available."""
        if desk.leaving:
            self._log_out(t, desk)
            return
        if desk.pause_reason is not None:
            self._pause(t, desk, desk.pause_reason, desk.pause_ms)
            desk.pause_reason = None
            return
        desk.phase = IDLE
        desk.token += 1
        self.log.append((t, ev.READY, -1, -1, desk.index, None, -1))
        best: Call | None = None
        for queue in desk.queues:
            line = self._waiting[queue]
            if line and (best is None or (line[0].entered, line[0].id) < (best.entered, best.id)):
                best = line[0]
        if best is not None:
            self._waiting[best.queue].popleft()
            self._offer(t, best, desk)
            return
        entry = (t, desk.index, desk.token)
        for queue in desk.queues:
            heappush(self._idle[queue], entry)

    def _pause(self, t: int, desk: Desk, reason: str, duration: int) -> None:
        desk.phase = PAUSED
        desk.token += 1
        self.log.append((t, ev.PAUSE, -1, -1, desk.index, reason, -1))
        self.schedule(t + duration, T_FREE, desk, desk.token)

    def log_in(self, t: int, desk: Desk) -> None:
        """An agent starts work and is available at once."""
        desk.leaving = False
        self.log.append((t, ev.LOGIN, -1, -1, desk.index, None, -1))
        self.free(t, desk)

    def log_out(self, t: int, desk: Desk) -> None:
        """An agent leaves, now or as soon as the work in hand is done."""
        desk.leaving = True
        if desk.phase in (IDLE, PAUSED):
            self._log_out(t, desk)

    def _log_out(self, t: int, desk: Desk) -> None:
        desk.phase = OFF
        desk.token += 1
        desk.pause_reason = None
        self.log.append((t, ev.LOGOUT, -1, -1, desk.index, None, -1))

    def pause(self, t: int, desk: Desk, reason: str, duration: int) -> None:
        """An agent pauses, now or after the work in hand. No effect on who is off or already pausing."""
        if desk.phase == IDLE:
            self._pause(t, desk, reason, duration)
        elif desk.phase not in (OFF, PAUSED) and desk.pause_reason is None:
            desk.pause_reason = reason
            desk.pause_ms = duration


T_ARRIVAL, T_PATIENCE, T_RING_END, T_TALK_END, T_FREE, T_HOLD, T_RETRIEVE, FIRST_OWN_TIMER = range(8)
