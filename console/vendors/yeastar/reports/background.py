"""Reports that the PBX prepares in the background: event 30027 says when the file is there.

The event brings a link and no word of which run it belongs to (vendor page "Report Download"), so only one run waits at
a time, a file named after another type is not taken for ours, and after a run that was given up the next one first
lets its event go by.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from console.domain.clock import Clock
from console.domain.errors import ProtocolError, TimedOut, UserError
from console.domain.messages import message
from console.domain.text import safe_text
from console.vendors.yeastar.events import EventFeed
from console.vendors.yeastar.fields import Json, text


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds; tests shrink them.

    Attributes:
        socket_s: for the event socket to be live before a run is begun.
        ready_s: for the event that the file is ready.
        stray_s: for the event of a run that was given up, before another one is begun.
        clock_s: how long what the PBX says of its clock and firmware is believed.
    """

    socket_s: float = 15.0
    ready_s: float = 1800.0
    stray_s: float = 60.0
    clock_s: float = 60.0


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that is ready."""

    link: str
    name: str


class Background:
    """Waits for files, one run at a time (the owner sees to that)."""

    def __init__(
        self, events: EventFeed | None, clock: Clock, host: str, types: frozenset[str], patience: Patience
    ) -> None:
        self._events = events
        self._clock = clock
        self._host = host
        self._types = types
        self._patience = patience
        self._heard: deque[dict[str, Json]] = deque(maxlen=64)
        self._news = asyncio.Event()
        self._stray_until = 0.0
        if events is not None:
            events.on_report = self._hear

    @property
    def is_live(self) -> bool:
        """Whether an event would be heard now."""
        return self._events is not None and self._events.live.is_set()

    def _hear(self, msg: dict[str, Json]) -> None:
        self._heard.append(msg)
        self._news.set()

    async def prepare(self) -> None:
        """Before a run is begun: the socket is live, and no event of a former run is on its way.

        Raises:
            UserError: live events are switched off, or this firmware has none for reports.
            TimedOut: the socket is not live.
        """
        if self._events is None:
            raise UserError(message("pbx.events_off"))
        self._events.start()
        if not await self._clock.wait(self._events.live, self._patience.socket_s):
            raise TimedOut(message("pbx.events_down", host=self._host))
        if not self._events.tells_reports:
            raise UserError(message("pbx.events_old", host=self._host))
        wait = min(self._patience.stray_s, self._stray_until - self._clock.monotonic())
        if wait > 0 and not self._heard:
            self._news.clear()
            await self._clock.wait(self._news, wait)
        self._stray_until = 0.0
        self._heard.clear()

    async def ready(self, kind: str) -> Ready:
        """Wait for the file of a run of this type.

        Raises:
            TimedOut: it was not told in time.
            ProtocolError: the PBX reports that it failed.
        """
        due = self._clock.monotonic() + self._patience.ready_s
        try:
            while True:
                while self._heard:
                    if (found := self._ours(self._heard.popleft(), kind)) is not None:
                        return found
                self._news.clear()
                left = due - self._clock.monotonic()
                if left <= 0 or not await self._clock.wait(self._news, left):
                    minutes = round(self._patience.ready_s / 60)
                    raise TimedOut(message("pbx.never_ready", host=self._host, minutes=minutes))
        except (asyncio.CancelledError, TimedOut):
            self._stray_until = self._clock.monotonic() + self._patience.ready_s
            raise

    def _ours(self, msg: dict[str, Json], kind: str) -> Ready | None:
        """The file an event speaks of, unless it is of another report."""
        name, link = text(msg.get("file")), text(msg.get("download_resource_url"))
        begun = name.partition("-")[0].casefold()
        is_others = begun not in ("", kind) and begun in self._types  # a failed run has no file to tell it by
        if text(msg.get("key")) not in ("", "report_download") or is_others:
            return None
        if text(msg.get("result")).casefold() != "success" or not link:
            said = safe_text(text(msg.get("error")) or text(msg.get("result")))
            raise ProtocolError(message("pbx.background_failed", host=self._host), detail=said)
        return Ready(link, name)
