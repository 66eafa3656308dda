"""HTTP against a server that misbehaves: one test per row of the fault catalogue."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from console.domain.errors import (
    AuthError,
    ConnectFailed,
    ConsoleError,
    ProtocolError,
    ServerBusy,
    TimedOut,
)
from console.net.http import Request
from console.net.limits import MB, CallClass, Deadlines
from tests.faultserver.server import FaultServer, black_hole, drip, raw, reply, reset
from tests.net.support import FAST, GET, KEY, PATIENT, client, said

ZIP = {"Content-Encoding": "gzip"}


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(MB)) for _ in range(size // MB)), packer.flush()])


@pytest.mark.parametrize("status", [200, 401, 404, 302])
async def test_ht_01_a_gzip_bomb_is_stopped_at_the_limit(status: int) -> None:
    limits = replace(PATIENT, decoded_bytes=2 * MB)
    headers = {**ZIP, "Location": "http://elsewhere.example/"} if status == 302 else ZIP
    bomb = _bomb(64 * MB)
    async with FaultServer([reply(bomb, status, headers)]) as server:
        http = client(server.url, limits=limits)
        tracemalloc.start()
        with pytest.raises((ProtocolError, AuthError)) as caught:
            await http.send(GET)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await http.aclose()
    wanted = {200: "http.too_large", 401: "http.unauthorized", 404: "http.not_found", 302: "http.redirect"}
    assert caught.value.message.code == wanted[status]
    assert peak < 12 * MB


async def test_a_gzip_reply_within_the_limits_is_unpacked() -> None:
    body = b"[" + b",".join([b'"agent"'] * 50_000) + b"]"
    async with FaultServer([reply(gzip.compress(body), headers=ZIP)]) as server:
        http = client(server.url)
        got = await http.send(GET)
        assert got.body == body
        assert len(await http.decode_json(got)) == 50_000
        await http.aclose()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0)),  # the time would be in the test's name
        (", ".join(["gzip"] * 40), b"x"),
        ("br", b"x"),
        ("zstd", b"x"),
        ("deflate", zlib.compress(b"{}")),
        ("x\u00e9y", b"x"),
        ("gzip", b"\x1f\x8b\x08\x00garbage that is no gzip"),
        ("gzip", gzip.compress(b'{"a": 1}' * 99, mtime=0)[:-9]),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"something behind"),
    ],
)
async def test_ht_02_other_packings_than_one_whole_gzip_are_refused(coding: str, body: bytes) -> None:
    async with FaultServer([reply(body, headers={"Content-Encoding": coding})]) as server:
        http = client(server.url)
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "http.encoding"
    assert str(caught.value).isascii()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


async def test_ht_03_a_dripping_body_ends_at_the_total_deadline() -> None:
    async with FaultServer([drip(HEAD, b" ", 0.05)]) as server:
        http = client(server.url, limits=FAST)
        async with asyncio.timeout(5):
            with pytest.raises(TimedOut) as caught:
                await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "connect.slow"


async def test_ht_03_a_dripping_report_ends_by_its_rate_though_its_deadline_is_far() -> None:
    limits = replace(PATIENT, min_rate=10_000, rate_window_s=0.3, report=Deadlines(read_s=900, total_s=3600))
    async with FaultServer([drip(HEAD, b"    ", 0.02)]) as server:
        http = client(server.url, limits=limits)
        async with asyncio.timeout(5):
            with pytest.raises(TimedOut):
                await http.send(Request("POST", "/report", call=CallClass.REPORT))
        await http.aclose()


async def test_ht_04_dripping_headers_end_at_the_deadline() -> None:
    async with FaultServer([drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.05)]) as server:
        http = client(server.url, limits=FAST)
        async with asyncio.timeout(5):
            with pytest.raises(TimedOut):
                await http.send(GET)
        await http.aclose()


async def test_ht_04_a_flood_of_headers_is_refused() -> None:
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"v" * 40) for n in range(5000)) + b"\r\n"
    async with FaultServer([raw(head)]) as server:
        http = client(server.url)
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "http.malformed"


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a": 1}'], "connect.reset"),
        ([b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a": 1}\r\n'], "connect.reset"),
        ([b"HTTP/1.1 200 OK\r\nContent-Le"], "connect.reset"),
        ([b""], "connect.reset"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], "http.malformed"),
    ],
)
async def test_ht_05_a_cut_reply_is_no_reply(pieces: list[bytes], code: str) -> None:
    async with FaultServer([raw(*pieces)]) as server:
        http = client(server.url)
        with pytest.raises((ConnectFailed, ProtocolError)) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == code


async def test_ht_05_a_body_cut_without_a_length_is_caught_as_broken_json() -> None:
    cut = b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"results": [{"count": 12'
    async with FaultServer([raw(cut)]) as server:
        http = client(server.url)
        got = await http.send(GET)
        with pytest.raises(ProtocolError) as caught:
            await http.decode_json(got)
        await http.aclose()
    assert caught.value.message.code == "reply.json"
    assert caught.value.exchange_id == got.exchange_id


async def test_ht_06_a_never_ending_body_is_stopped_at_the_limit() -> None:
    limits = replace(PATIENT, wire_bytes=MB)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    async with FaultServer([drip(head, chunk, 0.0)]) as server:
        http = client(server.url, limits=limits)
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "http.too_large"
    assert caught.value.message.args["limit"] == "1 MB"


async def test_ht_06_an_absurd_length_is_refused_unread() -> None:
    async with FaultServer([drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", b"a", 0.05)]) as server:
        http = client(server.url)
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "http.too_large"


async def test_ht_07_a_refused_port_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        http = client(f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(ConnectFailed) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "connect.refused"


async def test_ht_07_a_black_hole_ends_at_the_connect_limit() -> None:
    with black_hole() as port:
        http = client(f"http://127.0.0.1:{port}", limits=FAST)
        async with asyncio.timeout(5):
            with pytest.raises(TimedOut) as caught:
                await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "connect.timeout"


async def test_ht_07_an_unknown_name_says_so() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    http = client("https://nowhere.invalid", resolver=unknown)
    with pytest.raises(ConnectFailed) as caught:
        await http.send(GET)
    await http.aclose()
    assert caught.value.message.code == "connect.dns"


async def test_ht_07_a_dead_name_server_holds_neither_the_call_nor_the_loop_up() -> None:
    import threading

    release = threading.Event()

    def slow(host: str, port: int) -> list[str]:
        release.wait(20)
        return ["127.0.0.1"]

    http = client("https://slow.invalid", limits=FAST, resolver=slow)
    async with asyncio.timeout(5):
        with pytest.raises(TimedOut):
            await http.send(GET)
        await http.aclose()
        # the thread that waits for the name server is no thread the loop waits for when it closes
        await asyncio.get_running_loop().shutdown_default_executor()
    assert any(thread.name == "resolve" and thread.daemon for thread in threading.enumerate())
    release.set()


async def test_ht_07_a_dead_first_address_does_not_hide_a_living_second_one() -> None:
    async with FaultServer([reply("{}")]) as server:
        http = client(
            f"http://pbx.invalid:{server.port}",
            resolver=lambda host, port: ["::1", "127.0.0.1"],
            changes={"allow_plain_http": True},
        )
        got = await http.send(GET)
        await http.aclose()
    assert got.status == 200
    assert server.calls[0].headers["host"] == f"pbx.invalid:{server.port}"


async def test_ht_08_a_restarted_server_is_found_again_by_the_same_client() -> None:
    server = FaultServer([reply("{}")])
    await server.start()
    http = client(server.url)
    await http.send(GET)
    await server.stop()
    with pytest.raises(ConnectFailed):
        await http.send(GET)
    server.then(reply("<html>starting</html>", 503), reply("<html>bad gateway</html>", 502), reply('{"up": 1}'))
    await server.start()
    for _ in range(2):
        with pytest.raises(ServerBusy) as caught:
            await http.send(GET)
        assert caught.value.message.code == "http.unavailable"
    assert await http.decode_json(await http.send(GET)) == {"up": 1}
    await http.aclose()
    await server.stop()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 511, 407, 302, 418, 408])
async def test_ht_08_no_sick_gateway_ever_reads_as_a_wrong_key(status: int) -> None:
    async with FaultServer([reply("<html>no</html>", status, {"Location": "https://login.example/?a=b"})]) as server:
        http = client(server.url)
        with pytest.raises(ConsoleError) as caught:
            await http.send(GET)
        await http.aclose()
    assert not isinstance(caught.value, AuthError)
    assert "key" not in str(caught.value).replace("keyring", "")


async def test_ht_10_a_portal_is_named_and_recovers_by_itself() -> None:
    portal = reply("\n <!DOCTYPE html><title>Sign in</title>", headers={"Content-Type": "text/html"})
    moved = reply("", 302, {"Location": "http://portal.example/login?token=abc"})
    script = [portal, moved, reply("sign in", 511), reply('{"a": 1}')]
    async with FaultServer(script) as server:
        http = client(server.url)
        with pytest.raises(ProtocolError) as caught:
            await http.decode_json(await http.send(GET))
        assert caught.value.message.code == "reply.html"
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        assert caught.value.message.code == "http.redirect"
        assert "portal.example" in str(caught.value)
        assert "abc" not in said(caught.value)
        with pytest.raises(ProtocolError) as caught:
            await http.send(GET)
        assert caught.value.message.code == "http.portal"
        assert await http.decode_json(await http.send(GET)) == {"a": 1}
        await http.aclose()


async def test_ht_11_a_get_is_sent_again_when_the_kept_alive_connection_died() -> None:
    async with FaultServer([reply("{}"), raw(), reply('{"second": 1}')]) as server:
        http = client(server.url)
        await http.send(GET)
        assert (await http.send(GET)).body == b'{"second": 1}'
        await http.aclose()
    assert [call.number for call in server.calls] == [1, 1, 2]


async def test_ht_11_it_is_sent_again_once_and_not_for_ever() -> None:
    async with FaultServer([reply("{}"), raw(), raw(), raw()]) as server:
        http = client(server.url)
        await http.send(GET)
        with pytest.raises(ConnectFailed):
            await http.send(GET)
        await http.aclose()
    assert len(server.calls) == 3


async def test_ht_11_a_fresh_connection_that_dies_is_not_tried_again() -> None:
    async with FaultServer([reset]) as server:
        http = client(server.url)
        with pytest.raises(ConnectFailed):
            await http.send(GET)
        await http.aclose()
    assert len(server.calls) == 1


async def test_ht_11_a_post_is_never_sent_twice() -> None:
    async with FaultServer([reply("{}"), raw(), reply("{}")]) as server:
        http = client(server.url)
        await http.send(GET)
        with pytest.raises(ConnectFailed):
            await http.send(Request("POST", "/report", body=b"{}"))
        await http.aclose()
    assert [call.method for call in server.calls] == ["GET", "POST"]


@pytest.mark.parametrize("cut", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_ht_11_a_reply_that_had_begun_is_not_asked_for_again(cut: bytes) -> None:
    async with FaultServer([reply("{}"), raw(cut), reply("{}")]) as server:
        http = client(server.url)
        await http.send(GET)
        with pytest.raises(ConnectFailed):
            await http.send(GET)
        await http.aclose()
    assert len(server.calls) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_fl_02_no_redirect_is_followed_and_the_new_host_is_named(status: int, method: str) -> None:
    async with FaultServer([reply("{}")]) as other:
        target = other.url.replace("127.0.0.1", "localhost") + f"/steal?key={KEY}"
        async with FaultServer([reply("", status, {"Location": target})]) as server:
            http = client(server.url)
            with pytest.raises(ProtocolError) as caught:
                await http.send(Request(method, "/data" if method == "GET" else "/report"))
            await http.aclose()
    assert caught.value.message.code == "http.redirect"
    assert f"http://localhost:{other.port}" in str(caught.value)
    assert KEY not in said(caught.value)
    assert other.connections == 0
    assert len(server.calls) == 1
