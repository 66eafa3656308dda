"""Certificates through a whole adapter: not one byte before trust, and the person reads why."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from console.domain.enums import HealthState
from console.net.tls import fetch_fingerprint
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import Floor, Station, count, floor, watch
from tests.faultserver.certs import from_authority, self_signed

pytestmark = pytest.mark.allow_warnings
LIVE, ERROR = HealthState.LIVE, HealthState.ERROR


def over_tls(context: ssl.SSLContext, **changes: object) -> Floor:
    """The scripted Chronicall behind TLS."""
    target = floor(**changes)  # type: ignore[arg-type]
    target.server.tls = context
    return target


def ca_file(folder: Path, ca: trustme.CA) -> str:
    """The authority as a file."""
    path = folder / "company.pem"
    ca.cert_pem.write_to_path(str(path))
    return str(path)


@lapsed
async def test_tl_01_a_certificate_of_its_own_gets_no_byte_until_a_person_trusts_it(tmp_path: Path) -> None:
    served = self_signed(tmp_path)
    target = over_tls(served.context)
    async with target.server:
        async with watch(Station(target.url, LapseClock())) as station:
            await until(lambda: station.code == "tls.untrusted")
            assert station.state is ERROR
            await asyncio.sleep(120)
            assert target.server.received == b""
        leaf = await fetch_fingerprint("127.0.0.1", target.server.port)
        assert target.server.received == b""
        async with watch(Station(target.url, LapseClock(), pin=leaf.sha256)) as station:
            await until(lambda: station.state is LIVE)
            assert station.shown() == "3 (value)"


@pytest.mark.parametrize("transport", ["polling", "automatic"])
@lapsed
async def test_tl_03_a_certificate_swapped_while_we_run_stops_everything_for_that_profile(
    tmp_path: Path, transport: str
) -> None:
    pinned, other = self_signed(tmp_path), self_signed(tmp_path)
    target, neighbour, clock = over_tls(pinned.context, socket="ok"), floor(), LapseClock()
    fields = {"transport": transport}
    async with (
        neighbour.server,
        target.server,
        watch(Station(neighbour.url, clock, id="p2")) as beside,
        watch(Station(target.url, clock, pin=pinned.sha256, fields=fields)) as station,
    ):
        await until(lambda: station.state is LIVE and (transport == "polling" or bool(target.sockets)))
        await target.server.stop()
        target.server.tls = other.context
        target.server.received.clear()
        await target.server.start()
        await until(lambda: station.code == "tls.pin")
        await asyncio.sleep(120)
        assert (station.state, station.shown()) == (ERROR, "3 (stale)")
        assert pinned.sha256 in station.sentence
        assert other.sha256 in station.sentence
        assert target.server.received == b""
        assert beside.state is LIVE


@lapsed
async def test_tl_04_an_expired_certificate_that_was_trusted_goes_on_with_a_remark(tmp_path: Path) -> None:
    served = self_signed(tmp_path, days=-1)
    target = over_tls(served.context)
    async with target.server, watch(Station(target.url, LapseClock(), pin=served.sha256)) as station:
        await until(lambda: station.state is LIVE)
        assert station.shown() == "3 (value)"
        assert "tls.pin_expired" in station.notices


@lapsed
async def test_tl_06_a_company_authority_is_trusted_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    ca = trustme.CA(organization_name="Proxy Inc")
    target = over_tls(from_authority(ca))
    async with target.server:
        async with watch(Station(target.url, LapseClock())) as station:
            await until(lambda: station.code == "tls.untrusted")
            assert "Proxy Inc" in station.sentence
            assert target.server.received == b""
        async with watch(Station(target.url, LapseClock(), ca_file=ca_file(tmp_path, ca))) as station:
            await until(lambda: station.state is LIVE)


@lapsed
async def test_tl_08_keys_are_not_logged_though_the_environment_asks_for_it(tmp_path: Path) -> None:
    keys, ca = tmp_path / "keys.log", trustme.CA()
    target = over_tls(from_authority(ca), socket="ok")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSLKEYLOGFILE", str(keys))
        patch.setenv("SSL_CERT_FILE", ca_file(tmp_path, ca))
        async with target.server:
            leaf = await fetch_fingerprint("127.0.0.1", target.server.port)
            for changes in ({}, {"ca_file": ca_file(tmp_path, ca)}, {"pin": leaf.sha256}):
                fields = {"transport": "automatic"}
                async with watch(Station(target.url, LapseClock(), fields=fields, **changes)) as station:
                    await until(lambda: station.state is LIVE and bool(target.sockets))
    assert not keys.exists()


@lapsed
async def test_tl_09_plain_http_waits_for_consent_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(host: str, port: int, resolver: object = None) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr("console.net.backend.resolve", here)
    target = floor()
    async with target.server:
        url = f"http://pbx.invalid:{target.server.port}"
        async with watch(Station(url, LapseClock())) as station:
            await until(lambda: station.code == "tls.plain_http")
            await asyncio.sleep(3600)
            assert station.state is ERROR
            assert target.server.connections == 0
        async with watch(Station(url, LapseClock(), allow_plain_http=True)) as station:
            await until(lambda: station.state is LIVE)


@pytest.mark.parametrize(
    ("names", "expired", "code"), [(("pbx.example.com",), False, "tls.name"), ((), True, "tls.expired")]
)
@lapsed
async def test_tl_09_a_certificate_for_another_name_or_time_is_named(
    tmp_path: Path, names: tuple[str, ...], expired: bool, code: str
) -> None:
    ca = trustme.CA()
    target = over_tls(from_authority(ca, *names, expired=expired))
    async with target.server, watch(Station(target.url, LapseClock(), ca_file=ca_file(tmp_path, ca))) as station:
        await until(lambda: station.code == code)
        assert station.state is ERROR
        assert target.server.received == b""
        assert ("UTC" in station.sentence) is expired


@lapsed
async def test_tl_09_outdated_encryption_is_named() -> None:
    heard = bytearray()

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(4096))
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # fatal alert: protocol version
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(old, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with watch(Station(url, LapseClock())) as station:
        await until(lambda: station.code == "tls.old")
        assert station.state is ERROR
    server.close()
    assert b"realtime" not in heard


@lapsed
async def test_a_handshake_that_never_ends_leaves_no_connection_behind() -> None:
    is_open: set[asyncio.StreamWriter] = set()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_open.add(writer)
        while await reader.read(4096):
            pass
        writer.close()
        is_open.discard(writer)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with watch(Station(url, LapseClock())) as station:
        await asyncio.sleep(300)
        assert station.code == "connect.timeout"
        assert len(is_open) <= 1, "each try that was given up must close its connection"
    await asyncio.sleep(5)  # the last try may still be on its way to the server
    await until(lambda: not is_open)  # or the end of the loop cuts the server's own task short
    server.close()


@pytest.mark.parametrize("transport", ["polling", "automatic"])
@lapsed
async def test_tl_10_the_pin_is_checked_before_the_first_byte_of_a_request(tmp_path: Path, transport: str) -> None:
    pinned, attacker = self_signed(tmp_path), self_signed(tmp_path)
    target = over_tls(attacker.context, socket="ok")
    async with target.server:
        station = Station(target.url, LapseClock(), pin=pinned.sha256, fields={"transport": transport})
        async with watch(station):
            await until(lambda: station.code == "tls.pin")
            assert target.server.received == b""
        async with watch(Station(target.url, LapseClock(), pin=attacker.sha256)) as station:
            await until(lambda: station.state is LIVE)
            target.put("101", "Sales(70)", count(4))
            await until(lambda: station.shown() == "4 (value)")
