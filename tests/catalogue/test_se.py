"""Secrets: eight canaries through the whole program at DEBUG, and a server that echoes them."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from console.domain.enums import HealthState
from console.net.redact import RedactingFilter
from tests.canaries import leaks
from tests.catalogue.lapse import LapseClock, lapsed, until
from tests.catalogue.station import KEY, Station, floor, running, watch
from tests.faultserver.server import Call, reply
from tests.vendors.asternic import support as asternic
from tests.vendors.yeastar import support as yeastar

pytestmark = pytest.mark.allow_warnings
ROOT = Path(__file__).parents[2]
XIMA_KEY = "Xk3y/c4nary+two&%=="
LIVE, UNREACHABLE = HealthState.LIVE, HealthState.UNREACHABLE


@contextmanager
def logged(station: Station) -> Iterator[list[str]]:
    """The log at DEBUG, libraries included, as our handlers write it."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Collector(logging.DEBUG)
    handler.addFilter(RedactingFilter(station.redactor))
    root, names = logging.getLogger(), ("httpx", "httpcore", "websockets", "asyncio", "console")
    former = {name: logging.getLogger(name).level for name in names}
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name, old in former.items():
            logging.getLogger(name).setLevel(old)


@lapsed
async def test_se_03_a_whole_adapter_at_debug_logs_no_secret() -> None:
    target = floor(socket="ok")
    clock = LapseClock()
    target.clock = clock
    async with target.server:
        station = Station(target.url, clock, fields={"transport": "automatic"})
        asyncio.get_running_loop().set_debug(True)
        with logged(station) as lines:
            async with watch(station):
                await until(lambda: bool(target.sockets))
                await target.push("101", "Sales(70)", {"type": "COUNT", "count": 9})
                target.server.then(reply(f"no {KEY}", 500))
                target.cut()
                await until(lambda: station.state is UNREACHABLE)
        asyncio.get_running_loop().set_debug(False)
        assert len(lines) > 20
        assert any("auth_token" in line for line in lines), "the libraries were loud"
        assert leaks("\n".join(lines), [KEY]) == []


@pytest.mark.parametrize("where", ["body", "header", "html", "reason"])
@lapsed
async def test_se_04_a_secret_that_the_server_echoes_is_masked_wherever_it_is_shown(where: str) -> None:
    target = floor()
    async with running(target) as station:
        with logged(station) as lines:

            async def echo(call: Call) -> None:
                whole = [base64.b64encode(f"{user}{KEY}".encode()).decode() for user in ("", "u:", "us:", "user:")]
                texts = [KEY, quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY), *whole]
                body = {"body": " ".join(texts), "html": f"<html>{' '.join(texts)}</html>"}.get(where, "")
                headers = {"Location": f"http://other.example/x?k={KEY}&next={KEY}"} if where == "header" else {}
                if where == "reason":
                    await call.send(f"HTTP/1.1 500 {KEY}\r\nContent-Length: 0\r\n\r\n".encode())
                    return
                await reply(body, 302 if where == "header" else 500, headers)(call)

            target.server.then(echo)
            await until(lambda: station.state is not LIVE)
            assert target.server.calls[-1].headers["authorization"] == f"Bearer {KEY}"
            said = [station.sentence, repr(station.source), *lines]
            for exchange in station.exchanges.recent("p1"):
                said.append(repr(exchange))
            assert leaks("\n".join(said), [KEY]) == []


@pytest.mark.parametrize("key", ["1234", "waiting", ".*.*.*", "%s%d{0}"])
@lapsed
async def test_se_05_a_poor_secret_blanks_no_log_and_is_still_not_shown(key: str) -> None:
    target = floor(keys=(key,))
    async with target.server, watch(Station(target.url, LapseClock(), secrets={"key": key})) as station:
        with logged(station) as lines:
            await until(lambda: station.state is LIVE)
            target.server.then(reply(f"wrong key: {key} .", 500))
            await until(lambda: station.state is UNREACHABLE)
        assert f": {key} ." not in station.sentence
        assert f"Bearer {key}" not in "\n".join(lines)
        assert any("console.engine.session" in line or "profile p1" in line for line in lines)
        assert station.shown() == "3 (stale)"


@lapsed
async def test_se_07_a_servers_line_ends_and_escapes_make_one_line_of_log(tmp_path: Path) -> None:
    from console.app.logs import FORMAT

    evil = "first\r\n2026-01-01 00:00:00 INFO fake: all is well\u2028third\x1b[31mred\x08\x08"
    target = floor()
    async with running(target) as station:
        target.server.then(reply(evil.encode(), 500))
        await until(lambda: station.state is UNREACHABLE)
        handler = logging.FileHandler(tmp_path / "x.log", encoding="utf-8")
        handler.setFormatter(logging.Formatter(FORMAT))
        handler.addFilter(RedactingFilter(station.redactor))
        record = logging.LogRecord("console", logging.WARNING, "x", 1, "said: %s / %s", (evil, station.sentence), None)
        handler.handle(record)
        handler.close()
        text = (tmp_path / "x.log").read_text(encoding="utf-8")
        assert len(text.splitlines()) == 1
        assert "\x1b" not in text
        assert "\x08" not in text
        assert "\x1b" not in station.sentence
        assert "\n" not in station.source.health.detail


SECRETS = {
    "Chron": ("chronicall", {"key": KEY}),
    "Hosted": ("xima", {"key": XIMA_KEY}),
    "Pbx": ("yeastar", {"client_id": yeastar.CLIENT_ID, "client_secret": yeastar.CLIENT_SECRET}),
    "Stats": ("asternic", {"username": asternic.USER, "password": asternic.PASSWORD}),
}
CANARIES = [
    KEY,
    XIMA_KEY,
    yeastar.CLIENT_ID,
    yeastar.CLIENT_SECRET,
    asternic.PASSWORD,
    f"{asternic.USER}:{asternic.PASSWORD}",
    "canary-access-0000",  # tokens the servers give out
    "canary-refresh-",
]


def everything_in(folder: Path) -> dict[str, str]:
    """Every file below a folder as text."""
    return {str(path): path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()}


async def program(home: Path, *arguments: str, stdin: str = "") -> tuple[int | None, str]:
    """Run the program at DEBUG; returns its code and all it wrote."""
    environment = {
        **os.environ,
        "SUPERVISOR_CONSOLE_HOME": str(home / "config"),
        "TMPDIR": str(home / "tmp"),
        "TITLES": str(home / "titles.txt"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONASYNCIODEBUG": "1",
    }
    for name, (_, secrets) in SECRETS.items():
        for field, text in secrets.items():
            environment[f"SUPERVISOR_CONSOLE_SECRET_{name.upper()}_{field.upper()}"] = text
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.catalogue.debug_run", *arguments,
        cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 90)
    return process.returncode, (out + err).decode("utf-8", "replace")


async def test_se_01_the_whole_program_at_debug_leaves_no_canary_anywhere(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    chronicall, hosted = floor(socket="ok"), floor(keys=(XIMA_KEY,), agents=["A(1)"], skills=["S(1)"])
    pbx, stats = yeastar.small_pbx(socket="ok"), asternic.ScriptedAsternic()
    servers = {"Chron": chronicall.server, "Hosted": hosted.server, "Pbx": pbx.server, "Stats": stats.server}
    said: list[str] = []
    async with chronicall.server, hosted.server, pbx.server, stats.server:
        for name, (backend, secrets) in SECRETS.items():
            lines = list(secrets.values()) if len(secrets) == 1 else [f"{k}={v}" for k, v in secrets.items()]
            arguments = ("profile", "add", name, "--backend", backend, "--url", servers[name].url)
            code, text = await program(tmp_path, *arguments, stdin="".join(f"{line}\n" for line in lines))
            assert code == 0, text
            said.append(text)
        code, text = await program(tmp_path, "profile", "export", str(tmp_path / "export.json"))
        said.append(text)
        once = [program(tmp_path, "live", name, "--once", "--json", "--wait", "3") for name in ("Stats", "Pbx")]
        for code, text in await asyncio.gather(*once):
            assert code == 0, text
            said.append(text)
        code, text = await program(tmp_path, "--screenshot", str(tmp_path / "a.png"), "--after", "2")
        assert code == 0, text
        said.append(text)
        for number, server in enumerate(servers.values()):
            server.then(reply("\n".join(CANARIES), (500, 401, 403, 404)[number]))
        code, text = await program(tmp_path, "--screenshot", str(tmp_path / "b.png"), "--after", "2")
        said.append(text)
        code, text = await program(tmp_path, "live", "Chron", "--once")
        assert code == 4
        said.append(text)
    seen = b"".join(bytes(server.received) for server in servers.values())
    assert KEY.encode() in seen, "the canaries were used"
    places = everything_in(tmp_path)
    assert "Supervisor Console" in places[str(tmp_path / "titles.txt")]
    assert any(path.endswith("console.log") for path in places)
    assert sum(len(text) for path, text in places.items() if path.endswith("console.log")) > 10_000, "it was loud"
    places |= {f"output {number}": text for number, text in enumerate(said)}
    assert {path: leaks(text, CANARIES) for path, text in places.items() if leaks(text, CANARIES)} == {}
