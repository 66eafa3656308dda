"""Today's live figures against the system's own report of today: what differs, and why as far as that can be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.domain.board import Source
from console.domain.clock import Clock, now, to_datetime
from console.domain.enums import Section
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId, Row
from console.domain.values import Reading, Status, Unit
from console.engine.history.base import History, Reset, SeriesKey
from console.engine.history.measure import last_before
from console.engine.report_today import cell_text, finished
from console.engine.reports import Reports
from console.engine.store import Store
from console.reports.columns import ColumnKind
from console.reports.day_report import Counterpart, DayReport
from console.reports.result import ReportResult
from console.reports.schema import Json, ReportDefinition
from console.reports.timeframe import ResolvedTimeframe, Timeframe, find_zone

ROUNDED = {Unit.MS: 1000.0, Unit.PERCENT: 1.0, Unit.COUNT: 0.0}
"""How far two figures may lie apart and still be the same: reports round to whole seconds or percent."""


class Verdict(StrEnum):
    """What two figures say of each other."""

    SAME = "same"
    MOVED = "moved"  # calls ended while the report ran
    EXPLAINED = "explained"
    DIFFERENT = "different"
    ONLY_LIVE = "only_live"
    ONLY_REPORT = "only_report"


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of one queue, live and in the report, in the live column's unit (ms, percent 0 to 100).

    Attributes:
        before, after: the live figure before the report was asked for and after it came; None where there is none.
        report: the report's; None where it has no such row or cell.
        reasons: why they differ, the likeliest first.
    """

    queue: str
    column: str
    title: str
    unit: Unit
    before: float | None
    after: float | None
    report: float | None
    verdict: Verdict
    reasons: tuple[Message, ...] = ()

    @property
    def difference(self) -> float | None:
        """Live (after) minus report."""
        return None if self.after is None or self.report is None else self.after - self.report


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One comparison of a whole profile.

    Attributes:
        timeframe: what the report was asked for.
        notes: what holds for all of it (zone, source).
        resets: counters that went down today, as recorded.
    """

    profile_id: ProfileId
    profile_name: str
    report_title: str
    timeframe: ResolvedTimeframe | None
    at: datetime
    rows: tuple[Compared, ...]
    notes: tuple[Message, ...] = ()
    resets: tuple[Reset, ...] = ()

    @property
    def agreeing(self) -> int:
        """How many figures agree, those that moved meanwhile included."""
        return sum(row.verdict in (Verdict.SAME, Verdict.MOVED) for row in self.rows)


class Reconciler:
    """Runs the report and lays both side by side.

    Args:
        history: the recording, for resets; None: there is none.
        day_report: a backend's title and report by its id; None where none is known.
    """

    def __init__(
        self,
        *,
        store: Store,
        reports: Reports,
        history: History | None,
        clock: Clock,
        day_report: Callable[[str], tuple[str, DayReport | None]],
    ) -> None:
        self._store = store
        self._reports = reports
        self._history = history
        self._clock = clock
        self._day_report = day_report

    def can(self, profile_id: ProfileId) -> bool:
        """Whether there is anything to compare with."""
        source = self._store.source(profile_id)
        return source is not None and self._day_report(source.profile.backend)[1] is not None

    async def reconcile(self, profile_id: ProfileId) -> Reconciled:
        """Compare; raises `ConsoleError` where the report cannot be had. Cancelling cancels the report's run."""
        source, day = self._day(profile_id)
        definition = await self._reports.find(profile_id, day.report_id)
        values = await self._values(profile_id, definition, day)
        before = self._live(profile_id)
        result = await finished(self._reports, profile_id, definition, values, message("reconcile.failed", reason=""))
        after = self._live(profile_id)
        found = await asyncio.to_thread(_figures, result, day)
        frame = self._reports.resolve(profile_id, definition, values).get(day.timeframe)
        resets = await self._resets(profile_id)
        names = await self._names(profile_id, definition, day)
        rows = await self._compare(profile_id, day, before, after, found, names, resets)
        return Reconciled(
            profile_id,
            source.profile.name,
            result.title or definition.title,
            frame,
            now(self._clock),
            tuple(rows),
            (*(message(code) for code in day.notes), self._zone_note(profile_id)),
            tuple(resets),
        )

    # -- the two sides

    def _day(self, profile_id: ProfileId) -> tuple[Source, DayReport]:
        source = self._store.source(profile_id)
        if source is None:
            raise UserError(message("report.profile_gone"))
        title, day = self._day_report(source.profile.backend)
        if day is None:
            raise UserError(message("reconcile.unknown", system=title))
        return source, day

    def _live(self, profile_id: ProfileId) -> Source:
        source = self._store.source(profile_id)
        if source is None or source.snapshot is None or source.health.is_stale_at(self._clock.monotonic()):
            raise UserError(message("reconcile.no_live", site=source.profile.name if source is not None else ""))
        return source

    async def _values(self, profile_id: ProfileId, definition: ReportDefinition, day: DayReport) -> dict[str, Json]:
        values: dict[str, Json] = dict(self._reports.memory.initial_values(profile_id, definition))
        values.update(day.values)
        values[day.timeframe] = Timeframe.parse("today").to_json()
        param = next((param for param in definition.params if param.id == day.queues), None)
        if param is not None:
            known = await self._reports.choices(profile_id, param.directory)
            values[day.queues] = [choice.value for choice in known.choices]
        return values

    async def _names(self, profile_id: ProfileId, definition: ReportDefinition, day: DayReport) -> dict[str, str]:
        """What the report may call a queue -> its name in the directory."""
        names: dict[str, str] = {}
        for param in definition.params:
            if param.directory and (param.id == day.queues or param.id == "queue"):
                try:
                    known = await self._reports.choices(profile_id, param.directory)
                except ConsoleError:
                    continue
                names.update({choice.value.casefold(): choice.label.casefold() for choice in known.choices})
        return names

    async def _resets(self, profile_id: ProfileId) -> list[Reset]:
        if self._history is None:
            return []
        at = now(self._clock).astimezone(find_zone(self._reports.zone_of(profile_id)))
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        found = await self._history.resets(midnight.timestamp() * 1000, self._clock.now_ms())
        return [reset for reset in found if reset.profile_id == profile_id]

    def _zone_note(self, profile_id: ProfileId) -> Message:
        here = now(self._clock).astimezone()
        return message("reconcile.zone", zone=self._reports.zone_of(profile_id), here=here.tzname() or "UTC")

    # -- the comparison

    async def _compare(
        self,
        profile_id: ProfileId,
        day: DayReport,
        before: Source,
        after: Source,
        found: list[tuple[frozenset[str], dict[str, float]]],
        names: Mapping[str, str],
        resets: Sequence[Reset],
    ) -> list[Compared]:
        assert before.snapshot is not None
        assert after.snapshot is not None
        titles = {column.id: (column.title, column.unit) for column in after.snapshot.columns.get(Section.QUEUES, ())}
        former = {row.id: row for row in before.snapshot.queues}
        left = list(found)
        rows: list[Compared] = []
        for row in after.snapshot.queues:
            match = next((each for each in left if _fits(row, each[0], names)), None)
            if match is not None:
                left.remove(match)
            for pair in day.counterparts:
                if pair.column in titles:
                    title, unit = titles[pair.column]
                    earlier = former.get(row.id, row).reading(pair.column)
                    sides = _number(earlier), _number(row.reading(pair.column)), match and match[1].get(pair.column)
                    rows.append(
                        await self._judge(profile_id, row, pair, title, unit, sides, resets, is_there=match is not None)
                    )
        for said, _ in left:
            name = ", ".join(sorted(said))
            rows.append(
                Compared(name, "", "", Unit.TEXT, None, None, None, Verdict.ONLY_REPORT, (message("reconcile.gone"),))
            )
        if found and len(left) == len(found):
            raise UserError(message("reconcile.empty"))
        return rows

    async def _judge(
        self,
        profile_id: ProfileId,
        row: Row,
        pair: Counterpart,
        title: str,
        unit: Unit,
        sides: tuple[float | None, float | None, float | None],
        resets: Sequence[Reset],
        *,
        is_there: bool,
    ) -> Compared:
        before, after, report = sides

        def say(verdict: Verdict, *reasons: Message) -> Compared:
            return Compared(row.name, pair.column, title, unit, before, after, report, verdict, reasons)

        if report is None:
            return say(Verdict.ONLY_LIVE, *(() if is_there else (message("reconcile.absent"),)))
        if before is None or after is None:
            return say(Verdict.ONLY_REPORT)
        slack = ROUNDED.get(unit, 0.0)
        if abs(after - report) <= slack or abs(before - report) <= slack:
            return say(Verdict.SAME)
        if min(before, after) - slack <= report <= max(before, after) + slack:
            return say(Verdict.MOVED, message("reconcile.moved"))
        bound = sum(_number(row.reading(column)) or 0.0 for column in pair.within)
        reasons = await self._reset_reasons(profile_id, row, pair, unit, after, report, bound, resets)
        is_explained = any(reason.code == "reconcile.reset" for reason in reasons)
        if pair.differs and not is_explained:
            reasons.append(message(pair.differs))
            is_explained = not pair.within or abs(after - report) <= bound
            if not is_explained:
                reasons.append(message("reconcile.too_much", calls=f"{bound:.0f}"))
        if not reasons:
            reasons.append(message("reconcile.unexplained"))
        return say(Verdict.EXPLAINED if is_explained else Verdict.DIFFERENT, *reasons)

    async def _reset_reasons(
        self,
        profile_id: ProfileId,
        row: Row,
        pair: Counterpart,
        unit: Unit,
        after: float,
        report: float,
        bound: float,
        resets: Iterable[Reset],
    ) -> list[Message]:
        """What the counter had reached before it was set to zero today, and whether that makes up the difference.

        `bound` calls more or less are in progress, or were when it was set to zero.
        """
        reasons: list[Message] = []
        if self._history is None or unit is not Unit.COUNT:
            return reasons
        zone = find_zone(self._reports.zone_of(profile_id))
        for reset in resets:
            if pair.column not in reset.columns:
                continue
            key = SeriesKey(profile_id, Section.QUEUES, row.id, pair.column)
            series = await self._history.series(key, reset.at_ms - 86_400_000, reset.at_ms + 1)
            reached = last_before(series, reset.at_ms) if series is not None else None
            if reached is None:
                continue
            at = to_datetime(reset.at_ms).astimezone(zone).strftime("%H:%M")
            before = f"{reached:.0f}"
            apart, slack = abs(reached + after - report), max(1.0, 0.02 * report)
            if apart <= slack + bound:
                reasons.append(message("reconcile.reset", at=at, before=before, sum=f"{reached + after:.0f}"))
                if apart > slack:
                    reasons.append(message(pair.differs))
            elif after < report:  # a reset takes away; it is no reason for a figure that is too high
                reasons.append(message("reconcile.reset_unequal", at=at, before=before))
        return reasons


def _number(reading: Reading) -> float | None:
    if reading.status is not Status.OK or isinstance(reading.value, bool):
        return None
    return float(reading.value) if isinstance(reading.value, (int, float)) else None


def _fits(row: Row, said: frozenset[str], names: Mapping[str, str]) -> bool:
    own = {row.id.casefold(), row.name.casefold()}
    return bool(own & said) or any(names.get(each) in own for each in said)


def _figures(result: ReportResult, day: DayReport) -> list[tuple[frozenset[str], dict[str, float]]]:
    """The report's rows: how they name their queue (casefolded), and their figures by live column. Blocking."""
    table = result.table
    if table is None:
        return []
    places = {column.title.casefold(): place for place, column in enumerate(table.columns)}
    found: list[tuple[frozenset[str], dict[str, float]]] = []
    for row in table.view().page(0, table.row_count):
        said = frozenset(
            text.casefold()
            for title in day.names
            if (place := places.get(title.casefold())) is not None and (text := cell_text(row[place]))
        )
        figures: dict[str, float] = {}
        for pair in day.counterparts:
            cells = [places[title.casefold()] for title in pair.titles if title.casefold() in places]
            numbers = [row[place][0] for place in cells]
            if len(cells) == len(pair.titles) and all(isinstance(n, (int, float)) for n in numbers):
                kind = table.columns[cells[0]].kind
                scale = 1.0 if kind is ColumnKind.DURATION else pair.scale
                figures[pair.column] = sum(float(n) for n in numbers if isinstance(n, (int, float))) * scale
        if said:
            found.append((said, figures))
    return found
