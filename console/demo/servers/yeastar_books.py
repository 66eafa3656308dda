"""Which book answers for a window: today's, which grows with the log, or one made for the purpose."""

from __future__ import annotations

from console.demo.servers.base import Stage
from console.demo.servers.yeastar_report import CallBook
from console.demo.tasks import in_thread

_INLINE_AGENTS = 60
_CLOSED_MS = 9 * 3_600_000  # before a day of the log begins the floor has been closed for about this long


class Books:
    """The books of one exchange."""

    def __init__(self, stage: Stage, sla_s: int) -> None:
        self._stage = stage
        self._sla_ms = sla_s * 1000
        self._book: CallBook | None = None
        self._day = 0

    def today(self) -> CallBook:
        """The book of the day so far."""
        world = self._stage.world
        if self._book is None or self._day != world.day:
            self._day = world.day
            self._book = CallBook(len(world.site.queues), world.day_start(world.day), self._sla_ms)
        self._book.follow(world.log_of(world.day), world.now)
        return self._book

    async def of(self, start: int, end: int) -> CallBook:
        """The book of the calls that entered in a window, as far as they went in it."""
        world = self._stage.world
        day_start = world.day_start(world.day)
        if day_start - _CLOSED_MS <= start <= day_start and end >= world.now:
            return self.today()

        def fold() -> CallBook:
            book = CallBook(len(world.site.queues), start, self._sla_ms)
            book.feed(world.events_between(start, end))
            return book

        return fold() if self._stage.options.agents <= _INLINE_AGENTS else await in_thread(fold)
