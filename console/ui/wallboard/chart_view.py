"""A chart of a wallboard: what was recorded, joined by what is known now."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from console.domain.columns import find
from console.domain.enums import Section
from console.domain.text import safe_text
from console.domain.thresholds import Threshold
from console.domain.wallboard import Pick, Widget
from console.tasks import TaskScope
from console.ui.text import plural, tr
from console.ui.wallboard.base import LEAST_TYPE, Moment, WallContext, WallWidget
from console.ui.wallboard.figures import column_title, column_unit

if TYPE_CHECKING:
    from console.ui.charts.curves import Curve
    from console.ui.charts.timeline import TimelineChart

FETCH_S: Final = 15.0  # a wall chart is not read to the second
MOST_CURVES: Final = 6  # more are a tangle from across the room
_HOUR_MS: Final = 3_600_000.0


class ChartView(WallWidget):
    """Up to six queues of one column over the last hours; it rests while its page is not on screen."""

    def __init__(self, context: WallContext, widget: Widget, parent: QWidget | None = None) -> None:
        super().__init__(context, widget, parent)
        self.chart: TimelineChart | None = None
        self._moment: Moment | None = None
        self._fetched_mono = -math.inf
        self._is_active = False
        self._scope: TaskScope = context.scope
        self._note = ""
        self._has_curves = False
        self._is_gone = False
        self._made_px = 0

    def title(self) -> str:
        """The user's caption, or what is drawn."""
        return safe_text(self.widget.title) or column_title(self.widget.column or "waiting")

    def set_widget(self, widget: Widget) -> None:
        """Draw something else, from the next second on."""
        super().set_widget(widget)
        self._fetched_mono = -math.inf

    def set_active(self, is_active: bool) -> None:
        """Fetch only while somebody can see it."""
        self._is_active = is_active

    def show_moment(self, moment: Moment) -> None:
        """See `WallWidget.show_moment`."""
        self._moment = moment
        if not self._is_active or self.context.services.history is None:
            self.update()
            return
        if self.chart is None:
            self._make_chart()
        if self.chart is not None:
            self.chart.set_range(moment.now_ms - self.widget.hours * _HOUR_MS, moment.now_ms)
        if moment.mono - self._fetched_mono >= FETCH_S and self.picks():
            self._fetched_mono = moment.mono
            self._scope.single_flight(f"chart-{id(self)}", self._fetch)

    def dispose(self) -> None:
        """Let pyqtgraph's scene go before Qt does."""
        self._is_gone = True
        if self.chart is not None:
            self.chart.dispose()
            self.chart = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chart below the caption; on another size of display it is made anew, with type of that size."""
        super().resizeEvent(event)
        if self.chart is not None and self._text_px() != self._made_px:
            self.chart.dispose()
            self.chart = None
            self._fetched_mono = -math.inf
        self._place_chart()

    def paint_content(self, painter: QPainter, room: QRectF) -> None:
        """The caption; a sentence where nothing can be drawn."""
        hours = self.widget.hours
        span = tr("last {n} min", n=int(hours * 60)) if hours < 1 else plural("last hour", "last {n} hours", int(hours))
        top = self.paint_caption(painter, room, self.title(), "  ".join(filter(None, (self._note, span))))
        if self._has_curves:
            return
        sentence = tr("Nothing is recorded here.")
        if self.context.services.history is not None:
            sentence = tr("Nothing has been recorded yet.") if self.picks() else tr("No queue is known yet.")
        painter.setFont(self.theme.font(self.type_size(24, 0.16)))
        painter.setPen(self.theme.colour(self.theme.palette.muted))
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(room.left(), top, room.width(), room.bottom() - top), flags, sentence)

    # -- inside

    def picks(self) -> tuple[Pick, ...]:
        """The queues drawn: the chosen ones, else those with the most callers and longest waits now."""
        if self.widget.picks:
            return self.widget.picks[:MOST_CURVES]
        if self._moment is None:
            return ()
        found: list[tuple[float, Pick]] = []
        for source in self._moment.board.sources:
            owner = str(source.profile.id)
            if self.widget.profiles and owner not in self.widget.profiles:
                continue
            for row in source.snapshot.queues if source.snapshot is not None else ():
                offered = row.reading("offered").value
                weight = float(offered) if isinstance(offered, (int, float)) else 0.0
                found.append((-weight, Pick(owner, row.id, row.name)))
        found.sort(key=lambda pair: (pair[0], pair[1].name))
        return tuple(pick for _, pick in found[:MOST_CURVES])

    def _text_px(self) -> int:
        return max(LEAST_TYPE, self.type_size(19, 0.09))

    def _make_chart(self) -> None:
        from console.ui.charts.timeline import TimelineChart

        self._made_px = self._text_px()
        self.chart = TimelineChart(self.theme, self, text_px=self._made_px, thickness=1)
        self.chart.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._place_chart()
        self.chart.setVisible(self._has_curves)

    def _place_chart(self) -> None:
        if self.chart is None:
            return
        room = self.room()
        top = room.top() + self.type_size(26, 0.14) * 1.5
        area = QRect(int(room.left()), int(top), int(room.width()), int(room.bottom() - top))
        self.chart.setMinimumSize(1, 1)
        self.chart.setGeometry(area)

    async def _fetch(self) -> None:
        from console.engine.history.base import SeriesKey
        from console.ui.charts.curves import Curve

        history, moment = self.context.services.history, self._moment
        if history is None or moment is None:
            return
        column = self.widget.column or "waiting"
        start_ms = moment.now_ms - self.widget.hours * _HOUR_MS
        names = {str(source.profile.id): source.profile.name for source in moment.board.sources}
        curves: list[Curve] = []
        for pick in self.picks():
            key = SeriesKey(pick.profile_id, Section.QUEUES, pick.row_id, column)
            series = await history.series(key, start_ms, moment.now_ms)
            if series is not None:
                name = safe_text(series.row_name or pick.name, 40)
                if len(names) > 1:
                    name = f"{name} · {safe_text(names.get(pick.profile_id, ''), 24)}"
                until = moment.now_ms
                place = len(curves)
                curves.append(
                    Curve(f"{pick.profile_id}/{pick.row_id}", name, series.times_ms, series.values, until, place)
                )
        if self._is_gone or self.chart is None:
            return
        known = find(Section.QUEUES, column)
        metric = known.title if known is not None else column
        self.chart.set_series(curves, unit=column_unit(column), metric=tr(metric), threshold=self._threshold(column))
        self._has_curves = bool(curves)
        self.chart.setVisible(self._has_curves)
        self.update()

    def _threshold(self, column: str) -> Threshold | None:
        sources = self._moment.board.sources if self._moment is not None else ()
        picks = self.picks()
        owner = next((s for s in sources if picks and str(s.profile.id) == picks[0].profile_id), None)
        return owner.limits.threshold(column) if owner is not None else None
