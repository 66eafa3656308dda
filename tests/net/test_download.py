"""Downloads: streamed to a new file, bounded, whole or not at all; and the links a server gives."""

from __future__ import annotations

import asyncio
import errno
import gzip
import os
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.errors import ConnectFailed, NotFound, ProtocolError, UserError
from console.net.address import own_link, parse_address
from console.net.exchange import ExchangeLog
from console.net.filesink import FileSink
from console.net.http import Request
from console.net.limits import CallClass
from tests.faultserver.server import FaultServer, raw, reply
from tests.net.support import GET, PATIENT, client, said

BODY = bytes(range(256)) * 4096  # a megabyte
REPORT = Request("POST", "/report", body=b"{}", call=CallClass.REPORT)


async def test_a_download_is_the_body_byte_for_byte_and_tells_how_far_it_is(tmp_path: Path) -> None:
    log, seen = ExchangeLog(), []
    async with FaultServer([reply(BODY)]) as server:
        http = client(server.url, exchanges=log)
        got = await http.download(REPORT, tmp_path / "r", on_bytes=lambda *so_far: seen.append(so_far))
        await http.aclose()
    assert (tmp_path / "r").read_bytes() == BODY
    assert (got.size, got.head) == (len(BODY), BODY[: PATIENT.head_bytes])
    assert seen[-1] == (len(BODY), len(BODY))
    assert [size for size, _ in seen] == sorted(size for size, _ in seen)
    kept = log.get(got.exchange_id)
    assert kept is not None
    assert (kept.size, kept.truncated, kept.request_body) == (len(BODY), True, "{}")
    if os.name == "posix":
        assert (tmp_path / "r").stat().st_mode & 0o777 == 0o600


async def test_one_gzip_layer_is_taken_off(tmp_path: Path) -> None:
    async with FaultServer([reply(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})]) as server:
        http = client(server.url)
        got = await http.download(GET, tmp_path / "r")
        await http.aclose()
    assert (tmp_path / "r").read_bytes() == BODY
    assert got.size == len(BODY)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (reply("no such report", 404), NotFound),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + BODY[:600_000]), ConnectFailed),
        (reply(gzip.compress(BODY)[:-40], headers={"Content-Encoding": "gzip"}), ProtocolError),
        (reply(BODY, headers={"Content-Encoding": "br"}), ProtocolError),
    ],
    ids=["refused", "cut short", "packed and cut short", "unknown packing"],
)
async def test_after_a_failure_there_is_no_file(behaviour: object, error: type[Exception], tmp_path: Path) -> None:
    async with FaultServer([behaviour]) as server:  # type: ignore[list-item]
        http = client(server.url)
        with pytest.raises(error):
            await http.download(REPORT, tmp_path / "r")
        await http.aclose()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("packed", [False, True])
async def test_more_than_the_limit_is_refused_as_a_whole(packed: bool, tmp_path: Path) -> None:
    body = gzip.compress(bytes(3_000_000)) if packed else BODY
    headers = {"Content-Encoding": "gzip"} if packed else {}
    async with FaultServer([reply(body, headers=headers)]) as server:
        http = client(server.url, limits=replace(PATIENT, file_bytes=500_000))
        with pytest.raises(ProtocolError) as caught:
            await http.download(REPORT, tmp_path / "r")
        await http.aclose()
    assert caught.value.message.code == "http.too_large"
    assert os.listdir(tmp_path) == []


async def test_a_cancelled_download_leaves_no_file(tmp_path: Path) -> None:
    begun = asyncio.Event()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"
    async with FaultServer([raw(head + BODY[:300_000], BODY[:1], pause_s=20.0)]) as server:
        http = client(server.url)
        task = asyncio.ensure_future(
            http.download(REPORT, tmp_path / "r", on_bytes=lambda got, _: begun.set() if got >= 1 else None)
        )
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await http.aclose()
    assert os.listdir(tmp_path) == []


async def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("mine")
    async with FaultServer([reply(BODY)]) as server:
        http = client(server.url)
        with pytest.raises(UserError) as caught:
            await http.download(REPORT, tmp_path / "r")
        await http.aclose()
    assert caught.value.message.code == "io.write"
    assert (tmp_path / "r").read_text() == "mine"


async def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, path: Path) -> None:
            self.inner = path.open("wb")

        def write(self, data: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            self.inner.close()

    monkeypatch.setattr("console.net.filesink._create", Full)
    async with FaultServer([reply(BODY)]) as server:
        http = client(server.url)
        with pytest.raises(UserError) as caught:
            await http.download(REPORT, tmp_path / "r")
        await http.aclose()
    assert "No space left" in said(caught.value)
    assert os.listdir(tmp_path) == []


async def test_a_sink_that_was_given_up_before_it_began_makes_no_file(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "r", 10)
    await sink.discard()
    await asyncio.to_thread(sink._begin)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("link", "path", "query"),
    [
        ("/api/download/A b.csv", "api/download/A b.csv", ()),
        ("api/download/A%20b.csv?access_token=x%2By&n", "api/download/A b.csv", (("access_token", "x+y"), ("n", ""))),
        ("https://PBX.example.com:8088/base/api/x", "api/x", ()),
        ("/base/api/x", "api/x", ()),
    ],
)
def test_an_own_link_is_taken_apart(link: str, path: str, query: tuple[tuple[str, str], ...]) -> None:
    assert own_link(parse_address("https://pbx.example.com:8088/base"), link) == (path, query)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/x",
        "//evil.example.com/x",
        "http://pbx.example.com:8088/x",
        "https://pbx.example.com/x",
        "https://user@pbx.example.com:8088/x",
        "/a/../../etc",
        "/a/%2e%2e/b",
        "/a%2f..%2fb",
        "/a\\b",
        "/a\r\nX: y",
        "file:///etc/passwd",
        "https://[::1",
        "",
    ],
)
def test_a_foreign_link_is_refused(link: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        own_link(parse_address("https://pbx.example.com:8088/base"), link)
    assert caught.value.message.code == "http.foreign_link"
