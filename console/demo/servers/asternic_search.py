"""The search entity: one row per call, with the first entering, the last answer and the closing event.

Filters and row keys from the vendor's knowledge base and its page "Call Data API"; the other set of keys is what an
installation of 2022 sent. Calls are dated by entering their first queue. ``overflow`` is the count of queues entered.
``waitTime`` and ``talkTime`` are those of the last queue, ``combinedWaitTime`` is the wait in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.demo.servers.asternic_calls import LegFacts, caller_id, facts
from console.demo.servers.asternic_quirks import Quirks
from console.demo.servers.asternic_reports import Material, Row, recording
from console.demo.servers.asternic_window import read_span
from console.demo.world.records import CallRecord


class Search:
    """The filters of one request."""

    def __init__(self, query: Mapping[str, str], quirks: Quirks) -> None:
        self._query = query
        self._quirks = quirks
        self._talk = read_span(query.get("talktime", ""))
        self._wait = read_span(query.get("waittime", ""))

    def rows(self, made: Material, records: Iterable[CallRecord]) -> list[Row]:
        """The calls that fit, by entering; calls still going on are not there yet."""
        rows = []
        for record in records:
            legs = list(facts(record))
            if legs and len(legs) == len(record.queues) and self._fits(made, record, legs):
                rows.append((legs[0].entered, self._row(made, legs)))
        return [row for _, row in sorted(rows, key=lambda each: each[0])]

    def _fits(self, made: Material, record: CallRecord, legs: list[LegFacts]) -> bool:
        last, query = legs[-1], self._query
        did = made.site.directory.dids[record.did].number if record.did >= 0 else ""
        return (
            made.window.holds(legs[0].entered)
            and made.sees(last)
            and query.get("uniqueid", "") in ("", record.uid)
            and query.get("clid", "").replace(" ", "") in caller_id(record.number).replace(" ", "")
            and query.get("url", "") in (record.url or "")
            and query.get("did", "").replace(" ", "") in did.replace(" ", "")
            and (not query.get("tag") or query["tag"] in record.tags)
            and _within(self._talk, last.talk)
            and _within(self._wait, last.wait)
        )

    def _row(self, made: Material, legs: list[LegFacts]) -> Row:
        first, last = legs[0], legs[-1]
        record, queue = last.record, made.site.queues[last.leg.queue]
        total = last.ended // 1000 - first.entered // 1000
        agent = made.agent_of(last)
        is_bare = self._quirks.talk_is_zero
        row = {
            "firstEvent": "ENTERQUEUE",
            "overflow": str(len(legs)),
            "uniqueid": record.uid,
            "callerid": caller_id(record.number),
            "dateStart": self._date(made, first.entered),
            "dateEnd": self._date(made, last.ended),
            "event": last.event,
            "agent": agent,
            "queue": queue.extension,
            "waitTime": str(last.wait),
            "talkTime": "0" if is_bare else str(last.talk),
            "combinedWaitTime": str(total if is_bare else sum(each.wait for each in legs)),
            "totalDuration": str(total),
            "recordingFilename": recording(made, last),
            "agent_name": agent,
            "queue_name": queue.name,
            "callflow": f"{made.callflow_base}/rest/index.php?entity=call/{record.uid}",
        }
        return self._of_2022(made, row, record) if self._quirks.clid_rows else row

    def _of_2022(self, made: Material, row: Row, record: CallRecord) -> Row:
        """Another set of keys, and rows that are not uniform: what is empty is left out."""
        row["clid"] = row.pop("callerid")
        row["queuereal"] = row.pop("queue")
        row["queuename"] = row["queue_name"]
        row["datetime"] = row["dateStart"]
        row["did"] = made.site.directory.dids[record.did].number if record.did >= 0 else ""
        del row["firstEvent"], row["callflow"]
        return {name: text for name, text in row.items() if text}

    @staticmethod
    def _date(made: Material, t: int) -> str:
        return f"{made.wall(t):%Y-%m-%d %H:%M:%S}"


def _within(span: tuple[int, int] | None, value: int) -> bool:
    return span is None or span[0] <= value <= span[1]
