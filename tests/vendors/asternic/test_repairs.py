"""Damaged answers over a socket: read once leniently, flagged on screen."""

from __future__ import annotations

import json

import pytest

from console.domain.messages import english
from tests.vendors.asternic.support import (
    ScriptedAsternic,
    agent,
    codes,
    dump,
    first,
    floor,
    row,
    serving,
    value,
)

WARNING = b"<br />\n<b>Warning</b>:  Undefined array key 7 in {closure}() [stats.php] on line <b>9</b><br />\n"


async def repaired(body: bytes, **changes: object) -> tuple[list[str], str, dict[str, object]]:
    """Codes of the notices, the repair in words, and what queue 100 shows."""
    script = ScriptedAsternic(**changes)  # type: ignore[arg-type]
    script.bodies["realtime"] = body
    async with serving(script) as backend:
        shot = await first(backend)
    words = next((english(notice) for notice in shot.notices if notice.code == "reply.repaired"), "")
    sales = row(shot.queues, "100")
    return codes(shot), words, {column: value(sales, column) for column in ("waiting", "answered", "longest_wait")}


GOOD = {"waiting": 2, "answered": 734, "longest_wait": 75_000}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (WARNING + dump(floor()), "text before the data"),
        (b"Notice: {x} [y] in a.php\n" + dump(floor()), "text before the data"),
        (dump(floor()) + dump(floor(waiting={"100": {}})), "text behind the data"),
        (dump(floor()) + b"<!-- 0.2 s -->", "text behind the data"),
        (dump(floor()) + b"}", "text behind the data"),
        (dump(floor()).replace(b"}}", b"},}"), "surplus commas"),
        (dump(floor()).replace(b"Hotel Miramar", b"Hotel\tMira\nmar"), "stray characters"),
        (dump(floor()).replace(b"Hotel Miramar", b"Hotel \\Miramar\\'s"), "stray characters"),
        (dump(floor()).replace(b"Hotel Miramar", b'Hotel "Mira" mar'), "unescaped quotes"),
    ],
)
async def test_ds_02_damaged_answers_are_read_once_leniently_and_flagged(body: bytes, words: str) -> None:
    noted, said, shown = await repaired(body)
    assert noted == ["reply.repaired"]
    assert words in said
    assert shown == GOOD


async def test_ds_02_the_vendors_own_kind_of_broken_sample_is_read() -> None:
    inner = dump({"waiting calls": floor()["waiting calls"]})[:-2] + b",}}"
    rest = dump({"summary": floor()["summary"], "agents": floor()["agents"]})[1:-1]
    body = b'{"waiting calls": {"100": {}}, "summary": {"queue": {}},' + inner + b"," + rest + b"}"
    with pytest.raises(ValueError, match=r"delimiter|property name"):
        json.loads(body)
    noted, said, shown = await repaired(body)
    assert noted == ["reply.repaired"]
    assert "an object without a name, repeated names, surplus commas" in said
    assert shown == GOOD


async def test_ds_01_boms_and_latin_1_are_read_and_guesses_flagged() -> None:
    noted, _, shown = await repaired(b"\xef\xbb\xbf" + dump(floor()))
    assert (noted, shown) == ([], GOOD)
    script = ScriptedAsternic()
    script.bodies["realtime"] = json.dumps(floor(), ensure_ascii=False).encode("cp1252")
    async with serving(script) as backend:
        shot = await first(backend)
    assert codes(shot) == ["reply.charset"]
    assert row(shot.agents, "302").name == "José Núñez"
    both = WARNING + json.dumps(floor(), ensure_ascii=False).encode("cp1252")
    script.bodies["realtime"] = both
    script.server = ScriptedAsternic(bodies=script.bodies).server
    async with serving(script) as backend:
        shot = await first(backend)
    assert set(codes(shot)) == {"reply.charset", "reply.repaired"}
    assert row(shot.agents, "302").name == "José Núñez"


async def test_ds_08_people_under_one_name_in_one_queue_are_all_kept_and_reported() -> None:
    twins = b'"Maria Jones": ' + dump(agent("busy", "SIP/308")) + b', "Maria Jones": '
    body = dump(floor()).replace(b'"Maria Jones": ', twins)
    script = ScriptedAsternic()
    script.bodies["realtime"] = body
    async with serving(script) as backend:
        shot = await first(backend)
    assert codes(shot) == ["reply.repaired"]
    assert value(row(shot.agents, "303"), "state") == "available"
    assert value(row(shot.agents, "308"), "state") == "on_call"
