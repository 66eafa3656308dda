"""The exchange log: bounded, redacted, the newest reply whole."""

from __future__ import annotations

from datetime import UTC, datetime

from console.domain.provenance import Exchange
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from tests.faultserver.server import FaultServer, reply
from tests.net.support import GET, KEY, client

AT = datetime(2026, 1, 2, tzinfo=UTC)


def entry(log: ExchangeLog, body: str, *, profile: str = "p", path: str = "/a", query: str = "") -> Exchange:
    """Add one reply and give back what was kept."""
    eid = log.new_id()
    log.add(Exchange(eid, profile, "GET", f"https://h{path}{query}", AT, status=200, body=body, size=len(body)))
    kept = log.get(eid)
    assert kept is not None
    return kept


def test_ids_are_short_and_unique() -> None:
    log = ExchangeLog()
    ids = [log.new_id() for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert max(map(len, ids)) <= 5


def test_the_oldest_go_when_the_capacity_is_reached() -> None:
    log = ExchangeLog(capacity=3)
    kept = [entry(log, "x") for _ in range(5)]
    assert [log.get(item.id) is None for item in kept] == [True, True, False, False, False]
    assert [item.id for item in log.recent("p")] == [kept[4].id, kept[3].id, kept[2].id]
    assert log.recent("other") == ()


def test_the_newest_reply_of_a_place_is_whole_and_older_ones_are_cut() -> None:
    log = ExchangeLog(body_limit=10)
    first = entry(log, "a" * 100, query="?id=1")
    other = entry(log, "b" * 100, query="?id=2")
    second = entry(log, "c" * 100, query="?id=1")
    cut = log.get(first.id)
    assert cut is not None
    assert (len(cut.body), cut.truncated, cut.size) == (10, True, 100)
    for item in (other, second):
        whole = log.get(item.id)
        assert whole is not None
        assert (len(whole.body), whole.truncated) == (100, False)


def test_no_body_is_kept_beyond_the_whole_limit() -> None:
    log = ExchangeLog(whole_limit=50)
    kept = entry(log, "a" * 100)
    assert (len(kept.body), kept.truncated) == (50, True)


def test_all_bodies_together_are_bounded() -> None:
    log = ExchangeLog(total_limit=1000)
    kept = [entry(log, "a" * 300, path=f"/{number}") for number in range(5)]
    assert [log.get(item.id) is not None for item in kept] == [False, False, True, True, True]
    entry(log, "a" * 5000)
    assert len(log.recent("p")) == 1


def test_a_failed_exchange_without_a_body_does_not_cut_the_last_good_reply() -> None:
    log = ExchangeLog(body_limit=10)
    good = entry(log, "a" * 100)
    entry(log, "")
    whole = log.get(good.id)
    assert whole is not None
    assert len(whole.body) == 100


def test_a_flood_of_frames_evicts_no_reply() -> None:
    log = ExchangeLog(capacity=3, frame_capacity=5)
    good = entry(log, "a" * 100)
    for number in range(50):
        log.add(Exchange(f"f{number}", "p", "FRAME", "wss://h/live", AT, body="{}"))
    assert log.get(good.id) is not None
    assert log.get("f44") is None
    assert log.get("f45") is not None
    assert len(log.recent("p")) == 6


def test_frames_go_first_when_the_total_is_reached() -> None:
    log = ExchangeLog(total_limit=1000)
    for number in range(3):
        log.add(Exchange(f"f{number}", "p", "FRAME", "wss://h/live", AT, body="b" * 300))
    good = entry(log, "a" * 700)
    assert log.get(good.id) is not None
    assert [log.get(f"f{number}") is not None for number in range(3)] == [False, False, True]


def test_everything_is_redacted_before_it_is_kept() -> None:
    log = ExchangeLog()
    log.redactor.register(Secret(KEY))
    log.add(
        Exchange(
            "x",
            "p",
            "POST",
            f"https://h/a?access_token={KEY}",
            AT,
            request_headers={"Authorization": f"Bearer {KEY}"},
            request_body=f'{{"password": "{KEY}", "client_secret": "other"}}',
            headers={"Set-Cookie": "s=1", "X": KEY},
            body=f'{{"refresh_token": "unknown-token", "e": "{KEY}"}}',
            error=f"bad {KEY}",
        )
    )
    shown = repr(log.get("x"))
    for secret in (KEY, "other", "unknown-token", "s=1"):
        assert secret not in shown


async def test_a_large_reply_is_kept_whole_and_clean() -> None:
    log = ExchangeLog()
    body = '["' + "agent" * 40_000 + f'", "{KEY}"]'
    async with FaultServer([reply(body)]) as server:
        http = client(server.url, exchanges=log)
        got = await http.send(GET)
        await http.aclose()
    kept = log.get(got.exchange_id)
    assert kept is not None
    assert kept.body == body.replace(KEY, "********")
    assert not kept.truncated


def test_a_figure_that_stands_is_shown_in_the_newest_answer_to_its_request() -> None:
    log = ExchangeLog(body_limit=50, cut_limit=10)
    first, other, newest = (entry(log, "x" * 100, query=query) for query in ("?id=A,B", "?id=C", "?id=A,B"))
    shown = log.for_figure(first.id)
    assert shown is not None
    assert (shown.id, len(shown.body), shown.instead_of) == (newest.id, 100, first.at)
    alone = log.for_figure(other.id)
    assert alone is not None
    assert (alone.id, len(alone.body), alone.instead_of) == (other.id, 100, None)
    assert log.for_figure("gone") is None
