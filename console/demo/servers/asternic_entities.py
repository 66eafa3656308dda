"""The entities behind reports, search and call: from a request's variables to the text that PHP prints by hand.

Envelopes from the vendor's page "Call Data API": ``page``, ``total`` (pages) and ``records`` (rows) with ``rows`` for
reports and search, ``totalpages``, ``currpage``, ``totalrecords`` with ``data`` for a call's events; every number is
text. Without the quirk ``page_rows`` everything comes on one page, as installations do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from console.demo.servers.asternic_calls import CallFlow, LogRow
from console.demo.servers.asternic_floor import AsternicFloor
from console.demo.servers.asternic_quirks import Quirks
from console.demo.servers.asternic_reports import AGENT_REPORTS, REPORTS, Material, Row
from console.demo.servers.asternic_search import Search
from console.demo.servers.asternic_window import Window, read_window
from console.demo.world.records import CallRecord
from console.demo.world.world import World

_SMALL = 2000  # agents up to which a day's calls are kept in memory


class Entities:
    """Answers of one installation. All methods are slow on large floors and may run beside the event loop."""

    def __init__(self, world: World, floor: AsternicFloor, quirks: Quirks) -> None:
        self._world = world
        self._floor = floor
        self._quirks = quirks
        self._flow = CallFlow(world.site, floor.names)

    def report(self, name: str, query: Mapping[str, str], visible: Sequence[int]) -> str | None:
        """Run a report; None when there is none of that name."""
        make = REPORTS.get(name)
        if make is None:
            return None
        made = self._material(query, visible)
        days = self._world.days_between(made.window.start, made.window.end)
        if name in AGENT_REPORTS:
            made.days = [each for day in days for each in self._world.agent_days(day) if each.spans]
        else:
            made.read(self._records(days))
        return self._page(make(made), query)

    def search(self, query: Mapping[str, str], visible: Sequence[int]) -> str:
        """Find calls."""
        made = self._material(query, visible)
        days = self._world.days_between(made.window.start, made.window.end)
        return self._page(Search(query, self._quirks).rows(made, self._records(days)), query)

    def call(self, uniqueid: str, visible: Sequence[int]) -> str:
        """Tell the events of a call; none for an unknown id and for a call that passed no queue that may be seen."""
        record = self._find(uniqueid)
        rows: list[Row] = []
        if record is not None and any(leg.queue in visible for leg in record.queues):
            rows = [self._event(number, record, row) for number, row in enumerate(self._flow.rows(record), 1)]
        head = {"totalpages": str(min(1, len(rows))), "currpage": "1", "totalrecords": str(len(rows))}
        return _print(head, "data", rows)

    def _event(self, number: int, record: CallRecord, row: LogRow) -> Row:
        queue, wall = self._world.site.queues[row.queue], self._world.zone.local(row.at)
        return {
            "id": str(number),
            "uniqueid": record.uid,
            "datetime": f"{wall:%Y-%m-%d %H:%M:%S}",
            "queue": queue.extension,
            "agent": row.agent,
            "event": row.event,
            **{f"info{place}": text[:50] for place, text in enumerate(row.info, 1)},
            "agentName": row.agent,
            "queueName": queue.name,
        }

    def _find(self, uniqueid: str) -> CallRecord | None:
        epoch = uniqueid.partition(".")[0]
        if not (epoch.isascii() and epoch.isdigit()) or len(epoch) > 12:
            return None
        day = self._world.day_of(min(int(epoch) * 1000 + 999, self._world.now))
        if day is None:
            return None
        return next((each for each in self._records([day]) if each.uid == uniqueid), None)

    def _records(self, days: Iterable[int]) -> Iterator[CallRecord]:
        world = self._world
        is_small = len(world.site.agents) <= _SMALL
        for day in days:
            yield from world.calls(day) if is_small else world.stream_calls(day)

    def _material(self, query: Mapping[str, str], visible: Sequence[int]) -> Material:
        window: Window = read_window(query, self._world.zone, self._world.now)
        return Material(
            self._world.site,
            self._floor,
            window,
            frozenset(visible),
            query.get("queue", ""),
            query.get("agent", ""),
            self._quirks.callflow_base,
            self._quirks.ring_is_wait,
        )

    def _page(self, rows: list[Row], query: Mapping[str, str]) -> str:
        """All rows at once, or the page asked for where the installation cuts (quirk ``page_rows``)."""
        size, count = self._quirks.page_rows, len(rows)
        page, pages = 1, min(1, count)
        if size:
            pages = -(-count // size)
            given = query.get("page", "1")
            page = min(max(1, int(given)), max(1, pages)) if given.isascii() and given.isdigit() else 1
            rows = rows[(page - 1) * size : page * size]
        return _print({"page": str(page), "total": str(pages), "records": str(count)}, "rows", rows)


def report_list() -> str:
    """The list of reports."""
    return _print({}, "data", [{"report": name} for name in REPORTS])


def _print(head: Mapping[str, str], name: str, rows: Sequence[Row]) -> str:
    """Envelopes have no space before the colon, rows have one on both sides; stray blank lines are real."""
    printed = ["{\n" + ",\n".join(f"{_text(key)} : {_text(text)}" for key, text in row.items()) + "\n}" for row in rows]
    start = "".join(f'"{key}":{_text(text)},\n' for key, text in head.items())
    return "{\n" + start + f'"{name}": [\n' + ",\n\n".join(printed) + "\n]\n}\n"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
