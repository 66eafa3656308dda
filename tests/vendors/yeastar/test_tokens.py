"""Signing in, staying in, giving back: AU-01, AU-03 and traps 1 to 7 of the wire."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from console.domain.errors import (
    AuthError,
    ConsoleError,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    TransientError,
    UserError,
)
from console.domain.messages import english
from console.net.exchange import ExchangeLog
from console.vendors.yeastar.paths import bare_url
from tests.support import ManualClock
from tests.vendors.yeastar.support import CLIENT_ID, CLIENT_SECRET, FAST, make_backend, opened, running, small_pbx

SYSTEM = "v1.0/system/information"


async def one(backend: Any) -> Any:
    """One snapshot."""
    async with contextlib.aclosing(backend.snapshots()) as feed:
        return await anext(feed)


async def test_twenty_calls_at_once_sign_in_once() -> None:
    """Single flight: trap 4."""
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await asyncio.gather(*(backend._client.system() for _ in range(20)))
    assert pbx.count_of("v1.0/get_token") == 1
    assert pbx.count_of(SYSTEM) == 20


async def test_the_token_is_given_back_on_close() -> None:
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await one(backend)
        assert len(pbx.live) == 1
    assert pbx.live == set()
    assert pbx.asked[-1][0] == "v1.0/del_token"


async def test_a_sign_in_under_way_while_closing_leaves_no_token_behind() -> None:
    pbx = small_pbx(hold=asyncio.Event())
    async with opened(pbx) as backend:
        asking = asyncio.ensure_future(backend._client.system())
        await pbx.until(lambda: pbx.count_of("v1.0/get_token") == 1)
        asking.cancel()
        closing = asyncio.ensure_future(backend.aclose())
        await asyncio.sleep(0.02)
        assert pbx.hold is not None
        pbx.hold.set()
        await closing
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    assert pbx.tokens
    assert pbx.live == set()


async def test_twenty_restarts_never_reach_the_cap_of_eight() -> None:
    """Trap 4: one live token per profile, whatever the number of restarts."""
    pbx = small_pbx()
    async with pbx.server:
        for _ in range(20):
            backend = make_backend(pbx)
            await one(backend)
            await backend.aclose()
    assert len(pbx.tokens) == 20
    assert pbx.most_live == 1


async def test_trap_06_the_pair_is_refreshed_before_it_ends_and_the_old_token_revoked() -> None:
    """On the monotonic clock, well before 30 minutes; never more than two alive."""
    pbx, clock = small_pbx(), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        await backend._client.system()
        await clock.advance(1400)
        await backend._client.system()
        assert pbx.count_of("v1.0/refresh_token") == 0
        await clock.advance(200)
        await asyncio.gather(*(backend._client.system() for _ in range(5)))
        assert pbx.count_of("v1.0/refresh_token") == 1
        await pbx.until(lambda: pbx.live == {pbx.tokens[1]})
    assert pbx.count_of("v1.0/get_token") == 1
    assert pbx.most_live == 2


async def test_au_01_an_expired_token_is_refreshed_once_and_the_call_repeated_once() -> None:
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await one(backend)
        pbx.live.clear()
        before = pbx.count_of(SYSTEM)
        await asyncio.gather(*(backend._client.system() for _ in range(8)))
        assert before + 8 < pbx.count_of(SYSTEM) <= before + 16
    assert pbx.count_of("v1.0/refresh_token") == 1
    assert pbx.count_of("v1.0/get_token") == 1


async def test_au_01_http_401_counts_as_an_expired_token_too() -> None:
    """Trap 1: the status second, but not ignored."""
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await backend._client.system()
        pbx.overrides[SYSTEM] = [401]
        await backend._client.system()
    assert pbx.count_of("v1.0/refresh_token") == 1


async def test_a_fresh_token_that_is_refused_is_not_fought_over() -> None:
    pbx = small_pbx(codes={SYSTEM: 10004})
    async with opened(pbx) as backend:
        with pytest.raises(ServerBusy) as caught:
            await one(backend)
    assert caught.value.message.code == "api.session_refused"
    assert caught.value.retry_after_s == FAST.refused_s
    assert pbx.count_of(SYSTEM) == 2


async def test_au_03_a_refused_refresh_leads_to_one_fresh_sign_in() -> None:
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await backend._client.system()
        pbx.live.clear()
        pbx.refresh.clear()
        await backend._client.system()
    assert pbx.count_of("v1.0/refresh_token") == 1
    assert pbx.count_of("v1.0/get_token") == 2


async def test_au_03_a_changed_secret_ends_in_one_refusal_and_no_more_tries() -> None:
    """Traps 4 and 5: five failures block the address until an administrator acts."""
    pbx = small_pbx()
    async with opened(pbx) as backend:
        await backend._client.system()
        pbx.live.clear()
        pbx.refresh.clear()
        pbx.is_refused = True
        for _ in range(10):
            with pytest.raises(AuthError) as caught:
                await one(backend)
        assert caught.value.message.code == "http.unauthorized"
        assert "client ID or client secret" in str(caught.value)
    assert pbx.count_of("v1.0/get_token") == 2


async def test_trap_05_wrong_credentials_are_tried_once() -> None:
    pbx = small_pbx()
    async with opened(pbx, secret="wrong-secret") as backend:
        for _ in range(7):
            with pytest.raises(AuthError):
                await backend.check()
    assert pbx.count_of("v1.0/get_token") == 1


async def test_trap_04_a_full_house_is_waited_for_not_hammered() -> None:
    """60002 from a sign-in: five minutes, whoever asks."""
    pbx, clock = small_pbx(codes={"v1.0/get_token": [60002]}), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        for _ in range(5):
            with pytest.raises(ServerBusy) as caught:
                await backend._client.system()
            assert caught.value.message.code == "api.sessions_full"
            assert caught.value.retry_after_s == 300
        assert pbx.count_of("v1.0/get_token") == 1
        await clock.advance(301)
        await backend._client.system()
    assert pbx.count_of("v1.0/get_token") == 2


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (-1, AuthError, "http.unauthorized"),
        ("-1", AuthError, "http.unauthorized"),
        (70004, AuthError, "api.ip_blocked"),
        (70087, NotPermitted, "api.ip_forbidden"),
        (70123, NotPermitted, "api.switched_off"),
        (10005, NotPermitted, "http.forbidden"),
        (10001, ProtocolError, "api.not_offered"),
        (10003, ProtocolError, "api.outdated"),
        (60002, TransientError, "api.sessions_full"),
        (70082, TransientError, "api.busy"),
        (99999, ProtocolError, "api.failure"),
    ],
)
async def test_each_refusal_of_a_sign_in_has_its_class_and_its_sentence(
    code: object, kind: type[ConsoleError], sentence: str
) -> None:
    """Traps 1, 27: by code, sent as number or text; an unknown one is shown as it is."""
    pbx = small_pbx(codes={"v1.0/get_token": code})
    async with opened(pbx) as backend:
        with pytest.raises(kind) as caught:
            await backend.check()
    assert caught.value.message.code == sentence
    assert "{" not in english(caught.value.message)
    if code == 99999:
        assert "99999" in english(caught.value.message)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html><title>Login</title></html>", "reply.html"),
        (b"", "reply.empty"),
        (b'{"errcode":0,', "reply.json"),
        (b'{"hello":1}', "api.unreadable"),
        (b"[]", "api.unreadable"),
        (b'{"errcode":0,"errmsg":"SUCCESS"}', "api.unreadable"),
        (b'{"errcode":0,"access_token":"a\\nb"}', "api.unreadable"),
        (404, "http.not_found"),
        (403, "http.forbidden"),
        (500, "http.server_error"),
    ],
)
async def test_what_is_no_such_interface_is_said_plainly(body: object, sentence: str) -> None:
    """A wrong address, a wrong base path, another program."""
    pbx = small_pbx(overrides={"v1.0/get_token": body})
    async with opened(pbx) as backend:
        with pytest.raises(ConsoleError) as caught:
            await backend.check()
    assert caught.value.message.code == sentence


@pytest.mark.parametrize("life", ["1800", None, "soon", -5, 0, 10**12, True])
async def test_lives_that_cannot_be_believed_are_the_vendors_usual_ones(life: object) -> None:
    pbx, clock = small_pbx(access_s=life), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        await backend._client.system()
        await clock.advance(1400)
        await backend._client.system()
        assert len(pbx.tokens) == 1
        await clock.advance(200)
        await backend._client.system()
        assert len(pbx.tokens) == 2


async def test_a_refresh_that_fails_for_now_keeps_the_token_that_still_serves() -> None:
    pbx, clock = small_pbx(), ManualClock()
    async with opened(pbx, clock=clock) as backend:
        await backend._client.system()
        pbx.overrides["v1.0/refresh_token"] = [503]
        await clock.advance(1600)
        await backend._client.system()
        assert len(pbx.tokens) == 1
        await clock.advance(60)
        await backend._client.system()
        assert len(pbx.tokens) == 2
    assert pbx.count_of("v1.0/get_token") == 1


async def test_trap_03_every_request_carries_a_user_agent() -> None:
    pbx = small_pbx(socket="ok")
    async with running(pbx, fields={"events": "true"}) as feed:
        await anext(feed)
        await anext(feed)
        await pbx.until(lambda: len(pbx.sockets) == 1)
    assert all(pbx.agents_seen)


async def test_trap_07_no_token_and_no_credential_is_kept_or_shown() -> None:
    """In the exchange log, in errors, in representations; raw or encoded."""
    exchanges = ExchangeLog()
    pbx = small_pbx(codes={"v1.0/queue/list": [40002]})
    async with opened(pbx, exchanges=exchanges) as backend:
        with pytest.raises(ProtocolError) as caught:
            await one(backend)
        await one(backend)
        kept = repr(exchanges.recent("p1")) + repr(caught.value.detail) + repr(vars(backend)) + str(caught.value)
    assert exchanges.recent("p1")
    for secret in (CLIENT_ID, CLIENT_SECRET, *pbx.tokens, "canary-refresh-1"):
        assert secret not in kept


async def test_the_secret_may_not_travel_unprotected_without_consent() -> None:
    pbx = small_pbx()
    with pytest.raises(UserError) as caught:
        make_backend(pbx, url="http://pbx.example.com")
    assert caught.value.message.code == "tls.plain_http"


@pytest.mark.parametrize(
    "url",
    [
        "https://pbx.example.com:8088",
        "https://pbx.example.com:8088/",
        "https://pbx.example.com:8088/openapi/v1.0/",
        " https://pbx.example.com:8088/openapi ",
    ],
)
def test_trap_09_the_address_may_end_as_people_paste_it(url: str) -> None:
    assert bare_url(url) == "https://pbx.example.com:8088"


async def test_trap_08_there_is_no_way_around_the_certificate() -> None:
    """Pinning and CA files belong to the transport; no field of this backend switches checking off."""
    from console.vendors.yeastar import FIELDS

    assert not [field for field in FIELDS if "tls" in field.id or "verify" in field.id]


async def test_requests_outside_the_list_are_refused_before_a_byte_is_sent() -> None:
    """The console only reads: agent control on this wire is GET, too."""
    pbx = small_pbx()
    async with opened(pbx) as backend:
        with pytest.raises(ProtocolError) as caught:
            await backend._client.read("/openapi/v1.0/queue/agent_pause")
    assert caught.value.message.code == "http.not_allowed"
    assert not any("agent_pause" in path for path, _ in pbx.asked)
