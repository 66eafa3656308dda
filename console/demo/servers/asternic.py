"""The Asternic / Issabel Call Center Stats PRO wire: realtime, queues, agents, reports, search, call.

Written from the vendor's page "Call Data API" and from what is publicly known of installations, and from nothing
of our client. Every figure is a fold over the world's event log; what may differ between installations is a switch
in `Quirks`. Agents in after-call work are paused with the reason Wrapup, and busy in the queue's count.

Faults of reports, search and call beside those of every server: ``report_html`` (the login page with status 200),
``report_429``, ``report_truncate`` (the first half) and ``report_foreign`` (another report's reply).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets as random_secrets

from aiohttp import web

from console.demo.faults import Fault
from console.demo.folding import fold
from console.demo.servers.asternic_entities import Entities, report_list
from console.demo.servers.asternic_floor import AsternicFloor
from console.demo.servers.asternic_quirks import Quirks
from console.demo.servers.base import LOGIN_PAGE, Stage, WireServer

USERS = ("supervisor", "limited")
PAGE = LOGIN_PAGE.replace("Sign in</form>", 'User <input name="user"> <input type="password" name="password"></form>')


class AsternicServer(WireServer):
    """One installation. User ``limited`` sees every second queue only.

    Attributes:
        passwords: by user name.
        quirks: the installation's habits.
    """

    name = "Demo Asternic"
    backend = "asternic"

    def __init__(self, stage: Stage, port: int = 0, quirks: Quirks | None = None) -> None:
        super().__init__(stage, port)
        self.quirks = quirks or Quirks()
        self.passwords = {user: _new_password() for user in USERS}
        self.floor = AsternicFloor(stage.world.site, self.quirks)
        self.entities = Entities(stage.world, self.floor, self.quirks)
        self._copies: dict[tuple[str, str], tuple[int, str]] = {}

    @property
    def secrets(self) -> dict[str, str]:
        """The user who sees everything."""
        return {"username": USERS[0], "password": self.passwords[USERS[0]]}

    def routes(self, app: web.Application) -> None:
        """Everything is one script; its folder may change while the server runs."""
        app.router.add_get("/{path:.*}", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        base = self.quirks.base
        if "old_version" in self.faults or not f"{request.path}/".startswith(f"{base}/"):
            return _page("<html><body><h1>Not Found</h1></body></html>", 404)
        if request.path != f"{base}/rest/index.php":
            return _page(PAGE)  # the screens, for people
        user = self._user(request)
        if user is None:
            if self.quirks.refusal_is_page:
                return _page(PAGE)
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Call Center Stats"'})
        entity, _, rest = request.query.get("entity", "").partition("/")
        if entity == "realtime":
            return self._print(self._realtime(user, request.query.get("queues", "")))
        if entity == "queues":
            return self._print(self.floor.queue_list(self._visible(user), rest))
        if entity == "agents":
            return self._print(self.floor.agent_list(rest))
        if entity in ("reports", "search", "call"):
            return await self._report(request, user, entity, rest)
        return self._print("[]")

    async def _report(self, request: web.Request, user: str, entity: str, rest: str) -> web.Response:
        """What the past is asked for; folded beside the loop, so that realtime stays alive."""
        where = f"{entity}/{rest}"
        if self.hit("report_429", where) is not None:
            return _page("<html><body><h1>Too Many Requests</h1></body></html>", 429)
        if self.hit("report_html", where) is not None:
            return _page(PAGE)
        if entity == "reports" and not rest:
            return self._print(report_list())
        query, visible = dict(request.query), self._visible(user)
        if self.hit("report_foreign", where) is not None:
            entity, rest = "reports", "distribution_by_hour"

        def made() -> str | None:
            if entity == "search":
                return self.entities.search(query, visible)
            if entity == "call":
                return self.entities.call(rest, visible)
            return self.entities.report(rest, query, visible)

        text = await fold(made, len(self.stage.world.site.agents))
        response = self._print("[]" if text is None else text)
        if self.hit("report_truncate", where) is not None and isinstance(response.body, bytes):
            response.body = response.body[: len(response.body) // 2]
        return response

    def _user(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(token, validate=True) if scheme == "Basic" else b""
        except (binascii.Error, ValueError):
            return None
        for user, password in self.passwords.items():
            if hmac.compare_digest(f"{user}:{password}".encode(), given):
                return user
        return None

    def _visible(self, user: str) -> list[int]:
        count = len(self.stage.world.site.queues)
        if "no_metrics" in self.faults:
            return []
        return list(range(0, count, 2 if user == "limited" else 1))

    def _realtime(self, user: str, wanted: str) -> str:
        now = self.stage.clock.now()
        at, text = self._copies.get((user, wanted), (-1, ""))
        if text and now - at < self.quirks.copy_s * 1000:
            return text
        names = {name for name in wanted.split(",") if name}
        site = self.stage.world.site
        queues = [
            index
            for index in self._visible(user)
            if not names or {site.queues[index].extension, site.queues[index].name} & names
        ]
        text = self.floor.print_realtime(self.floor.realtime(self.fold, queues))
        if self.quirks.copy_s:
            self._copies[user, wanted] = now, text
        return text

    def _print(self, text: str) -> web.Response:
        """PHP calls everything HTML unless told otherwise."""
        return web.Response(body=self.quirks.dress(text), headers={"Content-Type": "text/html; charset=UTF-8"})

    async def on_fault(self, fault: Fault) -> None:
        """A new password; it happens once and stays done."""
        if fault.kind == "revoke_key":
            user = str(fault.args.get("user", USERS[0]))
            self.passwords[user] = _new_password()
            del self.faults[fault.kind]


def _new_password() -> str:
    """A password with everything that clients forget to encode."""
    return f"{random_secrets.token_urlsafe(9)}:ü% &+/="


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
