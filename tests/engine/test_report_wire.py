"""Reports over a real connection, on loopback: the example system of `tests.vendors`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from console.domain.enums import HealthState
from console.domain.errors import AuthError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.engine.core import Core, open_core
from console.engine.report_job import Job
from console.net.redact import Redactor
from console.reports.result import Phase
from console.settings.paths import prepare, resolve_paths
from tests.support import settle, until
from tests.vendors.example import BACKENDS
from tests.vendors.example.reports import CALLS

TOKEN = "canary-example-report-1"
CSV = b"Line,Calls\r\nSales,12\r\nNight,3\r\n"
DAY = {"when": {"preset": "custom", "start": "2026-08-01T00:00:00", "end": "2026-08-01T23:59:59"}}


class Wire:
    """A small HTTP server: keeps what it was asked, answers /floor by itself and /calls.csv by `answer`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.over = asyncio.Event()
        self.writers: list[asyncio.StreamWriter] = []
        self.answer: Callable[[asyncio.StreamWriter], Awaitable[None]] = self.send_csv

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *fields = head.decode().split("\r\n")
                self.asked.append(line)
                if f"authorization: bearer {TOKEN}" not in "\n".join(fields).lower():
                    writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                elif "/floor" in line:
                    self.reply(writer, b'{"time": 1800000000000, "lines": []}', "application/json")
                else:
                    await self.answer(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @staticmethod
    def reply(writer: asyncio.StreamWriter, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    async def send_csv(self, writer: asyncio.StreamWriter) -> None:
        self.reply(writer, CSV, "text/csv")

    async def send_half(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 99999\r\n\r\n" + CSV)
        await writer.drain()
        await self.over.wait()

    async def send_page(self, writer: asyncio.StreamWriter) -> None:
        self.reply(writer, b"<!doctype html><title>Sign in</title><input type=password>", "text/html")


@pytest.fixture
async def wire() -> AsyncIterator[tuple[Wire, str]]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield wire, f"http://127.0.0.1:{port}"
    server.close()
    wire.over.set()
    for writer in wire.writers:
        writer.close()
    await settle()


@pytest.fixture
async def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Core]:
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"example": BACKENDS[0]})
    bugs: list[BaseException] = []
    core = open_core(
        prepare(resolve_paths(tmp_path)),
        report_bug=lambda where, error: bugs.append(error),
        redactor=Redactor(),
        tell=lambda note: None,
        in_memory_secrets=True,
    )
    core.profiles.start()
    yield core
    await core.aclose()
    assert not bugs


async def start(core: Core, url: str, *, enabled: bool = False, token: str = TOKEN) -> Job:
    profile = Profile(ProfileId("one"), "One", "example", url, enabled=enabled)
    await core.profiles.save(profile, {"token": Secret(token)})
    return await core.reports.run(profile.id, CALLS, DAY)


async def test_bytes_and_rows_come_as_the_server_sent_them(core: Core, wire: tuple[Wire, str]) -> None:
    server, url = wire
    job = await start(core, url)
    await core.reports.jobs.wait(job)
    assert job.error is None
    assert job.result is not None
    assert job.result.files[0].path.read_bytes() == CSV
    assert job.row_count == 2
    assert server.asked == ["GET /calls.csv?day=2026-08-01 HTTP/1.1"]


async def test_the_live_panes_go_on_while_a_report_runs_over_their_connection(
    core: Core, wire: tuple[Wire, str]
) -> None:
    server, url = wire
    server.answer = server.send_half
    job = await start(core, url, enabled=True)
    await until(lambda: job.phase is Phase.DOWNLOADING)
    await until(lambda: (s := core.store.source(job.profile_id)) is not None and s.health.state is HealthState.LIVE)
    assert job.progress.received == len(CSV)
    assert job.progress.expected == 99_999
    folder = job.folder
    assert folder is not None
    core.reports.jobs.cancel(job)
    assert job.host_may_still_work
    await until(lambda: not folder.exists())
    source = core.store.source(job.profile_id)
    assert source is not None
    assert source.health.state is HealthState.LIVE


@pytest.mark.allow_warnings
async def test_a_sign_in_page_is_no_report(core: Core, wire: tuple[Wire, str]) -> None:
    server, url = wire
    server.answer = server.send_page
    job = await start(core, url)
    await core.reports.jobs.wait(job)
    assert job.phase is Phase.FAILED
    assert job.result is None
    folder = job.folder
    assert folder is not None
    await until(lambda: not folder.exists())


@pytest.mark.allow_warnings
async def test_a_refused_secret_ends_the_run_and_a_new_one_is_used_by_the_next(
    core: Core, wire: tuple[Wire, str]
) -> None:
    server, url = wire
    job = await start(core, url, token="canary-example-wrong-1")
    await core.reports.jobs.wait(job)
    assert isinstance(job.error, AuthError)
    assert len(server.asked) == 1
    again = await start(core, url)
    await core.reports.jobs.wait(again)
    assert again.phase is Phase.DONE
