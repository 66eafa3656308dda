"""Queue performance: a fold over the event log, one book per window of time."""

from __future__ import annotations

from collections.abc import Iterable

from console.demo.world import events as ev
from console.demo.world.events import Event


class QueueSums:
    """What one queue did in the window; durations in ms."""

    __slots__ = (
        "abandoned",
        "answered",
        "hold",
        "longest",
        "missed",
        "ring",
        "talk_base",
        "talking",
        "waited_all",
        "waited_answered",
        "within",
    )

    def __init__(self) -> None:
        self.answered = 0
        self.abandoned = 0
        self.missed = 0
        self.within = 0
        self.waited_answered = 0
        self.waited_all = 0
        self.longest = 0
        self.ring = 0
        self.talk_base = 0
        self.hold = 0
        self.talking = 0  # calls being talked on

    @property
    def total(self) -> int:
        """Calls with an outcome."""
        return self.answered + self.abandoned + self.missed

    def talk_at(self, t: int) -> int:
        """Time talked up to ``t``, calls in progress included."""
        return self.talk_base + self.talking * t


class CallBook:
    """All calls that entered a queue from ``start`` on, and the open calls with their instants.

    Attributes:
        entered: when each waiting or connected call entered; answered: when each connected one was answered.
    """

    def __init__(self, queues: int, start: int, sla_ms: int) -> None:
        self.start = start
        self.position = 0
        self.sums = [QueueSums() for _ in range(queues)]
        self.entered: dict[int, int] = {}
        self.answered: dict[int, int] = {}
        self._sla_ms = sla_ms
        self._rung: dict[int, int] = {}
        self._held: dict[int, int] = {}

    def follow(self, log: list[Event], now: int) -> None:
        """Read on in a log that grows."""
        first, end = self.position, len(log)
        while self.position < end and log[self.position][0] <= now:
            self.position += 1
        self.feed(log[first : self.position])

    def feed(self, events: Iterable[Event]) -> None:
        """Take records in, in their order."""
        for t, kind, call, index, _, _, _ in events:
            if index < 0 or call < 0:
                continue
            if kind == ev.ENTER:
                if t >= self.start:
                    self.entered[call] = t
            elif call not in self.entered:
                continue
            elif kind == ev.RING:
                self._rung[call] = t
            elif kind == ev.ANSWER:
                self._answer(t, call, self.sums[index])
            elif kind in ev.LOST:
                self._lose(t, kind, call, self.sums[index])
            elif kind in (ev.HOLD, ev.RETRIEVE, ev.END):
                self._connected(t, kind, call, self.sums[index])

    def _answer(self, t: int, call: int, sums: QueueSums) -> None:
        wait = t - self.entered[call]
        sums.answered += 1
        sums.waited_answered += wait
        sums.waited_all += wait
        sums.longest = max(sums.longest, wait)
        sums.within += wait <= self._sla_ms
        sums.ring += t - self._rung.pop(call, t)
        self._talk(t, sums, 1)
        self.answered[call] = t

    def _lose(self, t: int, kind: int, call: int, sums: QueueSums) -> None:
        wait = t - self.entered.pop(call)
        self._rung.pop(call, None)
        sums.waited_all += wait
        sums.longest = max(sums.longest, wait)
        if kind == ev.ABANDON:
            sums.abandoned += 1
        else:
            sums.missed += 1

    def _connected(self, t: int, kind: int, call: int, sums: QueueSums) -> None:
        held = self._held.pop(call, None)
        if held is not None:
            sums.hold += t - held
        if kind == ev.RETRIEVE:
            self._talk(t, sums, 1)
            return
        if held is None:
            self._talk(t, sums, -1)
        if kind == ev.HOLD:
            self._held[call] = t
        else:
            del self.entered[call]
            self.answered.pop(call, None)

    @staticmethod
    def _talk(t: int, sums: QueueSums, step: int) -> None:
        """A stretch of talk starts (+1) or ends (-1) at ``t``."""
        sums.talking += step
        sums.talk_base -= step * t


def seconds(ms: float) -> int:
    """Whole seconds, rounded down as the exchange does."""
    return int(ms // 1000)


def mean(ms: int, count: int) -> int:
    """A mean in whole seconds, rounded down; 0 of nothing."""
    return seconds(ms / count) if count else 0


def rate(part: int, whole: int) -> float:
    """Percent with two decimals; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0


def performance(sums: QueueSums, now: int, *, is_v2: bool) -> dict[str, object]:
    """The figures of one row of ``queue_performance_list``."""
    talk = sums.talk_at(now)
    answered, total = sums.answered, sums.total
    handle = "average_server_time" if is_v2 else "average_handle_time"
    return {
        "total_calls": total,
        "answered_calls": answered,
        "missed_calls": sums.missed,
        "abandoned_calls": sums.abandoned,
        "average_waiting_time": mean(sums.waited_answered, answered),
        "all_call_average_waiting_time": mean(sums.waited_all, total),
        "max_waiting_time": seconds(sums.longest),
        "average_talking_time": mean(talk, answered),
        handle: mean(talk + sums.hold, answered),
        "answered_rate": rate(answered, total),
        "missed_rate": rate(sums.missed, total),
        "abandoned_rate": rate(sums.abandoned, total),
        "sla": rate(sums.within, total),
        "answered_call_time": seconds(talk + sums.hold),
        "answered_hold_time": seconds(sums.hold),
        "total_ring_time": seconds(sums.ring),
        "answered_waiting_time": seconds(sums.waited_answered),
        "total_waiting_time": seconds(sums.waited_all),
        "total_talking_time": seconds(talk),
    }
