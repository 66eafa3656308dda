"""One run: its requests in order, each answer's rows to disk as it comes, and what is missing said by name."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from console.domain.clock import Clock
from console.domain.errors import (
    AuthError,
    ConsoleError,
    NotFound,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    TlsError,
    UserError,
)
from console.domain.messages import Message, english, message, once
from console.net.http import Reply
from console.net.limits import MB
from console.reports.request import RequestPlan, RunPlan
from console.reports.result import Phase, Progress, RawFile, ReportResult, Tell
from console.reports.schema import ReportDefinition
from console.vendors.asternic.client import MOST_READ, TOO_LARGE, AsternicClient
from console.vendors.asternic.reports.foreign import foreign_columns
from console.vendors.asternic.reports.ranges import Part, part_of
from console.vendors.asternic.reports.shape import Shaper
from console.vendors.asternic.reports.spool import Envelope, Spool, envelope

MOST_PAGES = 1_000
GIVE_UP_AFTER = 3  # failures one after the other: the rest of the range is not worth the server's time
LONGEST_WAIT_S = 900.0


@dataclass(slots=True)
class Failure:
    """A part that could not be had."""

    label: str
    error: ConsoleError


class Run:
    """Runs a plan once.

    Args:
        folder: the job's own; takes the server's answers and the table.
        tell: called on the loop.
    """

    def __init__(
        self,
        client: AsternicClient,
        clock: Clock,
        definition: ReportDefinition,
        plan: RunPlan,
        folder: Path,
        tell: Tell,
    ) -> None:
        self._client = client
        self._clock = clock
        self._definition = definition
        self._plan = plan
        self._folder = folder
        self._tell = tell
        self._is_detail = bool(definition.wire.get("detail"))
        self._parts = [part_of(dict(request.query)) for request in plan.requests]
        self._files: list[RawFile] = []
        self._notes: dict[Message, None] = {}
        self._failures: list[Failure] = []
        self._short: list[str] = []
        self._exchanges: list[str] = []
        self._stated = 0
        self._at = 1

    async def result(self) -> ReportResult:
        """Send everything, read everything.

        Raises:
            ConsoleError: nothing at all could be had, or nothing can be written.
        """
        try:
            return await self._result()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UserError(message("io.write", path=str(self._folder), reason=reason)) from error

    async def _result(self) -> ReportResult:
        shaper = Shaper(
            self._definition.columns, is_detail=self._is_detail, stem=str(self._definition.wire.get("stem", ""))
        )
        parts = [part for part in self._parts if part is not None]
        is_search = self._definition.wire.get("entity") == "search"
        spool = await asyncio.to_thread(Spool, self._folder / "rows.jsonl", shaper, parts, is_search=is_search)
        try:
            await self._all(spool)
            self._say(Phase.READING)
            table = await asyncio.to_thread(spool.table, self._folder)
        except BaseException:
            spool.stop()  # a thread that still works for a cancelled run ends soon, and nobody waits for it
            raise
        finally:
            spool.close()
        self._conclude(spool)
        return ReportResult(
            plan=self._plan,
            title=self._plan.title,
            table=table,
            metadata=(("Requests", str(len(self._exchanges))), ("Rows the system speaks of", str(self._stated))),
            files=tuple(self._files),
            notes=tuple(self._notes),
            missing=(*(failure.label for failure in self._failures), *self._short),
            exchange_ids=tuple(self._exchanges),
        )

    async def _all(self, spool: Spool) -> None:
        in_a_row = 0
        for number, (request, part) in enumerate(zip(self._plan.requests, self._parts, strict=True), 1):
            self._at = number
            self._say(Phase.RUNNING)
            try:
                await self._one(request, part, spool)
            except UserError:
                raise  # this computer's fault, such as a full disk: no other part would do better
            except ConsoleError as error:
                self._failures.append(Failure(_label(request, part), error))
                in_a_row += 1
                if _is_final(error) or in_a_row >= GIVE_UP_AFTER:
                    rest = zip(self._plan.requests[number:], self._parts[number:], strict=True)
                    self._failures += [Failure(_label(*left), error) for left in rest]
                    break
            else:
                in_a_row = 0
        if len(self._failures) == len(self._plan.requests):
            raise self._failures[0].error.with_traceback(None)

    async def _one(self, request: RequestPlan, part: Part | None, spool: Spool) -> None:
        """One part with all its pages."""
        label = _label(request, part)
        day = "" if self._is_detail or part is None or len(self._plan.requests) == 1 else part.label
        sheet = await self._fetch(request.query, request.path, label)
        await asyncio.to_thread(spool.take, sheet.rows, part, day)
        got, seen, page = len(sheet.rows), {await asyncio.to_thread(_digest, sheet.rows)}, 1
        self._stated += sheet.records if sheet.records is not None else got
        records, pages = sheet.records or 0, sheet.pages or 0
        while got and page < MOST_PAGES and (got < records or (sheet.records is None and page < pages)):
            page += 1
            try:
                more = await self._fetch((*request.query, ("page", str(page))), request.path, f"{label}, page {page}")
            except ConsoleError as error:
                if isinstance(error, UserError) or _is_final(error):
                    raise
                self._note(message("run.parts_missing", what=f"{label}, page {page}", why=english(once(error.message))))
                break
            if not more.rows:
                break
            digest = await asyncio.to_thread(_digest, more.rows)
            if digest in seen:
                break  # the server does not know pages and gives the same one again
            seen.add(digest)
            await asyncio.to_thread(spool.take, more.rows, part, day)
            got += len(more.rows)
        if got < records:
            self._note(message("run.short", host=self._client.host, total=records, what=label, got=got))
            self._short.append(f"{label} ({got} of {records} rows)")

    async def _fetch(self, query: tuple[tuple[str, str], ...], path: str, label: str) -> Envelope:
        """One answer; one that is too large to be read is kept as a file, and is an error all the same."""
        file = self._folder / f"answer{len(self._exchanges) + 1:04d}.json"
        value, reply = await self._patiently(query, path, file)
        self._exchanges.append(reply.exchange_id)
        sheet = None if value is TOO_LARGE else envelope(value)
        if sheet is None and value is not TOO_LARGE:
            await asyncio.to_thread(file.unlink)
            _bad_shape(self._client.host, reply)
        if sheet is not None and (other := foreign_columns(self._definition, sheet.rows)):
            await asyncio.to_thread(file.unlink)
            wrong = message("run.other_report", host=self._client.host, found=other)
            raise ProtocolError(wrong, pointer="/rows/0", status=reply.status, exchange_id=reply.exchange_id)
        size = (await asyncio.to_thread(file.stat)).st_size
        name = f"{_word(self._definition.id)}_{_word(label)}.json"
        self._files.append(RawFile(file, name, "application/json", size, reply.exchange_id))
        if sheet is None:
            limit = MOST_READ // MB
            large = message("run.file_large", host=self._client.host, size=size // MB, limit=limit)
            raise ProtocolError(large, status=reply.status, exchange_id=reply.exchange_id)
        return sheet

    async def _patiently(self, query: tuple[tuple[str, str], ...], path: str, file: Path) -> tuple[Any, Reply]:
        """Ask; a server that names a wait before it has begun is given it, once. Nothing else is asked twice."""
        try:
            value, reply, notes = await self._client.report(path, query, file, self._on_bytes)
        except ServerBusy as error:
            if not error.retry_after_s:
                raise
            self._tell(Progress(Phase.WAITING, part=self._at, parts=len(self._parts), message=error.message))
            await self._clock.wait(asyncio.Event(), min(error.retry_after_s, LONGEST_WAIT_S))
            value, reply, notes = await self._client.report(path, query, file, self._on_bytes)
        for note in notes:
            self._note(note)
        return value, reply

    def _conclude(self, spool: Spool) -> None:
        """Say what is odd about the whole."""
        host = self._client.host
        for count, code in ((spool.outside, "run.outside"), (spool.odd, "run.odd_rows")):
            if count:
                self._note(message(code, host=host, count=count))
        if spool.twice:
            self._note(message("run.twice", count=spool.twice))
        if not spool.kept and not self._failures:
            self._note(message("run.empty", host=host))
        if spool.undated and any(part is not None and not part.is_whole for part in self._parts):
            self._note(message("run.unchecked", host=host))
        reasons = Counter(english(once(failure.error.message)) for failure in self._failures)
        for why in reasons:
            labels = [failure.label for failure in self._failures if english(once(failure.error.message)) == why]
            self._note(message("run.parts_missing", what=", ".join(labels), why=why))

    def _note(self, note: Message) -> None:
        self._notes.setdefault(note)

    def _say(self, phase: Phase) -> None:
        self._tell(Progress(phase, part=self._at, parts=len(self._parts)))

    @property
    def _on_bytes(self) -> Callable[[int, int | None], None]:
        def told(received: int, expected: int | None) -> None:
            self._tell(Progress(Phase.DOWNLOADING, received, expected, self._at, len(self._parts)))

        return told


def _label(request: RequestPlan, part: Part | None) -> str:
    return part.label if part is not None else dict(request.query).get("entity", "")


def _word(text: str) -> str:
    return re.sub(r"[^\w.-]+", "_", text).strip("._")[:80] or "answer"


def _is_final(error: ConsoleError) -> bool:
    """Whether every other part would fail alike, and asking again could only do harm (a locked account)."""
    if isinstance(error, NotPermitted):
        return True
    return isinstance(error, (AuthError, TlsError, NotFound))


def _digest(rows: list[Any]) -> bytes:
    """To know a page again by."""
    import msgspec

    return hashlib.blake2b(msgspec.json.encode(rows), digest_size=16).digest()


def _bad_shape(host: str, reply: Reply) -> NoReturn:
    shape = message("reply.shape", host=host, pointer="/rows", what="a list of rows was expected")
    raise ProtocolError(shape, pointer="/rows", status=reply.status, exchange_id=reply.exchange_id)
