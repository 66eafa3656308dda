"""The Chronicall / Xima CCaaS wire: metrics, values, websocket subscription, reports; agents and skills on CCaaS.

Written from the vendor's pages "Realtime data", "Realtime data over websocket", "Requesting agent and skill
lists" and "Service users", and from nothing of our client.
"""

from __future__ import annotations

import base64
import hmac
import secrets as random_secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from console.demo.faults import Fault
from console.demo.servers.base import Stage, WireServer
from console.demo.servers.xima_historic import HistoricData
from console.demo.servers.xima_metrics import METRICS
from console.demo.servers.xima_quirks import Quirks
from console.demo.servers.xima_socket import Subscription, serve_socket
from console.demo.servers.xima_values import MetricFeed, dumps
from console.demo.servers.xima_warmth import Warmth

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
API = "/rest/api/v1"
_FIRST_ID_MS = 1_708_950_000_000  # the day on which the administrator enabled the first metric
_FIRST_REPORT_MS = _FIRST_ID_MS + 7 * 86_400_000  # and that of the first report


@dataclass(frozen=True, slots=True)
class Flavour:
    """What differs between the two products."""

    name: str
    backend: str
    queue_word: str
    lists: bool
    id_offset_ms: int


CHRONICALL = Flavour("Demo Chronicall", "chronicall", "GROUP", lists=False, id_offset_ms=0)
XIMA = Flavour("Demo Xima CCaaS", "xima", "SKILL", lists=True, id_offset_ms=86_400_000)


def base36(number: int) -> str:
    """Write a number as the vendor writes its ids: base 36, upper case."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits or "0"


def new_key() -> str:
    """Make a service user's key: base64 with padding and a plus sign, so that clients must encode it."""
    while True:
        key = base64.b64encode(random_secrets.token_bytes(32)).decode()
        if "+" in key and "/" in key:
            return key


class Refused(Exception):
    """A request is refused with an HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class XimaServer(WireServer):
    """One server of the family, in one of its two flavours.

    ``keys`` holds the keys of two service users: ``supervisor`` sees everything, ``limited`` not every metric.
    """

    def __init__(self, stage: Stage, flavour: Flavour, port: int, quirks: Quirks | None = None) -> None:
        super().__init__(stage, port)
        self.quirks = quirks or Quirks()
        self.flavour = flavour
        self.name = flavour.name
        self.backend = flavour.backend
        self.keys = {"supervisor": new_key(), "limited": new_key()}
        self.feeds: dict[str, MetricFeed] = {}
        for place, metric in enumerate(METRICS):
            ident = base36(_FIRST_ID_MS + flavour.id_offset_ms + place * 61_337)
            word = flavour.queue_word if metric.category == "QUEUE" else metric.category
            self.feeds[ident] = MetricFeed(metric, ident, word, stage.world.site)
        self.places = {ident: place for place, ident in enumerate(self.feeds)}
        self.subscriptions: set[Subscription] = set()
        options = stage.options
        self.warmth = Warmth(options.warm_polls, options.cold_after_s * 1000)
        self._skew_shown = 0
        first = _FIRST_REPORT_MS + flavour.id_offset_ms
        word = flavour.queue_word.title()
        self.historic = HistoricData(self, word, lambda place: base36(first + place * 91_733), self.quirks)

    @property
    def secrets(self) -> dict[str, str]:
        """The key of the service user who sees everything."""
        return {"key": self.keys["supervisor"]}

    def metric_id(self, name: str) -> str:
        """Give the id of a metric by its name. KeyError when there is none."""
        for ident, feed in self.feeds.items():
            if feed.metric.name == name:
                return ident
        raise KeyError(name)

    def routes(self, app: web.Application) -> None:
        """Add the endpoints of this flavour."""
        app.router.add_get(f"{API}/realtime/metrics", self._answering(self._metrics))
        app.router.add_get(f"{API}/realtime/metrics/values", self._answering(self._values))
        app.router.add_get(f"{API}/realtime-metric-subscription", self._answering(self._socket))
        app.router.add_post(f"{API}/historic-data/{{key}}", self._answering(self._historic))
        if self.flavour.lists:
            app.router.add_get(f"{API}/agents", self._answering(self._agents))
            app.router.add_get(f"{API}/skills", self._answering(self._skills))

    def _answering(self, handler: Handler) -> Handler:
        """Turn refusals into statuses; a server older than the API knows none of these addresses."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if "old_version" in self.faults:
                return web.Response(
                    status=404, text="<html><body>HTTP Status 404</body></html>", content_type="text/html"
                )
            try:
                return await handler(request)
            except Refused as refusal:
                return web.Response(status=refusal.status, text=str(refusal))

        return answer

    # -- who asks, for what ----------------------------------------------------------------------------------

    def user_of_key(self, key: str) -> str:
        """Give the service user of a key, or refuse with 401."""
        for user, known in self.keys.items():
            if hmac.compare_digest(known.encode(), key.encode("utf-8", "surrogateescape")):
                return user
        raise Refused(401, "Unauthorized")

    def _user(self, request: web.Request) -> str:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise Refused(401, "Unauthorized")
        return self.user_of_key(key)

    def visible(self, user: str) -> list[MetricFeed]:
        """Give the metrics a service user may see."""
        if "no_metrics" in self.faults:
            return []
        gone = self._gone()
        return [
            feed for feed in self.feeds.values() if feed.id not in gone and (user != "limited" or feed.metric.limited)
        ]

    def select(self, user: str, idents: list[str], *, unknown: int) -> list[MetricFeed]:
        """Give the metrics asked for; one unknown id (status ``unknown``) or foreign one (403) refuses all."""
        visible = {feed.id: feed for feed in self.visible(user)}
        gone = self._gone() if "no_metrics" not in self.faults else set(self.feeds)
        for ident in idents:
            if ident not in self.feeds or ident in gone:
                raise Refused(unknown, "Metric does not exist" if unknown == 404 else "Forbidden")
        for ident in idents:
            if ident not in visible:
                raise Refused(403, "Forbidden")
        return [visible[ident] for ident in dict.fromkeys(idents)]

    def _gone(self) -> set[str]:
        """Metrics which the administrator has just removed (the fault ``unknown_metric``)."""
        fault = self.faults.get("unknown_metric")
        if fault is None:
            return set()
        wanted = fault.args.get("metric", next(iter(self.feeds)))
        wanted = set(wanted) if isinstance(wanted, list) else {wanted}
        return {ident for ident, feed in self.feeds.items() if ident in wanted or feed.metric.name in wanted}

    # -- endpoints -------------------------------------------------------------------------------------------

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        return _json(dumps([feed.listing() for feed in self.visible(self._user(request))]))

    async def _values(self, request: web.Request) -> web.StreamResponse:
        user = self._user(request)
        given = request.query.getall("id", [])
        if len(given) != 1 or not given[0]:
            raise Refused(400, "Bad Request")
        results: list[bytes] = []
        initializing: list[bytes] = []
        for feed in self.select(user, given[0].split(","), unknown=404):
            if self.ready(feed):
                results.extend(self.current(feed))
            else:
                initializing.extend(dumps(feed.key(index)) for index in range(len(feed.selection)))
        body = b'{"results":[' + b",".join(results) + b'],"initializing":[' + b",".join(initializing) + b"]}"
        return _json(body, 206 if initializing else 200)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        tokens = request.query.getall("auth_token", [])
        idents = request.query.getall("id", [])
        if len(tokens) != 1 or not idents or not all(idents):
            raise Refused(400, "Bad Request")
        user = self.user_of_key(tokens[0])
        return await serve_socket(self, request, user, self.select(user, idents, unknown=403))

    async def _agents(self, request: web.Request) -> web.StreamResponse:
        self._user(request)
        site = self.stage.world.site
        kinds = ("UC", "XIMA")
        return _json(
            dumps({"agents": [{"agent": agent.key, "type": kinds[agent.index % 5 == 4]} for agent in site.agents]})
        )

    async def _skills(self, request: web.Request) -> web.StreamResponse:
        self._user(request)
        return _json(dumps({"skills": [{"name": name} for name in self.stage.world.site.queue_names]}))

    async def _historic(self, request: web.Request) -> web.StreamResponse:
        return await self.historic.answer(request, self._user(request))

    def report_offers(self) -> list[dict[str, Any]]:
        """Tell every report with the text of its "Request Details" window."""
        return self.historic.offer(API, self.keys["supervisor"])

    # -- values ----------------------------------------------------------------------------------------------

    def ready(self, feed: MetricFeed) -> bool:
        """Note that a metric is asked for and tell whether it has warmed up."""
        warm = self.warmth.ask(feed.id, self.places[feed.id], self.stage.clock.wire_ms())
        return warm and "never_warm" not in self.faults

    def current(self, feed: MetricFeed) -> list[bytes]:
        """Give a metric's values of this moment as JSON objects."""
        if self.skew_ms != self._skew_shown:
            self._skew_shown = self.skew_ms
            for each in self.feeds.values():
                each.forget()
        return feed.fragments(self.fold, self._stamp_of)

    def _stamp_of(self, t: int) -> str:
        return self.stage.world.zone.iso(t + self._skew_shown)

    async def push(self) -> None:
        """Send each subscriber what changed since its last update."""
        if "mute_sockets" in self.faults:
            return
        for subscription in list(self.subscriptions):
            await subscription.push()

    # -- faults ----------------------------------------------------------------------------------------------

    async def on_fault(self, fault: Fault) -> None:
        """Revoke a key or drop the sockets; both happen once and stay done."""
        if fault.kind == "revoke_key":
            user = str(fault.args.get("user", "supervisor"))
            self.keys[user] = new_key()
            for subscription in [each for each in self.subscriptions if each.user == user]:
                subscription.cut()
        elif fault.kind == "drop_sockets":
            for subscription in list(self.subscriptions):
                subscription.cut()
        elif fault.kind == "down":
            self.warmth.chill()
        if fault.kind in ("revoke_key", "drop_sockets"):
            del self.faults[fault.kind]


def _json(body: bytes, status: int = 200) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json", charset="utf-8")
