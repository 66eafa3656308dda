"""HTTP faults through a whole adapter: what the server was asked, what the person sees, and how it heals."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import zlib
from typing import Any

import pytest

from console.domain.enums import HealthState
from console.net import backend
from console.net.limits import LIMITS, MB
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import KEY, Station, count, floor, running, survives, watch
from tests.faultserver.server import Behaviour, Call, black_hole, drip, raw, reply

pytestmark = pytest.mark.allow_warnings  # a lost server is logged as one

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ZIPPED = {"Content-Encoding": "gzip"}
ERROR, UNREACHABLE, REFUSED = HealthState.ERROR, HealthState.UNREACHABLE, HealthState.REFUSED


def bomb(size: int) -> bytes:
    """A gzip of so many zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(MB)) for _ in range(size // MB)), packer.flush()])


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (200, "http.too_large", ERROR),
        (401, "http.revoked", REFUSED),
        (302, "http.redirect", ERROR),
    ],
)
@lapsed
async def test_ht_01_a_packed_bomb_is_refused_and_costs_no_value(status: int, code: str, state: HealthState) -> None:
    packed = bomb(80 * MB)
    target = floor()
    async with running(target) as station:
        fault = reply(packed, status, {**ZIPPED, "Location": "http://elsewhere.example/"})
        await survives(station, target, fault, code, state)


@pytest.mark.parametrize("coding", ["gzip, gzip", ", ".join(["gzip"] * 40), "br", "zstd", "gzip"])
@lapsed
async def test_ht_02_strange_packing_is_refused_and_its_connection_is_not_used_again(coding: str) -> None:
    target = floor()
    async with running(target) as station:
        fault = reply(gzip.compress(gzip.compress(b"{}"))[:-4], headers={"Content-Encoding": coding})
        await survives(station, target, fault, "http.encoding", ERROR)
        is_refused_unread = coding != "gzip"
        assert (target.server.calls[-1].number > 1) is is_refused_unread


@lapsed
async def test_ht_03_a_dripping_answer_ends_at_the_deadline() -> None:
    target = floor()
    async with running(target, poll_s=5.0) as station:
        fault = drip(HEAD + b"Content-Length: 100000\r\n\r\n", b" ", 0.2)
        took = await survives(station, target, fault, "connect.slow")
        assert took <= station.profile.poll_s + LIMITS.poll.total_s + 0.2


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        (drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.2), "connect.slow", UNREACHABLE),
        (
            raw(HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"v" * 40) for n in range(5000)) + b"\r\n"),
            "http.malformed",
            ERROR,
        ),
    ],
    ids=["a letter at a time", "five thousand"],
)
@lapsed
async def test_ht_04_endless_headers_are_given_up(fault: Behaviour, code: str, state: HealthState) -> None:
    target = floor()
    async with running(target) as station:
        took = await survives(station, target, fault, code, state)
        assert took <= station.profile.poll_s + LIMITS.poll.total_s + 0.2


BODY = b'{"results": [{"key": {"metricId": "101", "categoryValue": "Sales(70)"}, "value": {"type": "COUNT", "count": 99'


@pytest.mark.parametrize(
    ("cut", "code", "state"),
    [
        (HEAD + b"Content-Length: 5000\r\n\r\n" + BODY, "connect.reset", UNREACHABLE),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(BODY), BODY), "connect.reset", UNREACHABLE),
        (HEAD + b"Connection: close\r\n\r\n" + BODY, "reply.json", ERROR),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "connect.reset", UNREACHABLE),
    ],
    ids=["short", "chunked", "no length", "in the headers"],
)
@lapsed
async def test_ht_05_of_a_cut_answer_nothing_is_believed(cut: bytes, code: str, state: HealthState) -> None:
    target = floor()
    async with running(target) as station:
        await survives(station, target, raw(cut), code, state)
        snapshots = [snap for _, _, snap in station.published if snap is not None]
        values = {cell.value for snap in snapshots for row in snap.queues for cell in row.readings.values()}
        assert values
        assert 99 not in values


@pytest.mark.parametrize(
    "fault",
    [
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"40000\r\n" + bytes(0x40000) + b"\r\n", 0.025),
        drip(HEAD + b"Content-Length: 1000000000000\r\n\r\n", b"a", 0.05),
    ],
    ids=["ten megabytes a second", "an absurd length"],
)
@lapsed
async def test_ht_06_an_endless_answer_is_stopped_at_the_limit(fault: Behaviour) -> None:
    target = floor()
    async with running(target) as station:
        await survives(station, target, fault, "http.too_large", ERROR)


@lapsed
async def test_ht_07_an_unreachable_server_is_named_and_costs_its_neighbour_nothing() -> None:
    good, clock = floor(), LapseClock()
    with black_hole() as hole:  # type: ignore[attr-defined]
        async with good.server, watch(Station(good.server.url, clock, id="good")) as neighbour:
            wrong = [("http://127.0.0.1:1", "connect.refused"), (f"http://127.0.0.1:{hole}", "connect.timeout")]
            for url, code in wrong:
                async with watch(Station(url, clock, id="bad")) as station:
                    took = await until(lambda: station.code == code)  # noqa: B023 - awaited in its own turn
                    assert took <= LIMITS.poll.connect_s + 0.2
                    assert station.state is UNREACHABLE
                    assert neighbour.state is HealthState.LIVE
            seen = neighbour.fresh
            await asyncio.sleep(30)
            assert neighbour.fresh >= seen + 5


@lapsed
async def test_ht_07_names_that_cannot_be_looked_up_are_named_and_a_dead_address_hides_no_living_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers: dict[str, Any] = {}

    async def look_up(host: str, port: int, resolver: object = None) -> list[str]:
        found = answers[host]
        if isinstance(found, Exception):
            raise found
        return list(found)

    monkeypatch.setattr(backend, "resolve", look_up)
    good, clock = floor(), LapseClock()
    answers["nowhere.invalid"] = socket.gaierror(socket.EAI_NONAME, "unknown")
    answers["two.invalid"] = ["::1", "127.0.0.1"]
    async with good.server:
        async with watch(Station("https://nowhere.invalid", clock)) as station:
            await until(lambda: station.code == "connect.dns")
            assert station.state is UNREACHABLE
        url = f"http://two.invalid:{good.server.port}"
        async with watch(Station(url, clock, allow_plain_http=True)) as station:
            await until(lambda: station.state is HealthState.LIVE)
            assert good.server.calls[0].headers["host"] == f"two.invalid:{good.server.port}"


@lapsed
async def test_ht_08_a_restarting_server_is_never_taken_for_a_wrong_key() -> None:
    target = floor()
    async with running(target) as station:
        await target.server.stop()
        await until(lambda: station.state is UNREACHABLE)
        assert station.shown() == "3 (stale)"
        states = [reply("<html>starting</html>", status) for status in (503, 502, 504, 500, 520)]
        target.server.then(*states)
        await target.server.start()
        await asyncio.sleep(60)  # the listener is up, the program behind it is not
        assert station.state is UNREACHABLE
        assert all(health.state is not REFUSED for _, health, _ in station.published)
        target.put("101", "Sales(70)", count(4))
        target.server.then(target._route)
        await until(lambda: station.state is HealthState.LIVE, 35)
        assert station.shown() == "4 (value)"
        assert {call.headers["authorization"] for call in target.server.calls} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (reply("<!DOCTYPE html><title>Hotel</title>", headers={"Content-Type": "text/html"}), "reply.html"),
        (reply("", 302, {"Location": "http://portal.example/login?token=abc"}), "http.redirect"),
        (reply("sign in first", 511), "http.portal"),
    ],
    ids=["a page", "a redirect", "511"],
)
@lapsed
async def test_ht_10_a_network_that_asks_for_a_sign_in_is_named_and_forgotten(fault: Behaviour, code: str) -> None:
    target = floor()
    async with running(target) as station:
        await survives(station, target, fault, code, ERROR)
        assert all(health.state is not REFUSED for _, health, _ in station.published)
        assert "abc" not in station.sentence


@lapsed
async def test_ht_11_a_connection_closed_as_it_was_used_again_is_never_seen() -> None:
    target = floor()
    async with running(target) as station:
        before, asked = station.fresh, len(target.server.calls)
        target.server.then(raw(), target._route)  # closes at the next request, answers from then on
        await until(lambda: station.fresh > before)
        assert [health.state for _, health, _ in station.published if health.state is not HealthState.LIVE] == []
        first, second = target.server.calls[asked : asked + 2]
        assert first.target == second.target
        assert second.number > first.number


@lapsed
async def test_ht_12_the_answer_to_another_question_is_refused() -> None:
    target = floor()
    key = '{"metricId": "999", "categoryValue": "Sales(70)"}'
    mixed = f'{{"results": [{{"key": {key}, "value": {{"type": "COUNT", "count": 77}}}}]}}'
    async with running(target) as station:
        await survives(station, target, reply(mixed), "reply.shape", ERROR)
        shown = [row for _, _, snap in station.published if snap is not None for row in snap.queues]
        assert shown
        assert all(reading.value != 77 for row in shown for reading in row.readings.values())


@lapsed
async def test_ht_12_of_a_mixed_answer_only_what_was_asked_for_is_taken() -> None:
    target = floor()
    async with running(target) as station:
        target.put("101", "Sales(70)", count(5))

        async def mixed(call: Call) -> None:
            stranger = {"key": {"metricId": "999"}, "value": {"type": "COUNT", "count": 77}}
            status, body = target._values(tuple(metric["metricId"] for metric in target.metrics))
            await target._answer(
                call, status, body.replace(b'"results": [', b'"results": [' + json.dumps(stranger).encode() + b", ")
            )

        target.server.then(mixed)
        await until(lambda: station.shown() == "5 (value)")
        assert station.source.snapshot is not None
        assert all(line.reading.value != 77 for line in station.source.snapshot.metrics)
