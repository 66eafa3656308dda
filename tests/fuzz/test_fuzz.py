"""Damaged replies of every adapter: a value that was sent, unknown, or a refusal; never anything else."""

from __future__ import annotations

import pytest

from console.vendors.registry import backends
from tests.fuzz.adapter import NoSeeds, Sent, seeds_of
from tests.fuzz.command import fuzz, main

COUNT = 2_000
SEED = 7


@pytest.mark.parametrize("backend", list(backends()))
@pytest.mark.allow_warnings
def test_ds_14_damaged_replies_never_invent_crash_or_hang(backend: str) -> None:
    run = fuzz(backend, COUNT, SEED)
    assert run.faults == []
    assert run.outcomes["read"] > COUNT / 10, "the damage must not hide the mapping"
    assert run.outcomes["refused"] > COUNT / 10
    assert sum(run.outcomes.values()) == COUNT


def test_a_backend_without_seed_replies_fails() -> None:
    with pytest.raises(NoSeeds, match="seeds_unheard_of"):
        seeds_of("unheard_of")


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--count", "12", "--adapter", "chronicall", "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("chronicall: ")
    assert "0 faults; seed 3" in said


def test_the_judge_sees_an_invented_number() -> None:
    from console.domain.values import count, error, text

    sent = Sent([b'{"count": 17, "name": "Sales"}'], frozenset())
    assert sent.complaint(count(17)) == ""
    assert sent.complaint(text("Sales")) == ""
    assert "18" in sent.complaint(count(18))
    assert "Support" in sent.complaint(text("Support"))
    assert sent.complaint(error("")) == "an error without a reason"
    assert sent.complaint(error("no number")) == ""
