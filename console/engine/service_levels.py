"""The calls of today, one by one, from a system that lists them: exact counts for any formula and any target."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from console.domain.clock import Clock, now
from console.domain.errors import UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.service_level import FLOWED_OUT, Call, Choice, Counts, count_calls
from console.engine.report_today import cell_text, finished
from console.engine.reports import Reports
from console.reports.call_list import CallList
from console.reports.columns import ColumnKind
from console.reports.result import ReportResult
from console.reports.schema import Json
from console.reports.timeframe import ResolvedTimeframe, Timeframe


@dataclass(frozen=True, slots=True)
class DayOfCalls:
    """The finished calls of one profile, as they were when they were asked for.

    Attributes:
        unread: rows whose queue or wait could not be read; they are in no count.
    """

    profile_id: ProfileId
    at: datetime
    calls: tuple[Call, ...]
    timeframe: ResolvedTimeframe | None = None
    notes: tuple[Message, ...] = ()
    unread: int = 0

    def counts(self, choice: Choice) -> dict[str, Counts]:
        """The counts of each queue by name, at a target."""
        queues: dict[str, list[Call]] = {}
        for call in self.calls:
            queues.setdefault(call.queue, []).append(call)
        return {name: count_calls(calls, choice) for name, calls in queues.items()}


class CallCounter:
    """Runs the report that lists calls.

    Args:
        profile: a profile by its id.
        call_list: a backend's title and report by its id; None where there is none.
    """

    def __init__(
        self,
        *,
        reports: Reports,
        clock: Clock,
        profile: Callable[[ProfileId], Profile | None],
        call_list: Callable[[str], tuple[str, CallList | None]],
    ) -> None:
        self._reports = reports
        self._clock = clock
        self._profile = profile
        self._call_list = call_list

    def can(self, profile_id: ProfileId) -> bool:
        """Whether the system lists its calls."""
        profile = self._profile(profile_id)
        return profile is not None and self._call_list(profile.backend)[1] is not None

    async def today(self, profile_id: ProfileId) -> DayOfCalls:
        """The calls of today; raises `ConsoleError` where they cannot be had. Cancelling cancels the report's run."""
        profile = self._profile(profile_id)
        if profile is None:
            raise UserError(message("report.profile_gone"))
        title, listing = self._call_list(profile.backend)
        if listing is None:
            raise UserError(message("levels.no_list", system=title))
        definition = await self._reports.find(profile_id, listing.report_id)
        values: dict[str, Json] = dict(self._reports.memory.initial_values(profile_id, definition))
        values[listing.timeframe] = Timeframe.parse("today").to_json()
        result = await finished(self._reports, profile_id, definition, values, message("levels.failed"))
        calls, unread = await asyncio.to_thread(read_calls, result, listing)
        frames = self._reports.resolve(profile_id, definition, values)
        notes = (message(listing.note),) if listing.note else ()
        return DayOfCalls(profile_id, now(self._clock), calls, frames.get(listing.timeframe), notes, unread)


def read_calls(result: ReportResult, listing: CallList) -> tuple[tuple[Call, ...], int]:
    """The calls of a result, and how many rows could not be read. Blocking."""
    table = result.table
    if table is None:
        return (), 0
    places = {column.title.casefold(): place for place, column in enumerate(table.columns)}
    queue = next((places[title.casefold()] for title in listing.queue if title.casefold() in places), None)
    wait, ending = places.get(listing.wait.casefold()), places.get(listing.ending.casefold())
    if queue is None or wait is None or ending is None:
        return (), table.row_count
    per_second = 1000.0 if table.columns[wait].kind is ColumnKind.DURATION else 1.0
    calls: list[Call] = []
    unread = 0
    for row in table.view().page(0, table.row_count):
        name, waited = cell_text(row[queue]), row[wait][0]
        if not name or isinstance(waited, bool) or not isinstance(waited, (int, float)):
            unread += 1
            continue
        outcome = listing.endings.get(cell_text(row[ending]).casefold(), FLOWED_OUT)
        calls.append(Call(name, float(waited) / per_second, outcome))
    return tuple(calls), unread
