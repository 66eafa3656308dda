"""The adapter over a socket: what it sends, and what it makes of each kind of answer."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json

import pytest

from console.domain.enums import Section
from console.domain.errors import (
    AuthError,
    ConsoleError,
    NotFound,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    UserError,
)
from console.domain.messages import english
from console.net.exchange import ExchangeLog
from console.vendors.asternic import BACKENDS
from console.vendors.asternic.backend import Timing
from console.vendors.asternic.places import candidates, tidy_base, tidy_url
from console.vendors.base import FieldKind
from tests.vendors.asternic.support import (
    PASSWORD,
    QUEUES,
    SCRIPT,
    USER,
    HandClock,
    ScriptedAsternic,
    agent,
    caller,
    codes,
    first,
    floor,
    later,
    make_backend,
    row,
    serving,
    summary,
    take,
    value,
)

LOGIN = b'<html><body><form><input name="user"><input type="password" name="password"></form></body></html>'


def test_the_spec_declares_two_secrets_and_reads_only() -> None:
    (spec,) = BACKENDS
    assert [field.id for field in spec.secret_fields] == ["username", "password"]
    assert {field.id: field.kind for field in spec.fields}["base_path"] is FieldKind.TEXT
    assert {rule.method for rule in spec.allow} == {"GET"}
    assert {rule.path.rsplit("/rest/", 1)[1] for rule in spec.allow} == {"index.php"}


async def test_a_snapshot_carries_the_floor() -> None:
    script = ScriptedAsternic(date=later(1.4))
    async with serving(script) as backend:
        shot = await first(backend)
    assert (shot.backend, shot.notices, shot.unavailable) == ("asternic", (), {})
    assert [(item.id, item.name) for item in shot.queues] == [
        ("OUTBOUND", "OUTBOUND"),
        ("100", "Sales"),
        ("101", "Ventas España"),
    ]
    assert row(shot.agents, "303").name == "Maria Jones (Nacht)"
    assert value(row(shot.queues, "100"), "answered") == 734
    assert len(shot.waiting) == 2
    assert abs((shot.taken_at - later(1.4)).total_seconds()) < 1.1


async def test_au_07_user_and_password_arrive_exactly() -> None:
    script = ScriptedAsternic()
    async with serving(script) as backend:
        await first(backend)
    sent = script.server.calls[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode("utf-8") == f"{USER}:{PASSWORD}"
    with pytest.raises(UserError) as caught:
        make_backend(script, url="http://127.0.0.1:9", secrets={"username": "a:b", "password": "c"})
    assert "colon" in str(caught.value)
    for missing in ({"username": "a"}, {"password": "b"}, {"username": "", "password": "b"}):
        with pytest.raises(UserError):
            make_backend(script, url="http://127.0.0.1:9", secrets=missing)


async def test_trap_1_the_folder_is_found_once_and_remembered() -> None:
    script = ScriptedAsternic(base="/ccstats")
    async with serving(script) as backend, contextlib.aclosing(backend.snapshots()) as feed:
        await take(feed, 3)
    tried = [path.removesuffix("/rest/index.php") for path in script.paths]
    assert tried == ["/stats", "/qstats", "/ccstats", "/ccstats", "/ccstats", "/ccstats", "/ccstats"]
    assert [query["entity"] for query in script.asked] == ["realtime", "queues", "agents", "realtime", "realtime"]


async def test_trap_1_a_page_for_every_address_does_not_hide_the_right_folder() -> None:
    script = ScriptedAsternic(base="/qstats", elsewhere=(200, b"<!doctype html><title>Portal</title>"))
    async with serving(script) as backend:
        assert len((await first(backend)).queues) == 3


async def test_trap_1_a_folder_that_moved_is_found_again_by_one_request_a_cycle() -> None:
    script = ScriptedAsternic()
    async with serving(script) as backend:
        await first(backend)
        script.base = "/asternic"
        asked = len(script.paths)
        met: list[NotFound] = []
        while len(met) < 30:
            try:
                await first(backend)
                break
            except NotFound as error:
                met.append(error)
        assert {(error.message.code, error.message.args["path"]) for error in met} == {("http.not_found", SCRIPT)}
        assert len(met) < 12
        assert len(script.paths) - asked == len(met) + 1


async def test_a_refusal_by_another_program_does_not_stop_a_folder_known_to_be_right() -> None:
    script = ScriptedAsternic()
    async with serving(script) as backend:
        await first(backend)
        script.base = "/away"
        script.others = dict.fromkeys(("/qstats", "/ccstats", "/asternic", "/asternicjquery", ""), 401)
        for _ in range(9):
            with pytest.raises(NotFound):
                await first(backend)
        script.base = "/stats"
        script.others = {}
        with contextlib.suppress(NotFound):
            await first(backend)
        await first(backend)
    never = ScriptedAsternic(base="/away")
    async with serving(never) as backend:
        with pytest.raises(NotFound):
            await first(backend)
        never.others = dict.fromkeys(("/stats", "/qstats", "/ccstats"), 401)
        with pytest.raises(AuthError):
            await first(backend)


async def test_a_folder_that_is_back_is_found_at_the_next_try() -> None:
    script = ScriptedAsternic()
    async with serving(script) as backend:
        await first(backend)
        script.base = "/away"
        for _ in range(2):
            with pytest.raises(NotFound):
                await first(backend)
        script.base = "/stats"
        await first(backend)
        assert script.paths.count("/qstats/rest/index.php") == 0


async def test_a_wrong_address_costs_one_search_and_then_one_request_a_cycle() -> None:
    script = ScriptedAsternic(base="/nowhere")
    async with serving(script) as backend:
        for _ in range(8):
            with pytest.raises(NotFound) as caught:
                await first(backend)
            assert caught.value.message.code == "api.no_base"
        assert len(script.paths) == 6 + 7
        script.base = "/ccstats"
        for _ in range(6):
            with contextlib.suppress(NotFound):
                await first(backend)
        assert len((await first(backend)).queues) == 3


@pytest.mark.parametrize(
    "given", ["/pbx/wall", "pbx/wall/", "/pbx/wall/rest/index.php", "/pbx/wall/rest/index.php?entity=queues"]
)
async def test_a_given_folder_is_the_only_one_asked(given: str) -> None:
    script = ScriptedAsternic(base="/pbx/wall")
    async with serving(script, fields={"base_path": given}) as backend:
        await first(backend)
    assert set(script.paths) == {"/pbx/wall/rest/index.php"}
    script = ScriptedAsternic(base="/stats")
    async with serving(script, fields={"base_path": given}) as backend:
        with pytest.raises(NotFound) as caught:
            await first(backend)
    assert caught.value.message.code == "http.not_found"
    assert set(script.paths) == {"/pbx/wall/rest/index.php"}


def test_addresses_and_folders_in_every_spelling() -> None:
    assert [tidy_base(text) for text in ("", " automatic ", "/", "stats", "/stats/rest")] == [
        None,
        None,
        "",
        "/stats",
        "/stats",
    ]
    assert tidy_url("https://pbx.example.com/stats/rest/index.php") == "https://pbx.example.com/stats"
    assert candidates(None, "/stats")[0] == ""
    assert candidates(None, "")[0] == "/stats"


async def test_the_queue_list_limits_the_request() -> None:
    script = ScriptedAsternic()
    async with serving(script, fields={"queues": " 100, Sales & more ,"}) as backend:
        await first(backend)
        result = await backend.check()
    assert script.asked[0] == {"entity": "realtime", "queues": "100,Sales & more"}
    assert "queues=100,Sales%20%26%20more" in script.server.calls[0].target
    assert [warning.code for warning in result.warnings] == ["queues.unknown"]


async def test_check_says_what_it_found() -> None:
    script = ScriptedAsternic(date=later(3600))
    async with serving(script) as backend:
        result = await backend.check()
    found = [english(finding) for finding in result.findings]
    assert found[0].endswith("answers: 3 queues, 4 agents, 2 waiting callers.")
    assert found[1] == f"The interface is at {SCRIPT}."
    assert [warning.code for warning in result.warnings] == ["clock.skew"]


async def test_check_warns_of_lists_it_cannot_read() -> None:
    script = ScriptedAsternic(statuses={"queues": 403})
    script.bodies["agents"] = b"[1]"
    async with serving(script) as backend:
        result = await backend.check()
        shot = await first(backend)
    assert [warning.code for warning in result.warnings] == ["http.forbidden", "reply.shape"]
    assert row(shot.queues, "100").name == "100"  # without the list, keys are the names


# -- what is no answer: each its own sentence

WRONG = {
    "wrong password": ({"password": "other"}, AuthError, "http.unauthorized"),
    "forbidden": ({"statuses": {"realtime": 403}}, NotPermitted, "http.forbidden"),
    "no such folder": ({"base": "/elsewhere"}, NotFound, "api.no_base"),
    "login page": ({"bodies": {"realtime": LOGIN}}, ProtocolError, "reply.login_page"),
    "some web page": ({"bodies": {"realtime": b"<html>Welcome</html>"}}, ProtocolError, "reply.html"),
    "page with a script": ({"bodies": {"realtime": b'<script>x({"a": 1})</script>'}}, ProtocolError, "reply.html"),
    "licence page": ({"bodies": {"realtime": b"<p>Your license has expired</p>"}}, ProtocolError, "reply.licence"),
    "licence in JSON": ({"bodies": {"realtime": {"error": "invalid license"}}}, ProtocolError, "reply.licence"),
    "licence in words": ({"bodies": {"realtime": b"No valid licence found"}}, ProtocolError, "reply.licence"),
    "empty body": ({"bodies": {"realtime": b""}}, ProtocolError, "reply.empty"),
    "white space": ({"bodies": {"realtime": b" \r\n"}}, ProtocolError, "reply.empty"),
    "empty list": ({"bodies": {"realtime": []}}, ProtocolError, "reply.blank"),
    "empty object": ({"bodies": {"realtime": {}}}, ProtocolError, "reply.blank"),
    "null": ({"bodies": {"realtime": b"null"}}, ProtocolError, "reply.blank"),
    "true": ({"bodies": {"realtime": True}}, ProtocolError, "reply.shape"),
    "Unauthorized": ({"bodies": {"realtime": "Unauthorized"}}, ProtocolError, "reply.shape"),
    "another interface": ({"bodies": {"realtime": {"status": "ok"}}}, ProtocolError, "reply.shape"),
    "no JSON": ({"bodies": {"realtime": b"Access denied"}}, ProtocolError, "reply.json"),
    "deep": ({"bodies": {"realtime": b"[" * 200_000}}, ProtocolError, "reply.limits"),
    "deep and cut": ({"bodies": {"realtime": b'{"summary":' * 100_000}}, ProtocolError, "reply.limits"),
    "broken server": ({"statuses": {"realtime": 500}}, ServerBusy, "http.server_error"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_ds_03_what_is_no_answer_has_its_own_sentence(name: str) -> None:
    changes, kind, code = WRONG[name]
    script = ScriptedAsternic(**changes)  # type: ignore[arg-type]
    async with serving(script) as backend:
        with pytest.raises(ConsoleError) as caught:
            await first(backend)
        with pytest.raises(ConsoleError) as checked:
            await backend.check()
    assert type(caught.value) is kind
    assert (caught.value.message.code, checked.value.message.code) == (code, code)
    assert PASSWORD not in str(caught.value) + caught.value.detail
    assert caught.value.exchange_id or code == "api.no_base"


def test_ds_03_the_sentences_differ() -> None:
    assert len({code for _, _, code in WRONG.values()}) == 12


async def test_refused_credentials_are_sent_to_one_folder_only() -> None:
    script = ScriptedAsternic(password="other")
    async with serving(script) as backend:
        with pytest.raises(AuthError):
            await first(backend)
    assert script.paths == [SCRIPT]


@pytest.mark.parametrize(("target", "code"), [("/stats/login.php", "reply.login_page"), ("/moved/x", "http.redirect")])
async def test_trap_21_a_redirect_is_not_followed_with_the_password(target: str, code: str) -> None:
    script = ScriptedAsternic(statuses={"realtime": 302}, headers={"Location": target})
    async with serving(script) as backend:
        with pytest.raises(ProtocolError) as caught:
            await first(backend)
    assert caught.value.message.code == code
    assert target not in script.paths


async def test_a_server_in_trouble_is_not_searched_for_elsewhere() -> None:
    script = ScriptedAsternic(statuses={"realtime": 503})
    async with serving(script) as backend:
        with pytest.raises(ServerBusy):
            await first(backend)
    assert script.paths == [SCRIPT]


# -- time


async def test_trap_19_one_request_at_a_time_at_the_profiles_pace() -> None:
    clock = HandClock()
    script = ScriptedAsternic()
    async with serving(script, clock=clock) as backend, contextlib.aclosing(backend.snapshots()) as feed:
        await take(feed, 1)
        began = clock.mono
        await take(feed, 4)
    assert clock.mono - began == 4 * 5.0
    assert script.most_in_flight == 1


async def test_trap_18_an_answer_that_stands_still_while_callers_wait_is_dead() -> None:
    clock = HandClock()
    script = ScriptedAsternic()
    async with serving(script, clock=clock, timing=Timing()) as backend:
        with pytest.raises(ProtocolError) as caught:  # noqa: PT012 - the loop is what raises
            async with contextlib.aclosing(backend.snapshots()) as feed:
                async for _ in feed:
                    assert clock.mono < 1100
        assert caught.value.message.code == "reply.frozen"
        assert clock.mono == 1030
        body = floor()
        body["waiting calls"]["100"]["2"]["waitTime"] = "76"
        script.bodies["realtime"] = body
        assert len((await first(backend)).waiting) == 2


async def test_trap_18_a_quiet_night_may_repeat_itself() -> None:
    clock = HandClock()
    script = ScriptedAsternic()
    script.bodies["realtime"] = floor(waiting={"100": {}}, agents={})
    async with serving(script, clock=clock) as backend, contextlib.aclosing(backend.snapshots()) as feed:
        await take(feed, 30)


async def test_trap_20_queues_that_vanish_are_named_and_nobody_is_logged_off() -> None:
    script = ScriptedAsternic()
    async with serving(script) as backend:
        await first(backend)
        script.bodies["realtime"] = floor(
            waiting={"101": {}}, queue={"101": summary()}, agents={"101": {"A": agent(location="SIP/9")}}
        )
        shot = await first(backend)
        assert codes(shot) == ["source.rows_hidden"]
        assert "Sales" in english(shot.notices[0])
        assert [value(item, "state") for item in shot.agents] == ["available"]
        script.bodies["realtime"] = {"waiting calls": {}, "summary": {"queue": {}}, "agents": {}}
        shot = await first(backend)
        assert codes(shot) == ["source.rows_hidden"]
        script.bodies["realtime"] = floor()
        assert codes(await first(backend)) == []


async def test_an_account_without_queues_is_told_where_to_get_some() -> None:
    script = ScriptedAsternic()
    script.bodies["realtime"] = {"waiting calls": [], "summary": {"queue": []}, "agents": []}
    async with serving(script) as backend:
        shot = await first(backend)
        result = await backend.check()
    assert codes(shot) == ["queues.none"]
    assert [warning.code for warning in result.warnings] == ["queues.none"]


async def test_a_part_the_server_leaves_out_is_said_to_be_unknown() -> None:
    script = ScriptedAsternic()
    body = floor()
    del body["waiting calls"]
    script.bodies["realtime"] = body
    async with serving(script) as backend:
        shot = await first(backend)
    assert "waiting callers" in english(shot.unavailable[Section.WAITING])
    assert Section.WAITING not in shot.columns


async def test_closing_ends_a_hanging_request_and_the_feed() -> None:
    script = ScriptedAsternic(hold=asyncio.Event())
    async with serving(script) as backend:
        task = asyncio.ensure_future(first(backend))
        async with asyncio.timeout(10):
            while not script.in_flight:
                await asyncio.sleep(0.005)
        await backend.aclose()
        with pytest.raises(ConsoleError):
            await task


async def test_large_answers_are_taken_apart_beside_the_loop() -> None:
    crowd = {f"Agent {n}": agent("busy", f"SIP/{1000 + n}", duration="12") for n in range(900)}
    line = {str(n + 1): caller(f"+1202555{n:04d}", str(300 - n)) for n in range(200)}
    script = ScriptedAsternic()
    script.bodies["realtime"] = floor(waiting={"100": line}, agents={"100": crowd, "101": crowd})
    async with serving(script) as backend:
        shot = await first(backend)
    assert (len(shot.agents), len(shot.waiting)) == (900, 200)


async def test_no_secret_is_kept_anywhere() -> None:
    exchanges = ExchangeLog()
    pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    script = ScriptedAsternic()
    script.bodies["realtime"] = floor(agents={"100": {f"echo {PASSWORD} {pair}": agent()}})
    async with serving(script, exchanges=exchanges) as backend:
        await first(backend)
    kept = " ".join(map(repr, exchanges.recent("p1")))
    assert len(exchanges.recent("p1")) == 3
    for secret in (PASSWORD, pair, json.dumps(PASSWORD)[1:-1]):
        assert secret not in kept


async def test_a_short_password_does_not_show_in_an_echoed_header() -> None:
    exchanges = ExchangeLog()
    pair = base64.b64encode(f"{USER}:1234".encode()).decode()
    script = ScriptedAsternic(password="1234")
    script.bodies["realtime"] = floor(agents={"100": {f"you sent {pair}": agent()}})
    async with serving(script, exchanges=exchanges, secrets={"username": USER, "password": "1234"}) as backend:
        await first(backend)
    assert pair not in " ".join(map(repr, exchanges.recent("p1")))


def test_the_lists_are_the_vendors_shape() -> None:
    assert {tuple(entry) for entry in QUEUES["data"]} == {("queue_id", "queue", "queue_name")}
