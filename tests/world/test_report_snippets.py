"""The curl and Python snippets of every system, run as they are against the demo: what they bring is what we got.

The demo speaks TLS with a throwaway certificate, trusted by its pin or by the file of its authority; the world stands
still, so that two answers to one request are the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from console.demo.options import Options
from console.domain.profile import Profile
from console.reports.request import RequestAuth, RequestDetails, RequestPlan, SignIn
from console.reports.snippets import snippet
from console.settings.secrets import variable_name
from console.vendors.xima.flavour import CHRONICALL, XIMA, Flavour
from console.vendors.xima.reports.live_details import live_details, subscription_snippet
from tests.canaries import leaks
from tests.report_floor import Desk, Floor, floor

DAY = ("--timeframe", "2026-09-23")
DAYS = ("--timeframe", "2026-09-22..2026-09-23")
LANGUAGES = ["python"] + (["curl"] if shutil.which("curl") and shutil.which("sh") else [])
TRUSTS = ["pin", "ca_file"]


@dataclass(frozen=True)
class Case:
    """A report as it is asked for."""

    backend: str
    report: str
    said: tuple[str, ...]


CASES = {
    "chronicall_ready_made": Case("chronicall", "agent-talking-summary", ("--set", "rows_agents=*", *DAYS)),
    "chronicall_pasted": Case("chronicall", "Agent Call Volume", DAYS),
    "chronicall_csv": Case("chronicall", "Agent Call Summary by Group", (*DAYS, "--as-format", "csv")),
    "xima_pasted": Case("xima", "Agent Call Summary", DAYS),
    "yeastar_list": Case("yeastar", "queueperformance", ("--set", "queue_id_list=*", *DAYS)),
    "yeastar_csv": Case("yeastar", "queueperformance", ("--set", "queue_id_list=*", *DAYS, "--as-format", "csv")),
    "asternic_day": Case("asternic", "distribution_by_queue", DAYS),
    "asternic_days": Case("asternic", "answered_calls_detail", DAYS),
    "asternic_search": Case("asternic", "search", DAY),
}


@pytest.fixture(scope="module")
def small() -> Iterator[Floor]:
    """A small floor at a standstill, behind TLS."""
    options = Options(
        seed=7, queues=3, agents=8, tls=True, manual=True, start="2026-09-24T11:00", site_zone="Europe/Madrid",
        warm_polls=0,
    )  # fmt: skip
    with floor(options) as running:
        yield running


@pytest.fixture(scope="module")
def desk(small: Floor, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A settings folder that knows every system twice: once by its pin, once by the authority's file."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "home", small)
    for backend in small.profiles:
        for trust in TRUSTS:
            desk.add(backend, trust=trust, name=f"{backend} {trust}")
    for backend in ("chronicall", "xima"):
        for offer in small.pasted(backend):
            pasted = offer["request_details"].encode()
            said = desk("report", "import", f"{backend} pin", "--from", "-", "--title", offer["title"], stdin=pasted)
            assert said.code == 0, said.err
    return desk


@dataclass(frozen=True)
class Ran:
    """What a snippet did, and the files it left in an empty folder."""

    code: int
    out: str
    err: str
    files: dict[str, bytes]


def execute(text: str, language: str, folder: Path, variables: dict[str, str]) -> Ran:
    """Run a snippet as a process in an empty working folder, the secrets in its environment."""
    work, place = folder / "work", folder / "snippet"
    work.mkdir()
    place.write_text(text, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT")}
    environ = {**kept, "HOME": str(work), "NO_PROXY": "*", "PYTHONUTF8": "1", **variables}
    command = [sys.executable if language == "python" else "sh", str(place)]
    done = subprocess.run(command, cwd=work, env=environ, capture_output=True, timeout=60, check=False)
    files = {path.name: path.read_bytes() for path in sorted(work.iterdir())}
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), files)


def request(desk: Desk, name: str, case: Case, language: str) -> str:
    if case.backend == "yeastar":  # it gives out eight sessions for half an hour each, and time stands still
        desk.floor.fault("expire_tokens", "yeastar")
        desk.floor.fault("clear", "yeastar")
    said = desk("report", "request", name, report_of(desk, name, case), *values_of(desk, case), "--as", language)
    assert said.code == 0, said.err
    assert leaks(said.out + said.err, desk.floor.secrets) == []
    return said.out.replace("sleep 5", "sleep 0.2").replace("sleep(5)", "sleep(0.2)")


def report_of(desk: Desk, name: str, case: Case) -> str:
    """The id: an imported report is meant where a title is given."""
    if case.report.islower():
        return case.report
    listed = json.loads(desk("report", "list", name, "--offline", "--json").out)
    return str(next(each["id"] for each in listed if each["title"] == case.report and each["imported"]))


def values_of(desk: Desk, case: Case) -> tuple[str, ...]:
    if case.report != "agent-talking-summary":
        return case.said
    key = next(o["key"] for o in desk.floor.pasted(case.backend) if o["title"] == "Agent Talking Summary")
    return (*case.said, "--set", f"report_key={key}")


def own_answers(desk: Desk, name: str, case: Case, folder: Path) -> list[bytes]:
    """What the system sent to the console itself, in order."""
    folder.mkdir()
    run = ("report", "run", name, report_of(desk, name, case), *values_of(desk, case), "--format", "original")
    said = desk(*run, "--output", str(folder / "{report}"))
    assert said.code == 0, said.err
    names = [line.rsplit(": ", 1)[0] for line in said.out.splitlines()]
    return [Path(name).read_bytes() for name in names]


def same(answer: bytes | str) -> Any:
    """An answer without what every run makes anew."""
    try:
        found = json.loads(answer)
    except ValueError:
        return answer.decode().strip() if isinstance(answer, bytes) else answer.strip()
    if isinstance(found, dict):
        found.pop("executionId", None)
    return found


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", CASES)
def test_a_snippet_brings_what_the_console_got(
    desk: Desk, tmp_path: Path, which: str, language: str, trust: str
) -> None:
    case = CASES[which]
    name = f"{case.backend} {trust}"
    own = own_answers(desk, name, case, tmp_path / "own")
    text = request(desk, name, case, language)
    ran = execute(text, language, tmp_path, desk.environ)
    assert (ran.code, ran.err) == (0, "")
    saved = [content for file, content in ran.files.items() if file.startswith("report")]
    brought = saved if saved and not ran.out else [ran.out]
    assert [same(answer) for answer in brought] == [same(answer) for answer in own]
    assert all(own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_saved_one_by_one(desk: Desk, tmp_path: Path, language: str) -> None:
    """Several requests would run into one another on a screen."""
    ran = execute(request(desk, "asternic pin", CASES["asternic_days"], language), language, tmp_path, desk.environ)
    assert sorted(ran.files) == ["report-001.json", "report-002.json"]
    assert ran.out == ""
    days = [{row["datetime"][:10] for row in json.loads(saved)["rows"]} for saved in ran.files.values()]
    assert days == [{"22-09-2026"}, {"23-09-2026"}]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["chronicall_pasted", "yeastar_list", "asternic_day"])
def test_a_variable_that_is_missing_is_named(desk: Desk, tmp_path: Path, which: str, language: str) -> None:
    case = CASES[which]
    ran = execute(request(desk, f"{case.backend} pin", case, language), language, tmp_path, {})
    assert ran.code != 0
    assert f"SUPERVISOR_CONSOLE_SECRET_{case.backend.upper()}_PIN_" in ran.err
    assert (ran.out, ran.files) == ("", {})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["chronicall_pasted", "asternic_day", "asternic_days"])
def test_a_secret_that_is_wrong_is_told(desk: Desk, tmp_path: Path, which: str, language: str) -> None:
    case = CASES[which]
    wrong = dict.fromkeys(desk.environ, "canary-key-0001")
    ran = execute(request(desk, f"{case.backend} pin", case, language), language, tmp_path, wrong)
    assert ran.code != 0
    assert "401" in ran.err
    assert not any(ran.files.values())
    assert leaks(ran.out + ran.err) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_in_that_is_refused_ends_the_snippet(desk: Desk, tmp_path: Path, language: str) -> None:
    wrong = dict.fromkeys(desk.environ, "canary-key-0001")
    ran = execute(request(desk, "yeastar pin", CASES["yeastar_list"], language), language, tmp_path, wrong)
    assert ran.code != 0
    assert ("access_token" if language == "python" else "no token") in ran.err
    assert leaks(ran.out + ran.err) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_certificate_gets_no_secret(desk: Desk, tmp_path: Path, language: str) -> None:
    text = request(desk, "chronicall pin", CASES["chronicall_pasted"], language)
    pin = desk.floor.profiles["chronicall"]["pin"]
    assert pin in text
    ran = execute(text.replace(pin, "0" * 64), language, tmp_path, desk.environ)
    assert ran.code != 0
    assert "nothing was sent" in ran.err


def live(desk: Desk, backend: str, trust: str) -> tuple[Any, Any]:
    """Request details of two live metrics: polling and subscription."""
    offer = desk.floor.profiles[backend]
    name = f"{backend} {trust}"
    profile = Profile("p", name, backend, offer["url"], **{trust: offer[trust]})  # type: ignore[arg-type]
    flavour: Flavour = {"chronicall": CHRONICALL, "xima": XIMA}[backend]
    (_, polling), (_, socket) = live_details(profile, "/rest/api/v1", flavour, desk.floor.metrics(backend)[:2])
    environment = {"key": variable_name(name, "key")}
    return replace(polling, environment=environment), replace(socket, environment=environment)


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("backend", ["chronicall", "xima"])
def test_live_metrics_are_polled(desk: Desk, tmp_path: Path, backend: str, language: str, trust: str) -> None:
    polling, _ = live(desk, backend, trust)
    ran = execute(snippet(polling, language), language, tmp_path, desk.environ)
    assert (ran.code, ran.err) == (0, "")
    results = json.loads(ran.out)["results"]
    assert {result["key"]["metricId"] for result in results} == set(desk.floor.metrics(backend)[:2])
    assert all("value" in result for result in results)


@pytest.mark.parametrize("backend", ["chronicall", "xima"])
def test_live_metrics_are_subscribed_to(desk: Desk, tmp_path: Path, backend: str) -> None:
    """The snippet goes on for ever; what it prints first is the state of things."""
    _, socket = live(desk, backend, "ca_file")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUTF8": "1", "NO_PROXY": "*", **desk.environ}
    command = [sys.executable, "-c", subscription_snippet(socket, "python")]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
        finally:
            process.kill()
    assert set(desk.floor.metrics(backend)[:2]) >= {change["key"]["metricId"] for change in _list(first)}


def _list(found: Any) -> list[Any]:
    changes = found.get("results", [found]) if isinstance(found, dict) else found
    assert changes
    return list(changes)


def files_of_an_exchange(desk: Desk, pointer: str) -> RequestDetails:
    """A request whose answer should name a file at `pointer`."""
    desk.floor.fault("expire_tokens", "yeastar")
    offer = desk.floor.profiles["yeastar"]
    names = {key: variable_name("yeastar pin", key) for key in ("client_id", "client_secret")}
    body = '{"username": "${client_id}", "password": "${client_secret}"}'
    ask = RequestPlan("POST", "openapi/v1.0/get_token", headers=(("Content-Type", "application/json"),), body=body)
    auth = RequestAuth(sign_in=SignIn(ask, "/access_token", "access_token"), user_agent="OpenAPI")
    plan = RequestPlan("GET", "openapi/v1.0/queue/list", link_pointer=pointer)
    return RequestDetails(offer["url"], auth, (plan,), names, pin=offer["pin"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_path_of_the_server_is_followed(desk: Desk, tmp_path: Path, language: str) -> None:
    ran = execute(snippet(files_of_an_exchange(desk, "/errmsg"), language), language, tmp_path, desk.environ)
    assert ran.code != 0
    assert "no file: {" in ran.err
    assert ran.files == {}


def test_the_other_languages_fetch_the_file_as_well(desk: Desk) -> None:
    details = files_of_an_exchange(desk, "/download_resource_url")
    shell, url = snippet(details, "powershell"), desk.floor.profiles["yeastar"]["url"]
    assert "-UserAgent 'OpenAPI').'download_resource_url').Replace(' ', '%20')" in shell
    assert "if ($link -notmatch '^/[^/?][^?]*$') { throw 'The answer names no file of this server.' }" in shell
    assert f"-Uri ('{url}' + $link + '?access_token=' + [Uri]::EscapeDataString($token))" in shell
    assert "-OutFile 'report.csv'" in shell
    named = "{{names_file.response.body.$.download_resource_url}}"
    assert f"GET {url}{named}?access_token={{{{signin.response.body.$.access_token}}}}" in snippet(details, "http")
    _, first, second = json.loads(snippet(details, "json"))["requests"]
    assert first["link_at"] == "/download_resource_url"
    assert second["url"] == f"{url}${{link}}?access_token=${{token}}"
