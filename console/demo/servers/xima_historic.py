"""``POST .../historic-data/{key}``: running a report, the wait for slow ones, and what may go wrong.

Statuses from the vendor's pages "Historical Call Data" and "API Limits and Statuses". On CCaaS a run that takes longer
than the server's patience answers 202 and goes on; the result is kept under the very same body and given to whoever
sends it again. Chronicall knows no 202 and makes its callers wait.

Faults: ``report_202_forever`` (CCaaS), ``report_html`` (the login page with status 200), ``report_429`` (argument
``retry_after``), ``report_truncate`` (the first half of the reply), ``report_foreign`` (another report's reply).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

from console.demo.folding import fold
from console.demo.servers.base import LOGIN_PAGE, WireServer
from console.demo.servers.xima_quirks import Quirks
from console.demo.servers.xima_report_catalogue import Report, Samples, reports_of
from console.demo.servers.xima_report_facts import Facts
from console.demo.servers.xima_report_files import TYPES, file_of
from console.demo.servers.xima_report_request import Asked, Reader, RequestError, Sight, read_body
from console.demo.servers.xima_report_table import JsonShape
from console.demo.servers.xima_report_time import BadValue

_KEPT = 20  # results of slow runs


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run: bytes with their type, and a file name for anything but JSON."""

    body: bytes
    media_type: str
    name: str | None

    def response(self) -> web.Response:
        """The reply."""
        headers = {} if self.name is None else {"Content-Disposition": f'attachment; filename="{self.name}"'}
        charset = None if self.media_type.startswith(("application/pdf", "application/vnd")) else "utf-8"
        return web.Response(body=self.body, content_type=self.media_type, charset=charset, headers=headers)


@dataclass
class Run:
    """A run of CCaaS: how often it was asked for, and its result or refusal once there."""

    asked: int = 0
    result: Result | RequestError | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


class HistoricData:
    """The historical half of one server. ``word`` is what the product calls a queue: Group or Skill."""

    def __init__(self, server: WireServer, word: str, key_of: Callable[[int], str], quirks: Quirks) -> None:
        self._server = server
        self._world = server.stage.world
        self._quirks = quirks
        self._is_hosted = word == "Skill"
        site = self._world.site
        names = site.directory.roles
        self.roles = {key_of(100 + place): name for place, name in enumerate(names)}
        """Names of roles by id."""
        self.reports = reports_of(word, self.roles, key_of)
        """By key."""
        self._shape = JsonShape(self._world.zone, blank_is_null=self._is_hosted, inner_columns=self._is_hosted)
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._samples = Samples(
            agents=site.agent_keys[:4],
            queues=site.queue_names[:3],
            codes=list(site.directory.account_codes),
            roles=list(self.roles),
        )

    def sight(self, user: str) -> Sight:
        """What a service user may see; ``limited`` sees every second agent and queue."""
        site, step = self._world.site, 2 if user == "limited" else 1
        extensions = site.directory.extensions[: len(site.agents)]
        roles = {ident: [each.agent for each in extensions if each.role == name] for ident, name in self.roles.items()}
        return Sight(range(0, len(site.agents), step), range(0, len(site.queues), step), roles)

    async def answer(self, request: web.Request, user: str) -> web.Response:
        """Answer one request of a signed-in user."""
        path, text = request.path, await request.text()
        if (fault := self._server.hit("report_429", path)) is not None:
            after = fault.args.get("retry_after")
            return web.Response(status=429, headers={} if after is None else {"Retry-After": str(after)})
        if self._server.hit("report_html", path) is not None:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        report = self.reports.get(request.match_info["key"])
        if report is None:
            return web.Response(status=404, text="Report not found")
        if user == "limited" and not report.limited:
            return web.Response(status=403, text="Forbidden")
        is_foreign = self._server.hit("report_foreign", path) is not None
        try:
            form, given = read_body(text)
            asked = Reader(self._world.site, self._world.zone, self.sight(user)).read(report.parameters, given)
            if is_foreign:
                report = next(each for each in self.reports.values() if each.key != report.key)
            if self._is_hosted:
                response = await self._hosted(f"{user}/{report.key}/{path}/{text}", report, asked, form)
            else:
                response = (await self._fold(report, asked, form)).response()
        except RequestError as refusal:
            return web.Response(status=refusal.status, text=str(refusal))
        if self._server.hit("report_truncate", path) is not None and isinstance(response.body, bytes):
            response.body = response.body[: len(response.body) // 2]
        return response

    async def _hosted(self, body: str, report: Report, asked: Asked, form: str) -> web.Response:
        """Wait for as long as the server has patience; 202 until there is a result for this very body."""
        name = hashlib.sha256(body.encode()).hexdigest()
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = Run()
            while len(self._runs) > _KEPT:
                self._runs.popitem(last=False)
            self._server.stage.tasks.start(self._work(run, report, asked, form), f"report {report.title}")
        run.asked += 1
        if run.asked <= self._quirks.slow_reports or "report_202_forever" in self._server.faults:
            return _accepted()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._quirks.patience_s):
                await run.over.wait()
        if run.result is None:
            return _accepted()
        if run.asked == 1 or isinstance(run.result, RequestError):
            self._runs.pop(name, None)  # nobody was told to come back
        if isinstance(run.result, RequestError):
            raise run.result
        return run.result.response()

    async def _work(self, run: Run, report: Report, asked: Asked, form: str) -> None:
        try:
            run.result = await self._fold(report, asked, form)
        except RequestError as refusal:
            run.result = refusal
        except Exception:
            run.result = RequestError(500, "Internal Server Error")
            raise
        finally:
            run.over.set()

    async def _fold(self, report: Report, asked: Asked, form: str) -> Result:
        return await fold(lambda: self._run(report, asked, form), len(self._world.site.agents))

    def _run(self, report: Report, asked: Asked, form: str) -> Result:
        try:
            table = report.make(Facts(self._world, asked.frame), asked)
        except BadValue:
            raise RequestError(400, "Missing or invalid parameters") from None
        if form != "json":
            name, body = file_of(form, report.title, table, self._world.zone)
            return Result(body, TYPES[form], name)
        head = {
            "reportId": report.number,
            "executionId": str(uuid4()),
            "title": report.title,
            "timeframe": asked.frame.echo,
            "skin": "Default" if self._is_hosted else "Avaya Default",
        }
        text = json.dumps(self._shape.body(head, table), ensure_ascii=False, separators=(",", ":"))
        return Result(text.encode(), "application/json", None)

    def offer(self, api: str, key: str) -> list[dict[str, Any]]:
        """Every report with its ready request details: yesterday in the site's zone, the first agents and queues."""
        zone, world = self._world.zone, self._world
        day = zone.local(world.opening(world.day - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
        start = zone.iso(zone.instant(day.replace(tzinfo=None)))
        end = zone.iso(zone.instant(day.replace(tzinfo=None, hour=23, minute=59, second=59)))
        offers = []
        for report in self.reports.values():
            url = f"{self._server.url}{api}/historic-data/{report.key}"
            body = json.dumps(self._samples.body(report, start, end), indent=2, ensure_ascii=False)
            details = (
                f"URL\nPOST {url}\n\nHeaders\nContent-Type: application/json\n"
                f"Authorization: Bearer {key}\n\nBody\n{body}\n"
            )
            offers.append(
                {"server": self._server.name, "key": report.key, "title": report.title, "request_details": details}
            )
        return offers


def _accepted() -> web.Response:
    return web.Response(status=202, text="The report is being prepared. Send the same request again.")
