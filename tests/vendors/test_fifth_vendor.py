"""A fifth vendor needs one folder: found by its entry point, shown by everything above without a change there."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from console.cli.main import run
from console.cli.parser import build_parser
from console.net.redact import Redactor
from console.settings.paths import resolve_paths
from console.vendors import registry

TOKEN = "canary-example-token"


class Floor(BaseHTTPRequestHandler):
    """The example system: two lines, one caller."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.send_error(401)
            return
        now_ms = time.time() * 1000
        lines = [
            {"id": "1", "label": "Sales & <Support>", "waiting": 1, "oldest": now_ms - 61_000},
            {"id": "2", "label": "Night", "waiting": 0, "oldest": None},
        ]
        body = json.dumps({"time": now_ms, "lines": lines}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def floor() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Floor)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example as an installed distribution with an entry point."""
    info = tmp_path / "site" / "example_pbx-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: example-pbx\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.ENTRY_POINTS}]\nexample = tests.vendors.example:BACKENDS\nbroken = tests.no_such_module:BACKENDS\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(info.parent)])
    registry.backends.cache_clear()
    yield
    registry.backends.cache_clear()


@pytest.mark.allow_warnings  # the broken add-on beside it is logged
def test_it_is_found_added_and_shown(
    installed: None, floor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "example" in registry.backends()
    assert "broken" not in registry.backends()
    monkeypatch.setenv("SUPERVISOR_CONSOLE_SECRET_FIFTH_TOKEN", TOKEN)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    paths = resolve_paths(tmp_path / "home")

    def call(*arguments: str) -> int:
        args = build_parser().parse_args(arguments)
        return run(args, paths, Redactor(), lambda where, error: pytest.fail(f"{where}: {error!r}"))

    assert call("profile", "add", "Fifth", "--backend", "example", "--url", floor) == 0
    assert call("profile", "test", "Fifth") == 0
    capsys.readouterr()
    assert call("live", "Fifth", "--once", "--json") == 0
    body = json.loads(capsys.readouterr().out)
    first, second = body["queues"]
    assert first["name"] == "Sales & <Support>"
    assert first["readings"]["waiting"]["value"] == 1
    assert 60_000 <= first["readings"]["longest_wait"]["value"] <= 70_000
    assert second["readings"]["longest_wait"]["status"] == "not_applicable"
    assert second["readings"]["service_level"]["status"] == "unsupported"
    assert body["unavailable"].keys() == {"agents", "waiting"}
    monkeypatch.setenv("SUPERVISOR_CONSOLE_SECRET_FIFTH_TOKEN", "wrong-canary")
    assert call("live", "Fifth", "--once") == 3
    assert "wrong-canary" not in capsys.readouterr().err
