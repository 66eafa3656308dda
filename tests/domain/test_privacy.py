"""Privacy: nobody can be recognised, everybody is still told apart, and what is the same stays the same object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.board import Board, Source
from console.domain.model import MetricRow, Row
from console.domain.privacy import AgentNumbers, Mask, masked, masked_caller, without_numbers
from console.domain.values import count
from console.domain.values import text as word
from tests.ui.boards import agent, queue, snapshot, source


def caller(key: str, number: str, name: str) -> Row:
    """Return a waiting caller as Yeastar and Asternic give them."""
    return Row(
        key, name or number, {"caller_number": word(number), "caller_name": word(name), "queue": word("Support")}
    )


def floor() -> Source:
    """Return a source that names people wherever a source can."""
    talking = agent("7", "Mary Smith")
    talking = replace(talking, readings={**talking.readings, "caller": word("Tom Jones <+49 170 1234 556>")})
    talking = replace(talking, readings={**talking.readings, "metric:last": word("0170 1234556")})
    return source(
        snapshot(
            queues=[queue("1", "Support", 2)],
            agents=[talking, agent("8", "John Doe", vendor="Talking to 01701234556")],
            waiting=[caller("c1", "+491701234534", ""), caller("c2", "201", "Tom Jones")],
            metrics=[
                MetricRow("m1", "Calls", "AGENT", "Mary Smith", count(3)),
                MetricRow("m2", "Last caller", "NONE", "", word("Tom Jones")),
                MetricRow("m3", "Calls", "GROUP", "Support", count(3)),
            ],
        )
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("+49 170 1234 534", "•••• 34"),
        ("Tom Jones <01701234534>", "•••• 34"),
        ("201", "••••"),
        ("Tom Jones", "Caller"),
        ("", ""),
    ],
)
def test_a_caller_keeps_two_digits_at_most(said: str, shown: str) -> None:
    assert masked_caller(said) == shown


def test_words_lose_numbers_but_no_counts() -> None:
    assert without_numbers("Line 12, on call with +49 (170) 123-456") == "Line 12, on call with ••••"


def test_nobody_is_named_anywhere() -> None:
    shown = repr(Mask(AgentNumbers()).source(floor()).snapshot)
    for secret in ("Mary", "John", "Tom", "Jones", "1234", "'201'"):
        assert secret not in shown
    assert "Support" in shown


def test_everybody_is_told_apart_and_the_same_everywhere() -> None:
    mask = Mask(AgentNumbers())
    hidden = mask.source(floor()).snapshot
    assert hidden is not None
    names = {row.id: row.name for row in hidden.agents}
    assert sorted(names.values()) == ["Agent 1", "Agent 2"]
    assert hidden.metrics[0].name == names["7"]
    assert hidden.metrics[2].name == "Support"
    plain = floor()
    assert plain.snapshot is not None
    newcomer = replace(plain.snapshot, agents=(agent("9", "Ann Lee"), *plain.snapshot.agents))
    later = mask.source(replace(plain, snapshot=newcomer)).snapshot
    assert later is not None
    assert {row.id: row.name for row in later.agents} == {**names, "9": "Agent 3"}


def test_the_same_row_is_the_same_object() -> None:
    mask = Mask(AgentNumbers())
    first = floor()
    assert first.snapshot is not None
    hidden = mask.source(first)
    assert mask.source(first) is hidden
    only_health = mask.source(replace(first, health=replace(first.health, detail="x")))
    assert only_health.snapshot is hidden.snapshot
    changed = (agent("7", "Mary Smith"), first.snapshot.agents[1])
    later = mask.board(Board((replace(first, snapshot=replace(first.snapshot, agents=changed)),))).sources[0]
    assert hidden.snapshot is not None
    assert later.snapshot is not None
    assert later.snapshot.agents[0] is not hidden.snapshot.agents[0]
    assert later.snapshot.agents[1] is hidden.snapshot.agents[1]
    assert later.snapshot.waiting[0] is hidden.snapshot.waiting[0]


def test_the_short_way_gives_the_programs_own_numbers() -> None:
    first = masked(floor())
    assert first.snapshot is not None
    again = Mask().source(floor()).snapshot
    assert again is not None
    assert [row.name for row in again.agents] == [row.name for row in first.snapshot.agents]
