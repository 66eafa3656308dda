"""What is to be expected with some agents fewer or more, as a table of bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.erlang import Expectation
from console.domain.text import format_duration
from console.domain.thresholds import Level
from console.ui.text import plural, tr
from console.ui.theme import Shape, Space, Theme, Type, level_shape, paint_shape
from console.ui.theme.sizes import FOCUS_RING, RADIUS

ROW = 30  # px
HEAD = 26  # px
_BESIDE_BAR = 72  # px of the column with the bar: a mark before it, the share behind it
_WIDTHS = (86, 64, 190, 96, 96, 96)  # px: agents, change, within target, wait, abandoned, occupancy
_LEAST_WIDTHS = (52, 42, 132, 78, 78, 78)  # px: the same in a narrow window


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the table shows.

    Attributes:
        now: number of agents that is called the present one.
        goal: share (0 to 1) of calls to be answered within the target.
    """

    rows: Sequence[Expectation]
    now: int
    target_s: float
    goal: float


class OutlookTable(QWidget):
    """One line for each number of agents; the present one is framed, the first that meets the goal is marked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._outlook: Outlook | None = None
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def outlook(self) -> Outlook | None:
        """What it shows."""
        return self._outlook

    def show_outlook(self, outlook: Outlook) -> None:
        """Show other figures."""
        self._outlook = outlook
        agents = [row.agents for row in outlook.rows]
        self._at = agents.index(outlook.now) if outlook.now in agents else 0
        self.setAccessibleName(tr("What is to be expected, an estimate"))
        self._describe()
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """All of it as tab-separated text, to copy."""
        outlook = self._outlook
        if outlook is None:
            return ""
        lines = ["\t".join(self._titles(outlook))]
        lines += ["\t".join(self._cells(outlook, row)) for row in outlook.rows]
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        """Room for every line."""
        rows = len(self._outlook.rows) if self._outlook is not None else 0
        return QSize(sum(_WIDTHS) + 2 * Space.AROUND, HEAD + rows * ROW + Space.INSIDE)

    def minimumSizeHint(self) -> QSize:
        """Room for every line, with narrower columns."""
        return QSize(sum(_LEAST_WIDTHS) + 2 * Space.AROUND, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move from line to line, for those who listen."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or self._outlook is None:
            super().keyPressEvent(event)
            return
        self._at = min(max(self._at + step, 0), len(self._outlook.rows) - 1)
        self._describe()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        outlook = self._outlook
        if outlook is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter, outlook)
        best = next((row.agents for row in outlook.rows if row.within_target >= outlook.goal), None)
        for place, row in enumerate(outlook.rows):
            self._paint_row(painter, outlook, row, HEAD + place * ROW, is_best=row.agents == best)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour(self._theme.palette.accent), FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(1, HEAD + self._at * ROW + 1, self.width() - 2, ROW - 2)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)
        painter.end()

    # -- inside

    def _widths(self) -> tuple[int, ...]:
        """Of the columns: between the least and the usual ones, as there is room."""
        least, most = sum(_LEAST_WIDTHS), sum(_WIDTHS)
        share = min(max((self.width() - 2 * Space.AROUND - least) / (most - least), 0.0), 1.0)
        return tuple(int(low + (high - low) * share) for low, high in zip(_LEAST_WIDTHS, _WIDTHS, strict=True))

    def _titles(self, outlook: Outlook) -> tuple[str, ...]:
        target = format_duration(outlook.target_s * 1000)
        return (
            tr("Agents"),
            "",
            tr("Within {target}", target=target),
            tr("Mean wait"),
            tr("Abandoned"),
            tr("Occupancy"),
        )

    def _cells(self, outlook: Outlook, row: Expectation) -> tuple[str, ...]:
        change = row.agents - outlook.now
        wait = format_duration(row.mean_wait_s * 1000) if row.is_stable else tr("ever longer")
        return (
            str(row.agents),
            tr("now") if change == 0 else f"{change:+d}".replace("-", "\u2212"),
            f"{row.within_target * 100:.0f} %",
            wait,
            f"{row.abandoned * 100:.1f} %",
            f"{row.occupancy * 100:.0f} %",
        )

    def _paint_head(self, painter: QPainter, outlook: Outlook) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        painter.setFont(self._theme.font(Type.SMALL))
        painter.setPen(colour(palette.muted))
        left = int(Space.AROUND)
        for place, (title, width) in enumerate(zip(self._titles(outlook), self._widths(), strict=True)):
            painter.drawText(QRect(left, 0, width - Space.INSIDE, HEAD), _align(place), title)
            left += width
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.drawLine(0, HEAD - 1, self.width(), HEAD - 1)

    def _paint_row(self, painter: QPainter, outlook: Outlook, row: Expectation, top: int, *, is_best: bool) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        is_now = row.agents == outlook.now
        if is_now:
            painter.fillRect(0, top, self.width(), ROW, colour(palette.selection))
        painter.setPen(QPen(colour(palette.hairline), 1))
        painter.drawLine(0, top + ROW - 1, self.width(), top + ROW - 1)
        left = int(Space.AROUND)
        for place, (text, width) in enumerate(zip(self._cells(outlook, row), self._widths(), strict=True)):
            area = QRect(left, top, width - Space.INSIDE, ROW)
            if place == 2:
                self._paint_share(painter, outlook, row, area, is_best=is_best)
            painter.setFont(self._theme.font(bold=is_now or place == 0))
            painter.setPen(colour(palette.muted if place == 1 and not is_now else palette.text))
            painter.drawText(area, _align(place), text)
            left += width

    def _paint_share(
        self, painter: QPainter, outlook: Outlook, row: Expectation, area: QRect, *, is_best: bool
    ) -> None:
        """A bar with a mark at the goal; a tick stands before the first that reaches it."""
        palette, colour = self._theme.palette, self._theme.colour
        bar = QRectF(area.left() + 26, area.center().y() - 3, area.width() - _BESIDE_BAR, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.track))
        painter.drawRoundedRect(bar, 3, 3)
        reaches = row.within_target >= outlook.goal
        painter.setBrush(colour(palette.available.edge if reaches else palette.caution.edge))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * row.within_target, bar.height()), 3, 3)
        painter.setPen(QPen(colour(palette.text), 1))
        at = bar.left() + bar.width() * outlook.goal
        painter.drawLine(int(at), int(bar.top()) - 4, int(at), int(bar.bottom()) + 4)
        spot = QRectF(area.left() + 4, area.center().y() - 6, 12, 12)
        if is_best:
            paint_shape(painter, spot, Shape.DISC, palette.available)
        elif not reaches:
            paint_shape(painter, spot, level_shape(Level.CAUTION), palette.level(Level.CAUTION))

    def _describe(self) -> None:
        outlook = self._outlook
        if outlook is None or not outlook.rows:
            return
        row = outlook.rows[self._at]
        cells = self._cells(outlook, row)
        said = plural("{n} agent", "{n} agents", row.agents)
        self.setAccessibleDescription(
            f"{said}: {cells[2]} {self._titles(outlook)[2]}, {tr('Mean wait')} {cells[3]}, "
            f"{tr('Abandoned')} {cells[4]}, {tr('Occupancy')} {cells[5]}"
        )


def _align(place: int) -> int:
    side = Qt.AlignmentFlag.AlignLeft if place == 1 else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)
