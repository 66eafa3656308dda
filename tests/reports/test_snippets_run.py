"""The snippets for curl and Python, run against a server of this computer: what arrives is what the plan says."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest
import trustme

from console.reports.request import RequestAuth, RequestDetails, RequestPlan, SignIn
from console.reports.snippets import snippet

SECRET = "s3cr\"et'\\$HOME`id`%!&ü"
TOKEN = "tok+en/=4711"
BODY = '{"name": "O\'Brien \\"x\\" $HOME `id` %PATH% !! \\\\n",\n  "more": "Grüße 中 \\t @file"}\n'

_JSON = (("Content-Type", "application/json"),)


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A TLS server that notes what it gets."""

    url: str
    ca_file: Path
    leaf_sha256: str
    seen: list[Seen] = field(default_factory=list)


class _Handler(http.server.BaseHTTPRequestHandler):
    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, self.path, headers, body))  # type: ignore[attr-defined]
        reply = json.dumps({"errcode": 0, "refresh_token": "no", "access_token": TOKEN}).encode()
        times = [seen.target for seen in self.server.seen].count(self.path)  # type: ignore[attr-defined]
        self.send_response(202 if "slow" in self.path and times < 3 else 404 if "gone" in self.path else 200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = _answer  # noqa: N815 - the name the library asks for
    do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("it's a CA")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    server = Server(f"https://127.0.0.1:{httpd.server_port}/base", folder / "ca.pem", hashlib.sha256(der).hexdigest())
    httpd.seen = server.seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def server(_server: Server) -> Server:
    """The server, with nothing seen yet."""
    _server.seen.clear()
    return _server


def _details(server: Server, auth: RequestAuth, *plans: RequestPlan, pin: str = "") -> RequestDetails:
    environment = {
        "key": "SITE_KEY",
        "password": "SITE_PASSWORD",
        "client_id": "SITE_ID",
        "client_secret": "SITE_SECRET",
    }
    return RequestDetails(server.url, auth, plans, environment, ca_file="" if pin else str(server.ca_file), pin=pin)


def _run(details: RequestDetails, language: str, folder: Path, secret: str) -> subprocess.CompletedProcess[str]:
    text = snippet(details, language).replace("sleep(5)", "sleep(0)").replace("sleep 5", "sleep 0")
    assert secret not in text
    environment = {**os.environ, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "NO_PROXY": "*", "HOME": str(folder)}
    for name in ("SITE_KEY", "SITE_PASSWORD", "SITE_ID", "SITE_SECRET"):
        environment[name] = secret
    path = folder / ("snippet.py" if language == "python" else "snippet.sh")
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, str(path)] if language == "python" else ["sh", str(path)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


LANGUAGES = ["python"] + (["curl"] if shutil.which("curl") and shutil.which("sh") else [])
languages = pytest.mark.parametrize("language", LANGUAGES)
TARGET = (
    "/base/reports/a%20%26%20b/%5Bx%5D%7By%7D/%25"
    "?name=O%27Brien%20%24HOME%20%60id%60%20%22q%22&ids=1,2&%C3%BC=%23%2B%26%3D"
)
PLAN = RequestPlan(
    "POST",
    "reports/a & b/[x]{y}/%",
    (("name", 'O\'Brien $HOME `id` "q"'), ("ids", "1,2"), ("ü", "#+&=")),
    (*_JSON, ("X-Note", 'it\'s "$HOME" `id` Grüße')),
    BODY,
)


@languages
def test_bearer_with_a_hostile_body(server: Server, tmp_path: Path, language: str):
    secret = SECRET.replace("ü", "u")
    done = _run(_details(server, RequestAuth(bearer="key"), PLAN), language, tmp_path, secret)
    assert done.returncode == 0, done.stderr
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", TARGET)
    assert seen.body == BODY.encode()
    assert seen.headers["authorization"] == f"Bearer {secret}"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["x-note"].encode("latin-1").decode() == 'it\'s "$HOME" `id` Grüße'
    assert "access_token" in done.stdout


@languages
def test_basic(server: Server, tmp_path: Path, language: str):
    auth = RequestAuth(basic_user="jo'e $x", basic_password="password")
    done = _run(_details(server, auth, RequestPlan("GET", "index.php", (("a", "b c"),))), language, tmp_path, SECRET)
    assert done.returncode == 0, done.stderr
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.body) == ("GET", "/base/index.php?a=b%20c", b"")
    coded = seen.headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(coded).decode() == f"jo'e $x:{SECRET}"
    assert "content-type" not in seen.headers


@languages
def test_sign_in_token_and_many_files(server: Server, tmp_path: Path, language: str):
    first = RequestPlan("POST", "get_token", (), _JSON, '{"username": "${client_id}", "password": "${client_secret}"}')
    auth = RequestAuth(sign_in=SignIn(first, "/access_token", "access_token"), user_agent="OpenAPI")
    days = [RequestPlan("GET", "report", (("day", str(day)),), (("Accept", "text/csv"),)) for day in (1, 2)]
    done = _run(_details(server, auth, *days), language, tmp_path, SECRET)
    assert done.returncode == 0, done.stderr
    signed, one, two = server.seen
    assert json.loads(signed.body) == {"username": SECRET, "password": SECRET}
    assert all(seen.headers["user-agent"] == "OpenAPI" for seen in server.seen)
    assert one.target.startswith("/base/report?day=1&access_token=")
    assert unquote(one.target.rpartition("=")[2]) == TOKEN
    assert two.target == one.target.replace("day=1", "day=2")
    assert two.headers["accept"] == "text/csv"
    assert sorted(path.name for path in tmp_path.glob("report*")) == ["report-001.csv", "report-002.csv"]
    assert TOKEN in (tmp_path / "report-002.csv").read_text()


@languages
def test_secret_in_the_query(server: Server, tmp_path: Path, language: str):
    auth = RequestAuth(query=(("auth_token", "key"),))
    done = _run(_details(server, auth, RequestPlan("POST", "x")), language, tmp_path, "a b&ü")
    assert done.returncode == 0, done.stderr
    (seen,) = server.seen
    assert (seen.method, unquote(seen.target), seen.body) == ("POST", "/base/x?auth_token=a b&ü", b"")
    assert seen.target.count("&") == 0
    assert seen.headers["content-length"] == "0"


@languages
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_an_answer_in_preparation_is_asked_for_with_the_same_bytes(
    server: Server, tmp_path: Path, language: str, accept: str
):
    auth = RequestAuth(bearer="key", resend_status=202)
    plan = RequestPlan("POST", "slow", (), (*_JSON, ("Accept", accept)), BODY)
    done = _run(_details(server, auth, plan), language, tmp_path, "abcdefgh-1")
    assert done.returncode == 0, done.stderr
    assert [seen.body for seen in server.seen] == [BODY.encode()] * 3
    text = (tmp_path / "report.csv").read_text() if accept == "text/csv" else done.stdout
    assert json.loads(text)["access_token"] == TOKEN


@languages
def test_a_refusal_is_no_report(server: Server, tmp_path: Path, language: str):
    auth = RequestAuth(bearer="key", resend_status=202)
    plan = RequestPlan("GET", "gone", (), (("Accept", "application/pdf"),))
    done = _run(_details(server, auth, plan), language, tmp_path, "abcdefgh-1")
    assert done.returncode != 0
    assert "404" in done.stderr
    assert len(server.seen) == 1
    assert not list(tmp_path.glob("report*"))


PINNED = [name for name in LANGUAGES if name == "python" or shutil.which("openssl")]


@pytest.mark.parametrize("language", PINNED)
def test_pinned_certificate(server: Server, tmp_path: Path, language: str):
    details = _details(server, RequestAuth(bearer="key"), RequestPlan("GET", "x"), pin=server.leaf_sha256)
    done = _run(details, language, tmp_path, "abcdefgh-1")
    assert done.returncode == 0, done.stderr
    assert [seen.target for seen in server.seen] == ["/base/x"]


@pytest.mark.parametrize("language", PINNED)
def test_another_certificate_than_the_pinned_gets_nothing(server: Server, tmp_path: Path, language: str):
    details = _details(server, RequestAuth(bearer="key"), RequestPlan("GET", "x"), pin="ab" * 32)
    done = _run(details, language, tmp_path, "abcdefgh-1")
    assert done.returncode != 0
    assert "certificate has changed" in done.stderr
    assert server.seen == []


@languages
def test_untrusted_certificate_gets_nothing(server: Server, tmp_path: Path, language: str):
    details = RequestDetails(server.url, RequestAuth(bearer="key"), (RequestPlan("GET", "x"),), {"key": "SITE_KEY"})
    assert _run(details, language, tmp_path, "abcdefgh-1").returncode != 0
    assert server.seen == []


@languages
def test_missing_variable_is_said(server: Server, tmp_path: Path, language: str):
    done = _run(
        _details(server, RequestAuth(bearer="other"), RequestPlan("GET", "x")), language, tmp_path, "abcdefgh-1"
    )
    assert done.returncode != 0
    assert "OTHER" in done.stderr
    assert server.seen == []
