"""Runs call reports of one PBX: JSON lists, files, and files that are prepared in the background."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from console.domain.errors import ConsoleError
from console.domain.messages import message
from console.net.limits import CallClass
from console.reports.request import RequestAuth, RequestPlan, RunPlan, SignIn
from console.reports.result import Phase, Progress, RawFile, ReportResult, Tell
from console.reports.runner import Directory, PlanContext, SiteFacts
from console.reports.schema import ReportDefinition, Values
from console.vendors.yeastar.backend import Access
from console.vendors.yeastar.client import Answer
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.envelope import BAD_PARAMETER, INTERNAL, NO_DATA, NOT_EXISTED, OK
from console.vendors.yeastar.fields import text
from console.vendors.yeastar.paths import GET_TOKEN
from console.vendors.yeastar.reports.answers import read_answer
from console.vendors.yeastar.reports.background import PATIENCE, Background, Patience
from console.vendors.yeastar.reports.directories import read_directory
from console.vendors.yeastar.reports.download import CSV_TYPE, Downloader, Fetched
from console.vendors.yeastar.reports.drafts import Parts
from console.vendors.yeastar.reports.explain import (
    BAD_SYNTAX,
    NO_RATES,
    PURPOSE,
    empty_notes,
    named_format,
    refusal_of,
)
from console.vendors.yeastar.reports.files import Source, read_file
from console.vendors.yeastar.reports.planning import CALLS, FILE, Ground, make_plan, redated, report_path, sent
from console.vendors.yeastar.reports.site import Site

PARTIAL, PROCESSING = 1, 2
_JUDGED = frozenset({PARTIAL, PROCESSING, NO_DATA, BAD_PARAMETER, BAD_SYNTAX, INTERNAL, NOT_EXISTED, NO_RATES})
MOST_DETAILS = 50  # IVRs whose calls are asked for one by one

T = TypeVar("T")


class YeastarReports:
    """A report runner; see `console.reports.runner.ReportRunner`.

    Args:
        definitions: the static ones.
        patience: waits; tests shrink them.
    """

    max_parallel = 1  # a PBX refuses a second heavy task

    def __init__(
        self, access: Access, definitions: Callable[[], tuple[ReportDefinition, ...]], *, patience: Patience = PATIENCE
    ) -> None:
        self._access = access
        self._definitions = definitions
        self._known: tuple[ReportDefinition, ...] = ()
        self._patience = patience
        self._site = Site(access, patience.clock_s)
        self._one = asyncio.Lock()
        self._labels: dict[str, dict[str, str]] = {}
        self._background: Background | None = None
        self._downloader = Downloader(access)

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        """Every type; a PBX has no list of those it offers, and says so when one is run."""
        if not self._known:
            self._known = await asyncio.to_thread(self._definitions)
        return self._known

    async def _named(self, ident: str) -> ReportDefinition | None:
        """A definition by its id."""
        return next((each for each in await self.definitions() if each.id == ident), None)

    async def choices(self, directory: str, depends: str = "") -> Directory:
        """See `ReportRunner.choices`."""
        found = await read_directory(self._access.client, directory, depends)
        entries = {choice.value: choice.label for choice in found.choices}
        self._labels[directory] = entries
        return found

    async def site(self) -> SiteFacts:
        """See `ReportRunner.site`."""
        return await self._site.facts()

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        """See `ReportRunner.plan`."""
        access = self._access
        ground = Ground(access.profile.id, access.http.host, self._site.version, self._site.clock, self._site.firmware)
        return make_plan(definition, values, context, ground)

    @property
    def base_url(self) -> str:
        """The address that paths are relative to: people paste it with ``/openapi/v1.0`` behind it."""
        return self._access.profile.url

    @property
    def auth(self) -> RequestAuth:
        """A sign-in makes a token, which then travels in the query."""
        request = RequestPlan(
            "POST",
            GET_TOKEN.removeprefix("/"),
            headers=(("Content-Type", "application/json"),),
            body='{"username": "${client_id}", "password": "${client_secret}"}',
            note="sign in",
        )
        hint = "Each sign-in takes one of eight sessions for 30 minutes, unless it is given back with del_token."
        sign_in = SignIn(request, "/access_token", "access_token", (hint,))
        return RequestAuth(sign_in=sign_in, user_agent="OpenAPI")

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        """See `ReportRunner.run`; one run at a time, the others wait for their turn."""
        tell(Progress(Phase.QUEUED if self._one.locked() else Phase.RUNNING))
        async with self._one:
            tell(Progress(Phase.RUNNING))
            plan = await self._as_displayed(plan)
            is_file = plan.requests[0].path.endswith(f"/{FILE}")
            if is_file:
                return await self._run_file(definition, plan, folder, tell)
            return await self._run_list(definition, plan, folder, tell)

    async def _as_displayed(self, plan: RunPlan) -> RunPlan:
        """The plan in the display format of now: an administrator may have changed it since it was made.

        Dates in another format are not refused but answered by nothing, so here the old plan is of no use.
        """
        await self._site.facts()
        dates, former = self._dates(), plan.facts.get("date_format", "")
        if dates is None or not former or dates.label == former:
            return plan
        told = message("pbx.dates_changed", host=self._access.http.host, former=former, format=dates.label)
        return redated(plan, dates, told)

    # -- lists

    async def _run_list(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        answer, plan = await self._ask(definition, plan)
        exchanges = [answer.reply.exchange_id]
        details: list[tuple[str, object]] = []
        trouble: ConsoleError | None = None
        if answer.number in (OK, PARTIAL):
            details, trouble = await self._details(definition, plan, answer, exchanges, tell)
        tell(Progress(Phase.READING, received=len(answer.reply.body)))
        dates, host = self._dates(), self._access.http.host
        totals = await self._named(text(definition.wire.get("totals")))
        path = folder / f"{definition.id}.json"
        body = answer.body if answer.number != NO_DATA else {}

        def read() -> Parts:
            path.write_bytes(answer.reply.body)
            return read_answer(definition, body, host, dates, folder, details, totals)

        parts = await _in_thread(read, Parts.close)
        if answer.number == PARTIAL:
            parts.notes.append(message("pbx.partial", host=host))
        if trouble is not None:
            parts.notes.append(message("pbx.calls_refused", why=str(trouble)))
        file = RawFile(path, path.name, "application/json", len(answer.reply.body), exchanges[0])
        return await self._result(definition, plan, parts, (file,), tuple(exchanges))

    async def _details(
        self, definition: ReportDefinition, plan: RunPlan, answer: Answer, exchanges: list[str], tell: Tell
    ) -> tuple[list[tuple[str, object]], ConsoleError | None]:
        """The calls behind the figures; who refuses them still has given the figures."""
        requests = [("", request) for request in plan.requests[1:]]
        if definition.wire.get("detail") == "number" and plan.values.get("need_detail"):
            requests = self._numbered(plan, answer)
        found: list[tuple[str, object]] = []
        for number, (label, request) in enumerate(requests):
            tell(Progress(Phase.RUNNING, part=number + 2, parts=len(requests) + 1))
            try:
                more = await self._send(request, frozenset({NO_DATA}))
            except ConsoleError as error:
                return found, error
            exchanges.append(more.reply.exchange_id)
            if more.number == OK:
                found.append((label, more.body))
        return found, None

    def _numbered(self, plan: RunPlan, answer: Answer) -> list[tuple[str, RequestPlan]]:
        """One request for each IVR of the answer: they are asked for by number, which only the answer knows."""
        asked = sent(plan)
        window = (("detail_time_begin", asked.get("start_time", "")), ("detail_time_end", asked.get("end_time", "")))
        listed = next((value for value in answer.body.values() if isinstance(value, list)), [])
        found = []
        for row in listed[:MOST_DETAILS]:
            if isinstance(row, dict) and (number := text(row.get("ivr_num"))):
                query = (*asked.items(), *(pair for pair in window if pair[1]), ("ivr_num", number))
                path = report_path(plan.facts["version"], CALLS)
                found.append((text(row.get("ivr_name")) or number, RequestPlan("GET", path, query)))
        return found

    async def _ask(self, definition: ReportDefinition, plan: RunPlan) -> tuple[Answer, RunPlan]:
        """Send the first request; a date format that the server names in its refusal is taken up once."""
        for is_last in (False, True):
            answer = await self._send(plan.requests[0], _JUDGED)
            if answer.number in (OK, PARTIAL, PROCESSING, NO_DATA):
                break
            named = named_format(answer.body) if answer.number == BAD_PARAMETER else None
            if is_last or named is None or named.label == plan.facts.get("date_format") or plan.timeframe is None:
                raise self._refusal(definition, plan, answer)
            self._site.learn(named)
            former = plan.facts.get("date_format", "")
            told = message("pbx.dates_learned", host=self._access.http.host, former=former, format=named.label)
            plan = redated(plan, named, told)
        return answer, plan

    async def _send(self, request: RequestPlan, also: frozenset[int]) -> Answer:
        path = "/" + request.path.removeprefix("/")
        return await self._access.client.read(path, request.query, also=also, call=CallClass.REPORT, purpose=PURPOSE)

    def _refusal(self, definition: ReportDefinition, plan: RunPlan, answer: Answer) -> ConsoleError:
        return refusal_of(definition, plan, answer, self._access.http.host, self._access.redactor)

    # -- files

    async def _run_file(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        host = self._access.http.host
        kind = sent(plan).get("type", "")
        is_async = sent(plan).get("is_async") == "1"
        fetched: Fetched | None = None
        for is_last in (False, True):
            link, name, plan, exchange = await self._link(definition, plan, kind, tell, is_async=is_async)
            if not link:
                break
            fetched = await self._downloader.fetch(link, name, folder, definition.id, tell, is_last=is_last)
            if fetched is not None:
                break
        if fetched is None:  # nothing there: an empty success
            parts = await _in_thread(lambda: read_answer(definition, {}, host, None, folder), Parts.close)
            return await self._result(definition, plan, parts, (), (exchange,))
        tell(Progress(Phase.READING, received=fetched.file.size))
        dates, done = self._dates(), fetched
        if done.file.media_type == CSV_TYPE:
            source = Source(done.file.path, done.head, host)
            parts = await _in_thread(
                lambda: read_file(definition, source, dates, folder), Parts.close, halt=source.halt
            )
        else:
            parts = Parts(notes=[message("pbx.no_table", host=host, what=done.file.media_type)])
        ids = (exchange, fetched.file.exchange_id)
        return await self._result(definition, plan, parts, (fetched.file,), ids)

    async def _link(
        self, definition: ReportDefinition, plan: RunPlan, kind: str, tell: Tell, *, is_async: bool
    ) -> tuple[str, str, RunPlan, str]:
        """Link and name of the file; no link where there is nothing to report."""
        background = await self._ready_background() if is_async or self._access.events is not None else None
        if is_async and background is not None:
            await background.prepare()
        answer, plan = await self._ask(definition, plan)
        exchange = answer.reply.exchange_id
        if answer.number == NO_DATA:
            return "", "", plan, exchange
        link, name = text(answer.body.get("download_resource_url")), text(answer.body.get("file"))
        if answer.number == PROCESSING and not link and background is not None and background.is_live:
            host = self._access.http.host
            tell(Progress(Phase.WAITING, message=message("pbx.waiting", host=host)))
            ready = await background.ready(kind)
            link, name = ready.link, ready.name
        if not link:
            raise self._downloader.no_link(answer)
        return link, name, plan, exchange

    async def _ready_background(self) -> Background:
        if self._background is None:
            types = frozenset(text(each.wire.get("type", each.id)) for each in await self.definitions())
            access = self._access
            self._background = Background(access.events, access.clock, access.http.host, types, self._patience)
        return self._background

    # -- results

    def _dates(self) -> DateFormat | None:
        """The format the dates of an answer are in."""
        return self._site.clock.dates

    async def _result(
        self,
        definition: ReportDefinition,
        plan: RunPlan,
        parts: Parts,
        files: tuple[RawFile, ...],
        exchanges: tuple[str, ...],
    ) -> ReportResult:
        notes = list(parts.notes)
        if parts.is_empty:
            try:
                known = await self._directories(definition, plan)
            except BaseException:
                parts.close()
                raise
            notes = [*empty_notes(definition, plan, self._access.http.host, known), *notes]
        is_named = any(note.code == "pbx.empty_unknown" for note in notes)
        planned = [note for note in plan.notes if not (is_named and note.code == "report.unknown_choice")]
        return ReportResult(
            plan=plan,
            title=plan.title,
            table=parts.table,
            sub_table=parts.sub_table,
            sub_reports=parts.sub_reports,
            summary=parts.summary,
            metadata=(*parts.metadata, *((title.replace("_", " "), value) for title, value in plan.facts.items())),
            files=files,
            notes=(*planned, *notes),
            exchange_ids=exchanges,
        )

    async def _directories(self, definition: ReportDefinition, plan: RunPlan) -> dict[str, dict[str, str]]:
        """The lists the chosen ids are from, read afresh; one that cannot be read explains nothing."""
        found: dict[str, dict[str, str]] = {}
        for param in definition.params:
            value = plan.values.get(param.id)
            if not param.directory or value in (None, "", []):
                continue
            depends = text(plan.values.get(param.depends_on)) if param.depends_on else ""
            try:
                listed = await self.choices(param.directory, depends)
            except ConsoleError:
                continue
            if not any(note.code == "api.incomplete" for note in listed.notes):
                found[param.directory] = {choice.value: choice.label for choice in listed.choices}
        return found


async def _in_thread(work: Callable[[], T], discard: Callable[[T], None], halt: threading.Event | None = None) -> T:
    """Work in a thread; when nobody waits for it any more it is halted, and what it still makes is freed."""
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(None, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:

        def free(done: asyncio.Future[T]) -> None:
            if not done.cancelled() and done.exception() is None:
                discard(done.result())

        future.add_done_callback(free)
        if halt is not None:
            halt.set()
        raise
