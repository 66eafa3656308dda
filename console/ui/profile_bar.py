"""The profile bar: a chip for each connection, and below it one line for each that needs an act."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.board import Board
from console.domain.clock import Clock
from console.domain.enums import HealthState
from console.domain.model import Health, ProfileId
from console.domain.profile import Profile
from console.ui.connection import light
from console.ui.problem_strip import ProblemStrip
from console.ui.profile_chip import ProfileChip
from console.ui.runtime.clocks import shows_now
from console.ui.text import plural, tr
from console.ui.theme import Space, Theme
from console.ui.widgets import DemoMark, FlowLayout, IconButton, Label

MOST_STRIPS = 3  # more would push the floor off the screen; the chips say it too
BREVITIES = 3  # see `ProfileChip.set_brevity`

_TROUBLE = (HealthState.REFUSED, HealthState.UNREACHABLE, HealthState.ERROR)


class ProfileBar(QWidget):
    """Shows every profile and its connection; call `tick` once a second.

    Signals:
        command: what the user wants with a profile (see `ProfileChip.command`); ``add`` comes with an empty id.
    """

    command = Signal(str, str)

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None, *, is_demo: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("profile.bar")
        self.setAccessibleName(tr("Connections"))
        self._theme = theme
        self._clock = clock
        self._board = Board()
        self._profiles: tuple[Profile, ...] = ()
        self._only: ProfileId | None = None
        self._chips: dict[ProfileId, ProfileChip] = {}
        self._strips: dict[ProfileId, ProblemStrip] = {}
        self._failures: dict[ProfileId, tuple[Health, int]] = {}
        self._mark: DemoMark | None = None
        holder = QWidget()
        self._flow = FlowLayout(Space.INSIDE, holder)
        self._holder = holder
        self._add = IconButton(theme, "plus", tr("Add a connection"))
        self._add.setFixedSize(30, 30)
        self._add.clicked.connect(self._on_add)
        row = QHBoxLayout()
        row.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.INSIDE)
        row.setSpacing(Space.INSIDE)
        if is_demo:
            self._mark = DemoMark(theme, self)
            row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(holder, 1)
        row.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addLayout(row)
        self._more = Label(theme, muted=True)
        self._more.setContentsMargins(Space.AROUND, 2, 0, 2)
        self._more.hide()
        self._column.addWidget(self._more)

    @property
    def chips(self) -> dict[ProfileId, ProfileChip]:
        """The chips by profile."""
        return self._chips

    @property
    def strips(self) -> dict[ProfileId, ProblemStrip]:
        """The strips on screen by profile."""
        return self._strips

    def show_profiles(self, profiles: Sequence[Profile], only: ProfileId | None) -> None:
        """Show these profiles in this order; `only`: the one that is shown alone."""
        self._profiles, self._only = tuple(profiles), only
        known = {profile.id for profile in profiles}
        for gone in [key for key in self._chips if key not in known]:
            self._chips.pop(gone).deleteLater()
            self._drop_strip(gone)
        while self._flow.takeAt(0) is not None:
            pass
        for profile in profiles:
            chip = self._chips.get(profile.id)
            if chip is None:
                chip = ProfileChip(self._theme, profile, "")
                chip.command.connect(self.command)
                self._chips[profile.id] = chip
            self._flow.addWidget(chip)
        self.tick()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much about each connection as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shorten the chips rather than begin a second row; where even the shortest need one, they take it."""
        chips = [self._chips[profile.id] for profile in self._profiles]
        room = self.width() - 2 * Space.BETWEEN - self._add.width() - Space.INSIDE
        room -= self._mark.sizeHint().width() + Space.INSIDE if self._mark is not None else 0
        gaps = Space.INSIDE * max(0, len(chips) - 1)
        fitting = (level for level in range(BREVITIES) if sum(c.width_at(level) for c in chips) + gaps <= room)
        brevity = next(fitting, BREVITIES - 1)
        for chip in chips:
            chip.set_brevity(brevity)

    def show_board(self, board: Board) -> None:
        """Show what a board says about the connections."""
        self._board = board
        self.tick()

    def tick(self) -> None:
        """Show ages and waits as they are now."""
        mono = self._clock.monotonic()
        sources = {source.profile.id: source for source in self._board.sources}
        troubled: list[ProfileId] = []
        for profile in self._profiles:
            source = sources.get(profile.id) if profile.enabled or not shows_now(self._clock) else None
            shown = light(source.health, mono) if source is not None else None
            title = source.backend_title if source is not None else ""
            self._chips[profile.id].show_state(profile, title, shown, is_only=profile.id == self._only)
            if source is None or shown is None or shown.state not in _TROUBLE:
                self._drop_strip(profile.id)
                continue
            troubled.append(profile.id)
            if len(troubled) <= MOST_STRIPS:
                counted = self._failures if shows_now(self._clock) else {}
                failures = counted.get(profile.id, (source.health, 1))[1]
                self._strip(profile).show_light(profile, shown, failures, source.health.since)
        self._fit()
        for late in troubled[MOST_STRIPS:]:
            self._drop_strip(late)
        rest = len(troubled) - MOST_STRIPS
        self._more.setText(
            plural("{n} more connection needs a look.", "{n} more connections need a look.", rest) if rest > 0 else ""
        )
        self._more.setVisible(rest > 0)

    def _strip(self, profile: Profile) -> ProblemStrip:
        strip = self._strips.get(profile.id)
        if strip is None:
            strip = ProblemStrip(self._theme, profile)
            strip.command.connect(self.command)
            order = [known.id for known in self._profiles]
            above = sum(order.index(other) < order.index(profile.id) for other in self._strips if other in order)
            self._column.insertWidget(1 + above, strip)
            self._strips[profile.id] = strip
        return strip

    def _drop_strip(self, profile_id: ProfileId) -> None:
        strip = self._strips.pop(profile_id, None)
        if strip is not None:
            self._column.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def count(self, profile_id: ProfileId, health: Health) -> None:
        """Take note of each word of a session, so that the tries that failed are counted and none is merged away."""
        if health.state not in _TROUBLE:
            self._failures.pop(profile_id, None)
            return
        former = self._failures.get(profile_id)
        if former is None:
            self._failures[profile_id] = (health, 1)
        elif former[0] != health:
            self._failures[profile_id] = (health, former[1] + 1)

    def _on_add(self) -> None:
        self.command.emit("add", "")
