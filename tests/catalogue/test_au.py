"""Refusals and limits of a server through a whole adapter: who must act, and how long the console keeps away."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from console.domain.enums import HealthState, Section
from console.domain.values import Status
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import KEY, Station, floor, running, survives, watch
from tests.faultserver.server import FaultServer, raw, reply

pytestmark = pytest.mark.allow_warnings
LIVE, REFUSED, UNREACHABLE = HealthState.LIVE, HealthState.REFUSED, HealthState.UNREACHABLE


@lapsed
async def test_au_04_a_replaced_key_stops_the_profile_until_a_person_acts() -> None:
    target = floor()
    async with running(target) as station:
        target.keys = ("another",)
        await until(lambda: station.code == "http.revoked")
        asked = len(target.server.calls)
        await asyncio.sleep(24 * 3600)
        assert (station.state, station.shown()) == (REFUSED, "3 (stale)")
        assert len(target.server.calls) == asked, "a refused key is not tried again: it could lock the account"
        target.keys = (KEY,)
        station.session.try_now()
        await until(lambda: station.state is LIVE)


@lapsed
async def test_au_04_one_metric_that_is_not_permitted_costs_no_other() -> None:
    target = floor(forbidden={"102"})
    async with running(target) as station:
        assert station.shown() == "3 (value)"
        reading = station.queue("Sales", "longest_wait")
        assert (reading.status, reading.text) == (Status.ERROR, "not permitted")
        assert any(ids == ("102",) for _, ids in target.asked), "it was found by asking for it alone"


@lapsed
async def test_au_04_an_account_that_may_see_nothing_is_told_so_and_is_no_wrong_key() -> None:
    target = floor(forbidden={"101", "102", "K0FLAEB6", "K1RNV2OQ"})
    async with target.server, watch(Station(target.url, LapseClock())) as station:
        await until(lambda: station.code == "http.forbidden")
        assert station.state is REFUSED


def in_future(seconds: float, skew: timedelta) -> dict[str, str]:
    """Headers of a server whose clock is wrong and that names a moment."""
    at = datetime.now(UTC) + skew
    return {
        "Date": format_datetime(at, usegmt=True),
        "Retry-After": format_datetime(at + timedelta(seconds=seconds), usegmt=True),
    }


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "least_s", "most_s", "code"),
    [
        ({}, 5, 40, "http.throttled"),
        ({"Retry-After": "120"}, 120, 125, "http.busy"),
        (in_future(90, timedelta()), 89, 96, "http.busy"),
        (in_future(90, HOUR), 89, 96, "http.busy"),
        (in_future(-90, -HOUR), 5, 40, "http.throttled"),
        ({"Retry-After": "99999999999"}, 900, 906, "http.busy"),
    ],
    ids=["none", "seconds", "date", "date of a fast clock", "past date", "absurd"],
)
@lapsed
async def test_au_05_a_demanded_pause_is_kept_by_every_call(
    headers: dict[str, str], least_s: float, most_s: float, code: str
) -> None:
    target = floor()
    async with running(target) as station:
        target.server.then(reply("slow down", 429, headers), target._route)
        asked = len(target.server.calls)
        await until(lambda: station.state is UNREACHABLE)
        began = station.clock.monotonic()
        assert station.code == code
        assert station.shown() == "3 (stale)"
        await until(lambda: len(target.server.calls) > asked + 1, 1000)
        waited = station.clock.monotonic() - began
        assert least_s - 1 <= waited <= most_s
        await until(lambda: station.state is LIVE)


@pytest.mark.parametrize("value", ["99999999999", "-5", "nan", "1e12", "", "inf", "120 seconds", "5, 7", "\u0661"])
@lapsed
async def test_au_06_no_value_of_retry_after_stops_the_loop_or_makes_it_spin(value: str) -> None:
    target = floor()
    async with running(target) as station:
        head = f"HTTP/1.1 503 Busy\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
        target.server.then(raw(head.encode(), close=False), target._route)
        asked = len(target.server.calls)
        await until(lambda: station.state is UNREACHABLE)
        assert station.source.health.next_try_mono is not None
        wait_s = station.source.health.next_try_mono - station.clock.monotonic()
        assert 4.5 <= wait_s <= 900
        await asyncio.sleep(3)
        assert len(target.server.calls) == asked + 1
        await until(lambda: station.state is LIVE, 910)


@lapsed
async def test_au_07_a_key_of_strange_characters_arrives_byte_for_byte() -> None:
    target = floor(socket="ok")
    async with running(target, fields={"transport": "automatic"}) as station:
        await until(lambda: bool(target.sockets))
        assert {call.headers.get("authorization") for call in target.server.calls} == {f"Bearer {KEY}", None}
        upgrade = next(call for call in target.server.calls if "upgrade" in call.headers)
        assert dict(parse_qsl(urlsplit(upgrade.target).query))["auth_token"] == KEY
        assert station.state is LIVE


@pytest.mark.parametrize("password", ["a:b", "pä ß", "100%25", " inner  space ", "+/=&?#"])
@lapsed
async def test_au_07_a_password_of_strange_characters_arrives_byte_for_byte(password: str) -> None:
    body = '{"waiting calls": {}, "summary": {"queue": {"600": {"Calls Waiting": "2"}}}, "agents": {}}'
    async with FaultServer([reply(body)]) as server:
        secrets = {"username": "übersicht", "password": password}
        async with watch(Station(server.url, LapseClock(), "asternic", secrets=secrets)) as station:
            await until(lambda: station.state is LIVE)
            kind, _, pair = server.calls[0].headers["authorization"].partition(" ")
            assert (kind, base64.b64decode(pair).decode()) == ("Basic", f"übersicht:{password}")
            assert list(station.rows(Section.QUEUES)) == ["600"]


@lapsed
async def test_au_07_a_key_that_cannot_be_sent_is_said_without_being_quoted() -> None:
    target = floor()
    async with (
        target.server,
        watch(Station(target.url, LapseClock(), secrets={"key": "two\r\nlines: x"})) as station,
    ):
        await until(lambda: station.code == "http.secret_characters")
        assert "lines" not in station.sentence
        assert b"lines" not in target.server.received


@lapsed
async def test_au_04_a_wrong_key_from_the_start_is_told_apart() -> None:
    target = floor(keys=("another",))
    async with target.server, watch(Station(target.url, LapseClock())) as station:
        await until(lambda: station.code == "http.unauthorized")
        assert station.state is REFUSED
    other = floor()
    async with running(other) as station:
        await survives(station, other, reply("no", 401), "http.revoked", REFUSED)
