"""Lists to choose from: those the hosted product gives, else the names that realtime metrics were set up with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from console.domain.errors import AuthError, ConsoleError, NotPermitted, ProtocolError
from console.domain.messages import Message, message
from console.reports.runner import Directory, SiteFacts
from console.reports.schema import Choice
from console.vendors.xima.client import XimaClient
from console.vendors.xima.flavour import Flavour

_EXTENSION = re.compile(r"(.+)\(([^()]*)\)")
_OFFSET = re.compile(rb"\"lastUpdateTime\"\s*:\s*\"[^\"]{19,29}?(Z|[+-]\d\d:\d\d)\"")
_CATEGORIES = {"agents": ("AGENT",), "groups": ("GROUP", "SKILL"), "skills": ("SKILL", "GROUP"), "roles": ("ROLE",)}
SITE_METRICS = 5  # values asked for to learn the site's offset


class Directories:
    """Asks one server for its lists."""

    def __init__(self, client: XimaClient, flavour: Flavour) -> None:
        self._client = client
        self._flavour = flavour

    async def choices(self, directory: str) -> Directory:
        """The list of that name; one nobody can give is empty and says so.

        Raises:
            ConsoleError: the server could not be asked.
        """
        notes: tuple[Message, ...]
        if self._flavour.has_directory and directory == "agents":
            names = await self._client.agents()
            notes = tuple(self._client.remarks.get("agents", ()))
        elif self._flavour.has_directory and directory == "skills":
            names = await self._client.skills()
            notes = tuple(self._client.remarks.get("skills", ()))
        else:
            names = await self._from_metrics(directory)
            code = "historic.no_list" if names else "historic.free_entry"
            notes = (message(code, product=self._flavour.title, what=directory),)
        return Directory(tuple(_choice(name, directory) for name in names), notes)

    async def _from_metrics(self, directory: str) -> tuple[str, ...]:
        wanted = _CATEGORIES.get(directory)
        if wanted is None:
            return ()
        try:
            listed = await self._client.metrics()
        except (ProtocolError, NotPermitted):
            return ()  # a server without realtime, or an account without metrics, still has reports
        return _distinct(
            name for metric in listed.metrics if metric.category in wanted for name in metric.selection if name
        )

    async def site(self) -> SiteFacts:
        """The offset from UTC of the site, as stamps of realtime values carry it; unknown when there are none.

        Raises:
            AuthError: the credential is refused.
        """
        try:
            listed = await self._client.metrics()
            ids = [metric.id for metric in listed.metrics[:SITE_METRICS]]
            if not ids:
                return SiteFacts()
            body = (await self._client.values(ids)).reply.body
        except NotPermitted:
            return SiteFacts()
        except AuthError:
            raise
        except ConsoleError:
            return SiteFacts()
        found = _OFFSET.search(body)
        return SiteFacts() if found is None else SiteFacts(utc_offset_min=_minutes(found[1].decode("ascii")))


def _minutes(offset: str) -> int | None:
    if offset == "Z":
        return None  # says nothing of the site
    size = int(offset[1:3]) * 60 + int(offset[4:6])
    return -size if offset[0] == "-" else size


def _choice(name: str, directory: str) -> Choice:
    match = _EXTENSION.fullmatch(name) if directory == "agents" else None
    return Choice(name, match[1], note=match[2]) if match else Choice(name, name)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(names), key=str.casefold))
