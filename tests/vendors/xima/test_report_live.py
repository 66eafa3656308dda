"""Request details of live metrics: what the vendor shows under Metric Polling and Metric Subscription."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import replace

import pytest

from console.domain.profile import Profile
from console.reports.snippets import snippet
from console.vendors.xima.flavour import CHRONICALL, XIMA
from console.vendors.xima.reports.live_details import live_details, subscription_snippet
from tests.faultserver.server import Call, FaultServer
from tests.vendors.xima.support import KEY

PROFILE = Profile("p", "Floor", "chronicall", "https://x.example.com:9443/base", ca_file="/ca.pem")  # type: ignore[arg-type]


def test_polling_takes_commas_and_the_socket_repeats_ids() -> None:
    (first, polling), (second, socket) = live_details(PROFILE, "/rest/api/v1", CHRONICALL, ("101", "K0"))
    assert (first, second) == ("Metric Polling", "Metric Subscription")
    assert polling.base_url == "https://x.example.com:9443/base"
    assert polling.requests[0].path == "/rest/api/v1/realtime/metrics/values"
    assert polling.requests[0].query == (("id", "101,K0"),)
    assert polling.auth.bearer == "key"
    assert socket.base_url == "wss://x.example.com:9443/base"
    assert socket.requests[0].query == (("id", "101"), ("id", "K0"))
    assert socket.auth.query == (("auth_token", "key"),)
    assert socket.ca_file == "/ca.pem"


def test_what_is_inferred_is_said() -> None:
    _, (_, hosted) = live_details(PROFILE, "", XIMA, ("1",))
    assert "live.subscription_inferred" in {note.code for note in hosted.notes}
    _, (_, own) = live_details(PROFILE, "", CHRONICALL, ())
    assert {note.code for note in own.notes} == {"live.subscription", "live.no_metrics"}


@pytest.mark.parametrize("language", ["http", "curl", "python", "json"])
def test_snippets_name_the_variable_and_never_the_key(language: str) -> None:
    _, (_, socket) = live_details(PROFILE, "/rest/api/v1", CHRONICALL, ("1",))
    text = subscription_snippet(replace(socket, environment={"key": "FLOOR_KEY"}), language)
    assert "wss://x.example.com:9443" in text
    assert ("FLOOR_KEY" in text) or language in ("http", "json")


@pytest.mark.parametrize("language", ["http", "curl", "python", "powershell", "json"])
def test_polling_goes_through_the_general_snippets(language: str) -> None:
    (_, polling), _ = live_details(PROFILE, "/rest/api/v1", CHRONICALL, ("1", "2"))
    assert "realtime/metrics/values" in snippet(replace(polling, environment={"key": "FLOOR_KEY"}), language)


async def test_the_python_snippet_runs() -> None:
    asked: list[str] = []

    async def route(call: Call) -> None:
        asked.append(call.target)
        await call.upgrade()
        await call.frame(json.dumps({"key": {"metricId": "7"}, "value": {"type": "COUNT", "count": 3}}))
        await call.close_frame(1000)
        with contextlib.suppress(Exception):
            await call.reader.read(100)
        call.writer.close()

    async with FaultServer([route]) as server:
        profile = replace(PROFILE, url=server.url, ca_file="")
        _, (_, socket) = live_details(profile, "/rest/api/v1", CHRONICALL, ("7",))
        text = subscription_snippet(replace(socket, environment={"key": "FLOOR_KEY"}), "python")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            text,
            env=os.environ | {"FLOOR_KEY": KEY, "NO_PROXY": "127.0.0.1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(30):
            out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert json.loads(out)["value"]["count"] == 3
    assert asked[0].startswith("/rest/api/v1/realtime-metric-subscription?id=7&auth_token=a%2Bb%2Fc4nary%26key%3D%3D")
