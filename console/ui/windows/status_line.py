"""The line at the foot of the window: how old each source's data is, clocks that differ, and notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain.board import Board, Source
from console.domain.clock import Clock, to_datetime
from console.domain.enums import HealthState
from console.domain.text import format_age, safe_text
from console.ui.connection import LightTone, light
from console.ui.marks import ToneMark
from console.ui.runtime.clocks import shows_now
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, Label

_NAMED = 3  # sources named one by one; of more only those in trouble


class StatusLine(QWidget):
    """Call `tick` once a second."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._clock = clock
        self._board = Board()
        self._mark = ToneMark(theme)
        self._fresh = ElidedLabel(theme, size=Type.SMALL, muted=True)
        self._notice = ElidedLabel(theme, size=Type.SMALL, muted=True)
        self._notice.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._time = Label(theme, size=Type.SMALL, muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.TIGHT)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self._mark)
        row.addWidget(self._fresh, 3)
        row.addWidget(self._notice, 4)
        row.addSpacing(Space.BETWEEN)
        row.addWidget(self._time)
        self.setFixedHeight(28)

    @property
    def text(self) -> str:
        """Everything it says."""
        return "  ".join((self._fresh.full_text(), self._notice.full_text(), self._time.text())).strip()

    def show_board(self, board: Board) -> None:
        """Show a board's sources."""
        self._board = board
        self.tick()

    def tick(self) -> None:
        """Show ages and times as they are now."""
        mono = self._clock.monotonic()
        sources = self._board.sources
        tones = [light(source.health, mono).tone for source in sources]
        order = (LightTone.CRITICAL, LightTone.CAUTION, LightTone.QUIET, LightTone.GOOD)
        self._mark.set_tone(next((tone for tone in order if tone in tones), LightTone.QUIET))
        self._mark.setVisible(bool(sources))
        self._set(self._fresh, self._freshness(mono))
        self._set(self._notice, "  ·  ".join(dict.fromkeys(_notices(self._board))))
        now = to_datetime(self._clock.now_ms())
        shown = now.astimezone().strftime("%H:%M:%S")
        if not shows_now(self._clock):
            shown = tr("Replay {time}", time=shown)
        times = [shown, *_server_times(self._board, now)]
        self._time.setText("  ·  ".join(times))

    def _freshness(self, mono: float) -> str:
        if shows_now(self._clock):
            return _freshness(self._board, mono)
        if not self._board.sources:
            return tr("Replay: nothing is recorded of this moment")
        return tr("Replay, as it stood then. {ages}", ages=_freshness(self._board, mono))

    @staticmethod
    def _set(label: ElidedLabel, text: str) -> None:
        if label.full_text() != text:
            label.setText(text)


def _freshness(board: Board, mono: float) -> str:
    """The age of each source's data; of many the number that are live, and by name only those that are not."""
    sources = board.sources
    if not sources:
        return tr("Nothing is connected")
    if len(sources) <= _NAMED:
        return tr("Data from: {ages}", ages="  ·  ".join(_age(source, mono) for source in sources))
    others = [source for source in sources if source.health.state_at(mono) is not HealthState.LIVE]
    live = [age for source in sources if source not in others and (age := source.health.age_s(mono)) is not None]
    parts = [tr("{n} of {all} connections live", n=len(sources) - len(others), all=len(sources))]
    if live:
        parts.append(tr("oldest data {age} ago", age=format_age(max(live))))
    return "  ·  ".join([*parts, *(_age(source, mono) for source in others)])


def _age(source: Source, mono: float) -> str:
    name = safe_text(source.profile.name, 40)
    age = source.health.age_s(mono)
    if age is None:
        return tr("{profile} not yet", profile=name)
    return tr("{profile} {age} ago", profile=name, age=format_age(age))


def _notices(board: Board) -> Iterator[str]:
    several = len(board.sources) > 1
    for source in board.sources:
        for notice in source.snapshot.notices if source.snapshot is not None else ():
            sentence = translate(notice)
            yield f"{safe_text(source.profile.name, 40)}: {sentence}" if several else sentence


def _server_times(board: Board, now: datetime) -> Iterator[str]:
    """The time where a server stands, when it says its zone and that is not ours."""
    here = now.astimezone().utcoffset()
    for source in board.sources:
        taken = source.snapshot.taken_at if source.snapshot is not None else None
        there = taken.utcoffset() if taken is not None else None
        if taken is not None and there is not None and there != here and there != timedelta(0):
            name = safe_text(source.profile.name, 40)
            yield tr("{profile} {time}", profile=name, time=now.astimezone(taken.tzinfo).strftime("%H:%M"))
