"""A call centre on the Chronicall wire, in a process of its own: made-up values that change when asked for.

Standard library only, and as cheap as can be, so that what is measured is the console. Prints one JSON line
(``url``, ``key``) when it is ready, ``asked`` lines with ``--tell``, and ends when its standard input closes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

KEY = "benchmark-key"
QUEUE_METRICS = (
    ("Calls in Queue", "COUNT"),
    ("Max Queue Duration", "DURATION"),
    ("Agents Logged In", "COUNT"),
    ("Agents Available", "COUNT"),
    ("Agents Busy", "COUNT"),
    ("Agents in DND", "COUNT"),
    ("Agents Logged Off", "COUNT"),
    ("Presented Calls Today", "COUNT"),
    ("Answered Calls Today", "COUNT"),
    ("Abandoned Calls Today", "COUNT"),
)
AGENT_METRICS = (
    ("Agent State", "STATE"),
    ("Time in State", "DURATION"),
    ("Agent Answered Calls", "COUNT"),
    ("Agent Current Caller ID", "CALLER"),
)
STATES = ("Idle", "Talking", "After Call Work", "Ringing", "Do Not Disturb", "Logged Out")
AHEAD_S = 0.3  # the next answer is prepared this long after the last one, while nobody waits for it


class Metric:
    """One metric with the JSON text of each of its values."""

    def __init__(self, ident: str, name: str, kind: str, category: str, selection: list[str]) -> None:
        self.ident, self.name, self.kind, self.category, self.selection = ident, name, kind, category, selection
        self.heads = [
            f'{{"key":{{"metricId":"{ident}","categoryValue":{json.dumps(each, ensure_ascii=False)}}},"value":'
            for each in selection
        ]
        self.texts = [""] * len(selection)

    def change(self, places: list[int], stamp: str, dice: random.Random) -> None:
        """Give the values at `places` another figure."""
        for place in places:
            self.texts[place] = f"{self.heads[place]}{self._value(stamp, dice)}}}"

    def _value(self, stamp: str, dice: random.Random) -> str:
        when = f'"lastUpdateTime":"{stamp}"'
        if self.kind == "COUNT":
            return f'{{"type":"COUNT",{when},"count":{dice.randrange(400)}}}'
        if self.kind == "DURATION":
            done = dice.randrange(600_000)
            return f'{{"type":"DURATION",{when},"finishedDuration":{done},"numCountingUp":1,"numCountingDown":0}}'
        word = dice.choice(STATES) if self.kind == "STATE" else f"+49 30 {dice.randrange(10**7):07d}"
        return f'{{"type":"STRING",{when},"value":"{word}"}}'


class Floor:
    """The metrics of a floor, and how many of their values change from one poll to the next."""

    def __init__(self, queues: int, agents: int, queue_share: float, agent_share: float) -> None:
        self._dice = random.Random(7)
        queue_names = [f"Queue {number:03d}" for number in range(queues)]
        agent_names = [f"Agent Number{number:05d}({1000 + number})" for number in range(agents)]
        self._groups = [
            (self._metrics(QUEUE_METRICS, "GROUP", queue_names, "KQ"), queue_share, queues),
            (self._metrics(AGENT_METRICS, "AGENT", agent_names, "KA"), agent_share, agents),
        ]
        self.metrics = {metric.ident: metric for group, _, _ in self._groups for metric in group}
        self.first = next(iter(self.metrics))
        self._change(1.0)
        self.listing = json.dumps(
            [
                {
                    "metricId": metric.ident,
                    "metricName": metric.name,
                    "categoryType": metric.category,
                    "categorySelection": metric.selection,
                }
                for metric in self.metrics.values()
            ]
        ).encode()

    @staticmethod
    def _metrics(kinds: tuple[tuple[str, str], ...], category: str, names: list[str], mark: str) -> list[Metric]:
        return [Metric(f"{mark}{place:02d}B6XY", *kind, category, names) for place, kind in enumerate(kinds)]

    def step(self) -> None:
        """The next second."""
        self._change(None)

    def _change(self, share: float | None) -> None:
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        for metrics, own_share, size in self._groups:
            count = round(size * (own_share if share is None else share))
            places = sorted(self._dice.sample(range(size), count))
            for metric in metrics:
                metric.change(places, stamp, self._dice)

    def values(self, idents: list[str]) -> bytes:
        """The body of a values request."""
        texts = [text for ident in idents for text in self.metrics[ident].texts]
        return f'{{"results":[{",".join(texts)}],"initializing":[]}}'.encode()


class Server:
    """HTTP/1.1 with kept-alive connections, as little of it as the console needs."""

    def __init__(self, floor: Floor, *, hangs: bool, tells: bool) -> None:
        self._floor = floor
        self._hangs = hangs
        self._tells = tells
        self._ready: dict[str, bytes] = {}
        self._end = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = urlsplit(head.split(b" ", 2)[1].decode())
                if self._tells:
                    print("asked", target.path, flush=True)
                if target.path.endswith("/values"):
                    if self._hangs:
                        await self._end.wait()
                        return
                    self._answer(writer, self._values(parse_qs(target.query)["id"][0]))
                elif target.path.endswith("/metrics"):
                    self._answer(writer, self._floor.listing)
                else:
                    self._answer(writer, b"", "404 Not Found")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def end(self) -> None:
        """Let go of requests that hang."""
        self._end.set()

    def _values(self, ids: str) -> bytes:
        body = self._ready.pop(ids, None) or self._floor.values(ids.split(","))
        self._ready[ids] = b""
        if self._floor.first in ids:  # the first request of a round; what it asks for is made ready for the next
            asyncio.get_running_loop().call_later(AHEAD_S, self._prepare)
        return body

    def _prepare(self) -> None:
        self._floor.step()
        self._ready = {ids: self._floor.values(ids.split(",")) for ids in self._ready}

    def _answer(self, writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK") -> None:
        date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        head = f"HTTP/1.1 {status}\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n".encode() + body)


async def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queues", type=int, default=12)
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--queue-share", type=float, default=0.6, help="share of queues that change each second")
    parser.add_argument("--agent-share", type=float, default=0.08, help="share of agents that change each second")
    parser.add_argument("--hang", action="store_true", help="never answer a request for values")
    parser.add_argument("--tell", action="store_true", help="print a line for each request")
    options = parser.parse_args()
    floor = Floor(options.queues, options.agents, options.queue_share, options.agent_share)
    server = Server(floor, hangs=options.hang, tells=options.tell)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    port = listener.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://127.0.0.1:{port}", "key": KEY}), flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    listener.close()
    server.end()
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
