"""Trust against servers with certificates of every kind; what counts is that nothing is sent before trust."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import threading
from contextlib import aclosing
from pathlib import Path

import pytest
import trustme

from console.domain.errors import ConnectFailed, ConsoleError, TlsError, UserError
from console.domain.secret import Secret
from console.net.address import parse_address
from console.net.auth import QueryToken
from console.net.tls import Trust, fetch_fingerprint, normal_pin
from tests.faultserver.certs import from_authority, self_signed
from tests.faultserver.server import FaultServer, hang, raw, reply
from tests.net.support import FAST, GET, client, live, profile


async def _fails(url: str, **changes: str) -> ConsoleError:
    http = client(url, changes=changes)
    with pytest.raises(ConsoleError) as caught:
        await http.send(GET)
    await http.aclose()
    return caught.value


async def test_tl_01_a_self_signed_certificate_is_shown_but_not_trusted(tmp_path: Path) -> None:
    served = self_signed(tmp_path, "pbx.local")
    async with FaultServer([reply("{}")], tls=served.context) as server:
        shown = await fetch_fingerprint("127.0.0.1", server.port)
        failure = await _fails(server.url)
        assert server.received == b""
    assert shown.sha256 == served.sha256
    assert shown.names == ("pbx.local",)
    assert shown.issuer == shown.subject == "CN=pbx.local"
    assert shown.not_before < shown.not_after
    assert isinstance(failure, TlsError)
    assert failure.message.code == "tls.untrusted"


async def test_tl_01_the_editor_gets_a_sentence_when_there_is_no_tls() -> None:
    async with FaultServer([raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]) as server:
        with pytest.raises(ConsoleError) as caught:
            await fetch_fingerprint("127.0.0.1", server.port, limits=FAST)
    assert caught.value.message.code in ("tls.failed", "connect.timeout", "connect.slow", "connect.reset")


async def test_a_pinned_certificate_is_trusted_whatever_name_it_bears(tmp_path: Path) -> None:
    served = self_signed(tmp_path, "some.other.name")
    async with FaultServer([reply('{"a": 1}')], tls=served.context) as server:
        colons = ":".join(served.sha256[n : n + 2].upper() for n in range(0, 64, 2))
        http = client(server.url, changes={"pin": colons})
        got = await http.send(GET)
        await http.aclose()
    assert got.body == b'{"a": 1}'
    assert got.notes == ()


async def test_a_pinned_certificate_of_an_authority_needs_no_authority() -> None:
    ca = trustme.CA()
    context = from_authority(ca)
    async with FaultServer([reply("{}")], tls=context) as server:
        shown = await fetch_fingerprint("127.0.0.1", server.port)
        http = client(server.url, changes={"pin": shown.sha256})
        assert (await http.send(GET)).status == 200
        await http.aclose()


async def test_tl_03_tl_10_another_certificate_than_the_pinned_one_gets_no_byte(tmp_path: Path) -> None:
    pinned, other = self_signed(tmp_path), self_signed(tmp_path)
    async with FaultServer([reply("{}")], tls=other.context) as server:
        failure = await _fails(server.url, pin=pinned.sha256)
        assert server.received == b""
    assert isinstance(failure, TlsError)
    assert failure.message.code == "tls.pin"
    assert failure.message.args["expected"] == pinned.sha256
    assert failure.message.args["actual"] == other.sha256


async def test_tl_03_a_certificate_swapped_while_we_run_gets_no_byte(tmp_path: Path) -> None:
    pinned = self_signed(tmp_path)
    ca = trustme.CA()
    for swapped in (self_signed(tmp_path).context, from_authority(ca)):
        server = FaultServer([reply("{}")], tls=pinned.context)
        await server.start()
        http = client(server.url, changes={"pin": pinned.sha256})
        socket = live(server.url, changes={"pin": pinned.sha256})
        await http.send(GET)
        await socket._trust.context()
        await server.stop()
        server.tls = swapped
        server.received.clear()
        await server.start()
        with pytest.raises(TlsError) as caught:
            await http.send(GET)
        assert caught.value.message.code == "tls.pin"
        async with aclosing(socket.frames("/live", (), QueryToken("auth_token", Secret("canary-token")))) as frames:
            with pytest.raises(TlsError) as caught:
                await anext(frames)
        assert caught.value.message.code == "tls.pin"
        assert server.received == b""
        await http.aclose()
        await server.stop()


async def test_tl_10_the_socket_checks_the_pin_before_its_first_byte(tmp_path: Path) -> None:
    pinned, other = self_signed(tmp_path), self_signed(tmp_path)
    async with FaultServer([hang], tls=other.context) as server:
        socket = live(server.url, changes={"pin": pinned.sha256})
        async with aclosing(socket.frames("/live", (), QueryToken("auth_token", Secret("canary-token")))) as frames:
            with pytest.raises(TlsError) as caught:
                await anext(frames)
        assert server.received == b""
    assert caught.value.message.code == "tls.pin"


async def test_tl_04_an_expired_pinned_certificate_goes_on_with_a_note(tmp_path: Path) -> None:
    served = self_signed(tmp_path, days=-1)
    async with FaultServer([reply("{}")], tls=served.context) as server:
        http = client(server.url, changes={"pin": served.sha256})
        got = await http.send(GET)
        await http.aclose()
    assert [note.code for note in got.notes] == ["tls.pin_expired"]


async def test_tl_06_an_authority_in_the_ca_file_is_trusted(tmp_path: Path) -> None:
    ca = trustme.CA()
    path = tmp_path / "company.pem"
    ca.cert_pem.write_to_path(str(path))
    async with FaultServer([reply('{"a": 1}')], tls=from_authority(ca)) as server:
        http = client(server.url, changes={"ca_file": str(path)})
        assert (await http.send(GET)).body == b'{"a": 1}'
        await http.aclose()


async def test_tl_06_an_authority_in_the_systems_store_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    path = tmp_path / "store.pem"
    ca.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with FaultServer([reply('{"a": 1}')], tls=from_authority(ca)) as server:
        http = client(server.url)
        assert (await http.send(GET)).body == b'{"a": 1}'
        await http.aclose()


async def test_tl_06_an_unknown_authority_is_named_and_gets_no_byte(tmp_path: Path) -> None:
    ca, other = trustme.CA(organization_name="Proxy Inc"), trustme.CA()
    path = tmp_path / "other.pem"
    other.cert_pem.write_to_path(str(path))
    async with FaultServer([reply("{}")], tls=from_authority(ca)) as server:
        failure = await _fails(server.url, ca_file=str(path))
        assert server.received == b""
    assert failure.message.code == "tls.untrusted"
    assert "Proxy Inc" in failure.detail


@pytest.mark.parametrize("text", ["", "no pem", None])
async def test_tl_06_an_unusable_ca_file_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "bad.pem"
    if text is not None:
        path.write_text(text)
    failure = await _fails("https://127.0.0.1:9", ca_file=str(path))
    assert isinstance(failure, UserError)
    assert failure.message.code == "tls.ca_file"


async def test_tl_06_a_pipe_in_place_of_the_ca_file_ends_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "ca.pem"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    error = await _fails("https://127.0.0.1:1", ca_file=str(pipe))
    assert isinstance(error, UserError)


async def test_authorities_are_read_once_and_on_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[threading.Thread] = []
    original = ssl.SSLContext.set_default_verify_paths

    def note(context: ssl.SSLContext) -> None:
        readers.append(threading.current_thread())
        original(context)

    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", note)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda context, **where: note(context))
    monkeypatch.setattr("console.net.tls._HAS_STORE", False)
    trust = Trust(profile("https://h.example"), parse_address("https://h.example"))
    context = await trust.context()
    assert await trust.context() is context
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="h.example")
    assert len(readers) == 1
    assert readers[0] is not threading.main_thread()


async def test_tl_08_a_key_log_file_of_the_environment_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    ca = trustme.CA()
    path = tmp_path / "company.pem"
    ca.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = from_authority(ca)
    async with FaultServer([reply("{}")], tls=context) as server:
        pin = (await fetch_fingerprint("127.0.0.1", server.port)).sha256
        for changes in ({}, {"ca_file": str(path)}, {"pin": pin}):
            http = client(server.url, changes=changes)
            await http.send(GET)
            await http.aclose()
    assert not log.exists()


async def test_tl_09_tls_1_1_alone_is_outdated() -> None:
    async def old_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(4096)
        assert b"\x03\x04" in hello  # offers TLS 1.3
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # fatal alert: protocol version
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(old_server, "127.0.0.1", 0)
    failure = await _fails(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert isinstance(failure, TlsError)
    assert failure.message.code == "tls.old"


async def test_tl_09_no_context_of_ours_offers_less_than_tls_1_2(tmp_path: Path) -> None:
    served = self_signed(tmp_path)
    ca = tmp_path / "company.pem"
    trustme.CA().cert_pem.write_to_path(str(ca))
    async with FaultServer([reply("{}")], tls=served.context) as server:
        for changes in ({}, {"ca_file": str(ca)}, {"pin": served.sha256}):
            http = client(server.url, changes=changes)
            context = await http._trust.context()
            assert context.minimum_version is ssl.TLSVersion.TLSv1_2
            assert context.verify_mode is ssl.CERT_REQUIRED
            await http.aclose()


async def test_a_handshake_cut_short_is_a_broken_connection() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    failure = await _fails(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert isinstance(failure, ConnectFailed)


async def test_tl_09_a_certificate_for_another_name_says_so(tmp_path: Path) -> None:
    ca = trustme.CA()
    path = tmp_path / "company.pem"
    ca.cert_pem.write_to_path(str(path))
    async with FaultServer([reply("{}")], tls=from_authority(ca, "pbx.example.com")) as server:
        failure = await _fails(server.url, ca_file=str(path))
        assert server.received == b""
    assert failure.message.code == "tls.name"


async def test_tl_09_an_expired_certificate_shows_this_computers_clock(tmp_path: Path) -> None:
    ca = trustme.CA()
    path = tmp_path / "company.pem"
    ca.cert_pem.write_to_path(str(path))
    async with FaultServer([reply("{}")], tls=from_authority(ca, expired=True)) as server:
        failure = await _fails(server.url, ca_file=str(path))
        assert server.received == b""
    assert failure.message.code == "tls.expired"
    assert "UTC" in str(failure)


async def test_tl_09_a_weak_key_says_so(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tests.faultserver.certs.ec.generate_private_key", lambda curve: rsa.generate_private_key(65537, 1024)
        )
        patch.setattr(ssl.SSLContext, "load_cert_chain", _load_anything(ssl.SSLContext.load_cert_chain))
        served = self_signed(tmp_path)
    async with FaultServer([reply("{}")], tls=served.context) as server:
        failure = await _fails(server.url, pin=served.sha256)
        assert server.received == b""
    assert failure.message.code == "tls.weak"


def _load_anything(original: object) -> object:
    def load(self: ssl.SSLContext, path: Path) -> None:
        self.set_ciphers("ALL:@SECLEVEL=0")
        original(self, path)  # type: ignore[operator]

    return load


async def test_https_to_a_plain_server_asks_for_the_right_scheme() -> None:
    async with FaultServer([raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]) as server:
        http = client(server.url.replace("http:", "https:"), limits=FAST)
        with pytest.raises((TlsError, ConsoleError)) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code in ("tls.failed", "connect.timeout", "connect.slow")


async def test_http_to_a_tls_server_is_no_http(tmp_path: Path) -> None:
    served = self_signed(tmp_path)
    async with FaultServer([reply("{}")], tls=served.context) as server:
        http = client(server.url.replace("https:", "http:"), limits=FAST)
        with pytest.raises(ConsoleError) as caught:
            await http.send(GET)
        await http.aclose()
    assert caught.value.message.code in ("http.malformed", "connect.reset")


async def test_a_pin_is_asked_for_once_and_not_per_request(tmp_path: Path) -> None:
    served = self_signed(tmp_path)
    async with FaultServer([reply("{}")], tls=served.context) as server:
        http = client(server.url, changes={"pin": served.sha256})
        for _ in range(3):
            await http.send(GET)
        await http.aclose()
    assert server.connections == 2


async def test_an_unreachable_pinned_server_is_unreachable_and_not_untrusted() -> None:
    http = client("https://127.0.0.1:1", changes={"pin": hashlib.sha256(b"x").hexdigest()})
    with pytest.raises(ConnectFailed) as caught:
        await http.send(GET)
    await http.aclose()
    assert caught.value.message.code == "connect.refused"


async def test_a_pin_reached_through_a_proxy_is_checked_there_too(tmp_path: Path) -> None:
    served, other = self_signed(tmp_path), self_signed(tmp_path)
    async with FaultServer([reply('{"a": 1}')], tls=served.context) as server:

        async def tunnel(call: object) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            await call.send(b"HTTP/1.1 200 Connection established\r\n\r\n")  # type: ignore[attr-defined]

            async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                while data := await source.read(65536):
                    sink.write(data)

            try:
                await asyncio.gather(pump(call.reader, writer), pump(reader, call.writer))  # type: ignore[attr-defined]
            finally:
                writer.transport.abort()

        async with FaultServer([tunnel]) as proxy:
            url = "https://pbx.invalid"
            http = client(url, changes={"pin": served.sha256, "proxy": proxy.url})
            assert (await http.send(GET)).body == b'{"a": 1}'
            await http.aclose()
            server.received.clear()
            http = client(url, changes={"pin": other.sha256, "proxy": proxy.url})
            with pytest.raises(TlsError):
                await http.send(GET)
            await http.aclose()
            assert server.received == b""
    assert {call.target for call in proxy.calls} == {"pbx.invalid:443"}


def test_a_fingerprint_that_is_none_is_refused() -> None:
    assert normal_pin(" AA:" + "bb" * 31) == "aa" + "bb" * 31
    for wrong in ("abc", "g" * 64, "a" * 40):
        with pytest.raises(UserError):
            normal_pin(wrong)
