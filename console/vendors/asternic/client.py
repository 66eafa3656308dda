"""The endpoints, each one method: requests out, typed records in; finds the interface's folder once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from console.domain.errors import AuthError, NotFound, NotPermitted, ProtocolError
from console.domain.messages import Message, message
from console.net.decode import parse_json
from console.net.http import Reply, Request, VendorHttp
from console.net.limits import LIMITS, MB, CallClass, Limits
from console.net.redact import Redactor
from console.net.translate import server_words
from console.vendors.asternic.lenient import Repaired, has_repeats, repair, with_repeats
from console.vendors.asternic.places import AGENTS, QUEUES, REALTIME, REPORTS, SCRIPT, TITLE
from console.vendors.asternic.wire import PARTS, Json, Named, Realtime, parse_list, parse_realtime

THREAD_BYTES = 64 * 1024  # larger bodies are taken apart in a worker thread
MISSES = 3
MOST_READ = 256 * MB  # of one report answer; a larger one stays a file
_WIDE = replace(LIMITS, items=40_000_000)  # a day of calls is a million values
ROWS = ("rows", "data")
TOO_LARGE = object()  # in place of a value
_STEM = {QUEUES: "queue", AGENTS: "agent"}
_EXPECTED = {REALTIME: PARTS, QUEUES: ("data",), AGENTS: ("data",), REPORTS: ("data",)}
# of several wrong answers the one that says most, best first
_TELLING = ("reply.licence", "reply.login_page", "reply.blank", "reply.shape", "http.redirect", "reply.json")

_PASSWORD = re.compile(r"type\s*=\s*[\"']?password")
_BAD = r"(?:expired|invalid|missing|required|not (?:valid|found|active)|no valid|unregistered|unlicensed|trial)"
_LICENCE = re.compile(rf"licen[cs]e[^<>{{}}]{{0,60}}\b{_BAD}|\b{_BAD}\b[^<>{{}}]{{0,40}}licen[cs]e")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read:
    """A realtime answer with the reply it came in."""

    data: Realtime
    reply: Reply
    notes: tuple[Message, ...]


class AsternicClient:
    """Speaks to one server.

    Args:
        http: the transport, with the credentials.
        bases: folders to try, in order; a single one is not searched for.
        queues: value of the ``queues`` parameter, empty for all.
        redactor: masks secrets in the server's own words.
    """

    def __init__(self, http: VendorHttp, bases: Sequence[str], queues: str, redactor: Redactor) -> None:
        self._http = http
        self._bases = tuple(bases)
        self._base: str | None = bases[0] if len(bases) == 1 else None
        self._queues = queues
        self._redactor = redactor
        self.remarks: dict[str, tuple[Message, ...]] = {}  # about the newest list of each kind, as in `Read.notes`
        self._verdict: ProtocolError | NotPermitted | None = None  # what the last search came to
        self._misses = 0
        self._report_slot = asyncio.Lock()  # a slow PHP server is not stacked with reports; live polls pass by
        self._call_slot = asyncio.Lock()

    @property
    def host(self) -> str:
        """The server as sentences name it."""
        return self._http.host

    @property
    def path(self) -> str:
        """Where the interface is, empty before it was found."""
        return "" if self._base is None else self._base + SCRIPT

    async def realtime(self) -> Read:
        """Read the state of now. The folder is searched for once; what was not found then is looked for bit by bit.

        One request a cycle is all that an outage may cost, so a folder that has gone is asked for again first, and
        only now and then another one.

        Raises:
            ConsoleError: as of `VendorHttp.send`, or the answer is none.
        """
        if self._base is None and self._verdict is None:
            return await self._find()
        base = self._next_base()
        try:
            read = await self._realtime(base)
        except (ProtocolError, AuthError) as error:
            is_elsewhere = base != self._base
            self._misses += isinstance(error, NotFound) or is_elsewhere
            # what another folder says about the credentials counts only as long as no folder is known to be right
            is_refusal = self._base is None and not isinstance(error, (ProtocolError, NotPermitted))
            if is_elsewhere and not is_refusal and self._verdict is not None:
                raise self._verdict.with_traceback(None) from None
            if isinstance(error, NotFound):
                self._verdict = error
            raise
        self._base, self._verdict, self._misses = base, None, 0
        return read

    async def names(self, entity: str) -> tuple[Named, ...]:
        """Read the list of queues or agents.

        Raises:
            ConsoleError: as of `VendorHttp.send`, or the answer is none.
        """
        body, reply, self.remarks[entity] = await self._ask(self._base or "", entity)
        return await self._parsed(reply, lambda: parse_list(body, self.host, _STEM[entity]))

    async def locate(self) -> str:
        """The script's path, searched for when it is not known yet; an account may have reports and no live figures.

        Raises:
            ConsoleError: as of `realtime`.
        """
        if self._base is not None:
            return self.path
        try:
            await self.realtime()
        except (ProtocolError, NotPermitted) as error:
            if not await self._find_reports():
                raise error.with_traceback(None) from None
        return self.path

    async def _find_reports(self) -> bool:
        """Look for a folder that lists reports."""
        for base in self._bases:
            try:
                await self._ask(base, REPORTS)
            except (ProtocolError, NotPermitted):
                continue
            self._base, self._verdict = base, None
            return True
        return False

    @property
    def likely_path(self) -> str:
        """The script's path, or the one that is tried first."""
        return self.path or self._bases[0] + SCRIPT

    async def listing(self, entity: str) -> tuple[Json, Reply, tuple[Message, ...]]:
        """A list of the interface (``reports``, ``queues``, ``agents``): JSON with ``data``, not looked at further.

        Raises:
            ConsoleError: as of `VendorHttp.send`, or the answer is none.
        """
        return await self._ask(self._base or "", entity)

    async def call(self, call_id: str) -> tuple[Json, Reply, tuple[Message, ...]]:
        """The events of a call; one such request at a time.

        Raises:
            ConsoleError: as of `VendorHttp.send`, or the answer is none.
        """
        path = await self.locate()
        query = (("entity", f"call/{call_id}"),)
        async with self._call_slot:
            reply = await self._sent(self._http.send(Request("GET", path, query, call=CallClass.REPORT)))
        return await self._decoded(reply, ROWS)

    async def report(
        self,
        path: str,
        query: Sequence[tuple[str, str]],
        file: Path,
        on_bytes: Callable[[int, int | None], None] | None = None,
    ) -> tuple[Json, Reply, tuple[Message, ...]]:
        """One request of a report, streamed to `file`, then read. One at a time for the whole connection.

        The value is `TOO_LARGE` when the answer is larger than `MOST_READ`: it is there as a file only. The file is
        gone when the answer is none.

        Raises:
            ConsoleError: as of `VendorHttp.download`, or the answer is none.
        """
        request = Request("GET", path, tuple(query), purpose="reports", call=CallClass.REPORT)
        async with self._report_slot:
            got = await self._sent(self._http.download(request, file, on_bytes=on_bytes))
        small = got.size <= MOST_READ
        body = await asyncio.to_thread(file.read_bytes) if small else got.head
        reply = Reply(
            got.status, got.headers, body, got.exchange_id, got.received_ms, None, got.latency_ms, notes=got.notes
        )
        if not small:
            return TOO_LARGE, reply, got.notes
        try:
            return await self._decoded(reply, ROWS, _WIDE)
        except ProtocolError:
            await asyncio.to_thread(file.unlink, missing_ok=True)
            raise

    def _next_base(self) -> str:
        """The folder to ask now: the known one, or after a few misses every third time one of the others."""
        others = [base for base in self._bases if base != self._base]
        if self._base is not None and (self._misses < MISSES or self._misses % MISSES or not others):
            return self._base
        step = self._misses // MISSES if self._base is not None else self._misses
        return others[step % len(others)]

    async def _find(self) -> Read:
        """Try the usual folders; refused credentials and a server in trouble end the search."""
        met: list[ProtocolError | NotPermitted] = []
        for base in self._bases:
            try:
                found = await self._realtime(base)
            except NotFound:
                continue
            except NotPermitted as error:
                met.append(error)
            except ProtocolError as error:
                if error.message.code in ("reply.limits", "http.too_large", "http.malformed", "http.portal"):
                    raise
                met.append(error)
            else:
                self._base = base
                return found
        nowhere = message("api.no_base", host=self.host, product=TITLE, paths=", ".join(self._bases[:-1]))
        self._verdict = min(met, key=_rank) if met else NotFound(nowhere, status=404)
        raise self._verdict

    async def _realtime(self, base: str) -> Read:
        body, reply, notes = await self._ask(base, REALTIME)
        data = await self._parsed(reply, lambda: parse_realtime(body, self.host))
        return Read(data, reply, notes)

    async def _ask(self, base: str, entity: str) -> tuple[Json, Reply, tuple[Message, ...]]:
        query = [("entity", entity)]
        if entity == REALTIME and self._queues:
            query.append(("queues", self._queues))
        reply = await self._sent(self._http.send(Request("GET", base + SCRIPT, tuple(query))))
        return await self._decoded(reply, _EXPECTED[entity])

    async def _sent(self, sending: Awaitable[T]) -> T:
        """What came of a request; being sent to a sign-in page is said as such."""
        try:
            return await sending
        except ProtocolError as error:
            if error.message.code == "http.redirect" and _is_login(str(error.message.args.get("target", ""))):
                error.message = message("reply.login_page", host=self.host)
            raise

    async def _decoded(
        self, reply: Reply, expected: Sequence[str], limits: Limits | None = None
    ) -> tuple[Json, Reply, tuple[Message, ...]]:
        """The JSON of a reply, strictly if possible, else by the lenient pass with a note that says so.

        Args:
            limits: other ones than the connection's.
        """
        notes: list[Message] = list(reply.notes)
        try:
            if limits is None:
                value = await self._http.decode_json(reply, notes)
            else:
                value = await self._strict(reply, limits, notes)
            if await _offload(reply, lambda: has_repeats(reply.body, value)):
                again = await _offload(reply, lambda: with_repeats(reply.body, reply.headers, self.host))
                if again is not None:
                    value = again.value
                    notes.append(self._note(again))
        except ProtocolError as error:
            if error.message.code not in ("reply.json", "reply.html"):
                raise
            mended = await _offload(reply, lambda: repair(reply.body, reply.headers, self.host))
            if mended is None or not any(key in mended.value for key in expected):
                self._explain(error, reply)
                error.detail = server_words(reply.body, self._redactor)
                raise
            value = mended.value
            notes += [*mended.notes, self._note(mended)]
        if not (isinstance(value, dict) and any(key in value for key in expected)):
            self._judge(value, reply)
        return value, reply, tuple(notes)

    async def _strict(self, reply: Reply, limits: Limits, notes: list[Message]) -> Json:
        try:
            decoded = await _offload(reply, lambda: parse_json(reply.body, reply.headers, limits, host=self.host))
        except ProtocolError as error:
            error.exchange_id, error.status = reply.exchange_id, reply.status
            raise
        notes += decoded.notes
        return decoded.value

    def _note(self, repaired: Repaired) -> Message:
        return message("reply.repaired", host=self.host, what=", ".join(repaired.repairs))

    def _explain(self, error: ProtocolError, reply: Reply) -> None:
        """Say what an answer that is no JSON seems to be."""
        text = reply.body[:16_384].decode("latin-1").casefold()
        if error.message.code == "reply.html" and _PASSWORD.search(text):
            error.message = message("reply.login_page", host=self.host)
        elif _is_licence(text):
            error.message = message("reply.licence", host=self.host, product=TITLE)

    def _judge(self, value: Json, reply: Reply) -> None:
        """Say what JSON without any expected part seems to be; what remains is judged by its shape."""
        if len(reply.body) < THREAD_BYTES and _is_licence(reply.body.decode("latin-1").casefold()):
            raise ProtocolError(
                message("reply.licence", host=self.host, product=TITLE),
                status=reply.status,
                detail=server_words(reply.body, self._redactor),
                exchange_id=reply.exchange_id,
            )

    async def _parsed(self, reply: Reply, parse: Callable[[], T]) -> T:
        try:
            return await _offload(reply, parse)
        except ProtocolError as error:
            error.exchange_id = error.exchange_id or reply.exchange_id
            error.status = reply.status
            error.detail = error.detail or server_words(reply.body, self._redactor)
            raise


async def _offload(reply: Reply, work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work) if len(reply.body) > THREAD_BYTES else work()


def _is_login(target: str) -> bool:
    return "login" in target.casefold() or target.casefold().endswith(("/index.php", "/stats/", "/stats"))


def _rank(error: ProtocolError | NotPermitted) -> int:
    code = error.message.code
    return _TELLING.index(code) if code in _TELLING else len(_TELLING)


def _is_licence(text: str) -> bool:
    """Whether a page complains about a licence; scripts merely mention theirs."""
    return _LICENCE.search(text) is not None
