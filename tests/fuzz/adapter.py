"""A whole adapter on replies from memory: its real client, parser and mapping, without a socket."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from console.domain.enums import AgentStatus
from console.domain.errors import ConsoleError
from console.domain.model import ProfileId, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.values import Origin, Reading, Status, Unit
from console.net.exchange import ExchangeLog
from console.vendors.base import Backend, Connection

NOW_MS = 1_790_240_400_000.0
GAP_S = 0.25  # no reply may hold the loop's thread up for longer
HOST = "http://127.0.0.1:9"


class NoSeeds(AssertionError):
    """An adapter without seed replies cannot be judged."""


@dataclass(frozen=True)
class Seeds:
    """What a fuzz run needs to know about an adapter.

    Attributes:
        answers: good replies by name; each is damaged in turn.
        route: the name of the answer for a method, path and query.
        open: makes a backend; without pauses between requests.
        seams: other ways in, such as pushed messages: seed and what takes it, with the readings that come out.
        words: texts the adapter makes itself.
    """

    answers: Mapping[str, bytes]
    route: Callable[[str, str, Mapping[str, str]], str]
    open: Callable[[Connection], Backend]
    secrets: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    seams: Mapping[str, tuple[bytes, Callable[[bytes], Iterable[Reading]]]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Everything that can be damaged."""
        return (*self.answers, *self.seams)

    def body(self, kind: str) -> bytes:
        """The good reply of a kind."""
        return self.answers[kind] if kind in self.answers else self.seams[kind][0]


def seeds_of(backend: str) -> Seeds:
    """The seeds of a backend, from ``tests/fuzz/seeds_<id>.py``."""
    try:
        module = importlib.import_module(f"tests.fuzz.seeds_{backend}")
    except ModuleNotFoundError as failure:
        raise NoSeeds(f"{backend} has no tests/fuzz/seeds_{backend}.py") from failure
    seeds: Seeds = module.SEEDS
    return seeds


class StillClock:
    """A clock that stands; waits end when their event comes."""

    def now_ms(self) -> float:
        """See `Clock`."""
        return NOW_MS

    def monotonic(self) -> float:
        """See `Clock`."""
        return 1000.0

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """See `Clock`."""
        await event.wait()
        return True


class Memory:
    """Stands in for the transport: answers come from a table."""

    answers: Mapping[str, bytes]
    route: Callable[[str, str, Mapping[str, str]], str]

    def __init__(self, *_args: object, **_more: object) -> None:
        return None

    async def fetch(self, attempt: Any) -> None:
        """See `console.net.transport.Transport.fetch`."""
        parts = urlsplit(attempt.url)
        name = Memory.route(attempt.method, parts.path, dict(parse_qsl(parts.query)))
        attempt.status = 200 if name in Memory.answers else 404
        attempt.body = Memory.answers.get(name, b"")
        attempt.reply_headers = {"content-type": "application/json"}
        attempt.received_ms = NOW_MS

    async def aclose(self) -> None:
        """See `console.net.transport.Transport.aclose`."""


@contextlib.contextmanager
def from_memory(seeds: Seeds) -> Iterator[None]:
    """Let every adapter read from memory."""
    Memory.route = staticmethod(seeds.route)
    with patch("console.net.http.Transport", Memory):
        yield


@contextlib.asynccontextmanager
async def _opened(seeds: Seeds, backend: str) -> AsyncIterator[Backend]:
    profile = Profile(ProfileId("p1"), "Site", backend, HOST, fields=dict(seeds.fields), proxy="none")
    held = {name: Secret(text) for name, text in seeds.secrets.items()}
    opened = seeds.open(Connection(profile, held, StillClock(), ExchangeLog()))
    try:
        yield opened
    finally:
        await opened.aclose()


async def snapshot(seeds: Seeds, backend: str, answers: Mapping[str, bytes]) -> Snapshot:
    """What an adapter makes of these replies. Raises ConsoleError when it refuses them."""
    Memory.answers = answers
    async with _opened(seeds, backend) as opened, contextlib.aclosing(opened.snapshots()) as feed:
        return await anext(feed)


def readings(found: Snapshot) -> Iterator[tuple[str, Reading]]:
    """Every reading of a snapshot with its place."""
    for name in ("queues", "agents", "waiting"):
        for row in getattr(found, name):
            for column, reading in row.readings.items():
                yield f"{name}/{row.id}/{column}", reading
    for line in found.metrics:
        yield f"metrics/{line.id}", line.reading


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d\d)", re.ASCII)
_WORD = re.compile(r"\w+")
_STATES = frozenset(str(state) for state in AgentStatus)


@dataclass(frozen=True)
class _Said:
    """What one body says: its text, the text a guess at its character set would give, and its numbers."""

    text: str
    guessed: str
    numbers: frozenset[float]


@lru_cache(maxsize=64)
def _said(body: bytes) -> _Said:
    text = f"{body.decode('utf-8', 'replace')}\n{_unescaped(body)}"
    numbers = {float(match.group()) for match in _NUMBER.finditer(text) if len(match.group()) < 300}
    for match in _CLOCK.finditer(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        numbers.add(float(hours * 3600 + minutes * 60 + seconds))
    guessed = "\n".join(body.decode(charset, "replace") for charset in ("cp1252", "latin-1"))
    return _Said(text, guessed, frozenset(numbers))


class Sent:
    """Everything a set of replies says: its numbers and its words.

    Args:
        words: texts the adapter makes itself.
        is_guess_said: whether the person is told that a character set was guessed; only then may a guess be shown.
    """

    def __init__(self, bodies: Iterable[bytes], words: frozenset[str], *, is_guess_said: bool = False) -> None:
        parts = [_said(body) for body in bodies]
        self.text = "\n".join(part.text for part in parts)
        self._guessed = "\n".join(part.guessed for part in parts) if is_guess_said else ""
        self._words = words
        self.numbers = frozenset[float]().union(*(part.numbers for part in parts))

    def complaint(self, reading: Reading) -> str:
        """Why a reading is not honest, or nothing."""
        if reading.status not in (Status.OK, Status.STALE):
            if reading.value is not None:
                return "a value without being one"
            return "" if reading.text or reading.status is not Status.ERROR else "an error without a reason"
        value = reading.value
        if value is None:
            return "no value"
        moved = reading.value_at(NOW_MS)
        if isinstance(moved, float) and not abs(moved) < 1e18:
            return f"runs to {moved}"
        is_made = reading.origin is not Origin.VENDOR or (reading.source is not None and bool(reading.source.formula))
        if isinstance(value, str):
            return "" if is_made or self._said(value) else f"the words {value!r} were not sent"
        if isinstance(value, bool) or is_made:
            return ""
        if reading.rate and reading.at_ms is not None:
            return "" if self._ran(value, reading.at_ms) else f"the run of {value} from {reading.at_ms} was not sent"
        candidates = (value, value / 1000) if reading.unit is Unit.MS else (value,)
        return "" if self.numbers.intersection(candidates) else f"the number {value} was not sent"

    def _ran(self, value: float, at_ms: float) -> bool:
        age_s = (NOW_MS - at_ms) / 1000
        is_sent = value in self.numbers or value / 1000 in self.numbers
        return is_sent or any(abs(age_s - number) < 1.0 for number in self.numbers)

    def _said(self, value: str) -> bool:
        if value in _STATES or value in self._words:
            return True
        words = _WORD.findall(value)
        return any(all(word in text for word in words) for text in (self.text, self._guessed))


def _unescaped(body: bytes) -> str:
    text = body.decode("utf-8-sig", "replace")
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), text)


@dataclass
class Verdict:
    """What came of a damaged reply: ``refused``, ``read``, or what is wrong."""

    outcome: str
    fault: str = ""


async def judge(seeds: Seeds, backend: str, kind: str, body: bytes) -> Verdict:
    """Feed one damaged reply to the adapter and look at all that comes out."""
    answers = {**seeds.answers, kind: body}
    is_guess_said = False
    began = time.thread_time()
    try:
        if kind in seeds.answers:
            taken = await snapshot(seeds, backend, answers)
            is_guess_said = any(note.code == "reply.charset" for note in taken.notices)
            found = [reading for _, reading in readings(taken)]
        else:
            found = list(seeds.seams[kind][1](body))
    except ConsoleError:
        found, outcome = [], "refused"
    except Exception as failure:
        return Verdict("raised", f"{type(failure).__name__}: {failure}")
    else:
        outcome = "read"
    took = time.thread_time() - began
    if took > GAP_S:
        return Verdict(outcome, f"held the loop up for {took * 1000:.0f} ms")
    sent = Sent((*answers.values(), body), seeds.words, is_guess_said=is_guess_said)
    for reading in found:
        if complaint := sent.complaint(reading):
            return Verdict(outcome, complaint)
    return Verdict(outcome)
