"""Who and what there is: directories in pages, and the menus from which ids are chosen ("Get Menu Options").

Each thing has three identifiers: an internal id (which reports take), a dialable number (which events carry) and a
display name. Fields of ``ivr/list``, ``ringgroup/list``, ``trunk/list`` and ``queue_pause_reason/list`` beyond id,
number and name are this demo's own; the vendor's pages for them were not to be had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.demo.servers.yeastar_ids import ident, position
from console.demo.servers.yeastar_wire import faulty, whole

if TYPE_CHECKING:
    from console.demo.servers.yeastar import YeastarServer

Rows = list[dict[str, Any]]
_EMPTY_MENUS = frozenset({"org_list", "phonebook", "group_vm", "conference", "pinset"})
"""Menus of things this exchange has none of."""


class Directories:
    """The lists of an exchange. None of them changes while it runs."""

    def __init__(self, server: YeastarServer) -> None:
        self._server = server
        self._site = server.stage.world.site
        self._book = self._site.directory

    async def queues(self, request: web.Request) -> dict[str, Any]:
        """``queue/list``; the only one whose array is not called ``data``."""
        rows = [
            {
                "id": self._server.figure(ident("queue", queue.index)),
                "number": queue.extension,
                "name": queue.name,
                "ring_strategy": "least_recent",
                "static_agent_list": self._server.rows([]),
                "dynamic_agent_list": self._members(self._site.members[queue.index]),
                "manager_list": self._server.rows([]),
            }
            for queue in self._site.queues
        ]
        return self._page(request, rows, "queue_list")

    async def extensions(self, request: web.Request) -> dict[str, Any]:
        """``extension/list``: agents and the phones outside the queues."""
        rows = [
            {
                "id": self._server.figure(ident("extension", each.index)),
                "number": each.number,
                "caller_id_name": each.name,
                "role_name": "Employee",
                "presence_status": "available",
            }
            for each in self._book.extensions
        ]
        return self._page(request, rows, "data")

    async def extension_groups(self, request: web.Request) -> dict[str, Any]:
        """``extension_group/list``."""
        rows = [
            {
                "id": self._server.figure(ident("ext_group", team.index)),
                "name": team.name,
                "member_list": self._members(team.members),
            }
            for team in self._book.teams
        ]
        return self._page(request, rows, "data")

    async def trunks(self, request: web.Request) -> dict[str, Any]:
        """``trunk/list``."""
        rows = [
            {"id": self._server.figure(ident("trunk", trunk.index)), "name": trunk.name, "type": "sip_register"}
            | {"status": "registered"}
            for trunk in self._book.trunks
        ]
        return self._page(request, rows, "data")

    async def ivrs(self, request: web.Request) -> dict[str, Any]:
        """``ivr/list``."""
        rows = [
            {"id": self._server.figure(ident("ivr", ivr.index)), "number": ivr.number, "name": ivr.name}
            for ivr in self._book.ivrs
        ]
        return self._page(request, rows, "data")

    async def ring_groups(self, request: web.Request) -> dict[str, Any]:
        """``ringgroup/list``."""
        rows = [
            {
                "id": self._server.figure(ident("ring_group", group.index)),
                "number": group.number,
                "name": group.name,
                "member_list": self._members(group.members),
            }
            for group in self._book.ring_groups
        ]
        return self._page(request, rows, "data")

    async def pause_reasons(self, request: web.Request) -> dict[str, Any]:
        """``queue_pause_reason/list``: reasons an agent can choose, and the codes that dial them."""
        rows = [
            {"id": self._server.figure(number), "name": reason.name, "feature_code": reason.code}
            for number, reason in enumerate((each for each in self._book.pause_reasons if each.code), 1)
        ]
        return self._page(request, rows, "data")

    async def menu(self, request: web.Request) -> dict[str, Any]:
        """``system/get_menuoptions``: ids as text, whatever the other lists do."""
        menu = request.query.get("menu", "")
        if menu in _EMPTY_MENUS:
            return {"data": self._server.rows([])}
        if menu == "queue_agent":
            queue = position("queue", request.query.get("id", ""), len(self._site.queues))
            if queue is None:
                raise faulty("id")
            return {"data": self._members(self._site.members[queue])}
        options = self._options(menu)
        if options is None:
            raise faulty("menu")
        return {"data": self._server.rows(options)}

    def _options(self, menu: str) -> Rows | None:
        book = self._book
        if menu == "extension":
            return self._members(range(len(book.extensions)))
        if menu == "queue":
            return [_option("queue", each.index, each.name, each.extension) for each in self._site.queues]
        if menu == "IVR":
            return [_option("ivr", each.index, each.name, each.number) for each in book.ivrs]
        if menu == "ring_group":
            return [_option("ring_group", each.index, each.name, each.number) for each in book.ring_groups]
        if menu == "trunk":
            return [_option("trunk", each.index, each.name) for each in book.trunks]
        if menu == "ext_group":
            return [_option("ext_group", each.index, each.name) for each in book.teams]
        if menu == "role":
            return [{"text": name, "value": str(place), "type": "role"} for place, name in enumerate(book.roles, 1)]
        return None

    def _members(self, indexes: Iterable[int]) -> Rows:
        extensions = self._book.extensions
        return [_option("extension", each, extensions[each].name, extensions[each].number) for each in indexes]

    def _page(self, request: web.Request, rows: Rows, key: str) -> dict[str, Any]:
        size = min(whole(request.query.get("page_size"), 10), self._server.quirks.page_limit)
        first = (whole(request.query.get("page"), 1) - 1) * size
        return {"total_number": self._server.figure(len(rows)), key: self._server.rows(rows[first : first + size])}


def _option(kind: str, index: int, name: str, number: str = "") -> dict[str, Any]:
    option = {"text": name, "text2": number, "value": str(ident(kind, index)), "type": kind}
    return option if number else {key: value for key, value in option.items() if key != "text2"}
