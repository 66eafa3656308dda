"""From what was read to what is drawn: names, units, limits, alerts, and why there is nothing to see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from console.domain.alerts import Alert
from console.domain.clock import to_datetime
from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.engine.history.base import SeriesKey, Usage
from console.ui.text import level_word, tr
from console.ui.trends.choice import FIGURES, HOUR_MS, TODAY, Choice, Picked, bounds, day_name
from console.ui.trends.names import Floor
from console.ui.trends.panels import Drawing

if TYPE_CHECKING:
    from console.ui.charts.curves import AlertMark, Curve
    from console.ui.charts.feed import TrendFeed

_CHARTS = 2
_MARGIN_MS = 60_000.0
_UNITS = (Unit.COUNT, Unit.MS, Unit.PERCENT)


@dataclass(frozen=True)
class Scene:
    """What was chosen and read; `week_ms`: how far behind the curves behind are, 0 for none."""

    choice: Choice
    floor: Floor
    feed: TrendFeed
    zone: tzinfo
    zone_name: str
    week_ms: float = 0.0
    usage: Usage | None = None

    def bounds(self, now: float) -> tuple[float, float]:
        """The range that is drawn. Today begins with the first figure: before that somebody slept."""
        start, end = bounds(self.choice.span, now, self.zone)
        if self.choice.span == TODAY:
            curves = self.choice.keys()
            firsts = [at for at in (self.feed.first_ms(key) for key in curves) if at is not None]
            start = max(start, min([end - HOUR_MS, *(at - _MARGIN_MS for at in firsts)]))
        return start, end

    def drawings(self, start: float, end: float, now: float, alerts: Sequence[Alert] = ()) -> list[Drawing]:
        """One chart for each column; key figures are parted by their unit."""
        choice = self.choice
        if choice.kind != FIGURES:
            titles = {each.id: each for each in self.floor.columns(choice.kind, ())}
            found = []
            for column in choice.columns:
                known = titles.get(column)
                unit = known.unit if known is not None else self._unit(choice.picked, column)
                title = known.title if known is not None else column
                found.append(self._drawing(title, unit, choice.picked, column, (start, end, now), alerts))
            return found
        groups: dict[Unit, list[Picked]] = {}
        for each in choice.picked:
            groups.setdefault(self._unit((each,), ""), []).append(each)
        words = {Unit.COUNT: tr("Key figures"), Unit.MS: tr("Key figures: durations"), Unit.PERCENT: tr("Key rates")}
        return [
            self._drawing(words[unit], unit, tuple(groups[unit]), "", (start, end, now), alerts)
            for unit in _UNITS
            if unit in groups
        ][:_CHARTS]

    def is_empty(self, drawings: Sequence[Drawing], start: float, end: float) -> bool:
        """Whether nothing at all is known of the range."""
        from console.ui.charts.curves import extent

        return all(extent(drawing.curves, start, end) is None for drawing in drawings)

    def why_empty(self, start: float, end: float) -> tuple[str, str, str, str, str]:
        """Icon, title, sentence, command and caption of what stands in the chart's place."""
        keys = self.choice.keys()
        if keys and not any(self.floor.has_column(key) or self._is_known(key) for key in keys):
            names = ", ".join(dict.fromkeys(self.floor.profile_name(key.profile_id) for key in keys))
            return (
                "circle-slash",
                tr("This figure is not available here"),
                tr("{connection} does not report it. Choose another one on the left.", connection=names),
                "",
                "",
            )
        usage = self.usage
        if usage is None or (not usage.is_recording and not usage.problem):
            return (
                "history",
                tr("The recording is switched off"),
                tr("Figures of the past are kept only while it is on. What comes from now on is drawn meanwhile."),
                "recorder",
                tr("Recording…"),
            )
        if usage.problem:
            return ("history", tr("Nothing is being recorded"), tr("See why:"), "recorder", tr("Recording…"))
        if usage.first_ms is None or usage.first_ms >= end:
            begun = tr("now") if usage.first_ms is None else self._moment(usage.first_ms)
            text = tr("The recording began {time}.", time=begun)
            return "history", tr("Nothing recorded yet"), text, "", ""
        return (
            "history",
            tr("Nothing was known in this time"),
            tr("The connection was silent or the console was closed."),
            "",
            "",
        )

    def heading(self, titles: Sequence[str], in_sight: tuple[float, float]) -> str:
        """The title of a picture: figures, connections, range and zone."""
        from console.ui.charts.words import range_text

        owners = dict.fromkeys(self.floor.profile_name(each.profile_id) for each in self.choice.picked)
        day = day_name(in_sight[0], self.zone)
        when = f"{day} {range_text(*in_sight, self.zone)}"
        return f"{' / '.join(titles)}, {', '.join(owners)}, {when} ({self.zone_name})"

    def file_name(self, in_sight: tuple[float, float]) -> str:
        """What a picture is called at first, without its ending."""
        columns = " ".join(self.choice.columns) if self.choice.kind != FIGURES else "figures"
        return re.sub(r"[^\w -]", "-", f"{columns} {day_name(in_sight[0], self.zone)}")

    # -- inside

    def _moment(self, at_ms: float) -> str:
        at = to_datetime(at_ms).astimezone(self.zone)
        return f"{at:%Y-%m-%d %H:%M}"

    def _is_known(self, key: SeriesKey) -> bool:
        track = self.feed.tracks.get(key)
        return track is not None and track.is_known

    def _unit(self, picked: Sequence[Picked], column: str) -> Unit:
        for each in picked:
            track = self.feed.tracks.get(self._key(each, column))
            if track is not None and track.unit in _UNITS:
                return track.unit
        return Unit.COUNT

    def _key(self, picked: Picked, column: str) -> SeriesKey:
        return SeriesKey(picked.profile_id, self.choice.section, picked.row_id, column)

    def _name(self, picked: Picked) -> str:
        name = self.floor.name(self.choice.kind, picked)
        if len({each.profile_id for each in self.choice.picked}) > 1:
            return f"{name} ({self.floor.profile_name(picked.profile_id)})"
        return name

    def _drawing(
        self,
        title: str,
        unit: Unit,
        picked: Sequence[Picked],
        column: str,
        times: tuple[float, float, float],
        alerts: Sequence[Alert],
    ) -> Drawing:
        from console.ui.charts.curves import Curve

        start, end, now = times
        curves: list[Curve] = []
        limits: set[Threshold | None] = set()
        colours = {each: number for number, each in enumerate(self.choice.picked)}
        for each in picked:
            key, name = self._key(each, column), self._name(each)
            track = self.feed.tracks.get(key)
            if track is None:
                continue
            curves += self._behind(key, name, end)
            if self.choice.is_live():
                track.forget(start)  # a window may stay open for days
            points = track.arrays()
            until = self.feed.until(key, end, now)
            curves.append(Curve(f"{each.profile_id}/{each.row_id}", name, *points, until, colours[each]))
            limits.add(self.floor.threshold(key, self.floor.name(self.choice.kind, each)))
        limit = limits.pop() if len(limits) == 1 else None
        return Drawing(title, unit, curves, limit, self._marks(picked, column, start, end, alerts))

    def _behind(self, key: SeriesKey, name: str, end: float) -> list[Curve]:
        from console.ui.charts.curves import Curve

        series = self.feed.behind.get(key)
        if series is None:
            return []
        label = tr("{name}, last week", name=name) if len(self.choice.picked) > 1 else tr("Last week")
        return [
            Curve(f"behind/{key.row_id}", label, series.times_ms + self.week_ms, series.values, end, is_behind=True)
        ]

    def _marks(
        self, picked: Sequence[Picked], column: str, start: float, end: float, alerts: Sequence[Alert]
    ) -> list[AlertMark]:
        from console.ui.charts.curves import AlertMark
        from console.ui.charts.words import value_text

        found = []
        for alert in alerts:
            row = Picked(alert.profile_id, alert.row_id)
            if row not in picked or alert.column != column or not start <= alert.fired_ms <= end:
                continue
            value = value_text(alert.value, alert.unit) if isinstance(alert.value, (int, float)) else alert.value or ""
            until = f"{to_datetime(alert.cleared_ms).astimezone(self.zone):%H:%M:%S}" if alert.cleared_ms else tr("now")
            words = tr(
                "{level}: {rule}\n{row}: {value}, {start} to {end}",
                level=level_word(alert.level),
                rule=alert.rule_name,
                row=self._name(row),
                value=value,
                start=f"{to_datetime(alert.fired_ms).astimezone(self.zone):%H:%M:%S}",
                end=until,
            )
            found.append(AlertMark(alert.fired_ms, alert.level, words))
        return found
