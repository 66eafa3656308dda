"""The backend: transport, poller and feed of one profile put together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, cast

from console.domain.enums import Section
from console.domain.errors import UserError
from console.domain.messages import english, message
from console.domain.model import Snapshot
from console.net.auth import Bearer, QueryToken
from console.net.http import VendorHttp
from console.net.limits import LIMITS, Limits
from console.net.socket import Frame, VendorSocket
from console.vendors.base import CheckResult, Connection
from console.vendors.xima.board import Board
from console.vendors.xima.client import XimaClient
from console.vendors.xima.flavour import DEFAULT_PREFIX, SUBSCRIPTION, VALUES, Flavour, allow_rules, api_path
from console.vendors.xima.live import Feed, state_notices
from console.vendors.xima.mapping import metric_infos
from console.vendors.xima.poller import Poller, split
from console.vendors.xima.push import Subscription
from console.vendors.xima.timing import TIMING, Timing

if TYPE_CHECKING:
    from console.reports.runner import ReportRunner
    from console.vendors.xima.reports.runner import Patience

CHECKED = 8  # metrics whose values a connection test reads
SECRET_LABEL = "authentication key"  # noqa: S105 - a word for sentences


class XimaBackend:
    """A connection to a Chronicall or Xima CCaaS server.

    Raises:
        UserError: the key is missing, or the address cannot be used.
    """

    def __init__(
        self, connection: Connection, flavour: Flavour, timing: Timing = TIMING, limits: Limits = LIMITS
    ) -> None:
        profile = connection.profile
        key = connection.secrets.get("key")
        if not key:
            raise UserError(message("secret.empty", field=SECRET_LABEL))
        self._connection = connection
        self._timing = timing
        self._limits = limits
        self._token = QueryToken("auth_token", key)
        self._flavour = flavour
        self._prefix = profile.fields.get("api_prefix", "").strip() or DEFAULT_PREFIX
        self._allow = allow_rules(flavour, self._prefix)
        self._http = VendorHttp(
            profile,
            allow=self._allow,
            clock=connection.clock,
            exchanges=connection.exchanges,
            auth=Bearer(key),
            limits=limits,
            secret_label=SECRET_LABEL,
        )
        self._client = XimaClient(self._http, flavour, self._prefix, limits, timing.preparing_s)
        base_length = len(f"{profile.url.rstrip('/')}{api_path(self._prefix, VALUES)}?id=")
        self._poller = Poller(self._client, dict(profile.mapping), connection.clock, timing, base_length)
        token_length = 3 * len(key.reveal())
        self._socket_length = len(f"{profile.url}{api_path(self._prefix, SUBSCRIPTION)}?&auth_token=") + token_length
        self._uses_socket = profile.fields.get("transport", "automatic") != "polling"
        self._feed: Feed | None = None
        self._board = Board()

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """See `Backend.snapshots`."""
        feed = Feed(
            self._connection.profile,
            self._poller,
            self._connection.clock,
            self._timing,
            self._subscribe if self._uses_socket else None,
            self._board,
        )
        self._feed = feed
        async with contextlib.aclosing(feed.snapshots()) as snapshots:
            async for snapshot in snapshots:
                self._board = feed.board
                yield snapshot

    async def check(self) -> CheckResult:
        """See `Backend.check`."""
        await self._poller.probe(CHECKED)
        poller = self._poller
        plan = poller.plan
        parts = [message("check.metrics", count=len(poller.metrics))]
        for section, code in ((Section.AGENTS, "check.agents"), (Section.QUEUES, "check.queues")):
            parts.append(message(code, count=len({*plan.rows.get(section, ()), *poller.directory.names(section)})))
        found = message("check.ok", host=poller.host, what=", ".join(english(part) for part in parts))
        return CheckResult((found,), state_notices(poller, self._timing), metric_infos(poller.metrics))

    def reports(self, patience: Patience | None = None) -> ReportRunner:
        """Reports over this connection."""
        from console.vendors.xima.reports.runner import XimaReports  # on the way to no live figure

        connection = self._connection
        return XimaReports(
            self._http, self._client, connection.profile, self._flavour, self._prefix, connection.clock, patience
        )

    async def aclose(self) -> None:
        """See `Backend.aclose`."""
        goodbyes = [] if self._feed is None else [self._feed.aclose()]
        await asyncio.gather(self._http.aclose(), *goodbyes)

    def _subscribe(self, ids: tuple[str, ...], wake: asyncio.Event) -> Subscription:
        shards = list(split(ids, self._socket_length, self._timing.url_limit, {}, 1.0, repeated=len("&id=")))
        return Subscription(
            self._make_socket,
            self._open_frames,
            shards,
            host=self._http.host,
            clock=self._connection.clock,
            timing=self._timing,
            wake=wake,
        )

    def _make_socket(self) -> VendorSocket:
        return VendorSocket(
            self._connection.profile,
            allow=self._allow,
            clock=self._connection.clock,
            exchanges=self._connection.exchanges,
            limits=self._limits,
            secret_label=SECRET_LABEL,
        )

    def _open_frames(self, socket: VendorSocket, ids: Sequence[str]) -> AsyncGenerator[Frame, None]:
        """Subscribe: one ``id=`` for each metric, unlike the commas of polling."""
        path = api_path(self._prefix, SUBSCRIPTION)
        frames = socket.frames(path, tuple(("id", key) for key in ids), self._token)
        return cast("AsyncGenerator[Frame, None]", frames)
