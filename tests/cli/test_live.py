"""`supervisor-console live NAME`: the numbers are the world's numbers."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Demo, Done, Follower, Run
from tests.cli.test_profile import KEY_VARIABLE, added

__all__ = ["added"]

NAME = "Head office"


def _value(row: dict[str, Any], column: str) -> Any:
    reading = row["readings"][column]
    assert reading["status"] == "ok", (row["name"], column, reading)
    return reading["value"]


def test_live_once_agrees_with_the_demo_world(run: Run, demo: Demo, added: dict[str, str]) -> None:
    done = run("live", NAME, "--once", "--json", env=added)
    assert (done.code, done.err) == (0, "")
    body = done.json
    assert set(body) >= {
        "profile",
        "backend",
        "taken_at",
        "health",
        "columns",
        "queues",
        "agents",
        "waiting",
        "metrics",
    }
    assert body["health"]["state"] == "live"
    truth = demo.state(body["taken_at"])
    queues = {queue["name"]: queue for queue in truth["queues"]}
    assert {row["name"] for row in body["queues"]} == set(queues)
    same = 0
    for row in body["queues"]:
        queue = queues[row["name"]]
        same += _value(row, "waiting") == queue["waiting"]
        assert abs(_value(row, "answered") - queue["answered"]) <= 2  # the figure may be a second older
        assert abs(_value(row, "agents_logged_in") - queue["agents_logged_in"]) <= 1
    assert same >= len(queues) - 2
    assert len(body["agents"]) == len(truth["agents"])
    states = {row["readings"]["state"]["value"] for row in body["agents"]}
    assert states <= {"available", "ringing", "on_call", "other_call", "after_call", "paused", "logged_off", "unknown"}
    assert body["waiting"] == []
    assert {m["category"] for m in body["metrics"]} >= {"NONE"}


def test_what_a_system_never_says_is_unsupported(run: Run, demo: Demo, added: dict[str, str]) -> None:
    body = run("live", NAME, "--json", env=added).json
    assert [column["id"] for column in body["columns"]["waiting"]] == [
        "queue",
        "caller_number",
        "caller_name",
        "wait",
        "position",
    ]
    assert all(set(row["readings"]["waiting"]) == {"status", "value", "unit", "rate", "text", "origin"}
               for row in body["queues"])  # fmt: skip


def test_the_table_for_people_says_the_same(run: Run, demo: Demo, added: dict[str, str]) -> None:
    done = run("live", NAME, env=added)
    assert done.code == 0
    for queue in demo.state()["queues"]:
        assert queue["name"][:20] in done.out.replace("\u2068", "").replace("\u2069", "")
    assert "Waiting callers are not available" in done.out


def test_a_mapping_by_hand_overrides_the_proposal(run: Run, demo: Demo, added: dict[str, str]) -> None:
    body = run("live", NAME, "--json", env=added).json
    assert body["queues"][0]["readings"]["waiting"]["origin"] == "inferred"
    answered = next(m for m in _metrics(run, added) if m[1] == "Answered Calls Today")
    assert run("profile", "map", NAME, f"waiting={answered[0]}", env=added).code == 0
    mapped = run("live", NAME, "--json", env=added).json
    truth = {q["name"]: q for q in demo.state(mapped["taken_at"])["queues"]}
    for row in mapped["queues"]:
        reading = row["readings"]["waiting"]
        assert reading["origin"] == "vendor"
        assert abs(reading["value"] - truth[row["name"]]["answered"]) <= 2


def _metrics(run: Run, env: dict[str, str]) -> list[tuple[str, str]]:
    """Ids and titles of the metrics the account sees, from the wire itself."""
    import json
    import urllib.request

    url = json.loads(run("profile", "list", "--json").out)[0]["url"]
    request = urllib.request.Request(
        f"{url}/rest/api/v1/realtime/metrics", headers={"Authorization": f"Bearer {env[KEY_VARIABLE]}"}
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return [(m["metricId"], m["metricName"]) for m in json.load(reply)]


FAULTS = [
    ({"kind": "html"}, 4, "web page"),
    ({"kind": "invalid_json"}, 4, "not valid JSON"),
    ({"kind": "truncate"}, 4, ""),
    ({"kind": "old_version"}, 4, "4.0.9"),
    ({"kind": "status", "status": 503}, 4, "503"),
    ({"kind": "down"}, 4, "127.0.0.1"),
    ({"kind": "revoke_key"}, 3, "does not accept the authentication key"),
]


@pytest.mark.parametrize(("fault", "code", "words"), FAULTS, ids=[str(f[0]["kind"]) for f in FAULTS])
def test_each_fault_has_its_own_sentence_and_exit_code(
    run: Run, demo: Demo, added: dict[str, str], fault: dict[str, object], code: int, words: str
) -> None:
    demo.fault(profile="Demo Chronicall", **fault)
    done = run("live", NAME, "--once", env=added)
    _assert_sentence(done, code, words)
    _assert_sentence(run("profile", "test", NAME, env=added), code, words)


def test_no_metrics_says_where_the_administrator_enables_them(run: Run, demo: Demo, added: dict[str, str]) -> None:
    demo.fault(profile="Demo Chronicall", kind="no_metrics")
    done = run("live", NAME, "--once", env=added)
    assert done.code == 0
    assert "API Enablement" in done.out


def test_a_clock_an_hour_off_is_told_and_corrected(run: Run, demo: Demo, added: dict[str, str]) -> None:
    demo.fault(profile="Demo Chronicall", kind="clock_skew", seconds=3600)
    body = run("live", NAME, "--once", "--json", env=added).json
    assert any("clock" in notice for notice in body["notices"])
    waits = [row["readings"]["longest_wait"] for row in body["queues"]]
    assert all(r["value"] < 3_000_000 for r in waits if r["status"] == "ok")


def _assert_sentence(done: Done, code: int, words: str) -> None:
    assert done.code == code, (done.code, done.err)
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err


def test_following_shows_the_loss_and_the_recovery(
    run: Run, demo: Demo, added: dict[str, str], follow: Callable[..., Follower]
) -> None:
    follower = follow(NAME, env=added)
    _until(lambda: any(s["health"]["state"] == "live" for s in follower.states))
    demo.fault(profile="Demo Chronicall", kind="down")
    _until(lambda: follower.states[-1]["health"]["state"] in ("unreachable", "stale"))
    lost = follower.states[-1]
    assert lost["queues"], "the last values stay, as stale ones"
    assert {r["status"] for row in lost["queues"] for r in row["readings"].values()} <= {
        "stale",
        "unsupported",
        "not_applicable",
        "warming",
    }
    demo.fault(kind="clear")
    _until(lambda: follower.states[-1]["health"]["state"] == "live")
    follower.process.send_signal(signal.SIGINT)
    assert follower.process.wait(10) == 130


def _until(condition: Callable[[], bool], timeout_s: float = 40.0) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_an_unknown_profile_is_named(run: Run) -> None:
    done = run("live", "nobody")
    assert done.code == 2
    assert "nobody" in done.err


def test_version_answers_without_qt_or_network(run: Run) -> None:
    done = run("--version")
    assert done.code == 0
    assert done.out.startswith("Supervisor Console ")
