"""``call_report/download``: files made to order, at once or in the background, and fetched by link ("Download a
Call Report", "Event: Report Download").

One file is made at a time; whoever asks meanwhile is told 70082. A link holds for thirty minutes at the clients'
pace and wants a valid access token of its own. As in the vendor's example the link's name differs from ``file`` in
letter case, and only the link works.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.demo.servers.base import LOGIN_PAGE
from console.demo.servers.yeastar_reports_csv import write
from console.demo.servers.yeastar_reports_facts import Made
from console.demo.servers.yeastar_reports_query import TYPES, Query
from console.demo.servers.yeastar_wire import MESSAGES, V2, Refused
from console.demo.tasks import in_thread

if TYPE_CHECKING:
    from console.demo.servers.yeastar import YeastarServer

LINK_MS = 30 * 60_000
READY = 30027
_FOLDER = "/api/download/"


@dataclass(frozen=True)
class _File:
    data: bytes
    until: int


class Downloads:
    """The files of one exchange."""

    def __init__(self, server: YeastarServer) -> None:
        self._server = server
        self._files: dict[str, _File] = {}
        self._busy = False
        self._orders = 0

    async def order(self, request: web.Request) -> dict[str, Any]:
        """Make a file: answer with its link, or with 2 and later the event."""
        is_v2 = request.path.startswith(V2)
        query = self._server.reports.read(request.query, is_v2=is_v2)
        is_async = request.query.get("is_async", "0") == "1"
        if self._busy:
            raise Refused(70082)
        self._busy = True
        self._orders += 1
        kind = request.query["type"]
        if is_async:
            work = self._later(kind, query, self._orders, is_v2=is_v2)
            self._server.stage.tasks.start(work, f"report file {self._orders}")
            raise Refused(2)
        try:
            return await self._make(kind, query, is_v2=is_v2)
        finally:
            self._busy = False

    async def _later(self, kind: str, query: Query | None, number: int, *, is_v2: bool) -> None:
        try:
            made = await self._make(kind, query, is_v2=is_v2)
            message = {"key": "report_download", "result": "success", **made, "error": "", "download_id": number}
        except Refused as refusal:
            error = MESSAGES.get(refusal.code, "FAILURE")
            message = {"key": "report_download", "result": "failure", "file": "", "download_resource_url": ""}
            message |= {"error": error, "download_id": number}
        finally:
            self._busy = False
        if self._server.hit("report_silent", kind) is None:
            await self._server.announce({"type": READY, "msg": message})

    async def _make(self, kind: str, query: Query | None, *, is_v2: bool) -> dict[str, Any]:
        server = self._server
        if (slow := server.hit("report_slow", kind)) is not None:
            await asyncio.sleep(slow.number("ms", 5000) / 1000)
        if (failed := server.hit("report_failed", kind)) is not None:
            raise Refused(int(failed.number("errcode", -1)))
        if query is None:
            asked, made = Query(kind, 0, 0), Made([])
        else:
            asked, made = query, await server.reports.made(query, is_v2=is_v2)
        data = await in_thread(lambda: write(asked, made))
        title = TYPES[kind].file if server.quirks.spaced_names else TYPES[kind].file.replace(" ", "")
        moment = server.local(server.stage.clock.now())
        rest = f"{server.quirks.firmware}-download-{moment:%Y%m%d%H%M%S}-{secrets.token_urlsafe(12)[:16]}.csv"
        link = f"{title}-p570-{rest}"
        now = server.stage.clock.wire_ms()
        self._files = {name: file for name, file in self._files.items() if file.until > now}
        self._files[link] = _File(data, now + LINK_MS)
        return {"file": f"{title}-P570-{rest}", "download_resource_url": f"{_FOLDER}{link}"}

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Send a file. Refused when its link is unknown or over."""
        server, name = self._server, request.match_info["name"]
        file = self._files.get(name)
        if file is None or file.until <= server.stage.clock.wire_ms() or server.hit("report_expired", name) is not None:
            raise Refused(60001)
        if server.hit("report_html", name) is not None:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        headers = {"Content-Type": "application/octet-stream"}
        if (cut := server.hit("report_truncate", name)) is None:
            return web.Response(body=file.data, headers=headers)
        half = file.data[: int(cut.number("at", len(file.data) // 2))]
        if cut.args.get("mode") == "reply":
            return web.Response(body=half, headers=headers)
        broken = web.StreamResponse(headers=headers)
        broken.content_length = len(file.data)
        await broken.prepare(request)
        await broken.write(half)
        if request.transport is not None:
            request.transport.close()
        return broken
