"""Websockets against a server that misbehaves."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
import trustme

from console.domain.errors import (
    AuthError,
    ConnectFailed,
    ConsoleError,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    TimedOut,
    UserError,
)
from console.domain.secret import Secret
from console.net.auth import QueryToken
from console.net.exchange import ExchangeLog
from console.net.latest import LatestByKey
from console.net.limits import Limits
from console.net.socket import Frame, VendorSocket
from tests.faultserver.certs import from_authority
from tests.faultserver.server import Call, FaultServer, hang, raw, reply
from tests.net.support import FAST, KEY, PATIENT, live, said

TOKEN = QueryToken("auth_token", Secret(KEY))
QUERY = (("id", "101"), ("id", "K0 FLAEB6"))


async def read(socket: VendorSocket, most: int = 1000) -> tuple[list[str], ConsoleError | None]:
    """Messages until the connection ends or `most` have come, and how it ended."""
    got: list[str] = []
    try:
        async with aclosing(socket.frames("/live", QUERY, TOKEN)) as frames:
            async for frame in frames:
                got.append(frame)
                if len(got) == most:
                    return got, None
    except ConsoleError as exc:
        return got, exc
    raise AssertionError("the iterator ended without an error")


def says(*texts: str, code: int = 0) -> object:
    """Accept, send these texts, then close with a code, or hang."""

    async def behave(call: Call) -> None:
        await call.upgrade()
        for text in texts:
            await call.frame(text)
        if code:
            await call.close_frame(code)
            await call.reader.read(100)
            call.writer.close()
        else:
            await hang(call)

    return behave


async def outcome(behaviour: object, limits: Limits = PATIENT) -> tuple[list[str], ConsoleError]:
    """What one connection to a server of this behaviour gives."""
    async with FaultServer([behaviour]) as server:  # type: ignore[list-item]
        async with asyncio.timeout(10):
            got, failure = await read(live(server.url, limits=limits))
    assert failure is not None
    assert KEY not in said(failure)
    return got, failure


async def test_messages_arrive_and_the_query_is_exact() -> None:
    log = ExchangeLog()
    async with FaultServer([says('{"a": 1}', "gr\u00fc\u00df")]) as server:
        socket = live(server.url + "/base", exchanges=log)
        got, failure = await read(socket, most=2)
    assert (got, failure) == (['{"a": 1}', "gr\u00fc\u00df"], None)
    target = urlsplit(server.calls[0].target)
    assert target.path == "/base/live"
    assert parse_qsl(target.query) == [*QUERY, ("auth_token", KEY)]
    assert "sec-websocket-extensions" not in server.calls[0].headers
    assert not socket.is_open
    handshake = log.recent("p1")[0]
    assert (handshake.method, handshake.status) == ("WS", 101)
    assert "auth_token=********" in handshake.url
    assert KEY not in repr(handshake)


async def test_only_the_frame_that_is_asked_for_is_recorded() -> None:
    log = ExchangeLog()
    async with (
        FaultServer([says('{"n": 1}', '{"n": 2}')]) as server,
        aclosing(live(server.url, exchanges=log).frames("/live")) as frames,
    ):
        first, second = await anext(frames), await anext(frames)
    assert isinstance(first, Frame)
    assert first.received_ms > 0
    assert len(log.recent("p1")) == 1
    kept = log.get(second.exchange_id)
    assert kept is not None
    assert kept.body == '{"n": 2}'
    assert second.exchange_id == kept.id
    assert len(log.recent("p1")) == 2


async def test_ws_01_a_peer_that_answers_no_ping_is_found() -> None:
    _, failure = await outcome(says(), FAST)
    assert isinstance(failure, TimedOut)
    assert failure.message.code == "socket.silent"


async def test_ws_01_a_peer_that_only_pongs_shows_its_idleness() -> None:
    async def pongs(call: Call) -> None:
        await call.upgrade()
        await call.frame("{}")
        while True:
            head = await call.reader.readexactly(2)
            mask = await call.reader.readexactly(4)
            data = await call.reader.readexactly(head[1] & 0x7F)
            await call.frame(bytes(byte ^ mask[n % 4] for n, byte in enumerate(data)), 10)

    async with FaultServer([pongs]) as server:
        socket = live(server.url, limits=replace(FAST, ping_s=0.05))
        async with aclosing(socket.frames("/live")) as frames:
            await anext(frames)
            assert socket.is_open
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(frames), 0.5)
            assert socket.idle_s >= 0.4


async def test_ws_01_a_server_that_never_finishes_the_handshake_is_given_up() -> None:
    _, failure = await outcome(hang, FAST)
    assert isinstance(failure, TimedOut)


def frames_then_hang(*frames: tuple[bytes, int, bool, bool]) -> object:
    """Accept, send raw frames (payload, opcode, fin, rsv1), then hang."""

    async def behave(call: Call) -> None:
        await call.upgrade()
        for payload, opcode, fin, rsv1 in frames:
            await call.frame(payload, opcode, fin=fin, rsv1=rsv1)
        await hang(call)

    return behave


@pytest.mark.parametrize(
    "behaviour",
    [
        frames_then_hang((b"a" * 3_000_000, 1, True, False)),
        frames_then_hang((zlib.compress(bytes(10_000_000)), 1, True, True)),
        frames_then_hang((b"\xff\xfe\xfa", 1, True, False)),
        frames_then_hang((b"{}", 2, True, False)),
        frames_then_hang((b"{}", 3, True, False)),
        frames_then_hang((b"{", 1, False, False), *((b"", 0, False, False),) * 3000),
        frames_then_hang((b"{", 1, False, False), *((b"a" * 60_000, 0, False, False),) * 20),
    ],
    ids=["3 MB", "packed", "no UTF-8", "binary", "unknown opcode", "endless empty fragments", "endless fragments"],
)
async def test_ws_03_what_cannot_be_a_message_ends_the_connection(behaviour: object) -> None:
    got, failure = await outcome(behaviour)
    assert got == []
    assert isinstance(failure, ProtocolError)
    assert failure.message.code == "socket.data"


async def test_ws_03_a_frame_beyond_the_limit_is_refused_by_its_header_alone() -> None:
    async def announces(call: Call) -> None:
        await call.upgrade()
        await call.send(b"\x81\x7f" + (3_000_000).to_bytes(8, "big") + b"a")
        await hang(call)

    _, failure = await outcome(announces)
    assert failure.message.args["what"] == "a message beyond the size limit"


async def test_ws_03_fragments_of_one_message_are_joined() -> None:
    behaviour = frames_then_hang((b'{"a"', 1, False, False), (b": 1", 0, False, False), (b"}", 0, True, False))
    async with FaultServer([behaviour]) as server:  # type: ignore[list-item]
        got, _ = await read(live(server.url), most=1)
    assert got == ['{"a": 1}']


async def test_ws_04_a_flood_is_held_back_and_coalesced() -> None:
    total = 5_000
    sent = 0

    async def flood(call: Call) -> None:
        nonlocal sent
        await call.upgrade()
        for number in range(total):
            await call.frame(f"{number % 10}:{number}:{'x' * 4000}")
            sent = number + 1
        await hang(call)

    latest: LatestByKey[str, str] = LatestByKey(100)
    async with FaultServer([flood]) as server, aclosing(live(server.url).frames("/live")) as frames:
        await anext(frames)
        before = -1
        while sent != before:  # a slow reader: the server must be held back meanwhile
            before = sent
            await asyncio.sleep(0.1)
        assert sent < total
        count = 1
        async for frame in frames:
            key, value, _ = frame.split(":")
            latest.put(key, value)
            assert len(latest) <= 10
            count += 1
            if count == total:
                break
    assert sorted(int(value) for value in latest.take_now().values()) == list(range(total - 10, total))


async def test_ws_04_a_full_queue_says_that_something_is_missing() -> None:
    latest: LatestByKey[int, int] = LatestByKey(3)
    waiting = asyncio.ensure_future(latest.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    for number in range(5):
        latest.put(number, number)
    latest.put(3, 33)
    assert await waiting == {2: 2, 4: 4, 3: 33}
    assert latest.dropped == 2
    assert latest.take_now() == {}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1000, ConnectFailed),
        (1001, ConnectFailed),
        (1011, ConnectFailed),
        (1013, ConnectFailed),
        (4000, ConnectFailed),
        (1008, NotPermitted),
        (4403, NotPermitted),
        (4401, AuthError),
    ],
)
async def test_ws_05_close_codes_of_refusal_stop_and_others_back_off(code: int, kind: type[ConsoleError]) -> None:
    got, failure = await outcome(says("{}", code=code))
    assert got == ["{}"]
    assert type(failure) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ProtocolError),
        (401, AuthError),
        (403, NotPermitted),
        (429, ServerBusy),
        (503, ServerBusy),
        (502, ServerBusy),
        (200, ProtocolError),
        (426, ProtocolError),
    ],
)
async def test_ws_05_a_refused_handshake_is_told_apart(status: int, kind: type[ConsoleError]) -> None:
    body = f"no {KEY} for you"
    _, failure = await outcome(reply(body, status, {"Retry-After": "30"}))
    assert type(failure) is kind
    assert failure.detail == "no ******** for you"
    if isinstance(failure, ServerBusy):
        assert failure.retry_after_s == 30


async def test_ws_05_a_proxy_that_strips_the_upgrade_is_no_refusal_of_the_key() -> None:
    head = b"HTTP/1.1 101 Switching Protocols\r\nX: y\r\n\r\n"
    _, failure = await outcome(raw(head))
    assert not isinstance(failure, AuthError)
    assert failure.message.code == "http.malformed"


async def test_ws_05_a_cut_without_a_close_is_a_broken_connection() -> None:
    async def cut(call: Call) -> None:
        await call.upgrade()
        await call.frame("{}")
        call.writer.transport.abort()

    got, failure = await outcome(cut)
    assert got == ["{}"]
    assert isinstance(failure, ConnectFailed)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_fl_02_no_redirect_of_a_websocket_is_followed(status: int) -> None:
    async with FaultServer([says("{}")]) as other:  # type: ignore[list-item]
        target = other.url.replace("127.0.0.1", "localhost") + f"/live?auth_token={KEY}"
        _, failure = await outcome(reply("", status, {"Location": target}))
        assert failure.message.code == "http.redirect"
        assert f"localhost:{other.port}" in str(failure)
        assert other.connections == 0


async def test_nothing_outside_the_allow_list_is_connected_to() -> None:
    async with FaultServer([says("{}")]) as server:  # type: ignore[list-item]
        with pytest.raises(ProtocolError) as caught:
            await anext(live(server.url).frames("/other"))
        assert caught.value.message.code == "http.not_allowed"
        assert server.connections == 0


async def test_tl_09_a_token_does_not_travel_over_plain_http_without_consent() -> None:
    with pytest.raises(UserError) as caught:
        await anext(live("http://pbx.invalid").frames("/live", (), TOKEN))
    assert caught.value.message.code == "tls.plain_http"


async def test_a_socket_over_tls_checks_the_certificate(tmp_path: object) -> None:
    ca = trustme.CA()
    path = f"{tmp_path}/ca.pem"
    ca.cert_pem.write_to_path(path)
    async with FaultServer([says("{}")], tls=from_authority(ca)) as server:  # type: ignore[list-item]
        assert await read(live(server.url, changes={"ca_file": path}), most=1) == (["{}"], None)
        server.received.clear()
        _, failure = await read(live(server.url))
        assert failure is not None
        assert failure.message.code == "tls.untrusted"
        assert server.received == b""


async def test_closing_the_iterator_is_quick_though_the_server_does_not_answer_the_close() -> None:
    async with FaultServer([says("{}")]) as server:  # type: ignore[list-item]
        async with asyncio.timeout(5):
            await read(live(server.url, limits=replace(PATIENT, close_s=0.2)), most=1)


async def test_closing_the_socket_ends_its_iterators() -> None:
    async with FaultServer([says("{}")]) as server:  # type: ignore[list-item]
        socket = live(server.url)
        async with aclosing(socket.frames("/live")) as frames:
            await anext(frames)
            await socket.aclose()
            async with asyncio.timeout(5):
                with pytest.raises(ConnectFailed):
                    await anext(frames)


async def test_a_refused_port_and_an_unknown_name_say_so() -> None:
    for url, code in (("http://127.0.0.1:1", "connect.refused"), ("https://nowhere.invalid", "connect.dns")):
        with pytest.raises(ConnectFailed) as caught:
            await anext(live(url).frames("/live"))
        assert caught.value.message.code == code
