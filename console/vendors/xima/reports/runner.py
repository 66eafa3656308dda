"""The report runner: directories, plans, runs."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.clock import Clock
from console.domain.errors import ConsoleError, ServerBusy
from console.domain.messages import Message, message
from console.domain.profile import Profile
from console.net.decode import declared_charset
from console.net.http import Download, Request, VendorHttp
from console.net.limits import CallClass
from console.net.translate import retry_after_s
from console.reports.request import RequestAuth, RequestDetails, RunPlan
from console.reports.result import Phase, Progress, RawFile, ReportResult, Tell
from console.reports.runner import Directory, PlanContext, SiteFacts
from console.reports.schema import ReportDefinition, Values
from console.reports.sniff import JSON_TYPE
from console.vendors.xima.client import XimaClient
from console.vendors.xima.flavour import Flavour
from console.vendors.xima.reports import files
from console.vendors.xima.reports.catalogue import definitions_of
from console.vendors.xima.reports.directories import Directories
from console.vendors.xima.reports.failures import explained
from console.vendors.xima.reports.foreign import other_report
from console.vendors.xima.reports.live_details import live_details
from console.vendors.xima.reports.plan import is_json, make_plan
from console.vendors.xima.reports.reply import Reading, read_reply

if TYPE_CHECKING:
    from console.reports.table import Stop


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the console asks again while the server prepares a report; nothing of it is documented.

    Attributes:
        pauses_s: before the second, third ... time of asking; the last one repeats.
        total_s: from the first request on; then the run is given up.
    """

    pauses_s: Sequence[float] = (2.0, 3.0, 5.0, 10.0, 15.0, 30.0)
    total_s: float = 1800.0


@dataclass
class _Answer:
    """A downloaded answer and the exchanges it took to get it."""

    download: Download
    exchange_ids: list[str] = field(default_factory=list)


class XimaReports:
    """Reports of one open connection; see `ReportRunner`."""

    def __init__(
        self,
        http: VendorHttp,
        client: XimaClient,
        profile: Profile,
        flavour: Flavour,
        prefix: str,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._http = http
        self._profile = profile
        self._flavour = flavour
        self._prefix = prefix
        self._clock = clock
        self._patience = patience or Patience()
        self._directories = Directories(client, flavour)
        self._site: SiteFacts | None = None

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        """The ready-made ones: no endpoint lists what a server has enabled."""
        return await asyncio.to_thread(definitions_of, self._flavour.id)

    async def choices(self, directory: str, depends: str = "") -> Directory:
        """See `ReportRunner.choices`; nothing here depends on another parameter."""
        return await self._directories.choices(directory)

    async def site(self) -> SiteFacts:
        """The offset from UTC that stamps of realtime values carry, when there are any."""
        if self._site is None:
            self._site = await self._directories.site()
        return self._site

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        """See `ReportRunner.plan`."""
        return make_plan(self._profile.id, self._prefix, definition, values, context)

    @property
    def auth(self) -> RequestAuth:
        """The key of the service user as a bearer token."""
        return RequestAuth(bearer="key", resend_status=202)

    def live_details(self, metric_ids: tuple[str, ...]) -> tuple[tuple[str, RequestDetails], ...]:
        """The requests behind live metrics: title and details of polling and of the subscription."""
        return live_details(self._profile, self._prefix, self._flavour, metric_ids)

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        """See `ReportRunner.run`. Sends the same bytes again only after a 202, never after a time-out."""
        try:
            answer = await self._fetch(plan, folder, tell)
            tell(Progress(Phase.READING, answer.download.size, answer.download.size))
            return await self._read(definition, plan, folder, answer)
        except ConsoleError as error:
            raise explained(error, plan, self._http.host) from error.__cause__

    async def _fetch(self, plan: RunPlan, folder: Path, tell: Tell) -> _Answer:
        asked = plan.requests[0]
        request = Request(
            asked.method,
            asked.path,
            headers=dict(asked.headers),
            body=asked.body.encode("utf-8"),
            purpose=plan.title,
            call=CallClass.REPORT,
        )
        pauses = itertools.chain(self._patience.pauses_s, itertools.repeat(self._patience.pauses_s[-1]))
        started = self._clock.monotonic()
        exchange_ids: list[str] = []
        for number in itertools.count(1):
            tell(Progress(Phase.RUNNING))
            download = await self._http.download(
                request,
                folder / f"answer-{number}",
                ok=frozenset({200, 202}),
                on_bytes=lambda got, total: tell(Progress(Phase.DOWNLOADING, got, total)),
            )
            exchange_ids.append(download.exchange_id)
            if download.status != 202:
                return _Answer(download, exchange_ids)
            await asyncio.to_thread(_remove, download.path)
            await self._pause(download, next(pauses), started, tell)
        raise AssertionError("unreachable")

    async def _pause(self, download: Download, pause_s: float, started: float, tell: Tell) -> None:
        """Wait before the same is asked for again.

        Raises:
            ServerBusy: the server has had all the time it gets.
        """
        host, total_s = self._http.host, self._patience.total_s
        pause_s = max(pause_s, retry_after_s(download.headers, download.received_ms) or 0.0)
        if self._clock.monotonic() - started + pause_s > total_s:
            sentence = message("run.gave_up", host=host, minutes=f"{total_s / 60:.0f}")
            raise ServerBusy(sentence, exchange_id=download.exchange_id)
        tell(Progress(Phase.WAITING, message=message("run.waiting", host=host, seconds=f"{pause_s:.0f}")))
        await self._clock.wait(asyncio.Event(), pause_s)

    async def _read(self, definition: ReportDefinition, plan: RunPlan, folder: Path, answer: _Answer) -> ReportResult:
        from console.reports.table import Stop  # with the table engine: not before a result is read

        stop = Stop()
        try:
            result = await asyncio.to_thread(self._read_file, definition, plan, folder, answer.download, stop)
            return replace(result, exchange_ids=tuple(answer.exchange_ids))
        except asyncio.CancelledError:
            stop.set()  # the thread ends by itself; nobody waits for it
            raise
        except ConsoleError as error:
            error.exchange_id = error.exchange_id or answer.download.exchange_id
            await asyncio.to_thread(_remove, answer.download.path)
            raise

    def _read_file(
        self, definition: ReportDefinition, plan: RunPlan, folder: Path, download: Download, stop: Stop
    ) -> ReportResult:
        """What is in the file. Blocking."""
        host, word = self._http.host, plan.facts.get("format", "")
        found = files.media_type(download.head)
        notes: list[Message] = list(download.notes)
        reading: Reading | None = None
        if is_json(word) or (found == JSON_TYPE and not files.is_expected(word, found)):
            files.refuse_foreign(download.path, word, found, host)
            reading = read_reply(download.path, download.headers, plan, definition.columns, folder, host, stop)
            found = JSON_TYPE
            if (note := other_report(definition, reading, host)) is not None:
                notes.append(note)
        else:
            files.refuse_foreign(download.path, word, found, host)
            if word.lower() == "csv":
                reading = _read_csv(plan, download, folder, stop, notes)
        if not files.is_expected(word, found):
            notes.append(message("historic.other_format", host=host, got=found, asked=word))
        title = reading.title if reading else plan.title
        name = files.file_name(download.headers, found, title)
        raw = RawFile(download.path, name, found, download.size, download.exchange_id)
        result = partial(ReportResult, plan, files=(raw,))
        if reading is None:
            return result(title, notes=tuple(notes))
        return result(
            title,
            table=reading.table,
            sub_table=reading.sub_table,
            sub_reports=reading.sub_reports,
            summary=reading.summary,
            metadata=tuple(reading.metadata),
            notes=(*notes, *reading.notes),
            charts=reading.charts,
        )


def _read_csv(plan: RunPlan, download: Download, folder: Path, stop: Stop, notes: list[Message]) -> Reading:
    """The rows of a CSV file; what they mean is not documented, so no column is declared."""
    from console.reports.table import Table

    first_line = download.head.split(b"\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=lambda char: first_line.count(char.encode("ascii")))
    encoding = declared_charset(download.headers) or "utf-8"
    table = Table.from_csv(download.path, encoding=encoding, delimiter=delimiter, folder=folder, stop=stop)
    if table.problems.wrong_length:
        notes.append(message("historic.csv_lengths", count=table.problems.wrong_length))
    if table.problems.encoding:
        notes.append(message("reply.charset", host="CSV", charset=table.problems.encoding))
    return Reading(plan.title, table=table)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
