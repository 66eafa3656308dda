"""HTTP as it is asked for: permissions, credentials, refusals, closing and recovering."""

from __future__ import annotations

import asyncio
import base64
import traceback
from dataclasses import replace

import pytest

from console.domain.errors import (
    AuthError,
    ConnectFailed,
    NotFound,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    UserError,
)
from console.domain.secret import Secret
from console.net.auth import Basic, QueryToken
from console.net.exchange import ExchangeLog
from console.net.http import Request
from console.net.limits import Deadlines
from console.net.translate import Cause
from tests.faultserver.server import FaultServer, black_hole, hang, raw, reply, reset
from tests.net.support import FAST, GET, KEY, PATIENT, client, live, said

ZIP = {"Content-Encoding": "gzip"}


async def test_a_get_arrives_as_asked_and_is_recorded_without_the_key() -> None:
    log = ExchangeLog()
    answer = reply('{"a": [1, 2]}', headers={"Date": "Tue, 01 Oct 2019 16:13:12 GMT", "X-A": "1"})
    async with FaultServer([answer]) as server:
        http = client(server.url + "/pre fix/", exchanges=log)
        query = (("id", "A,B"), ("name", "a b+c&d=é/"))
        got = await http.send(Request("GET", "/data/x y%ü", query))
        value = await http.decode_json(got)
        await http.aclose()
    call = server.calls[0]
    assert call.target == "/pre%20fix/data/x%20y%25%C3%BC?id=A,B&name=a%20b%2Bc%26d%3D%C3%A9%2F"
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.headers["accept-encoding"] == "gzip"
    assert call.headers["user-agent"].startswith("SupervisorConsole/")
    assert value == {"a": [1, 2]}
    assert got.headers["x-a"] == "1"
    assert got.date_ms == 1569946392000.0
    kept = log.get(got.exchange_id)
    assert kept is not None
    assert (kept.status, kept.body, kept.size) == (200, '{"a": [1, 2]}', 13)
    assert kept.request_headers["Authorization"] == "Bearer ********"
    assert KEY not in repr(kept)


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "/data"),
        Request("DELETE", "/data"),
        Request("GET", "/data/a/b"),
        Request("GET", "/data/"),
        Request("GET", "/data/.."),
        Request("GET", "/../data"),
        Request("GET", "/data/a\r\nX: y"),
        Request("GET", "/other"),
        Request("GET", ""),
    ],
)
async def test_nothing_outside_the_allow_list_is_sent(request_: Request) -> None:
    async with FaultServer([reply()]) as server:
        http = client(server.url)
        with pytest.raises(ProtocolError) as caught:
            await http.send(request_)
        await http.aclose()
    assert caught.value.message.code == "http.not_allowed"
    assert server.connections == 0


async def test_an_id_with_a_slash_or_an_encoded_dot_stays_inside_its_segment() -> None:
    async with FaultServer([reply()]) as server:
        http = client(server.url)
        await http.send(Request("GET", "/data/%2e%2e"))
        await http.aclose()
    assert server.calls[0].target == "/data/%252e%252e"


async def test_au_04_each_refusal_has_its_own_error() -> None:
    wanted = {
        401: (AuthError, "http.unauthorized"),
        403: (NotPermitted, "http.forbidden"),
        404: (NotFound, "http.not_found"),
        400: (ProtocolError, "http.unexpected"),
    }
    for status, (kind, code) in wanted.items():
        async with FaultServer([reply("no", status)]) as server:
            http = client(server.url)
            with pytest.raises(kind) as caught:
                await http.send(GET)
            await http.aclose()
        assert type(caught.value) is kind
        assert caught.value.message.code == code
        assert caught.value.detail == "no"
        if status == 403:
            assert "the right to read the data" in str(caught.value)


async def test_au_04_a_key_that_worked_before_is_called_replaced() -> None:
    async with FaultServer([reply("{}"), reply("", 401)]) as server:
        http = client(server.url)
        await http.send(GET)
        with pytest.raises(AuthError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code == "http.revoked"


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "Tue, 01 Oct 2019 16:15:12 GMT", "Date": "Tue, 01 Oct 2019 16:13:12 GMT"}, 120.0),
        ({"Retry-After": "Tue, 01 Oct 2019 16:10:12 GMT", "Date": "Tue, 01 Oct 2019 16:13:12 GMT"}, 0.0),
        ({"Retry-After": "99999999999"}, 900.0),
        ({"Retry-After": "9" * 40}, 900.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "1e12"}, None),
        ({"Retry-After": "١٢"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({"Retry-After": "30\r\nRetry-After: 60"}, 60.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_au_05_au_06_retry_after_is_a_clamped_minimum(
    headers: dict[str, str], wait_s: float | None, status: int
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    async with FaultServer([raw(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n%s\r\n" % (status, lines))]) as server:
        http = client(server.url)
        with pytest.raises(ServerBusy) as caught:
            await http.send(GET)
        assert caught.value.retry_after_s == wait_s
        # the whole host is left alone meanwhile
        with pytest.raises(ServerBusy) as again:
            await http.send(Request("GET", "/data/1"))
        await http.aclose()
    assert len(server.calls) == (1 if wait_s else 2)
    if wait_s:
        assert again.value.retry_after_s == pytest.approx(wait_s, abs=30)


@pytest.mark.parametrize("password", ["a:b", "gr\u00fc\u00dfe", "100%", "two words", "tok+/==&x", "\U0001f600"])
async def test_au_07_basic_and_query_credentials_arrive_byte_for_byte(password: str) -> None:
    from urllib.parse import parse_qsl, urlsplit

    async with FaultServer([reply("{}")]) as server:
        for auth in (Basic("us\u00e9r", Secret(password)), QueryToken("access_token", Secret(password))):
            http = client(server.url, auth=auth)
            await http.send(Request("GET", "/data", (("id", "1"),)))
            await http.aclose()
    sent = base64.b64decode(server.calls[0].headers["authorization"].removeprefix("Basic ")).decode()
    assert sent == f"us\u00e9r:{password}"
    assert parse_qsl(urlsplit(server.calls[1].target).query) == [("id", "1"), ("access_token", password)]


async def test_au_07_a_key_with_a_line_end_is_refused_without_being_quoted() -> None:
    from console.net.auth import Bearer

    async with FaultServer([reply("{}")]) as server:
        http = client(server.url, auth=Bearer(Secret(f"{KEY}\r\nX-Evil: 1")))
        with pytest.raises(UserError) as caught:
            await http.send(GET)
        await http.aclose()
    assert KEY not in said(caught.value)
    assert server.connections == 0


async def test_tl_09_plain_http_with_a_secret_needs_consent_before_anything_is_sent() -> None:
    with pytest.raises(UserError) as caught:
        client("http://pbx.example.com")
    assert caught.value.message.code == "tls.plain_http"
    await client("http://pbx.example.com", changes={"allow_plain_http": True}).aclose()
    await client("http://127.0.0.1:9").aclose()


async def test_closing_ends_hanging_calls_at_once() -> None:
    async with FaultServer([hang]) as server:
        http = client(server.url)
        calls = [asyncio.ensure_future(http.send(GET)) for _ in range(3)]
        while len(server.calls) < 3:
            await asyncio.sleep(0.01)
        async with asyncio.timeout(3):
            await http.aclose()
            results = await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(ConnectFailed):
            await http.send(GET)
    assert [getattr(item, "message", item).code for item in results] == ["connect.closed"] * 3


async def test_closing_ends_a_call_that_is_still_connecting() -> None:
    with black_hole() as port:
        http = client(f"http://127.0.0.1:{port}")
        call = asyncio.ensure_future(http.send(GET))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(3):
            await http.aclose()
            with pytest.raises(ConnectFailed) as caught:
                await call
    assert caught.value.message.code == "connect.closed"


async def test_a_pool_that_lost_its_slots_is_replaced_and_the_call_goes_through() -> None:
    limits = replace(FAST, max_connections=1, poll=Deadlines(connect_s=2, read_s=5, total_s=5, pool_s=0.2))
    async with FaultServer([hang, reply('{"a": 1}')]) as server:
        http = client(server.url, limits=limits)
        hanging = asyncio.ensure_future(http.send(GET))
        while not server.calls:
            await asyncio.sleep(0.01)
        assert (await http.send(GET)).body == b'{"a": 1}'
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        await http.aclose()


async def test_after_many_given_up_calls_the_pool_is_made_anew() -> None:
    limits = replace(PATIENT, cancels_before_rebuild=3)
    async with FaultServer([reply("{}"), hang, hang, hang, reply("{}")]) as server:
        http = client(server.url, limits=limits)
        await http.send(GET)
        first = http._transport._pool
        for number in range(3):
            call = asyncio.ensure_future(http.send(GET))
            while len(server.calls) < number + 2:
                await asyncio.sleep(0.01)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert (await http.send(GET)).status == 200
        assert http._transport._pool is not first
        await http.aclose()


async def test_a_replaced_pool_leaves_no_idle_connection_behind() -> None:
    limits = replace(PATIENT, cancels_before_rebuild=1)
    async with FaultServer([reply("{}"), reply("{}"), hang]) as server:
        http = client(server.url, limits=limits)
        await asyncio.gather(http.send(GET), http.send(GET))
        first = http._transport._pool
        assert first is not None
        assert len(first.inner._pool.connections) == 2
        call = asyncio.ensure_future(http.send(GET))
        while len(server.calls) < 3:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert first.inner._pool.connections == []
        await http.aclose()


async def test_cancelling_a_call_stays_a_cancellation_and_is_recorded() -> None:
    log = ExchangeLog()
    async with FaultServer([hang]) as server:
        http = client(server.url, exchanges=log)
        call = asyncio.ensure_future(http.send(GET))
        while not server.calls:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await http.aclose()
    assert log.recent("p1")[0].error == "cancelled"


async def test_the_cause_of_an_error_holds_no_request() -> None:
    async with FaultServer([reset]) as server:
        http = client(server.url, auth=QueryToken("access_token", Secret(KEY)))
        with pytest.raises(ConnectFailed) as caught:
            await http.send(GET)
        await http.aclose()
    assert isinstance(caught.value.__cause__, Cause)
    assert "Error" in str(caught.value.__cause__)
    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_cookies_of_the_server_are_not_kept() -> None:
    async with FaultServer([reply("{}", headers={"Set-Cookie": "session=1"})]) as server:
        http = client(server.url)
        await http.send(GET)
        await http.send(GET)
        await http.aclose()
    assert "cookie" not in server.calls[1].headers


async def test_proxies_of_the_environment_do_not_steer_a_profile_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer([reply('{"proxy": 1}')]) as proxy, FaultServer([reply('{"server": 1}')]) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        http = client(server.url)
        assert (await http.send(GET)).body == b'{"server": 1}'
        await http.aclose()
    assert proxy.connections == 0


async def test_a_proxy_named_in_the_profile_is_used() -> None:
    async with FaultServer([reply('{"proxy": 1}')]) as proxy:
        http = client("http://pbx.invalid", changes={"proxy": proxy.url, "allow_plain_http": True})
        assert (await http.send(GET)).body == b'{"proxy": 1}'
        await http.aclose()
    assert proxy.calls[0].target == "http://pbx.invalid/data"


@pytest.mark.parametrize("answer", [reply("no", 407), reply("no", 502), raw(), raw(b"HTTP/1.1 200"), raw(b"x" * 5)])
@pytest.mark.parametrize("pin", ["", "ab" * 32])
async def test_a_proxy_that_refuses_is_named_as_the_proxy(answer: object, pin: str) -> None:
    async with FaultServer([answer]) as proxy:  # type: ignore[list-item]
        changes = {"proxy": proxy.url, "pin": pin}
        http = client("https://pbx.invalid", changes=changes)
        with pytest.raises((ConnectFailed, ProtocolError)) as caught:
            await http.send(GET)
        await http.aclose()
        with pytest.raises((ConnectFailed, ProtocolError)) as again:
            await anext(live("https://pbx.invalid", changes=changes).frames("/live"))
    assert proxy.calls[0].target == "pbx.invalid:443"
    for failure in (caught.value, again.value):
        assert not isinstance(failure, AuthError)
        if "authorization" in proxy.calls[0].headers:
            raise AssertionError("the key went to the proxy")


async def test_a_bug_of_ours_is_not_dressed_up_as_a_network_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultServer([reply("{}")]) as server:
        http = client(server.url)

        async def broken(attempt: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(http._transport, "fetch", broken)
        with pytest.raises(ZeroDivisionError):
            await http.send(GET)
        await http.aclose()
