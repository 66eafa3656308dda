"""The room of rewind: opens and leaves a replay, and keeps bar, banner, frame, title and window in step with it."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

from console.domain.errors import ConsoleError
from console.engine.replay import Gap, Replay, gaps
from console.tasks import TaskScope
from console.ui.desks.base import DeskContext
from console.ui.rewind.bar import RewindBar
from console.ui.rewind.marks import ReplayBanner, ReplayFrame
from console.ui.rewind.selection import KeptSelection
from console.ui.rewind.timeline import AlarmMark
from console.ui.rewind.words import day_text, gap_text, local
from console.ui.services import Services
from console.ui.text import tr, translate
from console.ui.windows.floor import Floor

if TYPE_CHECKING:
    from console.engine.history.base import History
    from console.ui.windows.docks import DockArea

TICK_MS: Final = 250
EXTENT_S: Final = 10.0  # how often the recording of today is looked at anew: it goes on meanwhile
BEYOND_S: Final = 1.0  # the same while it plays beyond what was there at the last look
LOW: Final = 760  # px; below it the bar takes one line
SETTLED_MS: Final = 60  # the window has been laid out anew by then
FIRST_MS: Final = 60_000.0  # how far back the first look goes


class RewindRoom(QObject):
    """One replay at a time. The live feed, the recorder and the alarms know nothing of it."""

    def __init__(self, context: DeskContext, services: Services) -> None:
        super().__init__(context.window)
        self._context = context
        self._services = services
        self._scope = TaskScope("rewind", context.report)
        self._replay: Replay | None = None
        self._kept: KeptSelection | None = None
        self._heights: dict[QDockWidget, int] = {}
        self._title = ""
        self._day: date | None = None
        self._gaps: list[tuple[float, float]] = []
        self._gap: Gap | None = None
        self._looked_at = 0.0
        self.bar = RewindBar(context.theme)
        self.banner = ReplayBanner(context.theme)
        self.frame = ReplayFrame(context.theme, floor_of(context.docks), is_open=True)
        self.apart = {dock: ReplayFrame(context.theme, dock) for dock in context.docks.docks.values()}
        for dock in self.apart:
            dock.topLevelChanged.connect(self._show_apart)
        self.bar.set_compact(context.window.height() < LOW)
        context.window.installEventFilter(self)
        context.add_foot(self.bar)
        context.add_strip(self.banner)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.bar.wanted.connect(self.go_to)
        self.bar.day_wanted.connect(self._on_day)
        self.bar.stepped.connect(self._on_stepped)
        self.bar.play_wanted.connect(self._on_play)
        self.bar.left.connect(self.leave)
        self.bar.recorder_wanted.connect(self._on_recorder)
        self.banner.left.connect(self.leave)

    @property
    def replay(self) -> Replay | None:
        """The replay that is shown; None while the window shows now."""
        return self._replay

    # -- in and out

    async def open(self, history: History, at_ms: float | None = None) -> bool:
        """Show a recorded moment (one a minute old unless told); False where nothing is recorded."""
        if self._replay is not None:
            self.go_to(at_ms if at_ms is not None else self._replay.clock.now_ms())
            return True
        live = self._context.live_clock
        speed = float(getattr(live, "speed", 1.0))  # a demo's recording runs as fast as its clock
        order = [profile.id for profile in self._services.profiles.all]
        replay = Replay(history, live, speed=speed, order=order, report=self._context.report)
        bounds = await replay.bounds()
        if bounds is None:
            return False
        first, last = bounds
        await replay.seek(max(first, last - FIRST_MS) if at_ms is None else min(max(at_ms, first), last))
        self._replay = replay
        self._enter(replay)
        await self._look_around(replay)
        return True

    def _enter(self, replay: Replay) -> None:
        window = self._context.window
        self._kept = KeptSelection(self._context.docks)
        self._heights = _heights(self._context.docks)
        self._title = window.windowTitle()
        window.actions_.set_replay(True)
        replay.subscribe(self._on_news)
        self._look_at(replay)
        self._show_moment(replay)
        for widget in (self.bar, self.banner, self.frame):
            widget.show()
        self._show_apart()
        self.bar.setFocus()
        self._timer.start()

    def leave(self) -> None:
        """Back to now, at once."""
        replay, self._replay = self._replay, None
        if replay is None:
            return
        window = self._context.window
        self._timer.stop()
        self._scope.start(replay.aclose(), "close")
        self._scope.cancel("look")
        for widget in (self.bar, self.banner, self.frame):
            widget.hide()
        self._show_apart()
        window.setWindowTitle(self._title)
        window.actions_.set_replay(False)
        self._look_at(None)
        if self._kept is not None:
            self._kept.restore()
        self._kept = None
        self._day, self._gaps, self._gap = None, [], None
        self.bar.show_playing(False)
        QTimer.singleShot(
            SETTLED_MS, self, self._restore_heights
        )  # once the room of bar and banner is the panes' again

    def _restore_heights(self) -> None:
        """Qt takes height from the panes unevenly and does not give it back as it took it."""
        heights = {dock: height for dock, height in self._heights.items() if not dock.isFloating() and dock.isVisible()}
        docks = self._context.docks
        docks.resizeDocks(list(heights), list(heights.values()), Qt.Orientation.Vertical)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A low window leaves more of its height to the tables."""
        if event.type() == QEvent.Type.Resize:
            self.bar.set_compact(self._context.window.height() < LOW)
        return False

    def _show_apart(self, *_: object) -> None:
        """Frame the panes that stand in windows of their own."""
        for dock, frame in self.apart.items():
            frame.setVisible(self._replay is not None and dock.isFloating())

    def _look_at(self, replay: Replay | None) -> None:
        """Show the replay, or now; alarms raise rows of now only, so none keeps the edge it had."""
        self._context.look_at(*((None, None) if replay is None else (replay.store, replay.clock)))
        for dock in self._context.docks.docks.values():
            if dock.pane is not None:
                dock.pane.rearrange()
                dock.pane.model.refresh()

    async def aclose(self) -> None:
        """End everything; the window goes with it."""
        self._timer.stop()
        if self._replay is not None:
            await self._replay.aclose()
        await self._scope.aclose()

    # -- going about

    def go_to(self, at_ms: float) -> None:
        """Show another moment; of several asked for quickly the newest counts."""
        if self._replay is not None:
            self._start("seek", self._replay.seek(at_ms))

    def _on_stepped(self, frames: int) -> None:
        if self._replay is not None:
            self._start("step", self._step(self._replay, frames))

    async def _step(self, replay: Replay, frames: int) -> None:
        if not await replay.step(frames):
            self.bar.say(tr("There is nothing later.") if frames > 0 else tr("There is nothing earlier."))

    def _on_play(self, pace: int) -> None:
        if self._replay is None:
            return
        if pace:
            self._replay.play(pace)
        else:
            self._replay.pause()

    def _on_day(self, day: object) -> None:
        """The same time of another day, or its first moment."""
        replay = self._replay
        if replay is not None and isinstance(day, date):
            clock_time = local(replay.clock.now_ms()).time()
            self._start("seek", self._to_day(replay, day, _epoch_ms(datetime.combine(day, clock_time))))

    async def _to_day(self, replay: Replay, day: date, at_ms: float) -> None:
        extent = await _extent(replay, day)
        if extent is not None:
            await replay.seek(min(max(at_ms, extent[0]), extent[1]))

    def _on_recorder(self) -> None:
        self._context.perform("recorder")

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._scope.start(self._guarded(work), name)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ConsoleError as error:
            self.bar.say(translate(error.message))

    # -- keeping in step

    def _on_news(self) -> None:
        replay = self._replay
        if replay is not None:
            self._show_moment(replay)
            if not replay.is_playing:
                self._context.window.refresh()

    def _on_tick(self) -> None:
        replay = self._replay
        if replay is None:
            return
        self._show_moment(replay)
        is_beyond = replay.clock.now_ms() > self.bar.timeline.end_ms
        is_due = self._context.live_clock.monotonic() - self._looked_at > (BEYOND_S if is_beyond else EXTENT_S)
        if is_due or local(replay.clock.now_ms()).date() != self._day:
            self._looked_at = self._context.live_clock.monotonic()
            self._scope.single_flight("look", lambda: self._guarded(self._look_around(replay)))

    def _show_moment(self, replay: Replay) -> None:
        at_ms = replay.clock.now_ms()
        self.bar.show_moment(at_ms, self._context.live_clock.now_ms())
        self.bar.show_playing(replay.is_playing)
        self.banner.show_moment(at_ms)
        title = tr("REPLAY {time}", time=f"{day_text(local(at_ms).date())} {local(at_ms):%H:%M}") + f" — {self._title}"
        if title != self._context.window.windowTitle():
            self._context.window.setWindowTitle(title)
        self._say_gap(replay, at_ms)

    def _say_gap(self, replay: Replay, at_ms: float) -> None:
        """Why there is nothing fresh at a moment; asked for once per gap."""
        gap = next((gap for gap in self._gaps if gap[0] <= at_ms < gap[1]), None)
        if gap is None:
            self.bar.say("")
        elif self._gap is not None and (self._gap.start_ms, self._gap.end_ms) == gap:
            self.bar.say(gap_text(self._gap))
        else:
            self._scope.single_flight("gap", lambda: self._guarded(self._ask_gap(replay, gap)))

    async def _ask_gap(self, replay: Replay, gap: tuple[float, float]) -> None:
        found = await replay.gap_at(gap[0], *gap)
        self._gap = Gap(*gap, found.was_running) if found is not None else None
        if self._replay is replay and found is not None:
            self._show_moment(replay)

    async def _look_around(self, replay: Replay) -> None:
        """Take note of the days there are, and of the day that is shown: from when to when, its gaps and alarms."""
        day = local(replay.clock.now_ms()).date()
        days, extent = await replay.days(), await _extent(replay, day)
        if self._replay is not replay:
            return
        self._day = day
        self._looked_at = self._context.live_clock.monotonic()
        self.bar.show_days(days)
        if extent is not None:
            start, end = extent
            spans = await replay.spans(start, end)
            self._gaps = gaps(spans, start, end)
            self.bar.timeline.show_extent(start, end, self._gaps, self._alarms(start, end))
        if self._replay is replay:
            self._show_moment(replay)

    def _alarms(self, start_ms: float, end_ms: float) -> list[AlarmMark]:
        alerts = self._services.alerts.alerts if self._services.alerts is not None else ()
        return [AlarmMark(alert.fired_ms, alert.level) for alert in alerts if start_ms <= alert.fired_ms <= end_ms]


async def _extent(replay: Replay, day: date) -> tuple[float, float] | None:
    """From when to when there is something of a day of this computer's zone."""
    bounds = await replay.bounds()
    if bounds is None:
        return None
    start = max(_epoch_ms(datetime.combine(day, time())), bounds[0])
    end = min(_epoch_ms(datetime.combine(day + timedelta(days=1), time())), bounds[1])
    spans = await replay.spans(start, end)
    if spans and start > bounds[0]:
        start = spans[0].start_ms
    if spans and end < bounds[1]:
        end = spans[-1].end_ms
    return (start, end) if start < end else None


def _epoch_ms(wall: datetime) -> float:
    """A wall time of this computer's zone."""
    return wall.astimezone().timestamp() * 1000


def floor_of(docks: DockArea) -> QWidget:
    """All that shows figures: connections, tiles and panes; the panes alone where they stand for themselves."""
    widget: QWidget | None = docks
    while widget is not None and not isinstance(widget, Floor):
        widget = widget.parentWidget()
    return widget if widget is not None else docks


def _heights(docks: DockArea) -> dict[QDockWidget, int]:
    """How high the panes are, of those that stand side by side the first only: the others follow it."""
    seen = [dock for dock in docks.docks.values() if not dock.visibleRegion().isEmpty() and not dock.isFloating()]
    found: dict[QDockWidget, int] = {}
    bottom = 0
    for dock in sorted(seen, key=lambda dock: dock.y()):
        if dock.y() >= bottom:
            found[dock] = dock.height()
            bottom = dock.geometry().bottom()
    return found
