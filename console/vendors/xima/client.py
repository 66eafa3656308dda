"""The endpoints, each one method: requests out, typed records in. No state but what a reply weighs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from console.domain.errors import NotFound, ProtocolError, ServerBusy
from console.domain.messages import Message, message
from console.net.http import Reply, Request, VendorHttp
from console.net.limits import LIMITS, Limits
from console.vendors.xima.flavour import AGENTS, METRICS, SKILLS, VALUES, Flavour, api_path
from console.vendors.xima.mapping import Directory
from console.vendors.xima.recall import Memory, recall
from console.vendors.xima.timing import TIMING
from console.vendors.xima.wire import (
    Json,
    MetricDef,
    ValuesReply,
    parse_metrics,
    parse_names,
    parse_values,
)

THREAD_BYTES = 64 * 1024  # larger bodies are taken apart in a worker thread
_FREED_AT_ONCE = 250

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed:
    """The metrics list with the reply it came in, and remarks about it (a guessed character set)."""

    metrics: tuple[MetricDef, ...]
    reply: Reply
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Valued:
    """Values with the reply they came in, the ids that were asked for and remarks about the reply."""

    values: ValuesReply
    reply: Reply
    asked: frozenset[str]
    notes: tuple[Message, ...] = ()


class XimaClient:
    """Speaks to one server.

    Args:
        http: the transport, with the credential.
        prefix: path of the interface below the profile's address.
        limits: those of `http`.
        preparing_s: pauses before a request that is still being prepared is sent again.
    """

    def __init__(
        self,
        http: VendorHttp,
        flavour: Flavour,
        prefix: str,
        limits: Limits = LIMITS,
        preparing_s: Sequence[float] = TIMING.preparing_s,
    ) -> None:
        self._preparing_s = preparing_s
        self._http = http
        self._flavour = flavour
        self._prefix = prefix
        self._limits = limits
        self._memory = Memory()
        self.remarks: dict[str, list[Message]] = {}  # about the newest lists of agents and skills

    @property
    def host(self) -> str:
        """The server as sentences name it."""
        return self._http.host

    async def metrics(self) -> Listed:
        """Read the metrics list.

        Raises:
            NotFound: there is no such interface; the sentence says from which version on there is.
            ConsoleError: as of `VendorHttp.send`.
        """
        path = api_path(self._prefix, METRICS)
        try:
            reply = await self._send(Request("GET", path))
        except NotFound as error:
            if not self._flavour.since:
                raise
            raise NotFound(
                message(
                    "http.too_old",
                    host=self.host,
                    path=path,
                    product=self._flavour.title,
                    version=self._flavour.since,
                ),
                status=404,
                detail=error.detail,
                exchange_id=error.exchange_id,
            ) from error
        notes = list(reply.notes)
        body = await self._http.decode_json(reply, notes)
        with _Marked(reply):
            if len(reply.body) > THREAD_BYTES:
                return Listed(await asyncio.to_thread(parse_metrics, body, self.host), reply, tuple(notes))
            return Listed(parse_metrics(body, self.host), reply, tuple(notes))

    async def values(self, ids: Sequence[str]) -> Valued:
        """Read the values of some metrics in one request.

        Raises:
            NotFound: at least one id is unknown.
            NotPermitted: at least one id is not for this account.
            ProtocolError: the reply cannot be read, or answers something else (another request's reply).
            ConsoleError: as of `VendorHttp.send`.
        """
        request = Request("GET", api_path(self._prefix, VALUES), query=(("id", ",".join(ids)),))
        reply = await self._send(request, frozenset({200, 206}))
        notes = list(reply.notes)
        asked = frozenset(ids)
        values = await self._recall(tuple(ids), reply)
        if values is None:
            values = await self._parse(reply, notes)
        with _Marked(reply):
            keys = itertools.chain((key for key, _ in values.items), values.initializing)
            is_empty = not values.items and not values.initializing
            if not is_empty and not any(metric_id in asked for metric_id, _ in keys):
                raise ProtocolError(
                    message("reply.shape", host=self.host, pointer="/results", what="it answers another question"),
                    pointer="/results",
                )
        return Valued(values, reply, asked, tuple(notes))

    async def _send(self, request: Request, ok: frozenset[int] = frozenset({200})) -> Reply:
        """Send, and ask the same again while the hosted product is still preparing the answer.

        202 means "send the same request again" (page "API limits and statuses", written about reports; that
        realtime may say it too is inferred).

        Raises:
            ServerBusy: it is not prepared in time.
        """
        pauses = iter(self._preparing_s)
        while True:
            reply = await self._http.send(request, ok=ok | {202})
            if reply.status != 202:
                return reply
            if (pause_s := next(pauses, None)) is None:
                raise ServerBusy(message("http.preparing", host=self.host), exchange_id=reply.exchange_id)
            await asyncio.sleep(pause_s)

    async def _recall(self, ids: tuple[str, ...], reply: Reply) -> ValuesReply | None:
        """The values of a large reply, by what the last one held; None where it has to be read strictly."""
        if len(reply.body) <= THREAD_BYTES:
            return None
        found = await asyncio.to_thread(recall, self._memory.get(ids), reply.body, self._limits, self.host)
        if found is None:
            return None
        values, remembered = found
        self._memory.put(ids, remembered)
        return values

    async def _parse(self, reply: Reply, notes: list[Message]) -> ValuesReply:
        body: Json = await self._http.decode_json(reply, notes)
        with _Marked(reply):
            if len(reply.body) > THREAD_BYTES:
                return await asyncio.to_thread(_parse_and_free, body, self.host)
            return parse_values(body, self.host)

    async def directory(self) -> Directory:
        """Read the agents and skills that the hosted product lists; empty on the other one.

        Raises:
            ConsoleError: as of `VendorHttp.send`.
        """
        if not self._flavour.has_directory:
            return Directory()
        return Directory(await self.agents(), await self.skills())

    async def agents(self) -> tuple[str, ...]:
        """The agents of the hosted product, each ``Name(extension)``, the very key that reports take."""
        return await self._names(AGENTS, "agents", "agent")

    async def skills(self) -> tuple[str, ...]:
        """The names of the hosted product's skills."""
        return await self._names(SKILLS, "skills", "name")

    async def _names(self, endpoint: str, listed: str, field_name: str) -> tuple[str, ...]:
        reply = await self._send(Request("GET", api_path(self._prefix, endpoint)))
        self.remarks[endpoint] = list(reply.notes)
        body = await self._http.decode_json(reply, self.remarks[endpoint])
        with _Marked(reply):
            return parse_names(body, self.host, listed, field_name)


def free(items: list[Any]) -> None:
    """Empty a list of thousands piece by piece, in a worker thread.

    Freed in one go it would keep the interpreter's lock, and the window with it, for tens of milliseconds.
    """
    while items:
        del items[-_FREED_AT_ONCE:]


def _parse_and_free(body: Json, host: str) -> ValuesReply:
    values = parse_values(body, host)
    if isinstance(results := body.get("results"), list):
        free(results)
    return values


class _Marked:
    """Notes on a `ProtocolError` which exchange shows it."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ProtocolError):
            error.exchange_id = error.exchange_id or self._reply.exchange_id
            error.status = self._reply.status
